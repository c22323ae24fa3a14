"""Which columns matter: the rise of the loss by hand, and scikit-learn's by the same permutations."""

import numpy as np
import pandas as pd
import pytest
import sklearn.inspection._permutation_importance as theirs
from sklearn.inspection import permutation_importance

import gradatim
from gradatim.explain.permutation import importance
from gradatim.random import permutation
from gradatim.runs.asking import outputs_of

from .conftest import QUICK
from .ours import Ours


def test_the_rise_is_twice_the_squared_weight_times_the_variance(tmp_path):
    """y = Σ w_j x_j + noise with independent columns: shuffling one costs 2 w_j² var(x_j)."""
    w, n = np.array([3.0, -1.0, 0.5, 0.0]), 2000
    x = np.random.default_rng(1).normal(size=(n, 4)) * [1, 2, 3, 4]
    noise = np.random.default_rng(2).normal(size=n)
    frame = pd.DataFrame(x, columns=list("abcd")).assign(y=x @ w + noise)
    run = gradatim.train(frame, target="y", out=tmp_path / "r", **(QUICK | {"hidden": [], "epochs": 1}))
    trained = run.trained
    trained.problem = type(trained.problem)(("y",), "squared_error")  # the loss is in y's own unit
    for column in trained.encoder.record["columns"]:
        column |= {"shift": 0.0, "scale": 1.0}
    trained.model.parameters["1.weight"][:] = w
    trained.model.parameters["1.bias"][:] = 0
    test = run.data.test
    found = importance(trained, test, seed=0, shuffles=20)
    rises = {rise.column: rise for rise in found.rises}
    assert [rise.column for rise in found.rises][-1] == "d"
    assert rises["d"].mean == rises["d"].deviation == 0  # the network ignores it
    for j, name in enumerate("abc"):
        expected = 2 * w[j] ** 2 * test.x[:, j].var()
        error = 4 * rises[name].deviation / np.sqrt(20) + 0.02 * expected
        assert rises[name].mean == pytest.approx(expected, abs=error)
        assert rises[name].mean == pytest.approx(expected, rel=0.1)
    assert found.loss == pytest.approx(1.0, rel=0.2)
    assert importance(trained, test, seed=0, shuffles=20) == found  # the same seed, the same shuffles


class Permutations:
    """scikit-learn's random state, whose shuffles put the rows of each column into our orders."""

    def __init__(self, columns, seed):
        self.columns, self.seed, self.calls, self.shuffles = columns, seed, 0, 3

    def randint(self, *_):
        return 0

    def shuffle(self, places):
        column, r = divmod(self.calls, self.shuffles)
        n, name = len(places), self.columns[column]
        was = np.arange(n) if r == 0 else permutation(self.seed, f"{name}, shuffle {r - 1}", n)
        now = permutation(self.seed, f"{name}, shuffle {r}", n)
        places[:] = np.argsort(was)[now]  # theirs shuffle what is shuffled already
        self.calls += 1


def test_importance_is_scikit_learn_s_by_the_same_permutations(runs, monkeypatch):
    trained, test = runs["plan"].trained, runs["plan"].data.test
    ours = {rise.column: rise for rise in importance(trained, test, 5, shuffles=3).rises}
    names = [one["name"] for one in trained.encoder.record["columns"]]
    state = Permutations(names, 5)
    monkeypatch.setattr(theirs, "check_random_state", lambda _: state)

    def minus_loss(model, x, y):
        return -trained.problem.reader(outputs_of(trained, x), y).mean()

    found = permutation_importance(
        Ours(trained), trained.encoder.raw(test), test.y, scoring=minus_loss, n_repeats=3
    )
    assert len(names) == 5
    np.testing.assert_allclose([ours[name].mean for name in names], found.importances_mean, atol=1e-12)
    np.testing.assert_allclose([ours[name].deviation for name in names], found.importances_std, atol=1e-12)
    assert max(ours, key=lambda name: ours[name].mean) in ("visits", "town")
