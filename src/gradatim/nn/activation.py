"""An activation as a layer."""

from functools import partial
from typing import Any

from torch import Tensor, nn

from gradatim import catalog


class Activation(nn.Module):
    """g(z) for an activation of the catalogue, with its arguments (curriculum B2).

    Shapes: as the activation says; (…) → (…) for all but `maxout`.
    """

    def __init__(self, name: str, **arguments: Any):
        super().__init__()
        self.name = name
        self.arguments = arguments
        self.function = partial(catalog.find(name, "activation").load(), **arguments)

    def forward(self, z: Tensor) -> Tensor:
        """g(z)."""
        return self.function(z)

    def extra_repr(self) -> str:
        """The name, and the arguments that were given."""
        return ", ".join([self.name, *(f"{key}={value}" for key, value in self.arguments.items())])
