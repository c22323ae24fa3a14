"""The default recipe of tables on input that breaks things: it says why not, or answers within reason."""

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import GradatimError, UsageError

QUIET = {"quiet": True, "baselines": False, "epochs": 4, "threads": 1}
HUGE = float(np.finfo(np.float64).max)
N = 120


def frame(n=N, classes=False):
    """y = 2a + b with a little noise, or whether a + b is above 0."""
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, n))
    y = np.where(a + b > 0, "yes", "no") if classes else 2 * a + b + 0.1 * rng.standard_normal(n)
    return pd.DataFrame({"a": a, "b": b, "y": y})


def one(value, row=5):
    """One value in a column of ordinary ones."""
    found = frame()
    found.loc[row, "a"] = value
    return found


def column(values):
    return frame().assign(a=values)


TABLES = {
    "two values": lambda: column(np.where(np.arange(N) % 3, 1.0, 5.0)),
    "two values in one row": lambda: column(np.where(np.arange(N) == 3, 2.0, 1.0)),
    "all distinct": lambda: column(np.arange(N) + 0.5),
    "a single present value": lambda: column(np.where(np.arange(N) == 3, 7.0, np.nan)),
    "1e30": lambda: one(1e30),
    "1e300": lambda: one(1e300),
    "1e308": lambda: one(1e308),
    "the largest": lambda: one(HUGE),
    "infinity": lambda: one(np.inf),
    "plus and minus the largest": lambda: column(np.where(np.arange(N) % 2, HUGE, -HUGE)),
    "every value enormous": lambda: column(frame()["a"] * HUGE / 4),
    "every value tiny": lambda: column(frame()["a"] * 1e-310),
    "integers beyond 2^53": lambda: column(2**53 + np.arange(N)),
    "unsigned integers": lambda: column(np.uint64(2**63) + np.arange(N, dtype=np.uint64)),
    "booleans": lambda: column(np.arange(N) % 2 == 0),
    "ten rows": lambda: frame(10),
    "six rows": lambda: frame(6),
    "two rows": lambda: frame(2),
    "an enormous target": lambda: frame().assign(y=frame()["y"] * 1e300),
}


def far_from(x, value):
    """The same rows, every number of them this one."""
    return x.assign(**{name: value for name in x if x[name].dtype.kind in "fiu"})


@pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", TABLES)
def test_predictions_are_finite_and_within_reason(name, engine, tmp_path):
    """Numbers at ±1e30, at the largest and missing ones are answered by some ranges of the target at most."""
    found = TABLES[name]()
    path = tmp_path / "bad.csv"
    found.to_csv(path, index=False)
    members = {} if len(found) < 10 else {"members": 5}
    run = gradatim.train(path, target="y", out=tmp_path / "run", engine=engine, **members, **QUIET)
    x, reach = found.drop(columns="y"), np.ptp(found["y"]) + np.abs(found["y"]).max()
    for value in (1e30, -1e30, HUGE, None):
        far = tmp_path / "far.csv"
        far_from(x, value).to_csv(far, index=False)
        answers = run.predict(far).labels
        assert np.isfinite(answers).all() and np.abs(answers).max() < 20 * reach


def test_what_lies_within_training_is_answered_as_before_and_beyond_it_the_answer_stops(tmp_path):
    run = gradatim.train(frame(), target="y", out=tmp_path / "run", **QUIET)
    x = frame().drop(columns="y")
    low, high = x["a"].min(), x["a"].max()
    end = x.assign(a=high + (high - low))
    np.testing.assert_allclose(run.predict(x.assign(a=1e30)).labels, run.predict(end).labels, rtol=0.05)


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("members", [2, 15])
def test_a_class_that_folds_lack_keeps_its_probability_finite(rows, members, tmp_path):
    found = frame(classes=True)
    found.loc[: rows - 1, "y"] = "rare"
    run = gradatim.train(
        found, target="y", out=tmp_path / "run", members=members, class_weight="balanced", **QUIET
    )
    p = run.predict(found.drop(columns="y")).probabilities
    assert p.shape == (N, 3)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    assert np.mean(run.predict(found.drop(columns="y")).labels == found["y"]) > 0.5


def test_fewer_groups_than_folds_give_a_single_network_and_members_are_refused(tmp_path):
    found = frame(60).assign(who=np.repeat(["p", "q", "r"], 20))
    run = gradatim.train(found, target="y", group="who", out=tmp_path / "run", **QUIET)
    assert run.config["settings"]["members"] == 1 and np.isfinite(run.metrics["rmse"])
    with pytest.raises(UsageError, match=r"--members 5 cannot be: .* and there are none"):
        gradatim.train(found, target="y", group="who", members=5, out=tmp_path / "no", **QUIET)


@pytest.mark.parametrize("inputs", [{"a": 1.0, "b": 2.0}, {"a": np.nan, "b": np.nan}])
def test_a_table_without_inputs_is_refused(inputs, tmp_path):
    with pytest.raises(UsageError, match="no column to learn from"):
        gradatim.train(frame().assign(**inputs), target="y", out=tmp_path / "run", **QUIET)


def test_an_enormous_target_of_validation_is_named(tmp_path):
    """The learning rate has no part in it, and no loss can be measured."""
    valid = frame(20)
    valid.loc[3, "y"] = 1e30
    with pytest.raises(GradatimError, match=r"target 'y' is 1e\+30 in a row of validation.*leave that row"):
        gradatim.train(frame(), target="y", valid=valid, out=tmp_path / "run", **QUIET)
