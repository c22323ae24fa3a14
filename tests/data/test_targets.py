"""B11: targets as class numbers, and labels that are none."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.data import targets
from gradatim.data.as_dataset import as_dataset
from gradatim.data.dataset import Dataset
from gradatim.data.targets import balanced_weights, classes_of_array, encode, task_of_array

LABELS = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=40),
    st.lists(st.text(max_size=5), min_size=1, max_size=40),
    st.lists(st.booleans(), min_size=1, max_size=40),
)


@given(LABELS)
def test_labels_come_back_from_their_numbers(labels):
    """classes[numbers[i]] is label i, the classes are sorted and all of them occur."""
    y = np.array(labels, dtype=object if isinstance(labels[0], str) else None)
    numbers, classes = encode(y)
    assert [classes[number] for number in numbers] == labels
    assert list(classes) == sorted(set(labels))
    assert numbers.dtype == np.int64
    assert all(type(name) in (int, str, bool) for name in classes)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.array([2.0, -1.0, 2.0]), (-1, 2)),
        (np.array([2.0, -1.0, 2.0], dtype=np.float32), (-1, 2)),
        (np.array([[2], [-1], [2]]), (-1, 2)),
        (np.array([2, 1, 2], dtype=np.uint8), (1, 2)),
        (np.array([True, False, True]), (False, True)),
        (np.array(["b", "a", "b"]), ("a", "b")),
        (np.array([b"b", b"a", b"b"]), ("a", "b")),
        (np.array(["b", "a", "b"], dtype=np.dtypes.StringDType()), ("a", "b")),
        (np.array(["ü", "a", "ü"]).astype(object), ("a", "ü")),
        (np.array(["ü".encode(), b"a", "ü".encode()]), ("a", "ü")),
        (np.array(["b", 1, "b"], dtype=object), ("1", "b")),
    ],
)
def test_every_kind_of_label(y, classes):
    numbers, found = encode(y)
    assert found == classes
    assert [type(name) for name in found] == [type(name) for name in classes]
    assert numbers.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ([0.0, np.nan, 1.0], "the target holds nan at example 1"),
        ([0.0, 1.0, -np.inf], "the target holds -inf at example 2"),
        ([1.0, 2.0, 0.5], "the target holds 0.5 at example 2; classes are whole numbers, b"),
        ([1.0, 1e300, 1e299], r"the target holds 1e\+300 at example 1; classes are whole numbers"),
        (np.array(["a", None], dtype=object), "the target holds None at example 1; labels are texts"),
        (np.array(["a", 1.5], dtype=object), "the target holds 1.5 at example 1; labels are texts"),
        (np.array(["a", float("nan")], dtype=object), "the target holds nan at example 1"),
        (np.array([[1, 2], [3, 4]]), r"the target must hold one label an example; its shape is \(2, 2\)"),
        (np.array(3), r"the target must hold one label an example; its shape is \(\)"),
        (np.array(["2020-01-01"], dtype="M8[D]"), r"the target has type datetime64\[D\]; labels are whole"),
        (np.array([1j]), "the target has type complex128; labels are whole numbers"),
        (np.array([b"\xe9", b"a"]), r"the target holds bytes that are not UTF-8 text: b'\\xe9'"),
    ],
)
def test_what_is_no_label_is_named_with_its_place(y, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        encode(np.asarray(y))


def test_where_the_target_comes_from_is_said():
    with pytest.raises(UsageError, match=r"^column 'income' holds nan at example 0"):
        encode(np.array([np.nan]), "column 'income'")


def test_many_classes_are_learned_when_each_comes_twice():
    assert len(encode(np.arange(200) % 100)[1]) == 100
    assert len(encode(np.arange(50))[1]) == 50


# ---- the task that arrays suggest, and the one that is asked for


@pytest.mark.parametrize(
    ("y", "task"),
    [
        (["a", "b"], "classification"),
        ([True, False], "classification"),
        ([1, 2, 3], "classification"),
        ([1.0, 2.0], "classification"),
        ([[1], [2]], "classification"),
        ([1.0, np.nan], "classification"),  # which then says where a value is missing
        ([0.5, 1.0], "regression"),
        ([[0.5], [1.0]], "regression"),
        ([[1, 2], [3, 4]], "regression"),
        ([[0.5, 0], [1, 1]], "regression"),
        ([[0, 1], [1, 1]], "multilabel"),
        ([[0.0, 1.0], [1.0, 1.0]], "multilabel"),
        ([[True, False]], "multilabel"),
    ],
)
def test_targets_suggest_their_task(y, task):
    assert task_of_array(np.array(y)) == task


def test_targets_are_read_by_their_task():
    y, classes = classes_of_array(np.array([3, 5, 3]), "classification")
    assert (y.tolist(), classes) == ([0, 1, 0], (3, 5))
    for targets_given, expected in (
        ([1, 2, 4], [1.0, 2.0, 4.0]),
        ([[1], [2]], [1.0, 2.0]),
        ([[1, 2]], [[1.0, 2.0]]),
    ):
        y, classes = classes_of_array(np.array(targets_given), "regression")
        assert y.dtype == np.float64 and y.tolist() == expected and classes == ()
    y, classes = classes_of_array(np.array([[0.0, 1.0], [1.0, 1.0]]), "multilabel")
    assert y.dtype == np.int64 and y.tolist() == [[0, 1], [1, 1]] and classes == ()


@pytest.mark.parametrize(
    ("y", "task", "sentence"),
    [
        (["a", "b"], "regression", "the task regression needs numbers as targets; they are <U1"),
        (["a", "b"], "multilabel", "the task multilabel needs numbers as targets; they are <U1"),
        ([1.0, np.inf], "regression", "the target holds inf at example 1"),
        ([[[1.0]]], "regression", r"regression needs targets \(N,\) or \(N, T\); their shape is \(1, 1, 1\)"),
        ([0, 1], "multilabel", r"multilabel needs targets \(N, K\) of 0 and 1; their shape is \(2,\)"),
        ([[0, 1], [0, 2]], "multilabel", r"multilabel needs targets \(N, K\) of 0 and 1; example 1 holds 2"),
        (
            [0.5, 1],
            "classification",
            "the target holds 0.5 at example 0; classes are whole numbers, booleans",
        ),
        (
            [0, 1],
            "regresion",
            "task must be classification or multilabel or regression or segmentation or distribution; it is",
        ),
    ],
)
def test_targets_of_another_task_are_refused(y, task, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        classes_of_array(np.array(y), task)


# ---- a network's classes

NETWORK = ("a", "b", "c")


def data(y, classes) -> Any:
    return Dataset(np.zeros((len(y), 1)), None if y is None else np.asarray(y), classes)


def recode(*arguments) -> Any:
    return targets.recode(*arguments)


def test_recode_counts_through_the_network_s_classes():
    found = recode(data([1, 0, 1], ("a", "c")), NETWORK)
    assert found.classes == NETWORK
    assert found.y.tolist() == [2, 0, 2]
    same = data([0, 1], NETWORK)
    assert recode(same, NETWORK) is same


def test_labels_are_compared_by_their_text():
    """A CSV's "1" and an array's 1 are one label."""
    assert recode(data([0, 1], ("1", "2")), (0, 1, 2)).y.tolist() == [1, 2]
    assert recode(data([0, 1], (False, True)), ("False", "True")).y.tolist() == [0, 1]


def test_numbers_without_names_are_the_network_s():
    assert recode(data([2, 0], ()), NETWORK).y.tolist() == [2, 0]
    assert recode(data([2, 0], ()), NETWORK).classes == NETWORK
    for y in ([3, 0], [-1, 0], [0.5, 0.0]):
        with pytest.raises(UsageError, match=r"^data holds targets that are not class numbers 0 … 2$"):
            recode(data(y, ()), NETWORK)


def test_a_label_the_network_lacks_is_named():
    with pytest.raises(
        UsageError, match=r"^data holds the label 'd', which the network does not know; choose "
    ):
        recode(data([0, 1], ("a", "d")), NETWORK)


@pytest.mark.parametrize(
    ("label", "near"), [("B ", "b"), ("C", "c"), ("bird", "birds"), ("Cta", "cat"), (" cat", "cat")]
)
def test_a_label_that_is_nearly_a_known_one_is_answered_with_it(label, near):
    with pytest.raises(UsageError, match=rf"the label {label!r}, which .* know; did you mean {near}\?$"):
        targets.numbers_of_classes(np.array([0]), (label,), ("b", "c", "cat", "birds"), "new")


@pytest.mark.parametrize(
    ("labels", "classes", "said"),
    [
        ([1, "a"], ("1", "a"), "the target holds numbers and texts, all taken as texts"),
        ([True, "a"], ("True", "a"), "the target holds booleans and texts, all taken as texts"),
        ([1, "2", True], ("1", "2", "True"), "the target holds booleans, numbers and texts, all taken as te"),
        ([2, True, False], (0, 1, 2), "the target holds booleans and numbers, all taken as numbers"),
        (
            [np.bool_(True), np.int64(3)],
            (1, 3),
            "the target holds booleans and numbers, all taken as numbers",
        ),
        ([2, np.int32(1)], (1, 2), ""),
        (["a", np.str_("b")], ("a", "b"), ""),
        ([True, np.bool_(False)], (False, True), ""),
    ],
)
def test_labels_of_several_types_are_told_of_and_made_alike(labels, classes, said):
    y = np.array(labels * 2, dtype=object)
    found = as_dataset((np.zeros((len(y), 2)), y))
    assert found.classes == classes and list(map(type, found.classes)) == list(map(type, classes))
    assert [notice.startswith(said) for notice in found.notices] == [True] * bool(said)


def test_examples_without_targets_stay():
    without = Dataset(np.zeros((2, 1)))
    assert recode(without, NETWORK) is without


def test_balanced_weights_are_scikit_learn_s():
    """compute_class_weight("balanced"), to 1e-15; every class then weighs N/K in the loss."""
    from sklearn.utils.class_weight import compute_class_weight

    y = np.array([0] * 5 + [1] * 20 + [2])
    found = balanced_weights(y, 3)
    np.testing.assert_allclose(found, compute_class_weight("balanced", classes=np.arange(3), y=y), rtol=1e-15)
    np.testing.assert_allclose(np.bincount(y) * found, 26 / 3, rtol=1e-15)
    assert np.isfinite(balanced_weights(y, 5)).all()
