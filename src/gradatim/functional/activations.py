"""Activations g(z), elementwise unless the sentence says otherwise.

Derivatives are autograd's; the convention at a kink is stated with each. Shapes: z (…) → (…), but `maxout`
(…, k·F) → (…, F), along another axis where `dim` says so. Named by their papers in the catalogue.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.functional.axes import axis_of


def identity(z: Tensor) -> Tensor:
    """Identity: what comes in goes out.

        g(z) = z;   g′ = 1

    >>> identity(torch.tensor([-1.0, 2.0])).tolist()
    [-1.0, 2.0]
    """
    return z


def step(z: Tensor) -> Tensor:
    """Threshold (McCulloch & Pitts 1943); what comes before it gets no gradient.

        g(z) = 1 for z ≥ 0, otherwise 0;   g′ = 0, at the kink too

    >>> step(torch.tensor([-1.0, 0.0, 2.0])).tolist()
    [0.0, 1.0, 1.0]
    """
    return (z >= 0).to(z.dtype)


def sigmoid(z: Tensor) -> Tensor:
    """Logistic function (Verhulst 1838), between 0 and 1.

        g(z) = 1/(1 + e^−z);   g′ = g(1 − g), at most ¼

    >>> sigmoid(torch.tensor([-100.0, 0.0, 100.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return torch.sigmoid(z)


def tanh(z: Tensor) -> Tensor:
    """Hyperbolic tangent (LeCun et al. 1998), between −1 and 1.

        g(z) = (e^z − e^−z)/(e^z + e^−z);   g′ = 1 − g²

    >>> tanh(torch.tensor([-100.0, 0.0, 100.0])).tolist()
    [-1.0, 0.0, 1.0]
    """
    return torch.tanh(z)


def relu(z: Tensor) -> Tensor:
    """Rectified linear unit (Nair & Hinton 2010).

        g(z) = max(0, z);   g′ = 1 for z > 0, otherwise 0, at the kink too

    >>> relu(torch.tensor([-1.0, 0.0, 2.0])).tolist()
    [0.0, 0.0, 2.0]
    """
    return F.relu(z)


def leaky_relu(z: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Leaky ReLU (Maas, Hannun & Ng 2013), whose `negative_slope` a lets some gradient through.

        g(z) = z for z > 0, otherwise a z;   g′ = 1 or a, at the kink a

    >>> leaky_relu(torch.tensor([-1.0, 2.0]), negative_slope=0.25).tolist()
    [-0.25, 2.0]
    """
    return F.leaky_relu(z, real("negative_slope", negative_slope))


def elu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """Exponential linear unit (Clevert, Unterthiner & Hochreiter 2016).

        g(z) = z for z > 0, otherwise α(e^z − 1);   g′ = 1 or α e^z, at 0 α

    >>> elu(torch.tensor([-100.0, 0.0, 2.0])).tolist()
    [-1.0, 0.0, 2.0]
    """
    return F.elu(z, real("alpha", alpha))


def celu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """Continuously differentiable ELU (Barron 2017): without a kink for any α = `alpha` above 0.

        g(z) = z for z > 0, otherwise α(e^(z/α) − 1);   g′ = 1 or e^(z/α), at 0 1

    >>> celu(torch.tensor([-100.0, 0.0, 2.0]), alpha=0.5).tolist()
    [-0.5, 0.0, 2.0]
    """
    alpha = real("alpha", alpha, above=0)
    elu: Any = torch.ops.aten.elu  # F.celu's gradient has 1/α in single precision
    return elu(z, alpha, 1.0, 1 / alpha)


def selu(z: Tensor) -> Tensor:
    """Scaled ELU (Klambauer et al. 2017): mean 0 and variance 1 are a fixed point of a layer.

        g(z) = λ elu(z, α),   λ = 1.0507…, α = 1.6732…;   g′ at 0 is λα

    >>> [round(g, 4) for g in selu(torch.tensor([-100.0, 1.0])).tolist()]
    [-1.7581, 1.0507]
    """
    return F.selu(z)


def softplus(z: Tensor) -> Tensor:
    """Softplus (Dugas et al. 2001), a smooth ReLU.

        g(z) = log(1 + e^z);   g′ = σ(z)

    Linear above z = 20, where the difference is below 2.1e-9.

    >>> [round(g, 4) for g in softplus(torch.tensor([-100.0, 0.0, 100.0])).tolist()]
    [0.0, 0.6931, 100.0]
    """
    return F.softplus(z)


def softsign(z: Tensor) -> Tensor:
    """Softsign (Turian, Bergstra & Bengio 2009), between −1 and 1, which it nears as 1/|z| does 0.

        g(z) = z/(1 + |z|);   g′ = 1/(1 + |z|)²

    >>> softsign(torch.tensor([-1.0, 0.0, 3.0])).tolist()
    [-0.5, 0.0, 0.75]
    """
    return F.softsign(z)


def gelu(z: Tensor, approximate: str = "none") -> Tensor:
    """Gaussian error linear unit (Hendrycks & Gimpel 2016).

        g(z) = z Φ(z);   g′ = Φ(z) + z φ(z)

    Φ is the normal distribution function itself and φ the density. With `approximate="tanh"` Φ is their
    ½(1 + tanh u), u = √(2/π)(z + 0.044715 z³), and φ its derivative ½ u′(1 − tanh² u): 5e-4 off at most.

    >>> [round(g, 4) for g in gelu(torch.tensor([-1.0, 0.0, 1.0])).tolist()]
    [-0.1587, 0.0, 0.8413]
    """
    return F.gelu(z, approximate=one_of("approximate", approximate, ("none", "tanh")))


def silu(z: Tensor) -> Tensor:
    """Sigmoid-weighted linear unit (Elfwing, Uchibe & Doya 2018), also called swish.

        g(z) = z σ(z);   g′ = σ(z)(1 + z(1 − σ(z)))

    >>> [round(g, 4) for g in silu(torch.tensor([-1.0, 0.0, 1.0])).tolist()]
    [-0.2689, 0.0, 0.7311]
    """
    return F.silu(z)


def mish(z: Tensor) -> Tensor:
    """Mish (Misra 2019).

        g(z) = z tanh(softplus(z));   g′ = t + z σ(z)(1 − t²), t = tanh(softplus(z))

    >>> [round(g, 4) for g in mish(torch.tensor([-1.0, 0.0, 1.0])).tolist()]
    [-0.3034, 0.0, 0.8651]
    """
    return F.mish(z)


def hard_sigmoid(z: Tensor) -> Tensor:
    """Sigmoid of three straight lines (Howard et al. 2019, MobileNetV3).

        g(z) = min(max(z + 3, 0), 6)/6;   g′ = 1/6 for −3 < z < 3, otherwise 0, at both kinks too

    >>> hard_sigmoid(torch.tensor([-4.0, 0.0, 3.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return F.relu6(z + 3) / 6  # torch.nn.functional.hardsigmoid passes a gradient of ⅙ in single precision


def hard_swish(z: Tensor) -> Tensor:
    """Swish with the hard sigmoid in it (Howard et al. 2019, MobileNetV3).

        g(z) = z min(max(z + 3, 0), 6)/6;   g′ = 0, z/3 + ½ or 1, at −3 0 and at 3 1

    >>> hard_swish(torch.tensor([-1.5, 0.0, 3.0])).tolist()
    [-0.375, 0.0, 3.0]
    """
    return F.hardswish(z)


def maxout(z: Tensor, pieces: int = 2, dim: int = -1) -> Tensor:
    """Maxout (Goodfellow et al. 2013): the largest of every k = `pieces` neighbouring features.

        g_j = max(z_kj, …, z_kj+k−1);   ∂g_j/∂z = 1 at the largest (shared out in a tie), 0 elsewhere

    Shapes: z (…, k·F) → (…, F); with `dim` 1 the channels of pictures, z (N, k·C, …) → (N, C, …).

    Raises UsageError for features that are no multiple of the pieces.

    >>> maxout(torch.tensor([1.0, 3.0, -2.0, -5.0])).tolist()
    [3.0, -2.0]
    """
    pieces = whole("pieces", pieces, 1)
    if dim not in range(-z.ndim, z.ndim):
        raise UsageError(f"maxout along axis {dim} got examples of shape {tuple(z.shape[1:])}")
    if z.shape[dim] % pieces:
        raise UsageError(
            f"maxout of {pieces} pieces needs features in multiples of {pieces}; there are {z.shape[dim]}"
        )
    dim %= z.ndim
    return z.unflatten(dim, (-1, pieces)).amax(dim + 1)


def softmax(z: Tensor, dim: int = -1) -> Tensor:
    """Softmax (Bridle 1990) over the axis `dim`: probabilities of classes that exclude each other.

        p_k = e^z_k / Σ_j e^z_j;   ∂p_k/∂z_j = p_k([k = j] − p_j), a matrix

    Raises UsageError for an axis that is not there.

    >>> [round(p, 4) for p in softmax(torch.tensor([0.0, 1.0, 2.0])).tolist()]
    [0.09, 0.2447, 0.6652]
    """
    return torch.softmax(z, axis_of("softmax", dim, z.shape))


def log_softmax(z: Tensor, dim: int = -1) -> Tensor:
    """Logarithms of softmax's probabilities over the axis `dim`, finite where a probability underflows.

        log p_k = z_k − log Σ_j e^z_j;   ∂ log p_k/∂z_j = [k = j] − p_j, a matrix

    Raises UsageError for an axis that is not there.

    >>> log_softmax(torch.tensor([0.0, 1000.0])).tolist()
    [-1000.0, 0.0]
    """
    return torch.log_softmax(z, axis_of("log_softmax", dim, z.shape))
