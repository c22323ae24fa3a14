"""H7: every number of the trace is NumPy's from the equations, and the exercise asks for these."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from gradatim.checks import UsageError
from gradatim.exercises.exercise import make_exercise
from gradatim.explain.traces.gaussian_process import gaussian_process

GIVEN = {
    "x": (0, 1, 2), "task": (1, 1, 2), "y": (1, -1, 2), "a": (1, -0.5), "kappa": (0.5, 1),
    "noise": (0.1, 0.2), "scale": 1.5, "at": 0.5,
}  # fmt: skip


def by_hand(x, task, y, a, kappa, noise, scale, at):
    """C, α, means and variances of both functions, and log p(y), without any factor."""
    x, i, y = np.array(x, float), np.array(task, int) - 1, np.array(y, float)
    B = np.outer(a, a) + np.diag(kappa)
    C = B[np.ix_(i, i)] * np.exp(-((x[:, None] - x) ** 2) / (2 * scale**2)) + np.diag(np.array(noise)[i])
    c = B[:, i] * np.exp(-((at - x) ** 2) / (2 * scale**2))
    inverse = np.linalg.inv(C)
    variance = np.diag(B) - np.einsum("in,nm,im->i", c, inverse, c)
    return C, inverse @ y, c @ inverse @ y, variance, multivariate_normal(np.zeros(len(y)), C).logpdf(y)


def test_every_number_is_that_of_the_equations():
    """To 1e-10; the gradient to 1e-6 of differences."""
    trace = gaussian_process(**GIVEN)
    C, alpha, mean, variance, log_p = by_hand(**GIVEN)
    np.testing.assert_allclose(trace.table("C, of the targets").rows, C, atol=1e-10)
    L = np.array(trace.table("L").rows)
    np.testing.assert_allclose(L @ L.T, C, atol=1e-10)
    solved = trace.table("Substitution, forwards and backwards")
    np.testing.assert_allclose(solved.column("α"), alpha, atol=1e-10)
    np.testing.assert_allclose(L @ np.array(solved.column("z")), solved.column("y"), atol=1e-10)
    found = trace.table("The functions at x* = 0.5")
    np.testing.assert_allclose(found.column("mean"), mean, atol=1e-10)
    np.testing.assert_allclose(found.column("var"), variance, atol=1e-10)
    *terms, whole = trace.table("Log marginal likelihood").rows[0]
    assert whole == pytest.approx(log_p, abs=1e-10) and sum(terms) == pytest.approx(whole)
    slopes = trace.table("The gradient")
    np.testing.assert_allclose(slopes.column("∂ log p/∂θ"), slopes.column("by differences"), atol=1e-6)


def test_alone_a_task_knows_its_own_targets_only():
    found = gaussian_process(**GIVEN).table("The functions at x* = 0.5")
    for i, rows in enumerate(([0, 1], [2])):
        part = {name: [GIVEN[name][n] for n in rows] for name in ("x", "task", "y")}
        _, _, mean, variance, _ = by_hand(**{**GIVEN, **part})
        assert found.column("mean alone")[i] == pytest.approx(mean[i])
        assert found.column("var alone")[i] == pytest.approx(variance[i])


@pytest.mark.parametrize("seed", range(3))
def test_the_exercise_asks_for_the_numbers_of_the_equations(seed):
    exercise = make_exercise("gaussian-process", seed)
    values = {one.name: one.value for one in exercise.asked}
    C, alpha, mean, variance, log_p = by_hand(**exercise.numbers)
    assert values["c21"] == pytest.approx(C[1, 0]) and values["c32"] == pytest.approx(C[2, 1])
    assert [values[f"alpha{n}"] for n in (1, 2, 3)] == pytest.approx(alpha)
    assert [values["m1"], values["m2"]] == pytest.approx(mean)
    assert [values["v1"], values["v2"]] == pytest.approx(variance)
    assert values["logp"] == pytest.approx(log_p)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"task": (1, 1, 3)}, "task must be 1 or 2"), ({"task": (1, 1, 1)}, "task must be 1 or 2"),
        ({"kappa": (0, 1)}, "kappa must be"), ({"noise": (0.1,)}, "noise must be 2 numbers"),
        ({"x": range(7)}, "x must be at most 6 places"), ({"scale": 0}, "scale must be"),
        ({"kernel": "cubic"}, "unknown kernel 'cubic'"),
    ],
)  # fmt: skip
def test_misuse_is_refused(asked, said):
    with pytest.raises(UsageError, match=said):
        gaussian_process(**asked)
