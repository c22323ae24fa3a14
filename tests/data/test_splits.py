"""The split rule: disjoint, complete, stratified, chosen by the data's fingerprint and by nothing else."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.data import splits
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits
from gradatim.data.targets import encode


def split(*arguments, **how) -> Any:
    return splits.split(*arguments, **how)


def labelled(y, **how):
    """Examples whose input is their row number, so that parts can be traced back."""
    y = np.asarray(y)
    numbers, classes = encode(y)
    return Dataset(np.arange(len(y))[:, None], numbers, classes, **how)


def rows(part):
    return [] if part is None else part.x[:, 0].tolist()


def check(data, parts):
    """Disjoint and complete."""
    together = [row for part in parts for row in rows(part)]
    assert sorted(together) == list(range(len(data)))
    for part in parts:
        if part is not None:
            assert (part.y == data.y[rows(part)]).all()


def test_digits_are_split_20_and_10_percent():
    data: Any = digits()
    parts = split(data)
    assert parts.sizes() == {"train": 1294, "valid": 144, "test": 359}
    assert len(parts.test) == round(0.2 * 1797)
    assert len(parts.valid) == round(0.1 * (1797 - 359))
    counts = np.bincount(data.y)
    assert (np.abs(np.bincount(parts.test.y) - 0.2 * counts) < 1).all()
    assert (np.abs(np.bincount(parts.valid.y) - 0.1 * (counts - np.bincount(parts.test.y))) < 1).all()


def test_the_test_split_of_digits_is_pinned():
    """Published numbers depend on it: it must not change unseen."""
    test = split(digits()).test
    assert test is not None
    assert test.fingerprint == "3f9e6cb6a15aa0cbbdb391bfacaad32741bbeee05ab6aaaa59749e8edebe4207"


@given(st.lists(st.integers(0, 5), min_size=2, max_size=120), st.sampled_from([0.0, 0.1, 0.3]))
def test_any_labels_are_split_whole_and_stratified(y, valid):
    data = labelled(y)
    parts = split(data, valid)
    check(data, parts)
    assert parts.train is not None
    counts = np.bincount(data.y)
    test = np.bincount(parts.test.y if parts.test else [], minlength=len(counts))
    assert test.sum() == round(0.2 * len(y))
    assert (np.abs(test - test.sum() * counts / len(y)) <= 1).all()


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.floats(0, 0.9))
def test_seats_are_shared_out_by_largest_remainder(counts, share):
    numbers = np.array(counts)
    seats = round(share * numbers.sum())
    quota = splits._largest_remainder(numbers, seats)
    exact = numbers * seats / max(numbers.sum(), 1)
    assert quota.sum() == seats
    assert (quota <= numbers).all()
    assert (np.abs(quota - exact) <= 1 + 1e-9).all()


def test_a_class_of_one_example_stays_to_be_learned_from():
    data = labelled([0] * 30 + [1] * 30 + [2, 3, 4, 5])
    parts = split(data)
    check(data, parts)
    assert set(parts.train.y) == set(range(6))
    assert parts.sizes()["test"] == round(0.2 * 64)


def test_classes_of_one_example_each_are_split_all_the_same():
    data = labelled(range(10))
    parts = split(data)
    check(data, parts)
    assert parts.sizes() == {"train": 7, "valid": 1, "test": 2}


def test_the_data_choose_the_split_and_nothing_else():
    data = digits()
    first = split(data)
    np.random.seed(1)
    assert split(data).test.fingerprint == first.test.fingerprint
    renamed = Dataset(data.x, data.y, data.classes, name="other")
    assert split(renamed).test.fingerprint == first.test.fingerprint


def test_other_data_are_split_otherwise():
    y = np.arange(200) % 2
    first = split(labelled(y))
    data = labelled(y)
    shifted = Dataset(data.x + 0.5, data.y, data.classes)
    chosen = {int(row - 0.5) for row in rows(split(shifted).test)}
    assert chosen != set(rows(first.test))


def test_numbers_give_different_splits_of_the_same_rule():
    data = labelled(np.arange(300) % 3)
    tests = [frozenset(rows(split(data, number=number).test)) for number in range(20)]
    assert len(set(tests)) == 20
    assert {len(test) for test in tests} == {60}
    shared = [len(a & b) for i, a in enumerate(tests) for b in tests[:i]]
    assert np.mean(shared) == pytest.approx(60 * 0.2, abs=1)  # as many as of independent draws


def test_the_test_part_does_not_depend_on_the_validation_share():
    data = labelled(np.arange(100) % 2)
    assert rows(split(data, valid=0.0).test) == rows(split(data, valid=0.4).test)


def test_parts_that_are_not_asked_for_are_none():
    data = labelled(np.arange(100) % 2)
    parts = split(data, valid=0.0, test=False)
    assert parts[1:] == (None, None)
    assert len(parts.train) == 100


def test_the_publisher_s_test_split_is_used_and_never_trained_on():
    official = np.zeros(100, dtype=bool)
    official[[3, 50, 51, 99]] = True
    data = labelled(np.arange(100) % 2, official_test=official)
    parts = split(data)
    check(data, parts)
    assert rows(parts.test) == [3, 50, 51, 99]
    assert len(parts.valid) == round(0.1 * 96)
    without = split(data, test=False)
    assert without.test is None
    assert not {3, 50, 51, 99} & {*rows(without.train), *rows(without.valid)}


def test_numbers_as_targets_are_split_too():
    data = Dataset(np.arange(50)[:, None], np.linspace(0, 1, 50))
    parts = split(data)
    check(data, parts)
    assert parts.sizes() == {"train": 36, "valid": 4, "test": 10}
    assert split(Dataset(np.arange(50)[:, None])).sizes() == {"train": 36, "valid": 4, "test": 10}


def test_weights_go_with_their_examples():
    data = labelled(np.arange(40) % 2, weights=np.arange(40.0))
    for part in split(data):
        assert (part.weights == part.x[:, 0]).all()


@pytest.mark.parametrize("valid", [-0.1, 1.0, 1.5, float("nan"), "a"])
def test_a_share_outside_0_1_is_refused(valid):
    with pytest.raises(UsageError, match=r"^valid must be a number at least 0 and below 1; it is "):
        split(labelled([0, 1] * 10), valid)


def test_nothing_to_train_on_is_refused():
    everything = np.ones(4, dtype=bool)
    with pytest.raises(UsageError, match="4 examples are too few to split: none is left to train on"):
        split(labelled([0, 1, 0, 1], official_test=everything))
    with pytest.raises(UsageError, match="1 examples are too few"):
        split(labelled([0]), valid=0.9)


def grouped(groups, y=None):
    y = np.arange(len(groups)) % 2 if y is None else y
    return labelled(y, groups=np.unique(groups, return_inverse=True)[1])


@given(st.lists(st.integers(0, 12), min_size=2, max_size=150), st.sampled_from([0.0, 0.1, 0.3]))
def test_no_group_is_in_two_parts(groups, valid):
    data = grouped(groups)
    try:
        parts = split(data, valid)
    except UsageError as error:
        assert "too few" in str(error)
        return
    check(data, parts)
    held = [set(part.groups) for part in parts if part is not None]
    assert sum(map(len, held)) == len(set(groups))
    assert len(set.union(*held)) == len(set(groups))
    most = np.bincount(data.groups).max()
    assert abs(sum(len(p.y) for p in parts[2:] if p) - 0.2 * len(groups)) <= max(most, 1)


def test_groups_of_one_are_divided_exactly():
    parts = split(grouped(range(100)))
    assert parts.sizes() == {"train": 72, "valid": 8, "test": 20}


@given(st.lists(st.integers(0, 30), min_size=3, max_size=150), st.sampled_from([0.0, 0.1, 0.3]))
def test_the_test_is_later_than_validation_and_that_than_training(times, valid):
    data = labelled(np.arange(len(times)) % 2, times=np.array(times, dtype=float))
    parts = split(data, valid)
    check(data, parts)
    ordered = [part.times for part in parts if part is not None]
    for earlier, later in pairwise(ordered):
        assert earlier.max() < later.min()
    most = np.unique(times, return_counts=True)[1].max()
    assert abs((0 if parts.test is None else len(parts.test)) - 0.2 * len(times)) <= most


def test_different_times_are_divided_exactly():
    times = np.random.default_rng(0).permutation(100).astype(float)
    parts = split(labelled(np.arange(100) % 2, times=times))
    assert parts.sizes() == {"train": 72, "valid": 8, "test": 20}
    assert sorted(parts.test.times) == list(range(80, 100))
    assert sorted(parts.valid.times) == list(range(72, 80))


@given(st.integers(0, 1000))
def test_numbers_as_targets_are_stratified_by_deciles(seed):
    y = np.random.default_rng(seed).standard_exponential(500)
    data = Dataset(np.arange(500)[:, None], y)
    parts = split(data)
    check(data, parts)
    deciles = np.quantile(y, np.arange(1, 10) / 10)
    counts = np.bincount(np.searchsorted(deciles, parts.test.y, side="right"), minlength=10)
    assert (np.abs(counts - 10) <= 1).all()


def test_several_targets_are_split():
    numbers = np.random.default_rng(0).standard_normal((100, 2))
    assert split(Dataset(np.arange(100)[:, None], numbers)).sizes() == {"train": 72, "valid": 8, "test": 20}
    labels = np.array([[i % 2, i % 4 == 0] for i in range(100)], dtype=np.int64)
    parts = split(Dataset(np.arange(100)[:, None], labels))
    assert (parts.test.y[:, 1].sum(), (parts.test.y.sum(1) == 0).sum()) == (5, 5)
