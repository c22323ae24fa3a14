"""Activations g(z), elementwise unless the sentence says otherwise.

Derivatives are autograd's; the convention at a kink is stated with each. Shapes: z (…) → (…), but `maxout`
(…, k·F) → (…, F), along another axis where `dim` says so. Named by their papers in the catalogue.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, real, whole


def identity(z: Tensor) -> Tensor:
    """g(z) = z; g′ = 1."""
    return z


def step(z: Tensor) -> Tensor:
    """g(z) = 1 for z ≥ 0, otherwise 0; g′ = 0, at the kink too: what comes before it gets no gradient."""
    return (z >= 0).to(z.dtype)


def sigmoid(z: Tensor) -> Tensor:
    """g(z) = 1/(1 + e^−z); g′ = g(1 − g), at most ¼."""
    return torch.sigmoid(z)


def tanh(z: Tensor) -> Tensor:
    """g(z) = (e^z − e^−z)/(e^z + e^−z); g′ = 1 − g²."""
    return torch.tanh(z)


def relu(z: Tensor) -> Tensor:
    """g(z) = max(0, z); g′ = 1 for z > 0, otherwise 0, at the kink too."""
    return F.relu(z)


def leaky_relu(z: Tensor, negative_slope: float = 0.01) -> Tensor:
    """g(z) = z for z > 0, otherwise a z; g′ = 1 or a, at the kink a."""
    return F.leaky_relu(z, real("negative_slope", negative_slope))


def elu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """g(z) = z for z > 0, otherwise α(e^z − 1); g′ = 1 or α e^z, at 0 α."""
    return F.elu(z, real("alpha", alpha))


def selu(z: Tensor) -> Tensor:
    """g(z) = λ elu(z, α) with λ = 1.0507…, α = 1.6732…; g′ at 0 is λα."""
    return F.selu(z)


def softplus(z: Tensor) -> Tensor:
    """g(z) = log(1 + e^z); g′ = σ(z). Linear above z = 20, where the difference is below 2.1e-9."""
    return F.softplus(z)


def gelu(z: Tensor) -> Tensor:
    """g(z) = z Φ(z), Φ the normal distribution function, not its tanh approximation; g′ = Φ(z) + z φ(z)."""
    return F.gelu(z)


def silu(z: Tensor) -> Tensor:
    """g(z) = z σ(z); g′ = σ(z)(1 + z(1 − σ(z)))."""
    return F.silu(z)


def maxout(z: Tensor, pieces: int = 2, dim: int = -1) -> Tensor:
    """g_j = the largest of z_kj … z_kj+k−1; ∂g_j/∂z = 1 at the largest (shared out in a tie), 0 elsewhere.

    Shapes: z (…, k·F) → (…, F); with `dim` 1 the channels of pictures, z (N, k·C, …) → (N, C, …).
    """
    whole("pieces", pieces, 1)
    if dim not in range(-z.ndim, z.ndim):
        raise UsageError(f"maxout along axis {dim} got examples of shape {tuple(z.shape[1:])}")
    if z.shape[dim] % pieces:
        raise UsageError(
            f"maxout of {pieces} pieces needs features in multiples of {pieces}; there are {z.shape[dim]}"
        )
    dim %= z.ndim
    return z.unflatten(dim, (-1, pieces)).amax(dim + 1)


def softmax(z: Tensor) -> Tensor:
    """p_k = e^z_k / Σ_j e^z_j over the last axis; ∂p_k/∂z_j = p_k([k = j] − p_j), a matrix."""
    return torch.softmax(z, -1)
