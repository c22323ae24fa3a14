"""E9: a language model of words from file to run folder: perplexity, samples, resumed, refused."""

from functools import partial
from math import exp
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import gradatim
from gradatim.checks import UsageError
from gradatim.jobs.data import describe_data
from gradatim.jobs.plot import plot

WORDS = "the quick brown fox jumps over the lazy dog\nand runs away from it, all of it.\n"
QUICK = {"task": "words", "hidden": 8, "epochs": 4, "batch_size": 4, "window": 6, "lr": 0.02, "threads": 1,
         "quiet": True}  # fmt: skip


@pytest.fixture
def book(in_a_folder_of_its_own):
    path = Path("book.txt")
    path.write_bytes(b"\xef\xbb\xbf" + (WORDS * 30).replace("\n", "\r\n").encode())
    return path


@pytest.fixture
def run(book):
    return gradatim.train(book, vocabulary=12, out="run", **QUICK)


def test_perplexity_is_that_of_one_pass_over_the_text(run):
    """e to the cross entropy of every word but the first from all before it, to 1e-6."""
    text = run.data.valid
    assert len(run.trained.problem.names) == 12 and run.trained.problem.names[0] == "<unknown>"
    with torch.no_grad():
        scores, _ = run.model.scores(torch.from_numpy(text.tokens[:-1])[:, None])
    loss = F.cross_entropy(scores[:, 0].double(), torch.from_numpy(text.tokens[1:])).item()
    assert run.metrics["perplexity"] == pytest.approx(exp(loss), rel=1e-6)
    assert run.metrics["unknown_words"] == pytest.approx((text.tokens[1:] == 0).mean())
    assert run.records[-1]["valid_perplexity"] == pytest.approx(exp(run.records[-1]["valid_loss"]))
    assert run.trained.problem.deciding == ("perplexity", -1)
    assert run.config["network"]["entry"]["name"] == "word_lm"
    page = run.folder.report.read_text()
    assert "A word of the validation text is as hard to guess as one of" in page
    assert page.count("<h3>after epoch") == 4


def test_samples_are_joined_as_a_text_and_hold_no_unknown_word(run):
    text = run.sample("the lion", length=40, seed=1)
    assert text == run.sample("the lion", length=40, seed=1) != run.sample("the lion", length=40, seed=2)
    assert "<unknown>" not in text and " ," not in text and " ." not in text
    assert run.sample("the", temperature=0, length=9) == run.sample("the", top_k=1, seed=5, length=9)
    loaded = gradatim.load("run")
    assert loaded.sample("the lion", length=40, seed=1) == text
    with pytest.raises(UsageError, match="the prompt has no words to go on from"):
        run.sample("   ")


@pytest.mark.parametrize("kill_at", [3, 15])
def test_a_killed_run_goes_on_exactly(run, book, killed_and_resumed, kill_at):
    again = killed_and_resumed(partial(gradatim.train, book, vocabulary=12, **QUICK), kill_at)
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name
    assert again.metrics == run.metrics and again.config["data"]["source"]["vocabulary"] == 12


def test_another_text_is_measured_in_the_words_of_training(run):
    Path("other.txt").write_text("the lion runs over the dog\n" * 9)
    found = run.evaluate("other.txt")
    assert found["n"] == 62 and 0 < found["metrics"]["unknown_words"] < 1
    assert run.evaluate(split="train")["n"] == len(run.data.train) - 1


def test_any_cell_and_the_gates_of_words(book):
    run = gradatim.train(book, out="gru", cell="gru_before", **QUICK)
    said = plot("gates", run, arguments={"unit": 2, "gate": "update"}, text="the lion, all", out="g.html")
    assert said["read"] == 4
    assert "&lt;unknown&gt;" in Path("g.html").read_text()


def test_words_are_described(book):
    facts = describe_data(book, task="words", vocabulary=9)
    assert (facts["kept"] == 8 and facts["commonest"][0] == "the") or facts["commonest"][0] == "\n"
    assert 0 < facts["unknown_in_validation"] < 1 and sum(facts["splits"].values()) == facts["n"]


@pytest.mark.parametrize(
    ("data", "how", "sentence"),
    [
        ("book.txt", {"vocabulary": 0}, "vocabulary must be a whole number of at least 2; it is 0"),
        ("book.txt", {"vocabulary": 1}, "vocabulary must be a whole number of at least 2; it is 1"),
        (
            "book.txt",
            {"vocabulary": 9, "task": None},
            "--vocabulary is for a language model of words: --task",
        ),
        (
            "book.txt",
            {"window": 5000},
            "book.txt has 567 words to train on and 63 words to validate on, too few",
        ),
        ("book.txt", {"model": "mlp"}, "mlp does not learn from texts of words; word_lm does"),
        ("digits", {}, ""),
    ],
)
def test_what_cannot_be_is_refused(book, data, how, sentence):
    with pytest.raises(UsageError) as error:
        gradatim.train(data, out="run", **{**QUICK, **how})
    assert str(error.value).startswith(sentence)
    assert not Path("run").exists()


def test_numbers_of_words_are_int64(run):
    assert run.data.train.tokens.dtype == np.int64
