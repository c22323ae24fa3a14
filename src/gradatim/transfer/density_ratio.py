"""Weights of source examples: the ratio of the target's density to the source's."""

from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from gradatim.checks import GradatimError, UsageError, notice, one_of, real, whole
from gradatim.functional.kernels import kernel_width, rbf_kernel
from gradatim.random import permutation
from gradatim.transfer.mean_matching import kernel_mean_matching
from gradatim.transfer.overlap import APART, separability

METHODS = ("ulsif", "kmm", "logistic")
WIDTHS = (0.2, 0.5, 1.0, 2.0, 5.0)  # times the median distance
PENALTIES = tuple(10.0 ** (k / 2) for k in range(-8, 3))


class Ulsif(NamedTuple):
    """Weights of the source's rows (N,), and what was chosen for them."""

    weights: np.ndarray
    gamma: float
    penalty: float
    score: float  # the leave-one-out estimate of ½E_s[ŵ²] − E_t[ŵ]


def importance_weights(source: Any, target: Any, method: str = "ulsif", seed: int = 0) -> np.ndarray:
    """Weights w(x) ∝ p_target(x)/p_source(x) of source rows, of mean 1 (Shimodaira 2000).

        E_target[L] = E_source[w L]:   sample weights under which the source stands for the target

    The columns are scaled by the mean and the deviation of both domains' rows first. It mends a p(x) that
    moved, not a p(y | x) that did; and where source rows are rare under the target, few carry the weight:
    see `effective_sample_size`. Where the two do not overlap at all, weights may be even and say nothing: a
    notice says so (see `separability`).

    Shapes: source (N, D), target (M, D); returns (N,).

    Parameters: `method` is ulsif, kmm (kernel mean matching) or logistic; `seed` draws the rows that kernels
    of ulsif stand on.

    Raises UsageError for an unknown method, rows with other columns, and rows that are not finite.

    >>> rng = np.random.default_rng(0)
    >>> source, target = rng.normal(0, 1, (500, 1)), rng.normal(1, 1, (500, 1))
    >>> w = importance_weights(source, target)
    >>> bool(abs((w * source[:, 0]).mean() - 1) < 0.2)  # the weighted source has the target's mean
    True
    """
    weights = ratio_weights(source, target, method, seed)
    gap = gap_between(source, target)
    if gap:
        notice(f"the source and the target {gap}")
    return weights


def ratio_weights(source: Any, target: Any, method: str = "ulsif", seed: int = 0) -> np.ndarray:
    """The same weights, without a look at whether the domains overlap."""
    one_of("method", method, METHODS)
    source, target = scaled_domains(source, target)
    if method == "kmm":
        return _mean_one(kernel_mean_matching(source, target))
    if method == "logistic":
        return _mean_one(logistic_ratio(source, target))
    return _mean_one(ulsif(source, target, seed=seed).weights)


def gap_between(source: Any, target: Any) -> str:
    """What to say of two domains that do not overlap, behind their names; "" of two that do."""
    share = separability(source, target)
    if share < APART:
        return ""
    return (
        f"do not overlap: {_percent(share)} of their rows can be told apart, so no weights make the one "
        "stand for the other, whatever the effective sample size is"
    )


def _percent(share: float) -> str:
    return "all" if share == 1 else f"{100 * share:.1f} %"


def effective_sample_size(weights: Any) -> float:
    """(Σw)²/Σw² (Kish 1965): how many equal weights would say as much; N of equal ones, 1 where one has all.

    >>> effective_sample_size([2.0, 2.0, 0.0, 0.0])
    2.0
    """
    w = np.asarray(weights, np.float64)
    largest = float(w.max(initial=0))
    if largest <= 0:
        raise UsageError("no weight is above 0")
    w = w / largest
    return float(w.sum() ** 2 / (w @ w))


def logistic_ratio(
    source: Any, target: Any, at: Any = None, C: float = 1.0, squares: bool = True
) -> np.ndarray:
    """w(x) = N_s/N_t · P(target | x)/P(source | x) by logistic regression (Bickel, Brückner & Scheffer 2009).

    Its inputs are the columns and, with `squares`, their squares, in one scale: with these the ratio of two
    Gaussians of independent columns can be met exactly. Without, the columns as they are, the weights are
    those of DEV (You et al. 2019, eq. 6), whose columns are a network's features.

    Shapes: source (N, D), target (M, D), `at` the rows to weigh (K, D), the source's where None; returns
    (K,). `C` is the inverse of the penalty, scikit-learn's. Raises UsageError for C not above 0.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    source, target = np.asarray(source), np.asarray(target)
    both, rows = np.concatenate([source, target]), source if at is None else np.asarray(at)
    if squares:
        scaler = StandardScaler().fit(np.concatenate([both, both**2], 1))
        both, rows = (scaler.transform(np.concatenate([one, one**2], 1)) for one in (both, rows))
    domain = np.repeat([0, 1], [len(source), len(target)])
    model = LogisticRegression(C=real("C", C, above=0), max_iter=1000).fit(both, domain)
    log_odds = model.decision_function(rows)
    return np.exp(np.minimum(log_odds, 300)) * len(source) / len(target)


def ulsif(
    source: np.ndarray, target: np.ndarray, gamma: float | None = None, penalty: float | None = None,
    n_kernels: int = 100, seed: int = 0,
) -> Ulsif:  # fmt: skip
    """Unconstrained least-squares importance fitting (Kanamori, Hido & Sugiyama 2009).

        ŵ(x) = Σ_l α_l exp(−γ‖x − c_l‖²);   α = max(0, (Ĥ + λI)⁻¹ĥ)
        Ĥ = mean over the source of φφᵀ, ĥ = mean over the target of φ, c_l rows of the target

    γ and λ are those whose leave-one-out estimate is lowest, in closed form, where they are not given.

    Shapes: source (N, D), target (M, D).

    Raises UsageError for numbers out of their bounds, and for fewer than two rows of a domain.
    """
    if min(len(source), len(target)) < 2:
        raise UsageError("ulsif leaves one row out in turn: each domain needs two rows or more")
    kernels = whole("n_kernels", n_kernels, 1)
    centres = target[np.sort(permutation(seed, "ulsif", len(target))[:kernels])]
    usual = kernel_width("rbf", np.concatenate([source, target]))
    gammas = [usual / one**2 for one in WIDTHS] if gamma is None else [real("gamma", gamma, above=0)]
    penalties = PENALTIES if penalty is None else [real("penalty", penalty, above=0)]
    best: tuple[float, float, float] | None = None
    for g in gammas:
        of_source, of_target = rbf_kernel(source, centres, g), rbf_kernel(target, centres, g)
        for one in penalties:
            score = leave_one_out(of_source, of_target, one)
            if best is None or score < best[0]:
                best = score, g, one
    assert best is not None
    score, g, chosen = best
    of_source, of_target = rbf_kernel(source, centres, g), rbf_kernel(target, centres, g)
    H = of_source.T @ of_source / len(source)
    H[np.diag_indices_from(H)] += chosen
    alpha = np.maximum(0, cho_solve(cho_factor(H), of_target.mean(0)))
    weights = of_source @ alpha
    if not weights.any():
        raise GradatimError("no source row is near a target row: the domains do not overlap")
    return Ulsif(weights, g, chosen, score)


def leave_one_out(of_source: np.ndarray, of_target: np.ndarray, penalty: float) -> float:
    """mean_i ½ŵ₋ᵢ(x_i)² − ŵ₋ᵢ(x′_i), ŵ₋ᵢ learned without the i-th row of either domain, in closed form.

        B = Ĥ + λ(N − 1)/N · I;   α₋ᵢ = (N − 1)/N (B − φ_iφ_iᵀ/N)⁻¹ (Mĥ − φ′_i)/(M − 1), cut at 0
        (B − φφᵀ/N)⁻¹ = B⁻¹ + B⁻¹φφᵀB⁻¹/(N − φᵀB⁻¹φ)

    One inverse serves all rows (Kanamori, Hido & Sugiyama 2009, section 3.3).

    Shapes: of_source (N, K), of_target (M, K), the kernels of all rows; the first min(N, M) are left out.
    """
    N, M = len(of_source), len(of_target)
    n = min(N, M)
    B = of_source.T @ of_source / N
    B[np.diag_indices_from(B)] += penalty * (N - 1) / N
    phi, other = of_source[:n].T, of_target[:n].T  # (K, n)
    factor = cho_factor(B)
    inverse_phi = cho_solve(factor, phi)
    h = (of_target.sum(0)[:, None] - other) / (M - 1)
    first = cho_solve(factor, h)
    scale = (inverse_phi * h).sum(0) / (N - (phi * inverse_phi).sum(0))
    alpha = np.maximum(0, (N - 1) / N * (first + inverse_phi * scale))
    return float((0.5 * (phi * alpha).sum(0) ** 2 - (other * alpha).sum(0)).mean())


def scaled_domains(source: Any, target: Any) -> tuple[np.ndarray, np.ndarray]:
    """Rows of both domains in the mean and deviation of all; UsageError where they cannot be compared."""
    source, target = (np.asarray(one, np.float64) for one in (source, target))
    for name, rows in (("source", source), ("target", target)):
        if rows.ndim != 2 or 0 in rows.shape:
            raise UsageError(f"the {name} must be rows of numbers (N, D); its shape is {rows.shape}")
        if not np.isfinite(rows).all():
            row, column = np.argwhere(~np.isfinite(rows))[0].tolist()
            raise UsageError(f"the {name} holds {rows[row, column]} at row {row}, column {column}")
    if source.shape[1] != target.shape[1]:
        raise UsageError(
            f"the source has {source.shape[1]} columns and the target {target.shape[1]}: they must agree"
        )
    both = np.concatenate([source, target])
    mean, spread = both.mean(0), both.std(0)
    spread = np.where(spread > 0, spread, 1)
    return (source - mean) / spread, (target - mean) / spread


def _mean_one(weights: np.ndarray) -> np.ndarray:
    total = weights.sum()
    if not np.isfinite(total) or total <= 0:
        raise GradatimError("no source row is near a target row: the domains do not overlap")
    return weights * (len(weights) / total)
