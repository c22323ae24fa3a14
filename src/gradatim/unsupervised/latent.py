"""What can be drawn from the code of an autoencoder: new examples, ways between two, a map."""

from typing import Any

import torch
from torch import Tensor

from gradatim.checks import UsageError, real, whole
from gradatim.nn.boltzmann_units import normal
from gradatim.random import mix, uniform


def _like(network: Any) -> Tensor:
    """A parameter of the network; UsageError for one that has no code."""
    if not (hasattr(network, "encode") and hasattr(network, "decode")):
        raise UsageError(f"{type(network).__name__} has no code to decode; an autoencoder has")
    return next(network.parameters())


@torch.no_grad()
def encode(network: Any, x: Any) -> Tensor:
    """The codes of inputs as the network sees them, (N, …), in evaluation mode."""
    like, was = _like(network), network.training
    try:
        return network.eval().encode(torch.as_tensor(x).to(like))
    finally:
        network.train(was)


@torch.no_grad()
def decode(network: Any, codes: Any) -> Tensor:
    """The inputs that codes stand for, in evaluation mode."""
    like, was = _like(network), network.training
    try:
        return network.eval().decode(torch.as_tensor(codes).to(like))
    finally:
        network.train(was)


def sample(network: Any, count: int = 16, seed: int = 0) -> Tensor:
    """New examples of a variational autoencoder: the mean of p(x | z) for codes z ~ N(0, I).

    Shapes: (count, in_features). Raises UsageError for a network whose code has no distribution.

    >>> from gradatim.models.vae import VAE
    >>> sample(VAE(6, latent=2), count=3).shape
    torch.Size([3, 6])
    """
    if not hasattr(network, "latent"):
        raise UsageError("samples need a code with a distribution: take the network vae")
    numbers = whole("count", count, 1) * network.latent
    u = uniform(mix(torch.arange(numbers, dtype=torch.int32)), whole("seed", seed, 0), "sample", 0)
    return decode(network, normal(u.double()).view(count, network.latent))


def interpolate(network: Any, first: Any, second: Any, steps: int = 9) -> Tensor:
    """The way from one example to another in the code: decode((1 − t) h + t h′), t = 0 … 1.

    Shapes: first and second (…) as the network sees them → (steps, in_features).
    """
    ends = encode(network, torch.stack([torch.as_tensor(first), torch.as_tensor(second)]))
    t = torch.linspace(0, 1, whole("steps", steps, 2)).to(ends).view(-1, *[1] * (ends.ndim - 1))
    return decode(network, (1 - t) * ends[0] + t * ends[1])


def latent_map(network: Any, steps: int = 15, reach: float = 0.99) -> Tensor:
    """The plane of a code of two numbers, decoded on a grid (Kingma & Welling 2014, figure 4).

        z = Φ⁻¹(u),   u evenly over the middle `reach` of [0, 1] on both axes

    Shapes: (steps, steps, in_features), rows by the second number from high to low, columns by the first.
    Raises UsageError for a code of more or fewer numbers.
    """
    size = getattr(network, "latent", getattr(network, "code_size", None))
    if size != 2:
        raise UsageError(f"a map is of a code of two numbers; this one has {size}")
    edge = (1 - real("reach", reach, above=0, below=1)) / 2
    z = torch.special.ndtri(torch.linspace(edge, 1 - edge, whole("steps", steps, 2), dtype=torch.float64))
    codes = torch.stack([z.expand(steps, -1), z.flip(0)[:, None].expand(-1, steps)], -1)
    return decode(network, codes.reshape(-1, 2)).unflatten(0, (steps, steps))
