"""What a code is to be besides short: sparse, or the same for neighbouring inputs."""

from collections.abc import Callable

import torch
from torch import Tensor

SLOPES: dict[
    str, Callable[[Tensor], Tensor]
] = {  # g′(z) by h = g(z), of activations from which it can be read
    "identity": torch.ones_like,
    "sigmoid": lambda h: h * (1 - h),
    "tanh": lambda h: 1 - h * h,
    "relu": lambda h: (h > 0).to(h.dtype),
    "softplus": lambda h: 1 - torch.exp(-h),
    "elu": lambda h: torch.where(h > 0, torch.ones_like(h), h + 1),
}


def divergence_of_activity(h: Tensor, rho: float, w: Tensor | None = None) -> Tensor:
    """How far each unit's mean activity is from ρ (Ng 2011, Sparse autoencoder; curriculum F2).

        Σ_j KL(ρ‖ρ̂_j) = Σ_j ρ log(ρ/ρ̂_j) + (1 − ρ) log((1 − ρ)/(1 − ρ̂_j)),   ρ̂_j = mean_n h_nj

    Shapes: h (N, H) in [0, 1], w (N,) or None → one number.

    >>> divergence_of_activity(torch.full((4, 3), 0.25), 0.25).item()
    0.0
    """
    mean = h.mean(0) if w is None else (w / w.sum().clamp_min(torch.finfo(w.dtype).tiny)) @ h
    least = torch.finfo(h.dtype).eps
    q = mean.clamp(least, 1 - least)
    p = torch.as_tensor(rho, dtype=h.dtype, device=h.device)
    return (p * (p.log() - q.log()) + (1 - p) * (torch.log1p(-p) - torch.log1p(-q))).sum()


def contraction(h: Tensor, W: Tensor, activation: str) -> Tensor:
    """How much a code changes with its input (Rifai, Vincent, Muller, Glorot & Bengio 2011; curriculum F1).

        ‖∂h/∂x‖² = Σ_j g′(z_j)² Σ_i W_ji²,   h = g(z), z = W x + b

    Shapes: h (N, H), W (H, D) → (N,). g′ is read from h.

    >>> contraction(torch.tensor([[0.5]]), torch.tensor([[2.0, 0.0]]), "sigmoid").tolist()
    [0.25]
    """
    return SLOPES[activation](h).square() @ W.square().sum(1)
