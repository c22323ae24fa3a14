"""Constructor arguments: kept untouched, checked when they are used."""

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from gradatim.checks import UsageError, plain_number, real, whole

Bounds = dict[str, dict[str, float]]


def keep(estimator: BaseEstimator, arguments: dict[str, Any]) -> None:
    """Store a constructor's arguments as they are, which is all that scikit-learn lets it do."""
    for name in estimator._get_param_names():
        setattr(estimator, name, arguments[name])


def argument(estimator: BaseEstimator, name: str) -> Any:
    """An argument as it is used: Python's number where it is NumPy's."""
    return plain_number(getattr(estimator, name))


def check(estimator: BaseEstimator, bounds: Bounds) -> None:
    """Raise UsageError for the first number that is out of its bounds."""
    for name, limits in bounds.items():
        real(name, getattr(estimator, name), **limits)


def check_patience(epochs: Any) -> None:
    """Raise UsageError for an n_iter_no_change that is no whole number and not infinite."""
    if epochs != float("inf"):
        whole("n_iter_no_change", epochs, 1)


def seed_of(random_state: Any) -> int:
    """The seed of a random_state: a whole number is one, anything else is asked for one."""
    random_state = plain_number(random_state)
    if isinstance(random_state, int) and not isinstance(random_state, bool):
        return whole("random_state", random_state, 0)
    try:
        return int(check_random_state(random_state).randint(2**31 - 1))
    except ValueError as error:
        raise UsageError(f"random_state: {error}") from None
