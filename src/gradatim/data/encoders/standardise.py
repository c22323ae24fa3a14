"""Inputs around 0, with deviation 1: of each feature, or of each channel."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, converted


@dataclass(frozen=True)
class Standardise(Encoder):
    """x′ = (x − shift)/scale: mean and standard deviation of the training examples, a constant only shifted.

    Pictures (C, H, W) and clips (C, T, H, W) have one of each for a channel, all else for a feature.
    """

    name: ClassVar[str] = "standardise"
    shift: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, dataset: Dataset) -> "Standardise":
        """Mean and deviation of training examples; GradatimError for numbers whose squares overflow."""
        x = dataset.x.astype(np.float64)
        axes = (0, *range(2, x.ndim)) if dataset.has_channels else 0
        with np.errstate(over="ignore", invalid="ignore"):
            shift, scale = x.mean(axes), x.std(axes)
        if not (np.isfinite(shift).all() and np.isfinite(scale).all()):
            worst = np.unravel_index(int(np.abs(x).argmax()), x.shape)
            value = f"example {worst[0]} holds {x[worst]:g}"
            raise GradatimError(f"{value}: too large to standardise; rescale the inputs")
        return cls(shift, np.where(scale > 1e-12 * np.abs(shift), scale, 1.0))

    def encode(self, x: np.ndarray, dtype: object = np.float32) -> np.ndarray:
        """(x − shift)/scale."""
        shift, scale = self.shift, self.scale
        if x.ndim > 2 and shift.ndim == 1:  # per channel
            behind = (-1, *(1,) * (x.ndim - 2))
            shift, scale = shift.reshape(behind), scale.reshape(behind)
        return converted((x - shift) / scale, x, dtype)

    def as_dict(self) -> Record:
        """Two lists of numbers."""
        return {"name": self.name, "shift": self.shift.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_dict(cls, record: Record) -> "Standardise":
        """The encoder of a record."""
        return cls(*(np.asarray(record[part], dtype=np.float64) for part in ("shift", "scale")))
