"""A tag for every word, through every verb."""

import json
from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim import UsageError
from gradatim.explain.stored_measurements import read_measurements
from gradatim.jobs.data import describe_data
from gradatim.problems.evidence import Mistakes
from gradatim.runs.tensors import read_tensors

QUICK = {"task": "tagging", "threads": 1, "quiet": True, "hidden": 8, "lr": 0.02}


@pytest.fixture
def file():
    """After "the" stands a noun, after "to" a verb, whatever the word is."""
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(120):
        for _ in range(rng.integers(1, 6)):
            word = f"w{rng.integers(20)}"
            lines += ["the D", f"{word} N"] if rng.random() < 0.5 else ["to P", f"{word} V"]
        lines.append("")
    Path("words.txt").write_text("\n".join(lines))
    return "words.txt"


def test_tags_are_learned_measured_and_predicted(file):
    run = gradatim.train(file, epochs=8, out="run", **QUICK)
    assert run.metrics["accuracy"] == 1.0
    assert run.trained.network["name"] == "word_tagger" and run.config["data"]["kind"] == "tagged"
    again = gradatim.load("run")
    assert again.evaluate() == run.evaluate()
    assert again.evaluate(data=file)["n"] == sum(bool(line) for line in Path(file).read_text().split("\n"))
    Path("new.txt").write_text("to\nw1\nthe\nw1\nthe\nw2\n\nthe\nw3\n")
    found = again.predict("new.txt")
    assert found.labels.tolist() == ["P", "V", "D", "N", "D", "N", "D", "N"]
    rows = [row.split(",")[:3] for row in found.to_csv().splitlines()]
    assert rows[0] == ["sentence", "word", "prediction"]
    assert rows[1] == ["1", "to", "P"] and rows[-1] == ["2", "w3", "N"]
    page = Path("run/report.html").read_text()
    assert "Confusion matrix" in page


def test_a_mistake_is_shown_in_its_sentence(file):
    run = gradatim.train(file, epochs=1, out="run", **QUICK)
    kept = read_measurements(run.folder)
    worst = next(one for one in kept.evidence if isinstance(one, Mistakes))
    assert worst.examples
    words = run.data.test.words()
    flat = [(i, at) for i, sentence in enumerate(words) for at in range(len(sentence))]
    for row, example in zip(worst.rows, worst.examples, strict=True):
        i, at = flat[row]
        sentence = words[i]
        assert example.name == f"sentence {i}" and example.values["word"] == sentence[at]
        assert example.values["before"].split() == sentence[max(at - 5, 0) : at]
        assert example.values["behind"].split() == sentence[at + 1 : at + 6]


def test_it_goes_on_to_the_same_bits(file):
    gradatim.train(file, epochs=4, out="whole", schedule="constant", **QUICK)
    gradatim.train(file, epochs=2, out="half", schedule="constant", **QUICK)
    gradatim.train(resume="half", epochs=4, quiet=True)
    whole, half = (read_tensors(f"{name}/model.safetensors", "model")[0] for name in ("whole", "half"))
    assert all(np.array_equal(whole[name], half[name]) for name in whole)
    rerun = gradatim.train(**json_config("whole"), out="rerun", quiet=True)
    assert rerun.records[-1]["train_loss"] == gradatim.load("whole").records[-1]["train_loss"]


def json_config(run):
    from gradatim.planning.config_file import read_config_file

    assert json.loads(Path(run, "config.json").read_text())["format"] == 2
    return read_config_file(f"{run}/config.json")


def test_words_and_tags_are_counted(file):
    found = describe_data(file, task="tagging")
    assert found["n"] == 120 and found["counts"]["D"] == found["counts"]["N"]
    assert found["splits"] == {"train": 86, "valid": 10, "test": 24}


def test_what_is_for_other_data_is_refused(file):
    with pytest.raises(UsageError, match="class-weight is for classification"):
        gradatim.train(file, class_weight="balanced", **QUICK)
    with pytest.raises(UsageError, match="mlp does not learn from sentences; word_tagger does"):
        gradatim.train(file, model="mlp", **QUICK)


def test_words_begin_with_vectors_of_a_file(file):
    """A vector for w0 … w9 and the; what they learn goes on from there, and a resumed run as well."""
    rng = np.random.default_rng(1)
    vectors = {word: rng.normal(size=6) for word in ("the", *(f"w{i}" for i in range(10)))}
    Path("v.txt").write_text("\n".join(f"{w} {' '.join(map(str, v))}" for w, v in vectors.items()))
    run = gradatim.train(file, epochs=1, out="run", word_vectors="v.txt", **{**QUICK, "lr": 1e-9})
    said = run.config["choices"]["word_vectors"]
    assert said == "11 of 22 words begin with their vector of 6 numbers in v.txt"
    assert run.trained.network["embedding_size"] == 6
    table = run.model.words.embedding.weight.detach().numpy()
    for word, number in run.trained.encoder.rows_of_words().items():
        if word in vectors:
            np.testing.assert_allclose(table[number], vectors[word], atol=1e-6)
    Path("v.txt").unlink()
    assert len(gradatim.train(resume="run", epochs=2, quiet=True).records) == 2
    with pytest.raises(
        UsageError, match="--word-vectors is for word_tagger; tagger does not begin with them"
    ):
        gradatim.train(file, model="tagger", word_vectors="v.txt", **QUICK)
    for beginning in ({"from_run": "run"}, {"weights": "run/model.safetensors"}):
        with pytest.raises(UsageError, match=r"--(from|weights or --pretrained) and --word-vectors both say"):
            gradatim.train(file, word_vectors="v.txt", **beginning, epochs=1, quiet=True)
    with pytest.raises(UsageError, match=r"there is no file v\.txt of word vectors"):
        gradatim.train(file, word_vectors="v.txt", **QUICK)


def test_a_tagger_without_spelling_is_still_there(file):
    run = gradatim.train(file, model="tagger", epochs=8, out="run", **QUICK)
    assert run.trained.encoder.name == "words" and run.metrics["accuracy"] == 1.0
    assert gradatim.load("run").predict(file).labels.shape == (gradatim.load("run").evaluate(file)["n"],)


def test_no_other_model_answers_in_a_tagger_s_place(file):
    with pytest.raises(UsageError, match="--keep-best-model cannot be done: the models beside"):
        gradatim.train(file, keep_best_model=True, epochs=1, **QUICK)


def test_what_is_no_word_has_no_spelling():
    X, y = [[1, 2, 3], [2, 1]] * 20, [[0, 1, 1], [1, 0]] * 20
    for x in (X, [np.eye(4)[one] for one in X]):
        with pytest.raises(UsageError, match="word_tagger reads words; tagger learns from sequences"):
            gradatim.train((x, y), model="word_tagger", threads=1, quiet=True)
