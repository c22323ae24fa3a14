"""I8: `--model transformer` from a text to a run folder: trained, resumed, measured, sampled, refused."""

from functools import partial
from math import log
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

import gradatim
from gradatim.checks import UsageError
from small_language import PAIRS

WORDS = "the quick brown fox jumps over the lazy dog\nand runs away from it all\n"
QUICK = {"model": "transformer", "hidden": (16, 16), "epochs": 4, "batch_size": 4, "window": 12, "lr": 0.01,
         "threads": 1, "quiet": True, "network": {"context": 20, "num_heads": 2}}  # fmt: skip


@pytest.fixture
def book(in_a_folder_of_its_own):
    path = Path("book.txt")
    path.write_text(WORDS * 30)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run, which no test changes."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "book.txt").write_text(WORDS * 30)
    return gradatim.train(folder / "book.txt", out=folder / "run", **QUICK)


def test_a_text_is_learned_by_the_language_model_of_this_name(run):
    entry = run.config["network"]["entry"]
    assert (entry["name"], entry["hidden_size"], entry["num_layers"]) == ("transformer_lm", 16, 2)
    assert run.records[-1]["valid_loss"] < run.records[0]["valid_loss"] < log(28)
    assert run.records[-1]["valid_loss"] < 1.2  # of whole sentences that come again and again
    assert run.metrics.keys() == {"bits_per_character", "loss", "accuracy"}


def test_the_measures_are_those_of_one_pass_over_the_text(run):
    """Every character from the 20 before it, however the text was cut: one long window, to 1e-5."""
    text = run.data.valid
    with torch.no_grad():
        scores, _ = run.model.scores(torch.from_numpy(text.tokens[:-1])[:, None])
    loss = F.cross_entropy(scores[:, 0].double(), torch.from_numpy(text.tokens[1:])).item()
    assert run.metrics["loss"] == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("kill_at", [pytest.param(3, marks=pytest.mark.slow), 41])
def test_a_killed_run_goes_on_in_mid_epoch_and_ends_the_same(run, book, killed_and_resumed, kill_at):
    """The cache that is carried from window to window is in the checkpoint."""
    again = killed_and_resumed(partial(gradatim.train, book, **QUICK), kill_at)
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name


def test_greedy_sampling_is_the_argmax_of_the_network(run):
    """With the cache as without, behind a prompt that is longer than the context and a text longer still."""
    vocabulary = run.data.train.vocabulary
    prompt = "and runs away from it all\nthe quick br"
    tokens = vocabulary.encode(prompt).tolist()
    assert len(tokens) > run.model.context
    with torch.no_grad():
        for _ in range(30):
            scores, _ = run.model.scores(torch.tensor(tokens)[:, None])
            tokens.append(int(scores[-1, 0].argmax()))
    assert run.sample(prompt, length=30, temperature=0) == vocabulary.decode(tokens[len(prompt) :])
    assert gradatim.load(run.path).sample(prompt, length=30, seed=2) == run.sample(prompt, length=30, seed=2)


def test_the_recipe_says_what_it_chose_and_a_window_may_be_longer_than_the_context(book):
    run = gradatim.train(book, model="transformer", epochs=1, window=40, out="r", quiet=True, threads=1,
                         network={"hidden_size": 8, "num_layers": 1, "num_heads": 1, "context": 16,
                                  "positions": "learned"})  # fmt: skip
    settings, choices = run.config["settings"], run.config["choices"]
    assert settings["clip_norm"] == 1.0 and "texts, read by attention" in choices["clip_norm"]
    assert len(run.sample("the", length=50)) == 50


def test_words_are_learned_too(book):
    run = gradatim.train(book, task="words", out="w", **{**QUICK, "epochs": 6})
    assert run.config["network"]["entry"]["name"] == "transformer_lm"
    assert run.metrics["perplexity"] < 8  # of 15 words
    assert run.sample("the quick", length=5)


@pytest.mark.parametrize(
    ("how", "words"),
    [({"network": {"num_heads": 3}}, "16 numbers a step cannot be shared by 3 heads equally"),
     ({"hidden": (16, 8)}, "equally many units"), ({"cell": "lstm"}, "cell"),
     ({"network": {"context": 0}}, "context"), ({"window": 2000}, "too few for a window of 2000"),
     ({"network": {"positions": "relative"}}, "positions")],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_leaves_no_run(book, how, words):
    with pytest.raises(UsageError, match=words):
        gradatim.train(book, out="none", **{**QUICK, **how})
    assert not Path("none").exists()


def test_characters_that_training_did_not_have_are_refused(run):
    with pytest.raises(UsageError, match="the prompt"):
        run.sample("the q€")


def test_a_table_is_not_read_by_a_transformer(in_a_folder_of_its_own):
    Path("t.csv").write_text("a,b,class\n" + "1,2,x\n3,4,y\n" * 10)
    with pytest.raises(UsageError, match="leave out --model transformer"):
        gradatim.train("t.csv", target="class", model="transformer", out="none", quiet=True)


def test_pairs_are_learned_by_encoder_and_decoder(in_a_folder_of_its_own):
    """Every pair stands in training six times: all are translated, and the report draws what is read."""
    Path("pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS * 6), "utf-8")
    run = gradatim.train("pairs.tsv", model="transformer", hidden=(32, 32), epochs=14, lr=5e-3, out="run",
                         text_units="words", threads=1, quiet=True)  # fmt: skip
    assert run.config["network"]["entry"]["name"] == "transformer"
    assert run.metrics["bleu"] > 90
    assert run.predict([PAIRS[0][0]]).columns()["prediction"] == [PAIRS[0][1]]
    assert "attention" in run.folder.report.read_text().lower()
