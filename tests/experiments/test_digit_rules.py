"""Holes, features and rules of small pictures that are drawn here."""

import numpy as np

from gradatim.experiments.digit_rules import designed_features, digit_by_rules, holes
from gradatim.experiments.digits import digit_splits

ZERO = """
..###...
.#...#..
.#...#..
.#...#..
.#...#..
.#...#..
.#...#..
..###...
"""
EIGHT = """
..###...
.#...#..
.#...#..
..###...
.#...#..
.#...#..
.#...#..
..###...
"""
ONE = """
...##...
..###...
...##...
...##...
...##...
...##...
...##...
...##...
"""


def picture(text):
    return np.array([[letter == "#" for letter in line] for line in text.split()], dtype=float)


def test_holes():
    assert holes(picture(ZERO)) == [(18, 3.5)]
    assert holes(picture(EIGHT)) == [(6, 1.5), (9, 5.0)]
    assert holes(picture(ONE)) == []


def test_rules():
    x = np.stack([picture(text).ravel() for text in (ZERO, EIGHT, ONE)])
    assert digit_by_rules(x).tolist() == [0, 8, 1]
    x, y = digit_splits(0, 1200).test
    assert (digit_by_rules(x) == y).mean() > 0.5


def test_features():
    zero = picture(ZERO)
    (features,) = designed_features(zero.reshape(1, -1))
    assert len(features) == 40
    assert (features[:8] == zero.sum(1)).all() and (features[8:16] == zero.sum(0)).all()
    assert features[16] == zero[:2, :2].mean() and features[33] == 0  # the same above and below
    np.testing.assert_allclose(features[34:36], [3.5, 3.0])
    assert features[38:].tolist() == [1, 18]
    assert np.isfinite(designed_features(np.zeros((2, 64)))).all()
