"""I9: word vectors through every verb: trained, resumed, measured, asked, drawn, written, refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.data.contexts import HELD_NOISE
from gradatim.data.pretrained_vectors import read_vectors
from gradatim.explain.stored_measurements import read_measurements
from gradatim.jobs.data import describe_data
from gradatim.jobs.plot import plot
from gradatim.jobs.words import words
from gradatim.problems.nearest_words import NearestWords
from gradatim.runs.checkpoints import Checkpoints

SEA = ["ship", "sails", "harbour", "sailor", "anchor", "captain", "waves", "island", "mast", "rope"]
LAND = ["horse", "field", "farmer", "wheat", "barn", "plough", "harvest", "meadow", "fence", "cart"]
QUICK = {"model": "skip_gram", "network": {"embedding_size": 10, "sample": 0}, "epochs": 30, "lr": 0.1,
         "batch_size": 100, "threads": 1, "quiet": True}  # fmt: skip


@pytest.fixture
def book(in_a_folder_of_its_own):
    """Lines about the sea or the land, with capitals and signs; a word that comes once."""
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice([SEA, LAND][n % 2], 12)).capitalize() + "." for n in rng.permutation(400)]
    path = Path("book.txt")
    path.write_bytes(b"\xef\xbb\xbf" + ("\r\n".join(["Hapax!", *lines])).encode())
    return path


@pytest.fixture
def run(book):
    return gradatim.train(book, out="run", **QUICK)


def test_words_of_one_topic_are_near(run):
    """Of every word the five nearest are of its topic; signs, capitals and what comes once are kept out."""
    vectors = run.word_vectors
    assert set(vectors.words) == {*SEA, *LAND}  # small letters, no signs, no word that comes once
    assert vectors.vectors.shape == (20, 10)
    for topic in (SEA, LAND):
        for word in topic:
            assert {near.word for near in vectors.nearest(word, 5)} <= set(topic)
    assert run.config["network"]["entry"]["name"] == "skip_gram"
    assert run.config["choices"]["head"].endswith("contexts of up to 5 words on each side")
    assert run.config["settings"]["window"] == 5


def test_measures_are_those_of_the_held_pairs(run):
    """The loss of the paper over pairs of validation, by the stored matrices in float64, to 1e-6."""
    prepared = run.trained.encoder.prepare(run.data.valid, run.trained.problem, np.float32)
    x = torch.from_numpy(prepared.held().x)
    assert x.shape[1] == 2 + HELD_NOISE
    v, u = run.model.words.detach().double(), run.model.contexts.detach().double()
    a = torch.einsum("nd,nkd->nk", v[x[:, 0]], u[x[:, 1:]])
    loss = -torch.nn.functional.logsigmoid(a[:, 0]) - torch.nn.functional.logsigmoid(-a[:, 1:]).sum(1)
    assert run.metrics["loss"] == pytest.approx(float(loss.mean()), rel=1e-6)
    assert 0.6 < run.metrics["context_above_noise"] < 0.9  # half of the noise is of the same topic
    last = run.records[-1]
    assert last["valid_loss"] == pytest.approx(run.metrics["loss"], rel=1e-6)
    assert last["valid_context_above_noise"] == pytest.approx(run.metrics["context_above_noise"])
    found = gradatim.load("run").evaluate(split="train")
    assert found["metrics"]["loss"] < 3
    Path("other.txt").write_text("the ship sails " * 30)
    other = gradatim.load("run").evaluate("other.txt")
    assert other["n"] > 20  # "the" has no vector, and is left out


def test_a_run_that_stops_goes_on_bit_for_bit(run, monkeypatch):
    whole = run.word_vectors

    class Enough(Exception):
        pass

    def save(self, loop):
        done(self, loop)
        if loop.step > 200:
            raise Enough

    done = Checkpoints.save_if_due
    monkeypatch.setattr(Checkpoints, "save_if_due", save)
    with pytest.raises(Enough):
        gradatim.train("book.txt", out="cut", **QUICK, checkpoint_seconds=(0.0, 0.0))
    monkeypatch.undo()
    again = gradatim.train(resume="cut", quiet=True)
    assert np.array_equal(again.word_vectors.vectors, whole.vectors)
    assert [r["train_loss"] for r in again.records] == pytest.approx([r["train_loss"] for r in run.records])
    more = gradatim.train(resume="cut", epochs=31, quiet=True)
    assert len(more.records) == 31


def test_every_face_answers(run, command):
    printed = command("words", "run", "ship", "ship:sails::horse", "--n", "3")[0]
    assert "ship is to sails as horse is to" in printed
    found = json.loads(command("words", "run", "Ship", "ship:sails::horse:?", "--json")[0])
    assert found["words"] == 20
    assert {near["word"] for near in found["asked"][0]["near"][:5]} <= set(SEA)
    assert found["asked"][1]["analogy"] == ["ship", "sails", "horse"]
    assert len(found["asked"][1]["near"]) == 10
    assert "word" in command("words", "run")[0]
    for name in ("v.txt", "v.bin", "v.npz"):
        command("words", "run", "--out", name)
        again = read_vectors(name, run.word_vectors.words)
        for word in SEA:
            np.testing.assert_array_equal(again[word], run.word_vectors[word])
    command("words", "run", "--out", "v.txt", status=2)
    assert plot("words", "run", "ship:sails", "horse:field", "barn", out="w.svg")["words"] == [
        "ship", "sails", "horse", "field", "barn",
    ]  # fmt: skip
    svg = Path("w.svg").read_text()
    assert all(word in svg for word in ("ship", "sails", "horse", "field", "barn", "mean cosine between"))
    assert len(plot("words", "run", out="all.png")["words"]) == 20
    page = run.folder.report.read_text()
    assert '<h2 id="nearest-words">' in page
    assert "20 words have vectors; in the validation text a word&#39;s context scores above a word" in page
    assert all(f">{word}</text>" in page for word in ("ship", "horse"))
    stored = read_measurements(run.folder)
    assert stored is not None
    near = next(one for one in stored.evidence if isinstance(one, NearestWords))
    assert set(near.drawn) == {*SEA, *LAND}
    assert near.near[0] == [one.word for one in run.word_vectors.nearest(near.words[0], 5)]
    run.report()
    assert run.folder.report.read_text() == page
    shown = command("show", "run")[0]
    assert "contexts of up to 5 words" in shown.replace("\n", " ").replace("            ", "")


def test_vectors_begin_a_tagger(run):
    """What is written is what --word-vectors begins with: its words' rows are those vectors, bit for bit."""
    run.word_vectors.write("v.txt")
    lines = ["\n".join(f"{word}\t{tag}" for word in topic) for topic, tag in ((SEA, "S"), (LAND, "L"))] * 20
    Path("tags.tsv").write_text("\n\n".join(lines) + "\n")
    tagger = gradatim.train(
        "tags.tsv", task="tagging", word_vectors="v.txt", epochs=1, hidden=4, lr=1e-30, threads=1, quiet=True,
        out="tagger",
    )  # fmt: skip
    found = tagger.word_vectors
    np.testing.assert_array_equal(found["ship"], run.word_vectors["ship"])


def test_a_language_model_of_words_has_vectors_too(book):
    run = gradatim.train(book, task="words", hidden=4, epochs=1, window=4, threads=1, quiet=True, out="lm")
    weight = run.model.embedding.weight.detach().numpy()
    number = run.trained.encoder.rows_of_words()["ship"]
    np.testing.assert_array_equal(run.word_vectors["ship"], weight[:, number])
    assert words(run.word_vectors, ["ship"], 1)[0]["near"]


def test_the_data_are_described(book):
    found = describe_data(book, task="word_vectors")
    assert found["n"] == 4801
    assert found["kept"] == 20
    assert found["distinct"] == 21


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"task": "words"}, "skip_gram is for --task word_vectors, not|leave out --task"),
        ({"optimizer": "sgd"}, "--optimizer is not for skip_gram, which learns by gradient ascent"),
        ({"window": 3000}, "too few for a window of 3000"),
        ({"network": {"negative": 0}}, "negative must be a whole number of at least 1"),
        ({"network": {"negativ": 3}}, "skip_gram takes no argument 'negativ': did you mean negative"),
        ({"precision": "bfloat16"}, "precision"),
        ({"hidden": 8}, "hidden"),
        ({"model": "word_lm", "task": "word_vectors", "network": {}}, "does not learn --task word_vectors"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(book, change, sentence):
    with pytest.raises(UsageError, match=sentence):
        gradatim.train(book, **{**QUICK, **change}, out="refused")
    assert not Path("refused").exists()


def test_texts_that_are_too_short_are_refused(in_a_folder_of_its_own):
    for content, sentence in (
        ("a b c d e f g h i j k l", "no word of the training text comes 5 times"),
        ("... !!! ???", "book.txt holds no words"),
        ("", "empty"),
    ):
        Path("book.txt").write_text(content)
        with pytest.raises(UsageError, match=sentence):
            gradatim.train("book.txt", model="skip_gram", quiet=True)


def test_other_questions_are_answered_in_a_sentence(run, command):
    with pytest.raises(UsageError, match=r"there is no vector for 'shp' .* did you mean ship"):
        words(run.word_vectors, ["shp"])
    for text in ("a:b", "a:b::", "::", "a:b:c::d", ":b::c"):
        with pytest.raises(UsageError, match="an analogy is a:b::c, such as man:king::woman"):
            words(run.word_vectors, [text])
    with pytest.raises(UsageError, match="gradatim words shows which are near"):
        run.predict("ship")
    said = command("trace", "run", status=2)[1]
    assert "a trace follows the characters of a text; run learned from texts for word vectors" in said
    with pytest.raises(UsageError, match="not a language model"):
        run.sample()
    with pytest.raises(UsageError, match="three words at least"):
        plot("words", "run", "ship:sails", out="w.png")
    with pytest.raises(UsageError, match="a pair is a:b"):
        plot("words", "run", "ship:sails:horse", out="w.png")
    with pytest.raises(UsageError, match="name a run, and words"):
        plot("words", out="w.png")
    digits = gradatim.train("digits", epochs=1, hidden=4, quiet=True, threads=1, out="digits")
    with pytest.raises(
        UsageError, match=r"has no vectors of words; gradatim train book.txt --model skip_gram"
    ):
        _ = digits.word_vectors
    with pytest.raises(UsageError, match=r"skip_gram|a text"):
        gradatim.train("digits", model="skip_gram", quiet=True)


def test_a_damaged_encoder_is_named(run):
    content = json.loads(run.folder.model_json.read_text())
    content["encoder"]["counts"].pop()
    run.folder.model_json.write_text(json.dumps(content))
    with pytest.raises(GradatimError, match=r"encoder\.counts"):
        gradatim.load("run")
