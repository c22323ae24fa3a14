"""Pictures of another size, of other channels or on another scale, as a network has seen pictures before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, encoder_from
from gradatim.record_checks import COUNT, NUMBER, RECORD, Entries, Form, ListOf, Maybe

GREY = np.array([0.299, 0.587, 0.114])  # of red, green and blue: ITU-R BT.601
FULL = (1.0, 16.0, 255.0)  # scales that pictures have
AT_ONCE = 4096  # pictures that are scaled together


@dataclass(frozen=True)
class OtherPictures(Encoder):
    """x′ = encode(A_h (factor · x) A_wᵀ), by the encoder that a network began with.

    A_h (H, h) and A_w (W, w) scale a picture as `triangle_weights` says; grey becomes three equal colours,
    colour becomes grey by 0.299 R + 0.587 G + 0.114 B.

    Shapes: x (N, c, h, w) → (N, C, H, W), `seen` being (C, H, W).
    """

    name: ClassVar[str] = "other pictures"
    form: ClassVar[Form] = Entries({"seen": ListOf(COUNT, 3, 3), "factor": NUMBER, "encoder": Maybe(RECORD)})
    seen: tuple[int, ...]
    factor: float
    encoder: Encoder

    @classmethod
    def fit(cls, dataset: Dataset) -> "OtherPictures":
        """Pictures as they are, standardised: where no other network has seen any."""
        from gradatim.data.encoders.standardise import Standardise

        return cls(tuple(dataset.x.shape[1:]), 1.0, Standardise.fit(dataset))

    def encode(self, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
        """Scaled, in the channels that the network reads, encoded."""
        x = np.asarray(x, dtype=np.float64) * self.factor
        x = _in_channels(x, self.seen[0])
        if x.shape[2:] != self.seen[1:]:
            rows, columns = (triangle_weights(*pair) for pair in zip(x.shape[2:], self.seen[1:], strict=True))
            x = rows @ x @ columns.T
        return self.encoder.encode(x, dtype)

    def pieces(self, data: Dataset) -> Iterator[Dataset]:
        """Some pictures at a time."""
        for part in data.pieces():
            for start in range(0, max(len(part), 1), AT_ONCE):
                yield part.take(np.arange(start, min(start + AT_ONCE, len(part))))

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """That of the pictures that the network reads."""
        return self.encoder.shape(self.seen)

    def in_own_units(self, x: np.ndarray) -> np.ndarray:
        """Encoded numbers as pictures of the size that the network reads."""
        return self.encoder.in_own_units(x) / self.factor

    def in_words(self, shape: tuple[int, ...]) -> str:
        """How they are scaled, and what comes then."""
        size = "×".join(map(str, self.seen[1:]))
        said = [] if tuple(shape[1:]) == self.seen[1:] else [f"scaled to {size}"]
        said += [] if self.factor == 1 else [f"multiplied by {self.factor:g}"]
        said += (
            []
            if shape[0] == self.seen[0]
            else ["made grey" if self.seen[0] == 1 else "in three equal colours"]
        )
        return "; ".join(filter(None, (*said, self.encoder.in_words(self.seen))))

    def as_dict(self) -> Record:
        """Size, factor, and the record of the encoder."""
        return {
            "name": self.name, "seen": list(self.seen), "factor": self.factor,
            "encoder": self.encoder.as_dict(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Record) -> "OtherPictures":
        """The encoder of a record."""
        return cls(tuple(record["seen"]), float(record["factor"]), encoder_from(record["encoder"]))


def triangle_weights(size: int, seen: int) -> np.ndarray:
    """The matrix (seen, size) that scales a signal by linear interpolation, as Pillow's BILINEAR does.

        A_ij ∝ max(0, 1 − |j + ½ − c_i| / s),   c_i = (i + ½) size/seen,   s = max(size/seen, 1)

    Rows sum to 1. Where the signal becomes shorter, the triangle is as wide as a new place, so that nothing
    is skipped.

    >>> triangle_weights(4, 2).round(3).tolist()
    [[0.429, 0.429, 0.143, 0.0], [0.0, 0.143, 0.429, 0.429]]
    """
    scale = size / seen
    centres = (np.arange(seen) + 0.5) * scale
    far = np.abs(np.arange(size) + 0.5 - centres[:, None]) / max(scale, 1.0)
    weights = np.maximum(0.0, 1 - far)
    return weights / weights.sum(1, keepdims=True)


def full_scale(low: float, high: float) -> float:
    """What white is in pictures whose numbers lie between low and high: 1, 16 or 255; 0 where none is it.

    >>> full_scale(0, 0.98), full_scale(0, 254), full_scale(-2.1, 2.6)
    (1.0, 255.0, 0.0)
    """
    return next((full for full in FULL if low >= 0 and high <= full), 0.0)


def _in_channels(x: np.ndarray, channels: int) -> np.ndarray:
    if x.shape[1] == channels:
        return x
    if channels == 1:
        return np.einsum("nchw,c->nhw", x, GREY)[:, None]
    return np.repeat(x, channels, axis=1)
