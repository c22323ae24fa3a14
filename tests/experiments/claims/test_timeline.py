"""Pairs of digits, and the machines of 1943 on them."""

import numpy as np

from gradatim.experiments.claims.timeline import MIDDLE, _net_by_hand, _unit_by_hand, pairs_of_digits
from gradatim.experiments.digits import digit_splits


def pair(left, right):
    """Two pictures whose middles have ink or not."""
    x = np.zeros(128)
    for first, one in ((0, left), (64, right)):
        x[[first + pixel for pixel in MIDDLE]] = one
    return x


def test_truth_tables():
    x = np.array([pair(0, 0), pair(1, 0), pair(0, 1), pair(1, 1)])
    assert _unit_by_hand(x, "and").tolist() == [0, 0, 0, 1]
    assert _net_by_hand(x, "and").tolist() == [0, 0, 0, 1]
    assert _net_by_hand(x, "xor").tolist() == [0, 1, 1, 0]


def test_the_answers_are_those_of_the_digits():
    (x, y), _, _ = digit_splits(0, train=1797)
    digit_of = {row.tobytes(): digit for row, digit in zip(x, y, strict=True)}
    for question, answer in (("and", np.logical_and), ("xor", np.logical_xor)):
        parts = pairs_of_digits(3, 60, question)
        pictures = []
        for rows, answers in parts:
            halves = [np.ascontiguousarray(half) for half in (rows[:, :64], rows[:, 64:])]
            left, right = ([digit_of[row.tobytes()] for row in half] for half in halves)
            assert set(left) | set(right) == {0, 1}
            assert (answer(left, right) == answers).all()
            assert answers.mean() == 0.5
            pictures.append({row.tobytes() for half in halves for row in half})
        assert not pictures[0] & pictures[1]  # none is seen before the test
