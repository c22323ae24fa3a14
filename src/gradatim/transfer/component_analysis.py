"""Transfer component analysis: directions in which two domains look alike and still vary."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, eigh, qr, solve_triangular
from scipy.sparse import spmatrix
from scipy.sparse.linalg import LinearOperator, eigsh

from gradatim.checks import GradatimError, UsageError
from gradatim.random import generator

Product = Callable[[np.ndarray], np.ndarray]
DENSE_UP_TO = 300  # rows whose matrix is decomposed whole


@dataclass(frozen=True)
class Terms:
    """What of the scores Z (N, m) is made small, tr(ZᵀGZ), and what is kept, tr(ZᵀCZ).

    G = ℓℓᵀ + ℒ,   ℓ_i = 1/n_s of a source row, −1/n_t of a target row: ‖Zᵀℓ‖² is the squared distance of
                   the two means; ℒ (N, N) is positive, sparse, or None
    C = H(cYYᵀ + (1 − c)I)H,   H = I − 11ᵀ/N, Y (N, K) the classes of rows that have one; c = 0: C = H
    """

    between: np.ndarray  # ℓ (N,)
    local: spmatrix | None = None  # ℒ
    labels: np.ndarray | None = None  # Y (N, K)
    dependence: float = 0.0  # c

    def lowered(self, Z: np.ndarray) -> np.ndarray:
        """G Z."""
        return _outer(self.between, Z) + (0 if self.local is None else self.local @ Z)

    def kept(self, Z: np.ndarray) -> np.ndarray:
        """C Z."""
        Z = Z - Z.mean(0)
        if self.labels is None or not self.dependence:
            return Z
        Z = self.dependence * (self.labels @ (self.labels.T @ Z)) + (1 - self.dependence) * Z
        return Z - Z.mean(0)


@dataclass(frozen=True)
class Components:
    """What was found: scores of rows are k(x, rows) W, or features(x) W.

    `ratios` (m,) are wᵀKCKw / (wᵀKGKw + μ‖w‖²) of each component, falling; at the optimum the objective is
    Σ 1/ratio. `lengths` (m,) are ‖w‖, as the penalty measures them. `residual` is
    ‖AW − BWΘ‖/‖AW‖, zero where the first-order conditions hold.
    """

    W: np.ndarray
    ratios: np.ndarray
    lengths: np.ndarray
    residual: float

    @property
    def objective(self) -> float:
        """tr(WᵀKGKW) + μ tr(WᵀW) under WᵀKCKW = I."""
        return float((1 / self.ratios).sum())


def domain_terms(source: np.ndarray) -> np.ndarray:
    """ℓ (N,): 1/n_s of the source's rows, −1/n_t of the others; 0 where there is one domain.

    >>> domain_terms(np.array([True, True, False])).tolist()
    [0.5, 0.5, -1.0]
    """
    n = int(source.sum())
    if n in (0, len(source)):
        return np.zeros(len(source))
    return np.where(source, 1 / n, -1 / (len(source) - n))


def transfer_components(
    K: np.ndarray, terms: Terms, n_components: int | None, mu: float, most: int | None = None
) -> Components:
    """Transfer components of a kernel matrix (Pan, Tsang, Kwok & Yang 2011, eqs. 9 and 20).

        min_W tr(WᵀKGKW) + μ tr(WᵀW)   subject to   WᵀKCKW = I
        A = KGK + μI, B = KCK:   Bw = ρAw, the largest ρ first;   w scaled to wᵀBw = 1

    A = RᵀR turns it into the symmetric problem R⁻ᵀBR⁻¹v = ρv, w = R⁻¹v. Without ℒ, A is μI and a matrix of
    rank one, whose root is known, so that Lanczos' method needs products with K alone: O(N²) each.

    Shapes: K (N, N), symmetric and positive; W (N, m).

    Parameters: `n_components` is m; where None as many as there are, and at most `most`; μ > 0.

    Raises UsageError for more components than K has, and for a K that is not symmetric or not positive.
    """
    n = len(K)
    _check_kernel(K)
    back, forth = _roots(K, terms, mu)

    def product(V: np.ndarray) -> np.ndarray:
        return forth(K @ terms.kept(K @ back(V)))

    wanted = n_components if n_components is not None else most or n
    ratios, V = _leading(product, n, wanted)
    return _scaled(back(V), ratios, K, terms, mu, n_components)


def transfer_features(F: np.ndarray, terms: Terms, n_components: int | None, mu: float) -> Components:
    """Transfer components of K = FFᵀ, without K: for the linear kernel, and for Nyström's features.

        F = QR:   every w is Qz, so that A = RSRᵀ + μI, B = RTRᵀ, S = FᵀGF, T = FᵀCF
        scores FFᵀw = FRᵀz = FP

    Shapes: F (N, r), r ≤ N for less work than with K; the result's W is P (r, m).
    """
    R: np.ndarray = qr(F, mode="r", check_finite=False)[0][: F.shape[1]]
    A = R @ (F.T @ terms.lowered(F)) @ R.T
    B = R @ (F.T @ terms.kept(F)) @ R.T
    A, B = (A + A.T) / 2 + mu * np.eye(len(R)), (B + B.T) / 2
    ratios, Z = eigh(B, A)
    ratios, Z = ratios[::-1], Z[:, ::-1]
    m = _known_rank(ratios, n_components, float(np.linalg.norm(R @ R.T)) ** 2 / mu)
    ratios, Z = ratios[:m], Z[:, :m] / np.sqrt(ratios[:m])
    lengths, residual = np.linalg.norm(Z, axis=0), _residual(A @ Z, B @ Z, ratios)
    return Components(_with_signs(R.T @ Z), ratios, lengths, residual)


def _roots(K: np.ndarray, terms: Terms, mu: float) -> tuple[Product, Product]:
    """V ↦ R⁻¹V and V ↦ R⁻ᵀV for an R with RᵀR = KGK + μI."""
    if terms.local is None:
        a = K @ terms.between
        square = float(a @ a)
        c = (1 - np.sqrt(mu / (mu + square))) / square if square else 0.0

        def root(V: np.ndarray) -> np.ndarray:  # (μI + aaᵀ)^−½ = μ^−½ (I − c aaᵀ)
            return (V - c * _outer(a, V)) / np.sqrt(mu)

        return root, root
    A = K @ terms.lowered(K)
    A[np.diag_indices_from(A)] += mu
    R = cholesky((A + A.T) / 2)
    return (lambda V: solve_triangular(R, V)), (lambda V: solve_triangular(R, V, trans="T"))


def _leading(product: Product, n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """The m largest eigenvalues of a symmetric matrix, falling, and their vectors (n, m)."""
    if n <= DENSE_UP_TO or 3 * m > n:
        C = product(np.eye(n))
        ratios, V = eigh((C + C.T) / 2, subset_by_index=[n - min(m, n), n - 1])
    else:
        start = generator(0, "lanczos").normal(size=n)
        matrix = LinearOperator((n, n), product, matmat=product, dtype=np.float64)
        ratios, V = eigsh(matrix, m, v0=start, which="LA", ncv=min(n, max(2 * m + 10, 40)))
    order = np.argsort(-ratios, kind="stable")
    return ratios[order], V[:, order]


def _scaled(
    W: np.ndarray, ratios: np.ndarray, K: np.ndarray, terms: Terms, mu: float, asked: int | None
) -> Components:  # fmt: skip
    """The components with WᵀBW = I, and how well they fulfil the conditions."""
    m = _known_rank(ratios, asked, float(np.linalg.norm(K)) ** 2 / mu)
    W, ratios = W[:, :m] / np.sqrt(ratios[:m]), ratios[:m]
    Z = K @ W
    A, B = K @ terms.lowered(Z) + mu * W, K @ terms.kept(Z)
    return Components(_with_signs(W), ratios, np.linalg.norm(W, axis=0), _residual(A, B, ratios))


def _known_rank(ratios: np.ndarray, asked: int | None, bound: float) -> int:
    """How many components are kept, of those above rounding; no ratio is beyond the bound. UsageError where
    more are asked for than there are.
    """
    there = int((ratios > max(ratios[0] * len(ratios) * 1e-13, bound * 1e-14)).sum())
    if there == 0:
        raise UsageError("no component can be found: all rows are the same in this kernel")
    if asked is not None and asked > there:
        raise UsageError(f"n_components is {asked}, but in this kernel the rows span {there}")
    return there if asked is None else asked


def _residual(A: np.ndarray, B: np.ndarray, ratios: np.ndarray) -> float:
    return float(np.linalg.norm(A - B / ratios) / np.linalg.norm(A))


def _with_signs(W: np.ndarray) -> np.ndarray:
    """The columns with the largest number of each above 0, so that they are the same on every machine."""
    largest = W[np.abs(W).argmax(0), np.arange(W.shape[1])]
    return W * np.where(largest < 0, -1.0, 1.0)


def _outer(a: np.ndarray, V: np.ndarray) -> np.ndarray:
    """aaᵀV."""
    return np.multiply.outer(a, a @ V)


def _check_kernel(K: np.ndarray) -> None:
    """UsageError for a K that is not symmetric, not finite, or has a negative number on its diagonal."""
    if K.ndim != 2 or K.shape[0] != K.shape[1]:
        raise UsageError(f"a kernel matrix is square; this one's shape is {K.shape}")
    if not np.isfinite(K).all():
        raise GradatimError("the kernel of these rows is not finite: scale the columns first")
    largest = float(np.abs(K).max())
    if float(np.abs(K - K.T).max()) > 1e-8 * largest:
        raise UsageError("a kernel matrix is symmetric; this one is not")
    if (lowest := float(K.diagonal().min())) < -1e-8 * largest:
        raise UsageError(f"a kernel is positive; this one has {lowest:g} on its diagonal")
