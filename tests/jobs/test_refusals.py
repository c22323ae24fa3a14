"""What cannot be: one sentence that names the value, never an error from inside, and no folder is left."""

from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim import GradatimError, UsageError
from gradatim.by_hand import network as by_hand
from gradatim.by_hand.network import Network

HUGE = 10**21


def table():
    rows = [f"{i % 7},{'pqr'[i % 3]},{'yes' if i % 2 else 'no'}" for i in range(60)]
    Path("table.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    return "table.csv"


def book():
    Path("book.txt").write_text("to be or not to be that is the question " * 100)
    return "book.txt"


COUNTS = ("epochs", "batch_size", "accumulate", "patience", "threads", "hidden")


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [HUGE, 2**63])
def test_a_count_beyond_a_machine_s_is_refused(name, value):
    with pytest.raises(
        UsageError, match=rf"^{name} must be a whole number of at most [\d,]+; it is {value}$"
    ):
        gradatim.train("digits", quiet=True, **{name: value})
    assert not Path("runs").exists()


def test_a_seed_may_be_any_whole_number():
    assert (
        gradatim.train("digits", epochs=1, hidden=2, seed=HUGE, quiet=True).config["settings"]["seed"] == HUGE
    )


def test_the_largest_count_is_one():
    largest = {"accumulate": 2**31 - 1, "batch_size": 2**31 - 1}
    assert len(gradatim.train("digits", epochs=1, hidden=2, quiet=True, **largest).records) == 1


@pytest.mark.parametrize("value", [-1, 3, 0.5, "x", {"a": 1}])
def test_embeddings_are_asked_for_by_true_or_in_full(value):
    with pytest.raises(UsageError, match=r"embeddings must be true, false, or \(start, stop, size\) of each"):
        gradatim.train(table(), target="y", epochs=1, network={"embeddings": value}, quiet=True)
    assert not Path("runs").exists()


@pytest.mark.parametrize("loss", ["gaussian_nll", "binary_cross_entropy", "huber", "multilabel"])
def test_a_text_has_one_loss(loss):
    with pytest.raises(UsageError, match=f"^the loss {loss} is of .*; language takes cross_entropy$"):
        gradatim.train(book(), loss=loss, epochs=1, quiet=True)
    with pytest.raises(UsageError, match=r"unknown loss 'gausian_nll': did you mean gaussian_nll\?"):
        gradatim.train(book(), loss="gausian_nll", epochs=1, quiet=True)
    assert not Path("runs").exists()


def test_a_loss_of_two_classes_is_not_for_ten():
    with pytest.raises(
        UsageError, match="binary_cross_entropy tells two classes apart, and here are 10: take"
    ):
        gradatim.train("digits", loss="binary_cross_entropy", epochs=1, quiet=True)
    stack = {"name": "stack", "layers": [{"name": "dense", "in_features": 2, "out_features": 3}]}
    data = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 3
    with pytest.raises(UsageError, match="tells two classes apart, and here are 3"):
        gradatim.train(data, model=stack, loss="binary_cross_entropy", epochs=1, quiet=True)
    assert not Path("runs").exists()


def test_a_network_by_hand_larger_than_the_memory_is_refused_before_it_is_made(monkeypatch):
    with pytest.raises(
        GradatimError, match=r"^a network of 75,000,000,010 parameters does not fit in memory$"
    ):
        gradatim.train("digits", hidden=10**9, engine="numpy", epochs=1, quiet=True)
    assert not Path("runs").exists()
    entries = [{"name": "dense", "in_features": 9, "out_features": 10}]
    monkeypatch.setattr(by_hand, "memory", lambda: 2 * 100 * 4)
    assert Network(entries).theta.size == 100
    monkeypatch.setattr(by_hand, "memory", lambda: 2 * 100 * 4 - 1)
    with pytest.raises(GradatimError, match="a network of 100 parameters"):
        Network(entries)


@pytest.mark.slow
def test_a_table_wider_than_can_be_read_is_refused_before_it_is_parsed():
    Path("wide.csv").write_text("a" + "," * 2_000_000 + "\n" + "1" + "," * 2_000_000 + "\n")
    with pytest.raises(GradatimError, match=r"^wide.csv has 2,000,001 columns; at most 100,000 are read$"):
        gradatim.train("wide.csv", target="a", epochs=1, quiet=True)
