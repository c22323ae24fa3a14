"""Where the branches of a network meet: their sum, or their channels one behind the other."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.checks import UsageError
from gradatim.functional.windows import times


class Join(Layer):
    """A layer that reads several outputs; `backward` gives each of them its gradient."""

    def forward(self, x: Sequence[np.ndarray], training: bool = False) -> np.ndarray:  # type: ignore[override]
        """One output of several inputs."""
        raise NotImplementedError

    def backward(self, g: np.ndarray, inputs: bool = True) -> tuple[np.ndarray, ...]:
        """The gradient of each input."""
        raise NotImplementedError


class Sum(Join):
    """h = Σ_k x_k: a block's layers and what passes them by (He, Zhang, Ren & Sun 2015, eq. 1).

        ∂L/∂x_k = ∂L/∂h

    Shapes: every x (N, …) alike, and so is h. Raises UsageError for inputs of different shapes.
    """

    def forward(self, x: Sequence[np.ndarray], training: bool = False) -> np.ndarray:  # type: ignore[override]
        """The sum."""
        for other in x[1:]:
            if other.shape != x[0].shape:
                raise UsageError(
                    f"a sum reads outputs of one shape; here are {times(x[0].shape[1:])} and "
                    f"{times(other.shape[1:])}"
                )
        self.of = len(x)
        h = x[0].copy()
        for other in x[1:]:
            h += other
        return h

    def backward(self, g: np.ndarray, inputs: bool = True) -> tuple[np.ndarray, ...]:
        """The same gradient to every input."""
        return (g,) * self.of


class Concat(Join):
    """h = [x_1, x_2, …] along the channels (Szegedy et al. 2014; Huang et al. 2017).

        ∂L/∂x_k = the part of ∂L/∂h that is x_k's channels

    Shapes: x_k (N, C_k, …) → (N, Σ C_k, …). Raises UsageError for inputs that differ otherwise.
    """

    def forward(self, x: Sequence[np.ndarray], training: bool = False) -> np.ndarray:  # type: ignore[override]
        """The channels of all, one input behind the other."""
        for other in x[1:]:
            if other.ndim != x[0].ndim or other.shape[2:] != x[0].shape[2:]:
                raise UsageError(
                    f"channels can stand behind each other where maps are of one size; here are "
                    f"{times(x[0].shape[2:])} and {times(other.shape[2:])}"
                )
        self.channels = [one.shape[1] for one in x]
        return np.concatenate(x, axis=1)

    def backward(self, g: np.ndarray, inputs: bool = True) -> tuple[np.ndarray, ...]:
        """Each input's channels of the gradient."""
        return tuple(np.split(g, np.cumsum(self.channels)[:-1], axis=1))
