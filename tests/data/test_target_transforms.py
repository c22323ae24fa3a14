"""Transforms of a target beside scipy's and scikit-learn's, their inverses, and which is chosen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.preprocessing import PowerTransformer

from gradatim.checks import UsageError
from gradatim.data.target_transforms import (
    check_domain,
    fit_transform,
    forward,
    inverse,
    is_transform,
    log_likelihood,
)  # fmt: skip

RNG = np.random.default_rng(0)
Z = RNG.normal(size=500)
TARGETS = {
    "log-normal": np.exp(0.8 * Z),
    "both signs": np.sinh(Z) + 1,
    "left tail": -np.exp(0.5 * Z) + 2,
    "gamma": RNG.gamma(2.0, 3.0, 500),
    "counts": RNG.poisson(3, 500).astype(float),
}


@pytest.mark.parametrize("lambda_", [0.0, 1e-9, 0.3, 1.0, 1.7, 2.0])
@pytest.mark.parametrize("name", TARGETS)
def test_yeo_johnson_is_scipy_s(name, lambda_):
    """To 1e-12; λ within 1e-9 of its limits to 1e-7, where scipy cancels digits."""
    y, record = TARGETS[name], {"name": "yeo_johnson", "lambda": lambda_}
    close = 1e-7 if 0 < lambda_ < 1e-6 else 1e-12
    np.testing.assert_allclose(forward(record, y), stats.yeojohnson(y, lambda_), rtol=close, atol=1e-13)
    np.testing.assert_allclose(inverse(record, forward(record, y)), y, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", TARGETS)
def test_lambda_is_scikit_learn_s_power_transformer_s(name):
    """To 1e-6, where it lies between 0 and 2; else the nearer end."""
    y = TARGETS[name]
    theirs = PowerTransformer().fit(y[:, None]).lambdas_[0]
    fitted = fit_transform("yeo_johnson", y)
    assert fitted.record["lambda"] == pytest.approx(min(max(theirs, 0.0), 2.0), abs=1e-6)
    assert ("without an inverse" in fitted.sentence) == (not 0 <= theirs <= 2)


def test_some_lambdas_lie_between_0_and_2_and_some_do_not():
    found = [PowerTransformer().fit(y[:, None]).lambdas_[0] for y in TARGETS.values()]
    assert any(0.05 < one < 1.95 for one in found)
    assert any(not 0 <= one <= 2 for one in found)


@pytest.mark.parametrize("name", TARGETS)
def test_the_likelihood_is_scipy_s(name):
    y = TARGETS[name]
    ours = log_likelihood({"name": "yeo_johnson", "lambda": 0.4}, y) * len(y)
    assert ours == pytest.approx(stats.yeojohnson_llf(0.4, y), rel=1e-10)


RECORDS = [{"name": "standard"}, {"name": "log"}, {"name": "log1p"},
           *({"name": "yeo_johnson", "lambda": k} for k in (0.0, 0.5, 1.0, 1.5, 2.0))]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=str)
@given(st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=20))
def test_they_increase_and_come_back(record, values):
    y = np.sort(np.array(values))
    z = forward(record, y)
    assert (np.diff(z) >= 0).all()
    np.testing.assert_allclose(inverse(record, z), y, rtol=1e-8)


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_every_output_has_an_inverse(record):
    """No NaN, however far from what was seen; infinite where no float is so large."""
    found = inverse(record, np.array([-1e6, -50.0, 0.0, 50.0, 1e6]))
    assert not np.isnan(found).any()
    assert (np.diff(found) >= 0).all()


def test_auto_takes_what_is_much_nearer_to_a_normal_distribution():
    assert fit_transform("auto", np.exp(10 + Z)).record == {"name": "log"}
    assert fit_transform("auto", Z).record == {"name": "standard"}
    assert fit_transform("auto", RNG.uniform(0, 1, 500)).record == {"name": "standard"}
    assert fit_transform("auto", np.full(9, 3.0)).record == {"name": "standard"}
    zeros = np.where(np.arange(500) % 4, np.exp(3 + Z), 0.0)  # of which no logarithm can be
    fitted = fit_transform("auto", zeros)
    assert fitted.record["name"] == "yeo_johnson"
    assert fitted.sentence.startswith("yeo_johnson with λ = ")
    assert "nats an example" in fitted.sentence


@pytest.mark.parametrize(
    ("name", "y", "message"),
    [
        ("log", [1.0, 2.0, 0.0, -1.0], "the target is 0 in row 3 and in 1 more; log is of numbers above 0"),
        ("log", [-3.5], "the target is -3.5 in row 1; log is of numbers above 0: log1p takes 0, too"),
        (
            "log1p",
            [0.0, -1.0],
            "the target is -1 in row 2; log1p is of numbers above -1: yeo_johnson takes any",
        ),
    ],
)
def test_what_a_transform_is_not_defined_for_is_refused_by_its_row(name, y, message):
    with pytest.raises(UsageError, match=message):
        fit_transform(name, np.array(y))
    check_domain({"name": "yeo_johnson", "lambda": 1.0}, np.array(y))


@pytest.mark.parametrize(
    "record",
    [None, "log", {"name": "sqrt"}, {"name": "log", "lambda": 1.0}, {"name": "yeo_johnson"},
     {"name": "yeo_johnson", "lambda": 2.5}, {"name": "yeo_johnson", "lambda": True},
     {"name": "yeo_johnson", "lambda": float("nan")}],
)  # fmt: skip
def test_what_is_no_record_of_a_transform(record):
    assert not is_transform(record)
    assert all(map(is_transform, RECORDS))
