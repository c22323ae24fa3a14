"""Bounds on log p(x) of a variational autoencoder, and the loss that one of them is."""

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.functional.losses import weighted_mean

LIKELIHOODS = ("bernoulli", "gaussian")


class Drawn(NamedTuple):
    """What the decoder gives (N, D) for a drawn code z, the mean μ of q(z | x) as `code` (N, H), its
    log variance s (N, H), and the inputs v (N, D) that were read.
    """

    outputs: Tensor
    code: Tensor
    log_variance: Tensor
    v: Tensor


def log_likelihood(outputs: Tensor, v: Tensor, log_variance: Tensor | None) -> Tensor:
    """Log p(v | z) of each example, (…): Bernoulli of logits (…, D), or Gaussian of means and log variances.

    Σ_i v_i log σ(a_i) + (1 − v_i) log(1 − σ(a_i))      −½ Σ_i log 2π + s_i + (v_i − a_i)² e^−s_i
    """
    if log_variance is None:
        return -F.binary_cross_entropy_with_logits(outputs, v, reduction="none").sum(-1)
    s = log_variance
    return -0.5 * (math.log(2 * math.pi) + s + (v - outputs).square() * torch.exp(-s)).sum(-1)


def divergence_from_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(μ, σ²)‖N(0, 1)) of each number of a code, (N, H) (Kingma & Welling 2014, appendix B).

        ½ (μ² + σ² − 1 − log σ²)

    >>> divergence_from_normal(torch.tensor([[0.0, 2.0]]), torch.zeros(1, 2)).tolist()
    [[0.0, 2.0]]
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


def importance_bound(log_w: Tensor, k: int | None = None) -> Tensor:
    """The importance-weighted bound of each example, (N,) (Burda, Grosse & Salakhutdinov 2016).

        L_k = E log (1/k) Σ_i w_i,   w_i = p(v, z_i)/q(z_i | v);   L_1 is the ELBO, and L_k rises with k

    Shapes: log_w (N, K), K samples, of which every k make one estimate; all of them when None.
    """
    k = log_w.shape[1] if k is None else k
    groups = log_w[:, : log_w.shape[1] // k * k].unflatten(1, (-1, k))
    return (torch.logsumexp(groups, 2) - math.log(k)).mean(1)


class LossOfELBO:
    """The negative evidence lower bound, with β and free bits (Higgins et al. 2017; Kingma et al. 2016).

        L = −mean log p(v | z) + β Σ_j max(λ, mean KL_j)

    Without λ the divergence is the plain sum, and with β = 1 −L ≤ mean log p(v). Shapes: a of `Drawn`; y is
    not read, for v are the inputs as they were binarised. β is `beta`, and λ `free_bits`, in nats for each
    number of the code.
    """

    def __init__(self, network: Any):
        self.network = network

    def mean(self, a: Drawn, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        network = self.network
        log_p = log_likelihood(a.outputs, a.v, network.log_variance())
        divergence = divergence_from_normal(a.code, a.log_variance)
        if w is None:
            log_p, by_number = log_p.mean(), divergence.mean(0)
        else:
            log_p = weighted_mean(log_p, w)
            by_number = (w / w.sum().clamp_min(torch.finfo(w.dtype).tiny)) @ divergence
        if network.free_bits:
            by_number = by_number.clamp_min(network.free_bits)
        return network.beta * by_number.sum() - log_p
