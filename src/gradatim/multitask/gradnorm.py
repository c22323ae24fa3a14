"""GradNorm: weights of tasks by which all learn at one pace."""

from typing import Any

import numpy as np

LEAST = 1e-3  # no task is forgotten


def gradnorm(
    w: Any, norms: Any, losses: Any, first: Any, alpha: float = 1.5, lr: float = 0.025
) -> np.ndarray:
    """The weights after one step of GradNorm (Chen, Badrinarayanan, Lee & Rabinovich 2018, Algorithm 1).

        G_t = w_t ‖∇_W L_t‖,   r_t = (L_t / L_t(0)) / mean_s (L_s / L_s(0)),   target_t = mean(G) r_t^α
        w_t ← w_t − η ∂/∂w_t Σ_s |G_s − target_s|, the targets held;   then Σ_t w_t = T again

    Shapes: all (T,): the weights, ‖∇_W L_t‖ of the unweighted losses in the last shared weight W, the losses
    and those of the first step. The derivative is sign(G_t − target_t) ‖∇_W L_t‖. A weight stays above 0.001,
    where the paper has no bound.

    >>> gradnorm([1.0, 1.0], [4.0, 1.0], [1.0, 1.0], [1.0, 1.0], lr=0.1).round(4).tolist()
    [0.7059, 1.2941]
    """
    w, norms, losses, first = (np.asarray(one, float) for one in (w, norms, losses, first))
    g = w * norms
    r = losses / first
    target = g.mean() * (r / r.mean()) ** alpha
    w = np.maximum(w - lr * np.sign(g - target) * norms, LEAST)
    return w * len(w) / w.sum()
