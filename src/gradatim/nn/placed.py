"""A layer whose random numbers are a function of where it stands."""

import torch
from torch import Tensor, nn

from gradatim.random import mix, uniform


class Placed(nn.Module):
    """A layer that draws by (seed, layer, step, element), so that a resumed run draws the same. Abstract.

    `place(seed, layer, step)` says where it stands, which training does before each batch; from there it
    counts its calls, so that a layer used twice, or left alone, draws other numbers each time.
    """

    seed: int
    layer: str
    step: int
    calls: int

    def __init__(self) -> None:
        super().__init__()
        self.place(0, "", 0)
        self._scrambled: Tensor | None = None  # mix(0, 1, 2, …), as many as the largest input so far

    def place(self, seed: int, layer: str, step: int) -> None:
        """Set what the next numbers are a function of."""
        self.__dict__.update(seed=seed, layer=layer, step=step, calls=0)  # Module's way takes 5 µs

    def next_name(self) -> str:
        """The name of the next call's numbers."""
        name = f"{self.layer} call {self.calls}" if self.calls else self.layer
        self.__dict__["calls"] += 1
        return name

    def elements(self, x: Tensor) -> Tensor:
        """The scrambled numbers of an input's elements, (x.numel(),), kept for the next of its size."""
        held = self._scrambled
        if held is None or held.numel() < x.numel() or held.device != x.device:
            held = self._scrambled = mix(torch.arange(x.numel(), dtype=torch.int32, device=x.device))
        return held[: x.numel()]

    def numbers(self, x: Tensor) -> Tensor:
        """A number of [0, 1) for each element of an input, in its shape: the next call's."""
        return uniform(self.elements(x), self.seed, self.next_name(), self.step).view(x.shape)
