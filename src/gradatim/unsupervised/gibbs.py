"""Gibbs sampling from a restricted Boltzmann machine, by numbers that are functions of seed and step."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gradatim.checks import whole
from gradatim.nn.boltzmann_units import Uniform
from gradatim.nn.rbm import RBM
from gradatim.random import mix, uniform
from gradatim.unsupervised.hashed_states import hashed_states


class HashedNumbers:
    """Numbers from [0, 1) by name and shape, each a function of (seed, name, step, element).

    They are multiples of 2⁻²⁴, so that NumPy and torch, in single and in double precision, draw the same.
    """

    def __init__(self, seed: int, like: Tensor):
        self.seed, self.step, self.like = seed, 0, like
        self._scrambled: dict[int, Tensor] = {}

    def __call__(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """The numbers of a name at this step."""
        count = torch.Size(shape).numel()
        if count not in self._scrambled:
            elements = torch.arange(count, dtype=torch.int32, device=self.like.device)
            self._scrambled[count] = mix(elements)
        drawn = uniform(self._scrambled[count], self.seed, name, self.step)
        return drawn.view(shape).to(self.like.dtype)

    def below(self, name: str, p: Tensor) -> Tensor:
        """1 where the number is below p, else 0: binary units of these probabilities."""
        return hashed_states(p, self.seed, name, self.step)


def gibbs_steps(
    rbm: RBM, v: Tensor, h: Tensor, k: int, numbers: Uniform
) -> Iterator[tuple[Tensor, Tensor]]:  # fmt: skip
    """The states v of k steps, h ~ P(h | v), v ~ P(v | h), each with its mean; h given the first."""
    for t in range(k):
        p = rbm.reconstruct(rbm.draw_hidden(h if t == 0 else rbm(v), v, numbers, t))
        v = rbm.draw_visible(p, numbers, t)
        yield v, p


def persistent_steps(rbm: RBM, h: Tensor, k: int, numbers: Uniform) -> tuple[Tensor, Tensor, Tensor]:
    """K steps of chains that stand at hidden states h: v, the mean of h given it, and the chains' new h."""
    for t in range(k):
        v = rbm.draw_visible(rbm.reconstruct(h), numbers, t)
        mean = rbm(v)
        h = rbm.draw_hidden(mean, v, numbers, t)
    return v, mean, h


@torch.no_grad()
def gibbs_samples(
    rbm: RBM, rows: Tensor, steps: int, seed: int = 0, each: Callable[[int, Tensor], None] | None = None
) -> Tensor:
    """The means P(v | h) after `steps` of Gibbs sampling from rows (N, visible), as samples are shown.

    `each` is called with the number of every step and its means. Raises UsageError for steps below 1.

    >>> gibbs_samples(RBM(4, 3), torch.zeros(2, 4), steps=5).shape
    torch.Size([2, 4])
    """
    numbers = HashedNumbers(whole("seed", seed, 0), rows)
    v = rows
    for number in range(1, whole("steps", steps, 1) + 1):
        numbers.step = number
        ((v, p),) = gibbs_steps(rbm, v, rbm(v), 1, numbers)
        if each is not None:
            each(number, p)
    return p
