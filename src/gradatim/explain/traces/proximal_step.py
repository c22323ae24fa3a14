"""One proximal-gradient step of two linear tasks: rows shortened, and singular values lowered."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.record import Beside, Cell, Line, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number
from gradatim.functional.task_penalties import L21, TraceNorm

SOURCE = (
    "Obozinski, Taskar & Jordan, Joint covariate selection (2010); Ji & Ye, Trace norm minimization (2009)"
)
MOST = 5  # rows or features
ROUNDING = 1e-12  # of the bound, by which the loss may miss it
Penalty = L21 | TraceNorm


@dataclass(frozen=True)
class _Loss:
    """Half the squared error of two tasks: the rows and the targets of each."""

    Xs: list[np.ndarray]
    ys: list[np.ndarray]

    def residuals(self, W: np.ndarray) -> list[np.ndarray]:
        """r_i = X_i w_i − y_i of each task."""
        return [X @ w - y for X, y, w in zip(self.Xs, self.ys, W.T, strict=True)]

    def __call__(self, W: np.ndarray) -> float:
        """½ Σ_i ‖r_i‖²."""
        return 0.5 * sum(float(r @ r) for r in self.residuals(W))

    def gradient(self, W: np.ndarray) -> np.ndarray:
        """X_iᵀ r_i, a column for each task."""
        return np.column_stack([X.T @ r for X, r in zip(self.Xs, self.residuals(W), strict=True)])

    def curvatures(self) -> list[float]:
        """The largest eigenvalue of X_iᵀX_i of each task."""
        return [float(np.linalg.eigvalsh(X.T @ X)[-1]) for X in self.Xs]


def proximal_step(
    x1: Sequence[Sequence[float]] = ((2, 0, 0), (0, 1, 0), (0, 1, 1)), y1: Sequence[float] = (4, 0, 1),
    x2: Sequence[Sequence[float]] = ((1, 0, 0), (1, 1, 0), (0, 0, 1)), y2: Sequence[float] = (2, 2, -1),
    w: Sequence[Sequence[float]] = ((1, 0.5), (0.5, 0), (0, 0)), strength: float = 1.2,
    step: float | None = None,
) -> Trace:  # fmt: skip
    """Two linear tasks, one step down their loss, and what two penalties make of it.

        min_W f(W) + λ Ω(W)
        f(W) = ½ Σ_i ‖r_i‖²,   r_i = X_i w_i − y_i
        G = ∇f(W),   column i is X_iᵀ r_i
        L = max_i of the largest eigenvalue of X_iᵀ X_i,   t = 1/L
        V = W − t G
        W⁺ = prox(V, t) = argmin_Z ½ ‖Z − V‖² + t λ Ω(Z)
        rows:   Ω(W) = Σ_j ‖w_j‖,   row j of W⁺ is v_j max(1 − tλ/‖v_j‖, 0)
        trace norm:   Ω(W) = Σ_r σ_r,   V = Σ_r σ_r p_r q_rᵀ,   W⁺ = Σ_r max(σ_r − tλ, 0) p_r q_rᵀ

    `w` has a row for each feature and a column for each task, `x1`, `y1` and `x2`, `y2` are the tasks' rows
    and targets, `strength` is λ, `step` is t where it is not to be 1/L.

    Raises UsageError for matrices that do not fit each other, λ below 0, or a step of 0.

    >>> [round(factor, 3) for factor in proximal_step().table("Rows").column("factor")]
    [0.873, 0.52, 0.0]
    """
    loss, W = _read(x1, y1, x2, y2, w)
    lam, L = real("strength", strength, at_least=0), max(loss.curvatures())
    if L == 0 and step is None:
        raise UsageError("x1 and x2 are all 0, so that no step has a length: change a number, or give step")
    t = 1 / L if step is None else real("step", step, above=0)
    G = loss.gradient(W)
    V = W - t * G
    penalties: dict[str, Penalty] = {"rows": L21(lam), "trace norm": TraceNorm(lam)}
    after = {name: penalty.prox(V, t) + 0.0 for name, penalty in penalties.items()}
    values, holds = _objectives(loss, penalties, W, after, t)
    return Trace("A proximal-gradient step of two tasks", "H2 H3", SOURCE, [
        Line(f"{len(W)} features, and 2 tasks with rows of their own; λ = {number(lam)}. W has a row for "
             "each feature, a column for each task."),
        Beside([matrix("X1", loss.Xs[0], 2), matrix("X2", loss.Xs[1], 2), matrix("W", W, 4)]),
        Line("  r_i = X_i w_i − y_i    f(W) = ½ Σ_i ‖r_i‖²"),
        _residuals(loss, W),
        Line("  G = ∇f(W), column i is X_iᵀ r_i    V = W − t G    t = 1/L"),
        _step_length(loss, t),
        Beside([matrix("G", G, 4), matrix("V = W − t G", V, 4)]),
        Line("The penalty on rows keeps a feature for both tasks or drops it for both. A row shorter than "
             f"tλ = {number(t * lam)} becomes 0."),
        Line("  Ω(W) = Σ_j ‖w_j‖    row j of W⁺ is v_j max(1 − tλ/‖v_j‖, 0)"),
        _rows(V, t * lam),
        matrix("W⁺, rows", after["rows"], 4),
        Line("The trace norm leaves few directions, which both tasks share. A singular value below "
             f"tλ = {number(t * lam)} becomes 0."),
        Line("  Ω(W) = Σ_r σ_r    V = Σ_r σ_r p_r q_rᵀ    W⁺ = Σ_r max(σ_r − tλ, 0) p_r q_rᵀ"),
        _directions(V, t * lam),
        matrix("W⁺, trace norm", after["trace norm"], 4),
        Line("  f(W⁺) ≤ b = f(W) + Σ_ji G_ji d_ji + 1/(2t) ‖d‖²    d = W⁺ − W"),
        values,
        Line(_verdict(holds)),
    ])  # fmt: skip


def _read(x1: object, y1: object, x2: object, y2: object, w: object) -> tuple[_Loss, np.ndarray]:
    """The tasks and the weights; UsageError where they do not fit each other."""
    W = np.array(grid("w", w))
    if W.shape[1] != 2 or len(W) > MOST:
        raise UsageError(f"w must have at most {MOST} rows of 2 numbers, one of each task; it is {W.shape}")
    Xs, ys = [], []
    for i, (x, y) in enumerate(((x1, y1), (x2, y2)), 1):
        X = np.array(grid(f"x{i}", x))
        if X.shape[1] != len(W) or len(X) > MOST:
            raise UsageError(
                f"x{i} must have at most {MOST} rows of {len(W)} numbers, as w has rows; it is {X.shape}"
            )
        Xs.append(X)
        ys.append(np.array(vector(f"y{i}", y, len(X))))
    return _Loss(Xs, ys), W


def _residuals(loss: _Loss, W: np.ndarray) -> Table:
    """Score, target and residual of every row."""
    rows: list[list[Cell]] = []
    for i, (y, r) in enumerate(zip(loss.ys, loss.residuals(W), strict=True), 1):
        rows += [
            [i, n, float(a + b), float(b), float(a)] for n, (a, b) in enumerate(zip(r, y, strict=True), 1)
        ]
    return Table("Residuals", ["task", "row", "X_i w_i", "y", "r"], rows, [0, 0, 4, 2, 4])


def _step_length(loss: _Loss, t: float) -> Table:
    """The curvature of each task, and the length of the step."""
    first, second = loss.curvatures()
    names = ["task 1", "task 2", "L", "1/L", "t"]
    L = max(first, second)
    return Table("Largest eigenvalues of X_iᵀX_i, and the step", names,
                 [[first, second, L, 1 / L if L else None, t]])  # fmt: skip


def _rows(V: np.ndarray, least: float) -> Table:
    """Every row's length, the factor that shortens it, and what it becomes."""
    rows: list[list[Cell]] = []
    for j, v in enumerate(V, 1):
        size = float(np.sqrt(v @ v))
        factor = max(1 - least / size, 0.0) if size else 0.0
        rows.append([j, *v.tolist(), size, factor, factor * size])
    return Table("Rows", ["j", "v_j1", "v_j2", "‖v_j‖", "factor", "new ‖w_j‖"], rows, [0, 4, 4, 4, 4, 4])


def _directions(V: np.ndarray, least: float) -> Table:
    """Every singular value, what is left of it, and its directions, of which the first of q is positive."""
    P, S, Qt = np.linalg.svd(V, full_matrices=False)
    rows: list[list[Cell]] = []
    for r, (p, s, q) in enumerate(zip(P.T, S, Qt, strict=True), 1):
        sign = 1.0 if q[abs(q) > ROUNDING][0] > 0 else -1.0
        rows.append([r, float(s), max(float(s) - least, 0.0), *(sign * p).tolist(), *(sign * q).tolist()])
    names = [f"p_{j}" for j in range(1, len(V) + 1)] + ["q_1", "q_2"]
    return Table("Singular values", ["r", "σ_r", "lowered", *names], rows, [0, *[4] * (4 + len(V))])


def _objectives(
    loss: _Loss, penalties: dict[str, Penalty], W: np.ndarray, after: dict[str, np.ndarray], t: float
) -> tuple[Table, bool]:
    """Loss, penalty and their sum before and after; and whether the loss is below its bound."""
    rows: list[list[Cell]] = []
    f, G, holds = loss(W), loss.gradient(W), True
    for name, penalty in penalties.items():
        d = after[name] - W
        bound = f + float((G * d).sum()) + float((d * d).sum()) / (2 * t)
        found = loss(after[name])
        holds &= found <= bound + ROUNDING * (1 + abs(bound))
        rows.append([name, f, penalty(W), f + penalty(W), found, bound, penalty(after[name]),
                     found + penalty(after[name])])  # fmt: skip
    names = ["penalty", "f(W)", "λΩ(W)", "sum", "f(W⁺)", "b", "λΩ(W⁺)", "sum⁺"]
    return Table("The objective", names, rows), holds


def _verdict(holds: bool) -> str:
    if holds:
        return ("The loss is at most its bound b, so that no objective is higher than before. Learning takes "
                "W⁺ for W, with momentum, until a step changes nothing.")  # fmt: skip
    return ("The loss is above its bound b: the step is too long for the curvature, and the objective may "
            "rise. Learning would shorten it until the bound holds.")  # fmt: skip
