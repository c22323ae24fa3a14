"""Gaussian processes of two tasks over a few targets, every number of them."""

from collections.abc import Sequence

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.record import Beside, Cell, Line, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number
from gradatim.functional.covariances import COVARIANCES, covariance
from gradatim.multitask.gaussian_process import LOG_2PI, Posterior, Rows, posterior
from gradatim.multitask.process_parameters import Layout, Parameters

SOURCE = "Bonilla, Chai & Williams, Multi-task Gaussian process prediction (2007)"
STEP = 1e-5  # of the differences beside the gradient
MOST = 6  # targets


def gaussian_process(
    x: Sequence[float] = (0, 1, 2), task: Sequence[float] = (1, 1, 2), y: Sequence[float] = (1, -1, 2),
    a: Sequence[float] = (1, -1), kappa: Sequence[float] = (0.5, 0.5), noise: Sequence[float] = (0.1, 0.1),
    scale: float = 1, at: float = 1, kernel: str = "rbf",
) -> Trace:  # fmt: skip
    """Two functions that vary together, seen at three places: what is said of both at another one.

        B = a aᵀ + diag κ
        C_nm = B_ij k(x_n, x_m) + σ_i² [n = m],   i and j the tasks of n and m
        k(x, x′) = exp(−(x − x′)²/2ℓ²)
        C = L Lᵀ,   α = C⁻¹ y
        mean of f_i(x*) = Σ_n c_n α_n,   c_n = B_ij k(x*, x_n)
        var f_i(x*) = B_ii − cᵀ C⁻¹ c
        log p(y) = −½ yᵀα − Σ_n log L_nn − (N/2) log 2π

    Targets `y` at places `x`, each of `task` 1 or 2; `scale` is ℓ, `noise` is σ² of each task, `at` is x*.
    `kernel` k is rbf, matern32, matern52 or linear (whose variance at x* is B_ii (x*)²/ℓ²).

    >>> [round(m, 3) for m in gaussian_process().table("The functions at x* = 1").column("mean")]
    [-0.904, 1.103]
    """
    at_ = real("at", at)
    rows, tasks = _rows(x, task, y)
    A = np.array(vector("a", a, 2))[:, None]
    kappas, noises = ([real(name, one, above=0) for one in vector(name, given, 2)]
                      for name, given in (("kappa", kappa), ("noise", noise)))  # fmt: skip
    theta = Parameters(np.array([real("scale", scale, above=0)]), A, np.array(kappas), np.array(noises))
    k = covariance(kernel)
    found = posterior(rows, k, theta)
    C = found.K * theta.B[tasks][:, tasks] + np.diag(theta.noise[tasks])
    places = f"x* = {number(at_)}"
    first: list[list[Cell]] = [
        [n + 1, int(i) + 1, px, py]
        for n, (i, px, py) in enumerate(zip(tasks, rows.x[:, 0].tolist(), rows.y.tolist(), strict=True))
    ]
    return Trace("Gaussian processes of two tasks", "H7", SOURCE, [
        Line(f"{len(first)} targets of two tasks; ℓ = {number(theta.scales[0])}, a = ({number(A[0, 0])}, "
             f"{number(A[1, 0])}), κ = ({', '.join(map(number, kappas))}), σ² = "
             f"({', '.join(map(number, noises))})."),
        Table("Targets", ["n", "task", "x", "y"], first, [0, 0, 2, 2]),
        Line("  B = a aᵀ + diag κ    C_nm = B_ij k(x_n, x_m) + σ_i² [n = m]    C = L Lᵀ"),
        Beside([matrix("B, of the tasks", theta.B, 4), matrix("K, of the places", found.K, 4)]),
        Beside([matrix("C, of the targets", C, 4), matrix("L", found.L, 4)]),
        Line("  L z = y    Lᵀ α = z"),
        _substitution(found),
        Line("  mean = Σ_n c_n α_n    var = B_ii k(x*, x*) − cᵀ C⁻¹ c"),
        _functions(found, at_, f"The functions at {places}"),
        _likelihood(found),
        Line("  ∂ log p/∂θ = Σ_nm W_nm ∂C_nm/∂θ    W = ½ (α αᵀ − C⁻¹)"),
        _gradient(rows, kernel, theta, found),
        Line("Alone, a function knows the targets of its own task only. A target of one task moves the "
             "other's function by B_12: the sign of a_1 a_2 says which way. Learning follows the gradient "
             "until it is 0."),
    ])  # fmt: skip


def _rows(x: Sequence[float], task: Sequence[float], y: Sequence[float]) -> tuple[Rows, np.ndarray]:
    """The targets, those of task 1 first, and the task of each, from 0."""
    xs = vector("x", x)
    if len(xs) > MOST:
        raise UsageError(f"x must be at most {MOST} places; there are {len(xs)}")
    ys, numbers = np.array(vector("y", y, len(xs))), np.array(vector("task", task, len(xs)))
    if {*numbers.tolist()} != {1, 2}:
        raise UsageError(f"task must be 1 or 2 for each target, and each of them once; it is {task!r:.60}")
    parts = [numbers == i for i in (1, 2)]
    places = np.array(xs)[:, None]
    rows = Rows.of([places[one] for one in parts], [ys[one] for one in parts])
    return rows, rows.tasks


def _substitution(found: Posterior) -> Table:
    """What is solved for α, and the logarithms that the likelihood adds up."""
    z = np.linalg.solve(found.L, found.rows.y)
    columns = np.column_stack([found.rows.y, z, found.alpha, np.log(np.diag(found.L))]).tolist()
    rows: list[list[Cell]] = [[n + 1, *row] for n, row in enumerate(columns)]
    return Table("Substitution, forwards and backwards", ["n", "y", "z", "α", "log L_nn"], rows,
                 [0, 2, 4, 4, 4])  # fmt: skip


def _functions(found: Posterior, at: float, caption: str) -> Table:
    """Mean and deviation of both, of all targets and of its own alone."""
    place, theta, rows = np.array([[at]]), found.at, found.rows
    mean, variance = found.predict(place, [0, 1])
    before = np.diag(theta.B) * found.kernel.diagonal(place, theta.scales)
    table: list[list[Cell]] = []
    for i in range(2):
        own = Parameters(theta.scales, theta.A[[i]], theta.kappa[[i]], theta.noise[[i]])
        alone, alone_variance = posterior(rows.task(i), found.kernel, own).predict(place, [0])
        table.append([
            i + 1, float(before[i]), float(mean[0, i]), float(variance[0, i]), float(variance[0, i] ** 0.5),
            float(alone[0, 0]), float(alone_variance[0, 0]),
        ])  # fmt: skip
    return Table(caption, ["task", "var before", "mean", "var", "std", "mean alone", "var alone"], table,
                 [0, 4, 4, 4, 4, 4, 4])  # fmt: skip


def _likelihood(found: Posterior) -> Table:
    """The three terms of log p(y), and their sum."""
    y, n = found.rows.y, len(found.rows.y)
    fit, size = -0.5 * float(y @ found.alpha), -float(np.log(np.diag(found.L)).sum())
    return Table("Log marginal likelihood", ["−½ yᵀα", "−Σ log L_nn", "−(N/2) log 2π", "log p(y)"],
                 [[fit, size, -0.5 * n * LOG_2PI, found.log_likelihood]])  # fmt: skip


def _gradient(rows: Rows, kernel: str, theta: Parameters, found: Posterior) -> Table:
    """By every parameter that is learned, beside central differences."""
    layout, k = Layout(1, 2, 1), COVARIANCES[kernel]
    vector_ = layout.pack(theta)
    slopes = layout.gradient(found.gradient(), theta)
    names = ["log ℓ", "a_1", "a_2", "log κ_1", "log κ_2", "log σ²_1", "log σ²_2"]
    table: list[list[Cell]] = []
    for j, name in enumerate(names):
        step = STEP * (np.arange(len(names)) == j)
        higher, lower = (
            posterior(rows, k, layout.unpack(t)).log_likelihood for t in (vector_ + step, vector_ - step)
        )
        table.append([name, float(vector_[j]), float(slopes[j]), (higher - lower) / (2 * STEP)])
    return Table("The gradient", ["θ", "value", "∂ log p/∂θ", "by differences"], table, [0, 4, 6, 6])
