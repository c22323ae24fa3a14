"""H2, H3: every number of the trace is that of the equations, and the step is the estimators' own."""

import numpy as np
import pytest
from scipy.optimize import minimize

from gradatim.checks import UsageError
from gradatim.exercises.exercise import make_exercise
from gradatim.explain.traces.proximal_step import proximal_step
from gradatim.functional.task_penalties import L21, TraceNorm
from gradatim.multitask.proximal import _step
from gradatim.multitask.task_losses import SquaredLoss
from gradatim.multitask.tasks import Tasks

GIVEN = {
    "x1": ((1, -0.5, 2), (0.5, 1, 0)), "y1": (1, -2), "x2": ((0, 1, 1), (1, 2, -1), (0.5, 0, 1)),
    "y2": (0.5, 2, -1), "w": ((0.5, -1), (0, 0.25), (0.1, 0)), "strength": 3.5,
}  # fmt: skip
ROWS, TRACE = ("W⁺, rows", L21), ("W⁺, trace norm", TraceNorm)


def arrays(given):
    """X, y of both tasks, W."""
    Xs = [np.array(given[f"x{i}"], float) for i in (1, 2)]
    return Xs, [np.array(given[f"y{i}"], float) for i in (1, 2)], np.array(given["w"], float)


def loss(W, Xs, ys):
    return sum(0.5 * ((X @ w - y) ** 2).sum() for X, y, w in zip(Xs, ys, W.T, strict=True))


def by_hand(given, t):
    """G by the squared error's own derivative, V, and both penalties' results by the closed forms, a row or a
    singular value at a time; the latter from the eigenvectors of VᵀV."""
    Xs, ys, W = arrays(given)
    G = np.stack([X.T @ X @ w - X.T @ y for X, y, w in zip(Xs, ys, W.T, strict=True)], axis=1)
    V, least = W - t * G, t * given["strength"]
    rows = [v * max(1 - least / sum(x * x for x in v) ** 0.5, 0) for v in V]
    squares, Q = np.linalg.eigh(V.T @ V)
    low = sum(max(s**0.5 - least, 0) / s**0.5 * V @ np.outer(q, q) for s, q in zip(squares, Q.T, strict=True))
    return G, V, np.array(rows), low


def test_every_number_is_that_of_the_equations():
    """To 1e-12, float64; the gradient also by differences of the loss, to 1e-6."""
    trace = proximal_step(**GIVEN)
    Xs, ys, W = arrays(GIVEN)
    L = max(np.linalg.norm(X, 2) ** 2 for X in Xs)
    G, V, rows, low = by_hand(GIVEN, 1 / L)
    ((*_, found_L, _, t),) = trace.table("Largest eigenvalues of X_iᵀX_i, and the step").rows
    assert (found_L, t) == pytest.approx((L, 1 / L), abs=1e-12)
    for caption, right in {"G": G, "V = W − t G": V, ROWS[0]: rows, TRACE[0]: low}.items():
        np.testing.assert_allclose(trace.table(caption).rows, right, atol=1e-12)
    assert not rows.any(axis=1).all() and np.linalg.matrix_rank(low) == 1  # both penalties bite
    for place in np.ndindex(W.shape):
        h = np.zeros_like(W)
        h[place] = 1e-6
        assert (loss(W + h, Xs, ys) - loss(W - h, Xs, ys)) / 2e-6 == pytest.approx(G[place], abs=1e-6)
    sizes = trace.table("Rows").column("‖v_j‖")
    np.testing.assert_allclose(sizes, np.linalg.norm(V, axis=1), atol=1e-12)
    values = trace.table("Singular values")
    P = np.stack([values.column(f"p_{j}") for j in (1, 2, 3)])
    Q = np.stack([values.column("q_1"), values.column("q_2")])
    np.testing.assert_allclose(P * values.column("σ_r") @ Q.T, V, atol=1e-12)
    np.testing.assert_allclose(P * values.column("lowered") @ Q.T, low, atol=1e-12)


@pytest.mark.parametrize(("caption", "penalty"), [ROWS, TRACE])
def test_the_step_is_that_of_the_estimators_solver(caption, penalty):
    """`multitask.proximal`'s own step from V = W with the trace's L, to 1e-12."""
    Xs, ys, W = arrays(GIVEN)
    tasks, L = Tasks.of(Xs, ys), max(np.linalg.norm(X, 2) ** 2 for X in Xs)
    W_next, z, _ = _step(
        tasks, SquaredLoss(tasks.y), penalty(GIVEN["strength"]), W, tasks.scores(W), L * (1 + 1e-12)
    )
    trace = proximal_step(**GIVEN)
    np.testing.assert_allclose(trace.table(caption).rows, W_next, atol=1e-10)
    row = trace.table("The objective").rows[[ROWS[0], TRACE[0]].index(caption)]
    _, f, omega, whole, f_next, bound, omega_next, whole_next = row
    assert f == pytest.approx(loss(W, Xs, ys)) and f_next == pytest.approx(SquaredLoss(tasks.y)(z))
    assert omega == pytest.approx(penalty(GIVEN["strength"])(W))
    assert f_next <= bound and whole_next < whole and whole_next == pytest.approx(f_next + omega_next)


@pytest.mark.parametrize(("caption", "penalty"), [ROWS, TRACE])
def test_no_other_point_is_better_in_the_proximal_problem(caption, penalty):
    """½‖Z − V‖² + tλΩ(Z): a general minimiser finds nothing lower by more than 1e-9."""
    trace = proximal_step(**GIVEN)
    V, Z = np.array(trace.table("V = W − t G").rows), np.array(trace.table(caption).rows)
    ((*_, t),) = trace.table("Largest eigenvalues of X_iᵀX_i, and the step").rows

    def objective(z):
        return 0.5 * ((z.reshape(V.shape) - V) ** 2).sum() + t * penalty(GIVEN["strength"])(
            z.reshape(V.shape)
        )

    found = minimize(objective, V.ravel(), method="Powell", options={"xtol": 1e-10, "ftol": 1e-14})
    assert objective(Z.ravel()) <= found.fun + 1e-9


def test_a_step_too_long_is_said():
    assert "at most its bound" in str(proximal_step(**GIVEN))
    assert "above its bound" in str(proximal_step(**GIVEN, step=2))
    still = proximal_step(**GIVEN | {"strength": 0})  # without a penalty both are V
    for caption, _ in (ROWS, TRACE):
        np.testing.assert_allclose(still.table(caption).rows, still.table("V = W − t G").rows, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_the_exercise_asks_for_the_numbers_of_the_equations(seed):
    exercise = make_exercise("proximal-step", seed)
    values = {one.name: one.value for one in exercise.asked}
    G, V, rows, low = by_hand(exercise.numbers, exercise.numbers["step"])
    for letter, right in (("g", G), ("rows", rows), ("trace", low)):
        found = [values[f"{letter}{j}{i}"] for j in (1, 2) for i in (1, 2)]
        assert found == pytest.approx(right.ravel().tolist(), abs=1e-12)
    assert [values["sigma1"], values["sigma2"]] == pytest.approx(np.linalg.svd(V, compute_uv=False).tolist())
    assert "above its bound" not in str(exercise.solution)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"w": ((1, 2, 3),)}, "w must have at most 5 rows of 2 numbers"),
        ({"x2": ((1, 0),)}, "x2 must have at most 5 rows of 3 numbers"),
        ({"y1": (1, 2)}, "y1 must be 3 numbers"), ({"strength": -1}, "strength must be"),
        ({"step": 0}, "step must be"),
        ({"x1": ((0, 0, 0),) * 3, "x2": ((0, 0, 0),) * 3}, "x1 and x2 are all 0"),
    ],
)  # fmt: skip
def test_misuse_is_refused(asked, said):
    with pytest.raises(UsageError, match=said):
        proximal_step(**asked)
