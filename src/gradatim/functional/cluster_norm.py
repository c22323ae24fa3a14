"""The penalty of clustered tasks, solved for its inner matrix in closed form."""

import numpy as np

from gradatim.checks import real, whole


class ClusterNorm:
    """Convex relaxation of k clusters of tasks (Jacob, Bach & Vert 2009; form of Zhou, Chen & Ye 2011).

        Ω = ρ η(1+η) min_M tr(W (ηI + M)⁻¹ Wᵀ)  over  tr M = k,  0 ⪯ M ⪯ I
          = ρ η(1+η) min_θ Σ_i σ_i²/θ_i         over  Σ θ_i = mη + k,  η ≤ θ_i ≤ 1 + η

    M has the right singular vectors of W (D, m), and θ_i − η as its eigenvalues; σ are W's singular values,
    with zeros up to m. The best θ_i is α σ_i, cut to its bounds, α such that the sum is right; so the penalty
    is the square of a box norm of σ (McDonald, Pontil & Stamos 2016), and its proximal map is as direct:

        prox: σ_i θ_i/(θ_i + c),  c = 2 t ρ η(1+η),  θ_i = α σ_i − c, cut to the same bounds and sum
        Ω*(G) = (η Σ_i g_i² + Σ of the k largest g_i²) / 4ρη(1+η),  g the singular values of G

    ρ is `strength`, η `eta`, k `clusters`. Small η separates clusters more; large η tends to ρ‖W‖² η.

    Raises UsageError for ρ below 0, η not above 0, or k below 1 or above the number of tasks.

    >>> penalty = ClusterNorm(1.0, eta=0.1, clusters=1)
    >>> one, two = np.array([[1.0, 1.0]]), np.array([[1.0, -1.0], [1.0, 1.0]])
    >>> round(penalty(one), 6), round(penalty(two), 6)  # a pair alike, and a pair apart
    (0.2, 0.733333)
    """

    def __init__(self, strength: float, eta: float = 0.1, clusters: int = 2):
        self.strength = real("strength", strength, at_least=0)
        self.eta = real("eta", eta, above=0)
        self.clusters = whole("clusters", clusters, 1)

    @property
    def scale(self) -> float:
        """ρ η(1 + η)."""
        return self.strength * self.eta * (1 + self.eta)

    def __call__(self, W: np.ndarray) -> float:
        """The penalty."""
        sigma = self._singular_values(W)
        return self.scale * float((sigma**2 / self._theta(sigma, 0.0)).sum())

    def prox(self, W: np.ndarray, t: float) -> np.ndarray:
        """Singular values shortened: the k first little, the others much."""
        U, S, Vt = np.linalg.svd(W, full_matrices=False)
        c = 2 * t * self.scale
        theta = self._theta(self._padded(S, W.shape[1]), c)[: len(S)]
        return (U * (S * theta / (theta + c))) @ Vt

    def dual(self, G: np.ndarray) -> tuple[float, float]:
        """1, and the conjugate of G; the conjugate of no penalty is finite at 0 only."""
        g = self._singular_values(G) ** 2
        if not self.scale:
            return 0.0, 0.0
        return 1.0, float(self.eta * g.sum() + g[: self.clusters].sum()) / (4 * self.scale)

    def relation(self, W: np.ndarray) -> np.ndarray:
        """The best M (m, m) for W: near 1/size within a cluster, and 0 between clusters."""
        _, S, Vt = np.linalg.svd(W, full_matrices=True)
        gamma = self._theta(self._padded(S, W.shape[1]), 0.0) - self.eta
        return (Vt.T * gamma) @ Vt

    def _padded(self, S: np.ndarray, tasks: int) -> np.ndarray:
        whole("clusters", self.clusters, 1, tasks)
        return np.concatenate([S, np.zeros(tasks - len(S))]) if len(S) < tasks else S[:tasks]

    def _singular_values(self, W: np.ndarray) -> np.ndarray:
        return self._padded(np.linalg.svd(W, compute_uv=False), W.shape[1])

    def _theta(self, sigma: np.ndarray, c: float) -> np.ndarray:
        """α σ − c cut to [η, 1 + η], with α such that the sum is mη + k: linear between its corners."""
        low, high = self.eta, 1 + self.eta
        total = len(sigma) * self.eta + self.clusters
        seen = sigma > 1e-14 * sigma.max(initial=0.0)

        def theta(alpha: float) -> np.ndarray:
            return np.where(seen, (alpha * sigma - c).clip(low, high), low)

        if seen.sum() <= self.clusters:  # every one may be at its upper bound; zeros share what is left
            rest = len(sigma) - seen.sum()
            left = (total - high * seen.sum()) / rest if rest else high
            return np.where(seen, high, left)
        corners = np.unique(np.concatenate([(low + c) / sigma[seen], (high + c) / sigma[seen]]))
        first, last = 0, len(corners) - 1
        while last - first > 1:
            middle = (first + last) // 2
            first, last = (middle, last) if theta(corners[middle]).sum() <= total else (first, middle)
        below, above = theta(corners[first]).sum(), theta(corners[last]).sum()
        share = (total - below) / (above - below) if above > below else 0.0
        return theta(corners[first] + share * (corners[last] - corners[first]))
