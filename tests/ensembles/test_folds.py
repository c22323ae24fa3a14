"""Folds: every example held out once, classes even, groups whole."""

import numpy as np
import pytest

from gradatim.data.dataset import Dataset
from gradatim.ensembles.folds import fold_of, joined

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("n", "folds"), [(5, 5), (23, 5), (1000, 3)])
def test_sizes_differ_by_one_at_most(n, folds):
    counts = np.bincount(fold_of(n, folds, seed=1), minlength=folds)
    assert counts.max() - counts.min() <= 1 and counts.sum() == n


def test_every_class_is_dealt_out_evenly():
    classes = RNG.choice(4, 200, p=[0.7, 0.2, 0.07, 0.03])
    found = fold_of(200, 5, seed=2, classes=classes)
    for k in range(4):
        counts = np.bincount(found[classes == k], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_a_group_stays_together_and_folds_are_alike_in_size():
    groups = RNG.integers(0, 40, 500)
    found = fold_of(500, 5, seed=3, groups=groups)
    assert all(len(set(found[groups == g])) == 1 for g in range(40))
    assert np.bincount(found).min() > 80


def test_the_draw_is_of_the_seed():
    assert (fold_of(50, 5, seed=1) == fold_of(50, 5, seed=1)).all()
    assert (fold_of(50, 5, seed=1) != fold_of(50, 5, seed=2)).any()


def test_examples_are_joined_with_their_weights():
    first = Dataset(np.zeros((2, 3)), np.array([0, 1]), weights=np.array([1.0, 2.0]))
    second = Dataset(np.ones((1, 3)), np.array([1]), weights=np.array([3.0]))
    both = joined(first, second)
    assert both.x.sum(1).tolist() == [0, 0, 3] and both.y.tolist() == [0, 1, 1]
    assert both.weights.tolist() == [1, 2, 3]
