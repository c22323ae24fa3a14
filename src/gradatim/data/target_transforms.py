"""Transforms of a numeric target: strictly increasing functions of all of its numbers, with their inverses.

    log          log y                                    of y > 0
    log1p        log(1 + y)                               of y > −1
    yeo_johnson  ((1 + y)^λ − 1)/λ                        of y ≥ 0 (Yeo & Johnson 2000); log(1 + y) with λ = 0
                 −((1 − y)^(2−λ) − 1)/(2 − λ)             of y < 0; −log(1 − y) with λ = 2

A transform is a record that JSON holds. The inverse of a mean is not the mean of the inverse: of what a
network says of the transformed target, whose mean and median are close, the inverse is a median.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError

TRANSFORMS = ("standard", "log", "log1p", "yeo_johnson")
ABOVE = {"log": 0.0, "log1p": -1.0}  # what a number must exceed
GAIN = 0.1  # nats an example by which a transform must make a normal distribution likelier, to be chosen
AS_GOOD = 0.02  # nats by which yeo_johnson, which has a parameter more, must beat the logarithm
Record = Mapping[str, Any]


class Fitted(NamedTuple):
    """A transform, and why it is this one."""

    record: dict[str, Any]
    sentence: str


def fit_transform(asked: str, y: np.ndarray, what: str = "the target") -> Fitted:
    """The transform of the training targets y (N,): the one that was asked for, or with `auto` the one that
    makes a normal distribution of the target likeliest.

        ℓ = −½ log Var(T(y)) + mean log T′(y)

    λ of Yeo–Johnson is the maximum of ℓ, as scikit-learn's PowerTransformer finds it, between 0 and 2: beyond
    them there are outputs that no number is transformed to.

    >>> fit_transform("log", np.array([1.0, 10.0])).record
    {'name': 'log'}

    Raises UsageError for a number that the transform is not defined for.
    """
    if asked == "auto":
        return _likeliest(y)
    check_domain({"name": asked}, y, what)
    if asked != "yeo_johnson":
        return Fitted({"name": asked}, f"{asked}, as asked")
    best = _most_likely_lambda(y)
    lambda_ = min(max(best, 0.0), 2.0)
    said = f"yeo_johnson with λ = {lambda_:.4g}, of maximum likelihood"
    if lambda_ != best:
        said += f" between 0 and 2 ({best:.4g} would leave predictions without an inverse)"
    return Fitted({"name": asked, "lambda": lambda_}, said)


def _likeliest(y: np.ndarray) -> Fitted:
    """The transform of the greatest likelihood, where that is much greater than the target's own."""
    own = log_likelihood({"name": "standard"}, y)
    found = {"yeo_johnson": fit_transform("yeo_johnson", y)}
    if (y > 0).all():
        found["log"] = Fitted({"name": "log"}, "log")
    gains = {name: log_likelihood(one.record, y) - own for name, one in found.items()}
    best = max(gains, key=lambda name: gains[name])
    if gains.get("log", -np.inf) > gains["yeo_johnson"] - AS_GOOD:
        best = "log"
    if not gains[best] > GAIN:
        return Fitted(
            {"name": "standard"}, "standard: no transform brings it much nearer to a normal distribution"
        )
    said = found[best].sentence
    return Fitted(
        found[best].record, f"{said}: nearer to a normal distribution by {gains[best]:.2g} nats an example"
    )


def _most_likely_lambda(y: np.ndarray) -> float:
    """λ of the greatest likelihood; 1 of a target with one value."""
    from scipy.stats import yeojohnson_normmax

    if (y == y[0]).all():
        return 1.0
    with np.errstate(all="ignore"):
        return float(yeojohnson_normmax(y))


def log_likelihood(record: Record, y: np.ndarray) -> float:
    """ℓ(y) of the normal distribution that is fitted to the transformed target, but for a constant."""
    name = record["name"]
    with np.errstate(all="ignore"):
        spread = float(np.var(forward(record, y)))
        slope = {
            "standard": lambda: 0.0,
            "log": lambda: -np.log(y).mean(),
            "log1p": lambda: -np.log1p(y).mean(),
            "yeo_johnson": lambda: (record["lambda"] - 1) * (np.sign(y) * np.log1p(np.abs(y))).mean(),
        }[name]()
        return float(-0.5 * np.log(spread) + slope) if 0 < spread < np.inf else -np.inf


def check_domain(record: Record, y: np.ndarray, what: str = "the target") -> None:
    """Raise UsageError naming the first row of y (N,) that the transform is not defined for."""
    name = record["name"]
    least = ABOVE.get(name)
    if least is None:
        return
    wrong = np.flatnonzero(y <= least)
    if len(wrong):
        row = int(wrong[0])
        other = (
            "log1p takes 0, too, and yeo_johnson any number"
            if name == "log"
            else "yeo_johnson takes any number"
        )
        raise UsageError(
            f"{what} is {y[row]:g} in row {row + 1}{_more(len(wrong) - 1)}; {name} is of numbers above "
            f"{least:g}: {other}"
        )


def _more(rows: int) -> str:
    return f" and in {rows:,} more" if rows else ""


def forward(record: Record, y: np.ndarray) -> np.ndarray:
    """T(y), whatever the shape of y.

    >>> forward({"name": "yeo_johnson", "lambda": 0.0}, np.array([-2.0, 0.0, np.e - 1]))
    array([-4.,  0.,  1.])
    """
    name = record["name"]
    if name == "log":
        return np.log(y)
    if name == "log1p":
        return np.log1p(y)
    if name == "yeo_johnson":
        up, down = record["lambda"], 2 - record["lambda"]
        return np.where(y >= 0, _power(up, np.maximum(y, 0.0)), -_power(down, np.maximum(-y, 0.0)))
    return y


def inverse(record: Record, z: np.ndarray) -> np.ndarray:
    """T⁻¹(z); infinite where no float is so large.

    >>> inverse({"name": "yeo_johnson", "lambda": 0.0}, np.array([-4.0, 0.0, 1.0])).round(4)
    array([-2.    ,  0.    ,  1.7183])
    """
    name = record["name"]
    with np.errstate(over="ignore"):
        if name == "log":
            return np.exp(z)
        if name == "log1p":
            return np.expm1(z)
        if name == "yeo_johnson":
            up, down = record["lambda"], 2 - record["lambda"]
            return np.where(z >= 0, _root(up, np.maximum(z, 0.0)), -_root(down, np.maximum(-z, 0.0)))
    return z


def _power(k: float, y: np.ndarray) -> np.ndarray:
    """((1 + y)^k − 1)/k of y ≥ 0, and its limit at k = 0."""
    return np.expm1(k * np.log1p(y)) / k if k else np.log1p(y)


def _root(k: float, z: np.ndarray) -> np.ndarray:
    """(1 + k z)^(1/k) − 1 of z ≥ 0, and its limit at k = 0."""
    return np.expm1(np.log1p(k * z) / k) if k else np.expm1(z)


def is_transform(record: Any) -> bool:
    """Whether this is the record of a transform."""
    if not isinstance(record, dict) or record.get("name") not in TRANSFORMS:
        return False
    if record["name"] != "yeo_johnson":
        return record.keys() == {"name"}
    value: Any = record.get("lambda")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return record.keys() == {"name", "lambda"} and is_number and 0 <= value <= 2
