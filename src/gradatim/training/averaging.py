"""Averages of the weights over the steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gradatim.checks import real

Array = Any  # numpy.ndarray or torch.Tensor


class Averaging:
    """Exponential moving average of the parameters, θ̄ (Polyak & Juditsky 1992 average all alike).

        θ̄ ← θ̄ + (1 − ρ_t)(θ − θ̄),   ρ_t = min(ρ, t/(t + 9))

    after step t; the rise of ρ_t, TensorFlow's, lets the first steps be forgotten. Validation, the best
    network and the one that is saved are of θ̄; training goes on with θ. What is no parameter, such as batch
    normalisation's running statistics, is not averaged.

    `parameters` are the arrays or tensors that the engine updates in place, by name; `decay` is ρ.
    """

    def __init__(self, decay: float, parameters: dict[str, Array]):
        self.decay = real("ema", decay, above=0, below=1)
        self.parameters = parameters
        self.average = {name: _copy(p) for name, p in parameters.items()}
        self.t = 0

    def after_step(self) -> None:
        """Take in the parameters as they are now."""
        self.t += 1
        rho = min(self.decay, self.t / (self.t + 9))
        for name, p in self.parameters.items():
            average = self.average[name]
            average += (1 - rho) * (_plain(p) - average)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The averages where the parameters stand, and back."""
        kept = {name: _copy(p) for name, p in self.parameters.items()}
        self.put(self.average)
        try:
            yield
        finally:
            self.put(kept)

    def put(self, values: dict[str, Array]) -> None:
        """These values into the parameters."""
        for name, p in self.parameters.items():
            _plain(p)[...] = values[name]

    def tensors(self) -> dict[str, Array]:
        """A copy of the averages."""
        return {name: _copy(value) for name, value in self.average.items()}

    def restore(self, tensors: dict[str, Array], t: int) -> None:
        """Take a checkpoint's averages."""
        for name, average in self.average.items():
            average[...] = tensors[name]
        self.t = t


def _plain(p: Array) -> Array:
    """A torch parameter without its graph; a NumPy array as it is."""
    return p.detach() if hasattr(p, "detach") else p


def _copy(p: Array) -> Array:
    return p.detach().clone() if hasattr(p, "detach") else p.copy()
