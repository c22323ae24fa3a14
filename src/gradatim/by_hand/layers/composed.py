"""A layer that is made of others."""

import numpy as np

from gradatim.by_hand.layers.layer import Layer


class Composed(Layer):
    """A layer whose parameters are those of its parts, "PART.NAME". A subclass fills `parts` and says how
    they follow each other.
    """

    def compose(self, parts: dict[str, Layer]) -> None:
        """Take the parts, by their names."""
        self.parts = parts
        self.shapes = {  # type: ignore[misc]
            f"{part}.{name}": shape for part, layer in parts.items() for name, shape in layer.shapes.items()
        }

    def hold(self, parameters: dict[str, np.ndarray], gradients: dict[str, np.ndarray]) -> None:
        """Hand each part its own."""
        super().hold(parameters, gradients)
        for part, layer in self.parts.items():
            layer.hold(
                *({name: held[f"{part}.{name}"] for name in layer.shapes} for held in (parameters, gradients))
            )

    def draw(self, seed: int, prefix: str) -> dict[str, np.ndarray]:
        """Every part's parameters, each by its own name."""
        return {
            f"{part}.{name}": values
            for part, layer in self.parts.items()
            for name, values in layer.draw(seed, f"{prefix}{part}.").items()
        }
