"""E9: a language model from file to run folder: trained, resumed in mid-epoch, sampled, measured, refused."""

import json
import os
import shutil
from contextlib import chdir
from functools import partial
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.data.encoders.characters import Characters
from gradatim.data.text import text_of
from gradatim.jobs.data import describe_data
from gradatim.jobs.evaluate import measure
from gradatim.models.building import build
from gradatim.models.char_lm import CharLM
from gradatim.problems.next_character import NextCharacter
from gradatim.runs.trained import Trained

WORDS = "the quick brown fox jumps over the lazy dog\nand runs away from it all\n"
QUICK = {"hidden": 16, "epochs": 4, "batch_size": 4, "window": 12, "lr": 0.02, "threads": 1, "quiet": True}


@pytest.fixture
def book(in_a_folder_of_its_own):
    path = Path("book.txt")
    path.write_text(WORDS * 30)
    return path


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    (folder / "book.txt").write_text(WORDS * 30)
    with chdir(folder):
        gradatim.train("book.txt", out="run", **QUICK)
    return folder / "run"


@pytest.fixture
def run(learned, book):
    """The run, in a folder of the test's own."""
    shutil.copytree(learned, "run")
    return gradatim.load("run")


def test_a_text_file_becomes_a_run(run):
    records = run.records
    assert len(records) == 4
    assert records[-1]["valid_loss"] < records[0]["valid_loss"] < log(28)
    for record in records:
        assert record["valid_bits_per_character"] == pytest.approx(record["valid_loss"] / log(2))
    assert {record["epoch"] for record in records if "sample" in record} == {1, 2, 3, 4}
    assert all(len(record["sample"]) == 300 for record in records if "sample" in record)
    assert run.config["data"]["kind"] == "text"
    assert run.config["data"]["splits"] == {"train": 1890, "valid": 210, "test": 0}
    assert run.config["settings"]["window"] == 12
    assert run.config["network"]["entry"]["name"] == "char_lm"
    assert run.trained.problem.names == tuple(sorted(set(WORDS)))
    assert run.metrics.keys() == {"bits_per_character", "loss", "accuracy"}


def test_the_measures_are_those_of_one_pass_over_the_text(run):
    """Every character but the first from all before it: cross entropy of one long window, to 1e-6."""
    text = run.data.valid
    with torch.no_grad():
        scores, _ = run.model.scores(torch.from_numpy(text.tokens[:-1])[:, None])
    loss = F.cross_entropy(scores[:, 0].double(), torch.from_numpy(text.tokens[1:])).item()
    assert run.metrics["loss"] == pytest.approx(loss, rel=1e-6)
    assert run.metrics["bits_per_character"] == pytest.approx(loss / log(2), rel=1e-6)
    assert run.evaluate() == {"split": "valid", "n": 209, "metrics": pytest.approx(run.metrics)}
    assert run.evaluate(split="train")["n"] == 1889


def test_a_model_that_knows_the_frequencies_alone_costs_their_entropy():
    """A network of zeros but for the head's bias: bits per character are Σ −p log₂ q, by hand."""
    text = text_of("aab" * 50)
    network = build({"name": "char_lm", "vocabulary_size": 2, "hidden_size": 3}, dtype=torch.float64)
    with torch.no_grad():
        for p in network.parameters():
            p.zero_()
        network.head.bias.copy_(torch.log(torch.tensor([2 / 3, 1 / 3])))
    q = np.where(text.tokens[1:] == 0, 2 / 3, 1 / 3)
    problem = NextCharacter(("a", "b"), "cross_entropy")
    found = measure(Trained(network, None, None, problem, Characters("ab", 7), precision="float64"), text)
    assert found.metrics["bits_per_character"] == pytest.approx(-np.log2(q).mean(), rel=1e-6)
    assert found.n == 149


@pytest.mark.parametrize("kill_at", [3, 41, 100])
def test_a_killed_run_goes_on_in_mid_epoch_and_ends_the_same(run, book, killed_and_resumed, kill_at):
    """40 windows an epoch; after the kill the last checkpoint is a step old."""
    again = killed_and_resumed(partial(gradatim.train, book, **QUICK), kill_at)
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name
    without = [{k: v for k, v in r.items() if k != "seconds"} for r in run.records]
    assert without == [{k: v for k, v in r.items() if k != "seconds"} for r in again.records]


def test_a_run_is_extended_and_loaded(run):
    more = gradatim.train(resume="run", epochs=6, quiet=True)
    assert len(more.records) == 6
    loaded = gradatim.load("run")
    assert loaded.metrics == pytest.approx(more.metrics)
    assert loaded.sample("the ", seed=4) == more.sample("the ", seed=4)


def test_samples_are_functions_of_their_arguments(run):
    one = run.sample("the quick", length=60, seed=1)
    assert len(one) == 60
    assert one == run.sample("the quick", length=60, seed=1)
    assert one != run.sample("the quick", length=60, seed=2)
    assert run.sample("the quick", length=25, seed=1) == one[:25]
    assert run.sample("x", temperature=0, seed=1) == run.sample("x", top_k=1, seed=9)
    assert set(run.sample(length=300, temperature=3)) <= set(WORDS)


def test_greedy_sampling_is_the_argmax_of_the_network(run):
    vocabulary = run.data.train.vocabulary
    tokens = vocabulary.encode("the qu").tolist()
    with torch.no_grad():
        for _ in range(20):
            scores, _ = run.model.scores(torch.tensor(tokens)[:, None])
            tokens.append(int(scores[-1, 0].argmax()))
    assert run.sample("the qu", length=20, temperature=0) == vocabulary.decode(tokens[6:])


def test_sampling_changes_nothing_in_training(book):
    """Samples on the way leave weights and carried state alone: other stages, the same end."""
    ends = []
    for stages in (4, 1000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gradatim.jobs.stages.STAGES", stages)
            ends.append(gradatim.train(book, out=f"run{stages}", **QUICK).model.state_dict())
    assert all(torch.equal(value, ends[1][name]) for name, value in ends[0].items())


def test_the_report_shows_what_it_wrote(run):
    page = run.folder.report.read_text()
    assert "Samples" in page
    assert page.count("<h3>after epoch") == 4
    assert "bits to guess" in page
    assert "210 validation characters" in page
    assert "Worst mistakes" not in page
    run.folder.report.unlink()
    assert "Samples" in run.report().read_text()


def test_other_texts_are_measured_and_validated_on(run, book):
    other = Path("other.txt")
    other.write_text("the dog runs\n" * 20)
    found = run.evaluate(other)
    assert found["split"] == "data" and found["n"] == 259
    second = gradatim.train(book, valid=other, out="second", **QUICK)
    assert second.config["data"]["valid"] == {"path": str(other.resolve())}
    assert second.evaluate()["n"] == 259
    other.write_text("a cat!")
    with pytest.raises(UsageError, match=r"other.txt has characters that were not in the training text: '!'"):
        run.evaluate(other)


def test_a_test_text_of_its_own_is_what_the_network_is_judged_on(book):
    Path("other.txt").write_text("the dog runs\n" * 20)
    run = gradatim.train(book, test="other.txt", out="run", **QUICK)
    assert run.config["data"]["splits"] == {"train": 1890, "valid": 210, "test": 260}
    assert run.evaluate() == {"split": "test", "n": 259, "metrics": pytest.approx(run.metrics, rel=1e-6)}
    assert run.metrics == pytest.approx(run.evaluate("other.txt")["metrics"], rel=1e-6)
    assert run.evaluate(split="valid")["n"] == 209
    assert "260 test characters" in run.folder.report.read_text()
    assert gradatim.load("run").metrics == pytest.approx(run.metrics, rel=1e-6)


def test_no_validation_and_a_changed_text(book):
    run = gradatim.train(book, valid=0.0, out="run", **QUICK)
    assert run.metrics == {}
    assert "valid_loss" not in run.records[0]
    book.write_text(WORDS * 31)
    with pytest.raises(GradatimError, match="the data have changed since this run began"):
        gradatim.train(resume="run", epochs=9, quiet=True)


def test_a_text_in_memory_and_a_network_of_one_s_own():
    text = text_of(WORDS * 30, "mine")
    own = CharLM(len(text.vocabulary), 16, embedding_size=5)
    run = gradatim.train(text, model=own, out="run", epochs=2, batch_size=4, window=12, threads=1, quiet=True)
    assert run.sample("the", length=5)
    assert run.config["network"]["class"] == "gradatim.models.char_lm.CharLM"
    with pytest.raises(UsageError, match="this run learned from data in memory"):
        gradatim.train(resume="run", epochs=3, quiet=True)


def test_layers_and_other_arguments_reach_the_network(book):
    asked = {**QUICK, "hidden": [8, 8], "dropout": 0.2, "epochs": 1}
    run = gradatim.train(book, network={"embedding_size": 6}, out="run", **asked)
    assert run.config["network"]["entry"] == {
        "name": "char_lm", "vocabulary_size": 28, "hidden_size": 8, "num_layers": 2, "dropout": 0.2,
        "embedding_size": 6,
    }  # fmt: skip


def test_a_window_is_learned_by_heart_first_when_asked(book, capfd):
    asked = {**QUICK, "quiet": False, "epochs": 1, "hidden": 32}
    gradatim.train(book, sanity=True, out="run", **asked)
    assert "sanity: one batch of 12 is learned by heart in" in capfd.readouterr().err


def test_averages_and_smoothed_targets_go_with_a_text(book):
    run = gradatim.train(book, ema=0.9, label_smoothing=0.1, out="run", **QUICK)
    again = gradatim.train(resume="run", epochs=5, quiet=True)
    assert again.metrics["loss"] < run.records[0]["valid_loss"]


def test_the_recipe_says_what_it_chose(book):
    run = gradatim.train(book, out="run", hidden=4, window=64, threads=1, epochs=1, quiet=True)
    assert run.config["choices"]["batch_size"] == "16: the default recipe for texts"
    assert "cut after 64 steps" in run.config["choices"]["head"]  # as asked


def test_a_text_is_described(book):
    facts = describe_data(book)
    assert (facts["n"], facts["distinct"], facts["lines"]) == (2100, 28, 60)
    p = np.array(list(facts["counts"].values())) / 2100
    assert facts["bits_per_character_of_frequencies"] == pytest.approx(-(p * np.log2(p)).sum())
    assert facts["splits"] == {"train": 1890, "valid": 210}


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"engine": "numpy"}, "the NumPy engine cannot run this: char_lm has no twin by hand"),
        ({"hidden": []}, "char_lm needs hidden units, such as --hidden 320"),
        ({"hidden": [4, 8]}, "the layers of char_lm have equally many units; hidden is [4, 8]"),
        (
            {"class_weight": "balanced"},
            "--class-weight is for classification; book (texts) has no use for it",
        ),
        (
            {"input_dropout": 0.1},
            "--input-dropout is for tables, pictures, clips, vectors and sentences; book (texts) has",
        ),
        ({"threshold": "f1"}, "a threshold decides between two classes; a language model has none"),
        ({"target": "x"}, "--target is not for a text: every character is predicted from those before it"),
        ({"group": "x"}, "--group is not for a text"),
        ({"model": "stack"}, "stack does not learn from texts; char_lm does: leave out --model stack"),
        ({"model": "mlp"}, "mlp does not learn from texts; char_lm does: leave out --model mlp"),
        ({"model": "lenet5"}, "lenet5 does not learn from texts; char_lm does: leave out --model lenet5"),
        ({"window": 0}, "window must be a whole number of at least 1; it is 0"),
        (
            {"window": 5000},
            "book.txt has 1,890 characters to train on and 210 characters to validate on, too ",
        ),
        (
            {"window": 210},
            "book.txt has 1,890 characters to train on and 210 characters to validate on, too ",
        ),
        ({"network": {"units": 3}}, "char_lm takes no argument 'units'"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_run(book, how, sentence):
    with pytest.raises(UsageError) as error:
        gradatim.train(book, out="run", **{**QUICK, **how})
    assert str(error.value).startswith(sentence)


def test_a_language_model_does_not_predict_and_a_classifier_does_not_write(run):
    with pytest.raises(UsageError, match="is a language model: gradatim sample shows what it writes"):
        run.predict(np.zeros((2, 3)))
    other = gradatim.train("digits", epochs=1, hidden=4, out="digits", quiet=True)
    with pytest.raises(UsageError, match="is not a language model"):
        other.sample()


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (
            {"prompt": "Ω the 7"},
            "the prompt has characters that were not in the training text: 'Ω', '7'; that has '\\n', ' ', "
            "'a' to 'z'",
        ),
        ({"temperature": -1.0}, "temperature must be a number at least 0; it is -1.0"),
        ({"top_k": 0}, "top_k must be a whole number of at least 1; it is 0"),
        ({"length": 0}, "length must be a whole number of at least 1; it is 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0; it is -1"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(run, how, sentence):
    with pytest.raises(UsageError) as error:
        run.sample(**how)
    assert str(error.value) == sentence


def test_model_json_holds_the_characters(run):
    content = json.loads(run.folder.model_json.read_text())
    assert "".join(content["problem"]["names"]) == "".join(sorted(set(WORDS)))
    assert content["encoder"]["characters"] == "".join(sorted(set(WORDS)))


@pytest.mark.slow
@pytest.mark.skipif(
    not (Path(os.environ.get("GRADATIM_DATA") or "nowhere") / "shakespeare_sonnets").is_dir(),
    reason="GRADATIM_DATA names no folder with shakespeare_sonnets/ in it",
)
def test_the_sonnets_are_learned():
    """Three epochs: below 2.2 nats, where the characters' frequencies alone cost 3.1; and it writes words."""
    asked = {"hidden": 64, "epochs": 3, "batch_size": 8, "window": 32, "threads": 1, "quiet": True}
    run = gradatim.train("sonnets", out="run", **asked)
    assert run.metrics["loss"] < 2.2
    words = run.sample(length=400, temperature=0.3, seed=1).split()
    assert {"the", "and", "that", "thou", "my", "in", "to"} & set(words)


def test_a_window_longer_than_the_text_leaves_no_folder():
    Path("book.txt").write_text("the quick brown fox\n" * 40)
    with pytest.raises(UsageError, match="too few for a window of 1000000"):
        gradatim.train("book.txt", window=1_000_000, quiet=True)
    assert [path.name for path in Path().iterdir()] == ["book.txt"]
