"""Sequences of different lengths, stored flat: what goes in comes out, and what cannot be is named."""

from typing import Any

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.data.ragged import Ragged

RNG = np.random.default_rng(0)
LENGTHS = [3, 1, 5, 2, 2]
X = [RNG.integers(0, 9, length) for length in LENGTHS]
TAGS = [x % 3 for x in X]
WIDE = [RNG.normal(size=(length, 2)) for length in LENGTHS]


def test_sequences_and_answers_stand_one_behind_the_other():
    data = Ragged(X, TAGS, np.arange(5.0) + 1, ("a", "b", "c"), "words", {"path": "w.txt"})
    assert len(data) == 5 and data.per_step and data.lengths.tolist() == LENGTHS
    for number, (x, y) in enumerate(zip(X, TAGS, strict=True)):
        np.testing.assert_array_equal(data.sequence(number), x)
        np.testing.assert_array_equal(data.y[data.offsets[number] : data.offsets[number + 1]], y)
    assert (data.name, data.source, data.classes) == ("words", {"path": "w.txt"}, ("a", "b", "c"))
    assert repr(data) == "Ragged('words', 5 sequences of 1 to 5 steps)"


@pytest.mark.parametrize("x", [X, WIDE])
@pytest.mark.parametrize("y", [TAGS, np.arange(5), None])
def test_some_of_them_are_what_they_would_be_alone(x, y):
    rows = np.array([4, 0, 2])
    weights = np.arange(1.0, 6)
    part = Ragged(x, y, weights).take(rows)
    alone = Ragged([x[i] for i in rows], None if y is None else [y[i] for i in rows], weights[rows])
    for name in ("values", "offsets", "y", "weights"):
        np.testing.assert_array_equal(getattr(part, name), getattr(alone, name))
    assert part.per_step == alone.per_step == (y is TAGS)
    assert part.fingerprint == alone.fingerprint != Ragged(x, y, weights).fingerprint


def test_lists_and_tensors_mean_the_same_as_arrays():
    first = Ragged(X, TAGS)
    lists = Ragged([x.tolist() for x in X], [y.tolist() for y in TAGS])
    tensors = Ragged([torch.from_numpy(x) for x in X], tuple(torch.from_numpy(y) for y in TAGS))
    assert first.fingerprint == lists.fingerprint == tensors.fingerprint
    one = Ragged(X, [torch.tensor(i) for i in range(5)])  # one answer a sequence, as a torch Dataset gives it
    assert not one.per_step and one.y.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Ragged([*X[:4], X[4] + 1], TAGS),
        lambda: Ragged(X, [*TAGS[:4], TAGS[4] + 1]),
        lambda: Ragged(X, TAGS, np.ones(5)),
        lambda: Ragged(X, TAGS, classes=("a",)),
        lambda: Ragged(X, np.concatenate(TAGS)[:5]),
        lambda: Ragged([np.concatenate(X[:2]), *X[2:], X[0]], [np.concatenate(TAGS[:2]), *TAGS[2:], TAGS[0]]),
    ],
)
def test_a_fingerprint_knows_every_part(change):
    assert change().fingerprint != Ragged(X, TAGS).fingerprint


ERRORS: list[tuple[Any, Any, str]] = [
    ([], None, "there is no sequence"),
    ([[1, 2], []], None, "sequence 1 is empty: leave it out"),
    ([[1, 2], np.zeros((0, 3))], None, "sequence 1 is empty"),
    ([[1, 2], [[1.0, 2.0]]], None, "sequence 0 has one number, but one of sequence 1 has 2 numbers"),
    ([[1.5, 2.5, 3.5]], None, r"fractions, one a step: give it as 3 steps of one number, \(3, 1\)"),
    ([[1], [2, -1]], None, "sequence 1 holds -1 at step 1; whole numbers begin at 0"),
    ([[[1.0, np.nan]]], None, "sequence 0 holds nan at step 0, feature 1"),
    ([["a", "b"]], None, "sequences must be of numbers; the type of 0 is <U1"),
    ([np.zeros((2, 2, 2))], None, r"or \(L, D\) numbers; 0 is \(2, 2, 2\)"),
    (X, TAGS[:4], "5 sequences but targets of 4"),
    (X, np.arange(4), "5 sequences but 4 targets"),
    (X, [*TAGS[:4], [1, 2, 3]], "sequence 4 has 2 steps but 3 targets"),
    (X, [*TAGS[:4], 1], "sequence 4 has 2 steps but 1 targets"),
    (X, [0.0, 1.0, np.inf, 2.0, 3.0], "the target holds inf at example 2"),
]  # fmt: skip


@pytest.mark.parametrize(("x", "y", "said"), ERRORS, ids=[said[:40] for *_, said in ERRORS])
def test_what_cannot_be_is_named(x, y, said):
    with pytest.raises(UsageError, match=said):
        Ragged(x, y)
