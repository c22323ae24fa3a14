"""Penalties on the weights of several tasks, W (D, m): features are rows, tasks are columns.

Each has its value, its proximal map prox(W, t) = argmin_Z ½‖Z − W‖² + t Ω(Z), and what a duality gap asks
for: `dual(G)` is the largest share s ≤ 1 for which Ω*(s G) is finite, and Ω*(s G). For a norm times λ that is
min(1, λ/‖G‖_*), ‖·‖_* the dual norm, and 0. The lasso on every weight, without groups, is `penalties.L1`.
"""

import numpy as np

from gradatim.checks import real


class _Norm:
    """λ times a norm. Abstract."""

    def __init__(self, strength: float):
        self.strength = real("strength", strength, at_least=0)

    def norm(self, W: np.ndarray) -> float:
        """The norm itself."""
        raise NotImplementedError

    def dual_norm(self, G: np.ndarray) -> float:
        """The dual norm: the largest Σ G·W of all W of norm 1."""
        raise NotImplementedError

    def __call__(self, W: np.ndarray) -> float:
        """The penalty."""
        return self.strength * self.norm(W)

    def dual(self, G: np.ndarray) -> tuple[float, float]:
        """The largest share s ≤ 1 with ‖s G‖_* ≤ λ, and the conjugate there, which is 0."""
        size = self.dual_norm(G)
        return (1.0 if size <= self.strength else self.strength / size), 0.0


class L21(_Norm):
    """Group lasso over rows (Yuan & Lin 2006; over tasks, Obozinski, Taskar & Jordan 2010).

        Ω = λ Σ_j ‖w_j‖₂ over rows: a feature is kept for all tasks or dropped for all
        prox(W, t)_j = w_j max(1 − tλ/‖w_j‖₂, 0);   dual norm max_j ‖g_j‖₂

    λ is `strength`. Shapes: W (D, m). Raises UsageError for λ below 0.

    >>> L21(1.0).prox(np.array([[3.0, 4.0], [0.3, 0.4]]), t=1.0)
    array([[2.4, 3.2],
           [0. , 0. ]])
    """

    def norm(self, W: np.ndarray) -> float:
        """Σ_j ‖w_j‖₂."""
        return float(np.linalg.norm(W, axis=1).sum())

    def dual_norm(self, G: np.ndarray) -> float:
        """max_j ‖g_j‖₂."""
        return float(np.linalg.norm(G, axis=1).max(initial=0.0))

    def prox(self, W: np.ndarray, t: float) -> np.ndarray:
        """Every row shortened by tλ, down to zero."""
        size = np.linalg.norm(W, axis=1, keepdims=True)
        return W * np.maximum(1 - t * self.strength / np.where(size > 0, size, np.inf), 0) if t else W.copy()


class L21Columns(L21):
    """The same over columns: a task has weights of its own, or none (Gong, Ye & Zhang 2012).

        Ω = λ Σ_i ‖W e_i‖₂ over columns;   prox: every column shortened by tλ;   dual norm max_i ‖G e_i‖₂

    λ is `strength`. Shapes: W (D, m). Raises UsageError for λ below 0.

    >>> L21Columns(1.0).prox(np.array([[3.0, 0.3], [4.0, 0.4]]), t=1.0)
    array([[2.4, 0. ],
           [3.2, 0. ]])
    """

    def norm(self, W: np.ndarray) -> float:
        """Σ_i ‖W e_i‖₂."""
        return super().norm(W.T)

    def dual_norm(self, G: np.ndarray) -> float:
        """max_i ‖G e_i‖₂."""
        return super().dual_norm(G.T)

    def prox(self, W: np.ndarray, t: float) -> np.ndarray:
        """Every column shortened by tλ, down to zero."""
        return super().prox(W.T, t).T


class LInf1(_Norm):
    """Rows by their largest weight (Turlach, Venables & Wright 2005; Quattoni et al. 2009).

        Ω = λ Σ_j max_i |w_ji|: a feature costs once, whoever uses it
        prox(W, t)_j = w_j − P(w_j), P the projection onto {‖z‖₁ ≤ tλ};   dual norm max_j ‖g_j‖₁

    λ is `strength`. Shapes: W (D, m). Raises UsageError for λ below 0.

    >>> LInf1(1.0).prox(np.array([[3.0, 2.5, 0.0], [0.3, 0.4, 0.0]]), t=1.0)
    array([[2.25, 2.25, 0.  ],
           [0.  , 0.  , 0.  ]])
    """

    def norm(self, W: np.ndarray) -> float:
        """Σ_j max_i |w_ji|."""
        return float(abs(W).max(axis=1, initial=0.0).sum())

    def dual_norm(self, G: np.ndarray) -> float:
        """max_j ‖g_j‖₁."""
        return float(abs(G).sum(axis=1).max(initial=0.0))

    def prox(self, W: np.ndarray, t: float) -> np.ndarray:
        """Every row's largest weights cut to one height, so that tλ is cut off in all."""
        return W - project_l1(W, t * self.strength)


class TraceNorm(_Norm):
    """Trace norm, the sum of the singular values (Fazel 2002): the tasks' weights share few directions.

        Ω = λ Σ_r σ_r(W);   prox(W, t) = U max(S − tλ, 0) Vᵀ of W = U S Vᵀ;   dual norm σ₁(G)

    λ is `strength`. Shapes: W (D, m). Raises UsageError for λ below 0.

    >>> TraceNorm(1.0).prox(np.diag([3.0, 0.5]), t=1.0)
    array([[2., 0.],
           [0., 0.]])
    """

    def norm(self, W: np.ndarray) -> float:
        """Σ_r σ_r(W)."""
        return float(np.linalg.svd(W, compute_uv=False).sum())

    def dual_norm(self, G: np.ndarray) -> float:
        """The largest singular value."""
        return float(np.linalg.svd(G, compute_uv=False).max(initial=0.0))

    def prox(self, W: np.ndarray, t: float) -> np.ndarray:
        """Every singular value lowered by tλ, down to zero."""
        U, S, Vt = np.linalg.svd(W, full_matrices=False)
        left = S - t * self.strength
        kept = int((left > 0).sum())
        return (U[:, :kept] * left[:kept]) @ Vt[:kept]


def project_l1(W: np.ndarray, radius: float) -> np.ndarray:
    """Each row of W (D, m) moved to the nearest point of {‖z‖₁ ≤ radius} (Duchi et al. 2008).

        z = sign w · max(|w| − τ, 0), τ ≥ 0 such that ‖z‖₁ = radius, or 0 where ‖w‖₁ ≤ radius

    >>> project_l1(np.array([[3.0, -2.5], [0.2, 0.1]]), 1.0)
    array([[ 0.75, -0.25],
           [ 0.2 ,  0.1 ]])
    """
    size = abs(W)
    falling = -np.sort(-size, axis=1)
    sums = (falling.cumsum(axis=1) - radius) / np.arange(1, W.shape[1] + 1)
    last = np.maximum((falling > sums).sum(axis=1) - 1, 0)  # those that stay above τ are the first of them
    tau = np.maximum(np.take_along_axis(sums, last[:, None], axis=1), 0)
    return np.where(size.sum(axis=1, keepdims=True) <= radius, W, np.sign(W) * np.maximum(size - tau, 0))
