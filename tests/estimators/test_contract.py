"""scikit-learn's own checks of an estimator: none is expected to fail."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

from gradatim import catalog
from gradatim.estimators import Adaline, MLPClassifier, MLPRegressor, Perceptron

ENOUGH = {  # where 50 epochs are too few
    "lion": {"learning_rate_init": 3e-3}, "adamw": {"max_iter": 150}, "amsgrad": {"max_iter": 150},
    "radam": {"max_iter": 150, "learning_rate_init": 0.01},
}  # fmt: skip
OTHERS = [name for name in catalog.names("optimizer") if name != "adam"]


@parametrize_with_checks(
    [MLPClassifier(max_iter=100), MLPRegressor(max_iter=100), Perceptron(), Adaline(max_iter=100)]
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("solver", OTHERS)
def test_scikit_learns_checks_of_every_solver(kind, solver):
    """The same checks in one go; array_api_input alone is skipped, for want of the library."""
    found = check_estimator(
        kind(**{"solver": solver, "max_iter": 50, **ENOUGH.get(solver, {})}), on_skip=None
    )
    assert len(found) >= 60
    assert {one["check_name"] for one in found if one["status"] != "passed"} <= {"check_array_api_input"}


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor, Perceptron, Adaline])
def test_arguments_are_stored_untouched(kind):
    sizes = np.array([3, 4])
    made = (
        kind(hidden_layer_sizes=sizes) if hasattr(kind(), "hidden_layer_sizes") else kind(eta0=np.float64(2))
    )
    held = [value for value in vars(made).values() if value is sizes or isinstance(value, np.float64)]
    assert len(held) == 1
    assert set(vars(made)) == set(made.get_params())
