"""Weights of classes are weights of their rows, whatever type the labels have."""

import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from gradatim.checks import UsageError
from gradatim.estimators import MLPClassifier
from gradatim.estimators.class_weights import weights_of_rows

X = np.random.default_rng(0).standard_normal((40, 3))
FIRST, SECOND = 1.5, 5.0
LABELS = {  # two labels, as NumPy holds them, and as a dict names them
    "digits as texts": (np.array(["1", "2"]), ["1", "2"]),
    "digits as NumPy's texts": (np.array(["1", "2"]), [np.str_("1"), np.str_("2")]),
    "numbers as texts": (np.array(["-1.5", "1e3"]), ["-1.5", "1e3"]),
    "texts": (np.array(["no", "yes"]), ["no", "yes"]),
    "texts as objects": (np.array(["01", "1"], object), ["01", "1"]),
    "whole numbers": (np.array([1, 2]), [1, 2]),
    "whole numbers, named by NumPy's": (np.array([1, 2], np.int8), [np.int64(1), np.int64(2)]),
    "whole numbers, named by decimals": (np.array([1, 2]), [1.0, 2.0]),
    "decimals that are whole": (np.array([1.0, 2.0]), [1, 2]),
    "truth": (np.array([False, True]), [False, True]),
    "truth named by numbers": (np.array([False, True]), [0, 1]),
    "bytes": (np.array([b"1", b"2"]), [b"1", b"2"]),
}


def fitted(y, **more):
    return MLPClassifier((5,), max_iter=5, random_state=0, **more).fit(X, y)


def same(one, other):
    for a, b in zip(one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_label_is_looked_up_as_what_it_is(kind):
    """Bit for bit the fit with the rows' weights."""
    labels, names = LABELS[kind]
    number = np.random.default_rng(1).integers(0, 2, 40)
    y, w = labels[number], np.where(number, SECOND, FIRST)
    if kind == "bytes":  # scikit-learn takes none as targets
        np.testing.assert_array_equal(
            weights_of_rows(dict(zip(names, (FIRST, SECOND), strict=True)), y, labels), w
        )
        return
    by_class = fitted(y, class_weight=dict(zip(names, (FIRST, SECOND), strict=True)))
    by_row = MLPClassifier((5,), max_iter=5, random_state=0).fit(X, y, w)
    same(by_class, by_row)
    assert not np.array_equal(by_class.coefs_[0], fitted(y).coefs_[0])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_of_a_frame():
    number = np.random.default_rng(1).integers(0, 2, 40)
    y = pd.Series(pd.Categorical(np.array(["1", "2"])[number]))
    by_row = MLPClassifier((5,), max_iter=5, random_state=0).fit(X, y, np.where(number, 5.0, 1.0))
    same(fitted(y, class_weight={"2": 5.0}), by_row)


@pytest.mark.parametrize("labels", [["1", "2", "10"], [3, 1, 2], ["a", "b", "c"]])
def test_balanced_is_scikit_learn_s(labels):
    y = np.array(labels)[np.random.default_rng(2).choice(3, 60, p=[0.6, 0.3, 0.1])]
    np.testing.assert_array_equal(
        weights_of_rows("balanced", y, np.unique(y)), compute_sample_weight("balanced", y)
    )


def test_labels_in_columns_multiply():
    y = (np.random.default_rng(3).random((30, 3)) > [0.2, 0.5, 0.7]).astype(int)
    each = [{0: 1.0, 1: 2.0}, {0: 3.0, 1: 1.0}, {1: 0.5}]
    for asked in (each, "balanced"):
        np.testing.assert_allclose(
            weights_of_rows(asked, y, np.arange(3)), compute_sample_weight(asked, y), rtol=1e-15
        )
    with pytest.raises(ValueError, match=r"^For multi-output, class_weight should be a list of dicts"):
        weights_of_rows({0: 1.0}, y, np.arange(3))
    with pytest.raises(ValueError, match=r"Got 1 element\(s\) while having 3 outputs"):
        weights_of_rows(each[:1], y, np.arange(3))


@pytest.mark.parametrize(
    ("class_weight", "sentence"),
    [
        (
            {1: 1.0, 2: 5.0},
            "class_weight names 1, 2, which is no class of y; the classes without a weight are '1', '2'",
        ),
        (
            {"1": 1.0, "3": 5.0},
            "class_weight names '3', which is no class of y; the classes without a weight are '2'",
        ),
        (
            {True: 1.0},
            "class_weight names True, which is no class of y; the classes without a weight are '1', '2'",
        ),
    ],
)
def test_a_name_of_another_type_is_no_class(class_weight, sentence):
    with pytest.raises(ValueError) as raised:
        fitted(np.array(["1", "2"] * 20), class_weight=class_weight)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("class_weight", "sentence"),
    [
        ({"1": -1.0}, "class_weight of '1' must be a number at least 0; it is -1.0"),
        ({"2": float("nan")}, "class_weight of '2' must be a number at least 0; it is nan"),
        ({"2": "5"}, "class_weight of '2' must be a number at least 0; it is '5'"),
        ("even", "class_weight must be 'balanced' or a dict by label; it is 'even'"),
        (2.0, "class_weight must be 'balanced' or a dict by label; it is 2.0"),
    ],
)
def test_a_weight_that_is_none_is_refused(class_weight, sentence):
    with pytest.raises(UsageError) as raised:
        fitted(np.array(["1", "2"] * 20), class_weight=class_weight)
    assert str(raised.value) == sentence


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_class_that_a_fold_lacks_may_be_named():
    """As scikit-learn has it: every class there has a weight, and one has it for nothing."""
    y = np.array(["1", "2"] * 20)
    same(fitted(y, class_weight={"1": 1.0, "2": 5.0, "3": 9.0}), fitted(y, class_weight={"2": 5.0}))


def test_some_weight_is_above_0():
    with pytest.raises(ValueError, match="at least one non-zero"):
        fitted(np.array(["1", "2"] * 20), class_weight={"1": 0, "2": 0})


def test_a_part_of_the_data_that_lacks_a_class_is_weighed_too():
    """A later call without the class that the dict names."""
    y = np.array(["1", "2"] * 20)
    one, other = (MLPClassifier((5,), random_state=0, class_weight=w) for w in ({"2": 5.0}, None))
    one.partial_fit(X, y, classes=["1", "2"]).partial_fit(X[::2], y[::2])
    other.partial_fit(X, y, np.where(y == "2", 5.0, 1.0), classes=["1", "2"]).partial_fit(X[::2], y[::2])
    same(one, other)


def test_dates_are_labels_of_a_dict():
    day = datetime.date(2024, 1, 2)
    y = np.array([day, datetime.date(2024, 1, 3)], object)
    assert weights_of_rows({day: 2.0}, y, y).tolist() == [2.0, 1.0]
