"""What a later call of an estimator is given is checked as in the first, in the same words."""

from typing import Any

import numpy as np
import pytest

from gradatim.estimators import MLPClassifier, MLPRegressor

rng = np.random.default_rng(0)
X = rng.standard_normal((60, 3))
Y = (X[:, 0] > 0).astype(int)
WRONG: list[dict[str, Any]] = [
    {"alpha": -1}, {"learning_rate_init": -1}, {"activation": "quux"}, {"solver": "quux"}, {"tol": -1},
    {"batch_size": 0}, {"dropout": 2}, {"engine": "x"}, {"device": "zz"}, {"epsilon": -1}, {"momentum": 2},
    {"beta_1": 1}, {"random_state": -3}, {"loss": "quux"}, {"init": "quux"}, {"max_iter": 0},
    {"learning_rate": "quux", "solver": "sgd"},
]  # fmt: skip


def refusal(call):
    with pytest.raises(ValueError) as error:
        call()
    return str(error.value)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_an_argument_that_is_set_later_is_refused_as_in_the_first_call(kind, wrong):
    first = refusal(lambda: kind((4,), **{**wrong}).fit(X, Y))
    classes = {"classes": [0, 1]} if kind is MLPClassifier else {}
    later = kind((4,), max_iter=2).partial_fit(X, Y, **classes).set_params(**wrong)
    assert refusal(lambda: later.partial_fit(X, Y)) == first
    again = kind((4,), max_iter=2, warm_start=True).fit(X, Y).set_params(**wrong)
    assert refusal(lambda: again.fit(X, Y)) == first


@pytest.mark.parametrize(
    ("x", "y", "w", "sentence"),
    [
        (np.full((4, 3), np.nan), Y[:4], None, "Input X contains NaN"),
        (X[:4], [0, 1, np.inf, 0], None, "Input y contains infinity"),
        (X[:4, :2], Y[:4], None, "X has 2 features, but MLPClassifier is expecting 3"),
        (X[:4], [0, 1, 2, 7], None, "`y` has classes not in `self.classes_`"),
        (X[:4], list("abcd"), None, "`y` has classes not in `self.classes_`"),
        (X[:4], Y[:4], [-1, 1, 1, 1], "Negative values in data passed to `sample_weight`"),
        (X[:4], Y[:4], [0, 0, 0, 0], "Sample weights must contain at least one non-zero number"),
    ],
)
def test_rows_that_cannot_be_learned_leave_the_estimator_as_it_was(x, y, w, sentence):
    estimator = MLPClassifier((4,)).partial_fit(X, Y, classes=[0, 1])
    before = [coef.copy() for coef in estimator.coefs_]
    assert refusal(lambda: estimator.partial_fit(x, y, w)).startswith(sentence)
    assert estimator.n_iter_ == 1
    for one, other in zip(before, estimator.coefs_, strict=True):
        np.testing.assert_array_equal(one, other)
