"""Principal components beside the linear autoencoder that learns their plane."""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import subspace_angles

from gradatim.checks import UsageError, real, whole
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.record import Beside, Cell, Line, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number, product_sum, short

SOURCE = "Baldi & Hornik, Neural networks and principal component analysis (1989)"
Array = np.ndarray
Grid = Sequence[Sequence[float]]
MOST, MOST_STEPS = 60, 100_000


def pca_and_autoencoder(
    x: Grid = ((1, 2), (3, 3), (4, 6), (8, 9)), w: Grid = ((0.5, 0),), lr: float = 0.01, steps: int = 200
) -> Trace:  # fmt: skip
    """A linear autoencoder's minimum spans the first principal components: eigenvectors, angles, a descent.

        S = mean x xᵀ of centred x,   S u_j = λ_j u_j,   λ_1 ≥ λ_2 ≥ …
        L(W, V) = mean ‖x − V W x‖²;   ∂L/∂V = −2 (I − V W) S Wᵀ,   ∂L/∂W = −2 Vᵀ (I − V W) S
        min L = Σ_{j>k} λ_j,   where V spans u_1 … u_k and V W is the projection on them

    The examples `x`, a row each; the encoder begins at `w`, a row for each of the code's k numbers, and the
    decoder at Wᵀ; `lr` is the rate of gradient descent, `steps` its steps.

    >>> trace = pca_and_autoencoder()
    >>> [round(angle, 3) for angle in trace.table("Gradient descent").column("largest angle (°)")][::7]
    [47.118, 0.239]
    """
    points, W = np.array(grid("x", x)), np.array(grid("w", w))
    N, D = points.shape
    lr, steps = real("lr", lr, above=0), whole("steps", steps, 1, MOST_STEPS)
    if W.shape[1] != D or len(W) >= D or points.size > MOST:
        raise UsageError(
            f"w must have fewer rows than an example has numbers, each of {D}; x at most {MOST} numbers"
        )
    k, mean = len(W), points.mean(0)
    X = points - mean
    S = X.T @ X / N
    values, U = _eigen(S)
    if not values[0] > 0 or values[k - 1] - values[k] <= 1e-12 * values[0]:
        raise UsageError(f"λ{k} and λ{k + 1} are equal: which components the code keeps is open")
    least = float(values[k:].sum())
    first = U[:, :k]
    words = "component" if k == 1 else f"{k} components"
    return Trace("Principal components and the linear autoencoder", "F1", SOURCE, [
        Line(f"{N} examples of {D} numbers, a linear code of {k}: h = W x and x̂ = V h of centred x."),
        Line("  S = mean x xᵀ    S u = λ u    L = mean ‖x − V W x‖²"),
        Beside([matrix("x", points, 2), matrix("mean", mean, 4), matrix("x − mean", X, 4)]),
        *_covariance(X, S),
        Table("Eigenvectors of S",
              ["j", "λ", "share (%)", *(f"u[{i + 1}]" for i in range(D)), "largest |S u − λ u|"],
              [[j + 1, float(values[j]), float(100 * values[j] / values.sum()), *U[:, j].tolist(),
                float(np.abs(S @ U[:, j] - values[j] * U[:, j]).max())] for j in range(D)]),
        *_minimum(X, S, first, least, k),
        *_first_step(W, W.T, S, lr),
        Line(f"The loss falls towards {short(least)}, and V turns into the plane of the first {words}."),
        _descent(W, S, first, least, lr, steps),
        Line("The code itself is not the components': with any invertible A, V A⁻¹ and A W say the same "
             "again. Only the plane is determined."),
    ])  # fmt: skip


def gradients(W: Array, V: Array, S: Array) -> tuple[Array, Array]:
    """∂L/∂W (k, D) and ∂L/∂V (D, k) of L = mean ‖x − V W x‖²."""
    left = (np.eye(len(S)) - V @ W) @ S
    return -2 * V.T @ left, -2 * left @ W.T


def loss(W: Array, V: Array, S: Array) -> float:
    """L = trace((I − V W) S (I − V W)ᵀ)."""
    left = np.eye(len(S)) - V @ W
    return float(np.trace(left @ S @ left.T))


def _eigen(S: Array) -> tuple[Array, Array]:
    """Eigenvalues from the largest down, and eigenvectors as columns whose largest number is positive."""
    values, U = np.linalg.eigh(S)
    values, U = np.maximum(values[::-1], 0.0), U[:, ::-1]
    return values, U * np.where(U[np.abs(U).argmax(0), np.arange(len(U))] < 0, -1, 1)


def _covariance(X: Array, S: Array) -> list[Table]:
    """Each number of S as a sum over the examples."""
    rows: list[list[Cell]] = []
    for i, j in zip(*np.triu_indices(len(S)), strict=True):
        terms = [(float(a), float(b)) for a, b in zip(X[:, i], X[:, j], strict=True)]
        rows.append([f"S{i + 1}{j + 1}", f"({product_sum(terms)})/{len(X)}", float(S[i, j])])
    return [Table("The covariance S", ["", "as a sum", "value"], rows)]


def _minimum(X: Array, S: Array, first: Array, least: float, k: int) -> list[Line | Table]:
    """The minimum: its loss, and that no gradient is left."""
    of_W, of_V = gradients(first.T, first, S)
    left = X - X @ first @ first.T
    names = [f"h{j + 1}" for j in range(k)] + [f"x̂{i + 1}" for i in range(X.shape[1])]
    code, again = X @ first, X @ first @ first.T
    rows: list[list[Cell]] = [
        [n + 1, *code[n].tolist(), *again[n].tolist(), float((left[n] ** 2).sum())] for n in range(len(X))
    ]
    return [
        Line(f"At the minimum V = ({', '.join(f'u_{j + 1}' for j in range(k))}) and W = Vᵀ: what is left of "
             "x lies along the other eigenvectors."),
        Table("The minimum", ["example", *names, "‖x − x̂‖²"], rows),
        Table("Why it is one", ["", "value"], [
            ["mean ‖x − x̂‖²", float((left**2).sum(1).mean())],
            [f"the eigenvalues behind λ{k}, added", least],
            ["largest |∂L/∂W|", float(np.abs(of_W).max())], ["largest |∂L/∂V|", float(np.abs(of_V).max())],
        ]),
    ]  # fmt: skip


def _first_step(W: Array, V: Array, S: Array, lr: float) -> list[Line | Table | Beside]:
    """The matrices of the first step of gradient descent."""
    of_W, of_V = gradients(W, V, S)
    return [
        Line(f"Gradient descent from W and V = Wᵀ, η = {number(lr)}:  L = {short(loss(W, V, S))}"),
        Line("  ∂L/∂W = −2 Vᵀ (I − V W) S    ∂L/∂V = −2 (I − V W) S Wᵀ"),
        Beside([matrix("W", W, 4), matrix("∂L/∂W", of_W, 4), matrix("new W", W - lr * of_W, 4)]),
        Beside([matrix("V", V, 4), matrix("∂L/∂V", of_V, 4), matrix("new V", V - lr * of_V, 4)]),
    ]


def _descent(W: Array, S: Array, first: Array, least: float, lr: float, steps: int) -> Table:
    """The loss and the angles between the planes after 0, 1, 2, 5, 10, … steps."""
    V, rows = W.T.copy(), []
    shown = {0, steps} | {m * 10**n for n in range(6) for m in (1, 2, 5) if m * 10**n <= steps}
    for step in range(steps + 1):
        if step in shown:
            now = loss(W, V, S)
            angle = float(np.degrees(subspace_angles(V, first).max()))
            rows.append([step, now, now - least, angle])
        of_W, of_V = gradients(W, V, S)
        W, V = W - lr * of_W, V - lr * of_V
        if not np.isfinite(W).all() or np.abs(W).max() > 1e100:
            raise UsageError(f"the descent diverges in step {step + 1}: take a smaller lr than {number(lr)}")
    return Table("Gradient descent", ["step", "L", "L − min L", "largest angle (°)"], rows, [0, 4, 6, 4])
