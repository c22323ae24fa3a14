"""Inputs around 0, with deviation 1: of each feature, or of each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.channel_moments import ChannelMoments
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, convert
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.data.tables.outliers import has_outliers
from gradatim.data.tables.scaling import fit_scaler, from_normal_scores, normal_scores
from gradatim.record_checks import NUMBER, DictOf, Entries, ListOf, Value, is_number, require


def _are_numbers(value: Any) -> bool:
    """Whether JSON holds an array of finite numbers here."""
    try:
        array = np.array(value, dtype=object)
    except (ValueError, RecursionError):
        return False
    return all(map(is_number, array.reshape(-1).tolist()))


NUMBERS = Value("an array of finite numbers", _are_numbers)
FORM = Entries(
    {"shift": NUMBERS, "scale": NUMBERS, "quantiles": DictOf(ListOf(NUMBER, at_least=2))},
    optional=("quantiles",),
)


@dataclass(frozen=True)
class Standardise(Encoder):
    """x′ = (x − shift)/scale: mean and standard deviation of the training examples, a constant only shifted.

    Pictures (C, H, W) and clips (C, T, H, W) have one of each for a channel, all else for a feature. A
    feature of which a few enormous values decide both is ranked: `quantiles`, by its number, are those of
    training, and what is learned are its normal scores.
    """

    name: ClassVar[str] = "standardise"
    for_own: ClassVar[str] = "none"
    shift: np.ndarray
    scale: np.ndarray
    quantiles: Mapping[str, list[float]] = field(default_factory=dict)

    @classmethod
    def fit(cls, dataset: Dataset) -> "Standardise":
        """Mean and deviation of training examples; GradatimError for numbers whose squares overflow."""
        if dataset.has_channels and dataset.x.dtype == np.uint8:
            return cls._of_bytes(dataset.x)
        x = dataset.x.astype(np.float64)
        axes = (0, *range(2, x.ndim)) if dataset.has_channels else 0
        with np.errstate(over="ignore", invalid="ignore"):
            shift, scale = x.mean(axes), x.std(axes)
        if not (np.isfinite(shift).all() and np.isfinite(scale).all()):
            worst = np.unravel_index(int(np.abs(x).argmax()), x.shape)
            value = f"example {worst[0]} holds {x[worst]:g}"
            raise GradatimError(f"{value}: too large to standardise; rescale the inputs")
        few = [i for i in range(x.shape[1]) if has_outliers(x[:, i])] if x.ndim == 2 else []
        quantiles = {str(i): fit_scaler(x[:, i], "quantile")["quantiles"] for i in few}
        return cls(shift, np.where(scale > 1e-12 * np.abs(shift), scale, 1.0), quantiles)

    @classmethod
    def _of_bytes(cls, x: Any) -> "Standardise":
        """The same of bytes, by whole sums: in memory and streamed to the last bit alike."""
        moments = x.moments() if isinstance(x, StreamedExamples) else ChannelMoments.of(x)
        shift, scale = moments.mean, moments.deviation
        return cls(shift, np.where(scale > 1e-12 * np.abs(shift), scale, 1.0))

    def encode(self, x: np.ndarray, dtype: object = np.float32) -> np.ndarray:
        """(x − shift)/scale."""
        shift, scale = self.shift, self.scale
        if x.dtype == np.uint8 and x.ndim > 2 and shift.ndim == 1:
            return _by_table(x, (np.arange(256.0)[:, None] - shift) / scale, dtype)
        if x.ndim > 2 and shift.ndim == 1:  # per channel
            behind = (-1, *(1,) * (x.ndim - 2))
            shift, scale = shift.reshape(behind), scale.reshape(behind)
        with np.errstate(over="ignore"):  # which `convert` refuses, by its example
            scaled = (x - shift) / scale
        for i, quantiles in self.quantiles.items():
            scaled[:, int(i)] = normal_scores(x[:, int(i)].astype(np.float64), np.asarray(quantiles))
        return convert(scaled, x, dtype)

    def in_own_units(self, x: np.ndarray) -> np.ndarray:
        """x′ scale + shift, of flat examples (N, D); of a ranked feature the quantile at its score."""
        each = x.shape[1] // self.shift.size  # numbers of a channel
        shift, scale = (np.repeat(part.reshape(-1), each) for part in (self.shift, self.scale))
        found = x * scale + shift
        for i, quantiles in self.quantiles.items():
            found[:, int(i)] = from_normal_scores(x[:, int(i)], np.asarray(quantiles))
        return found

    def in_words(self, shape: tuple[int, ...]) -> str:
        """By what it is scaled."""
        each = "channel" if len(shape) > 2 else "number"
        return f"each {each} minus its mean over training, divided by its deviation"

    def ranked(self, features: tuple[str, ...]) -> list[str]:
        """The features that are ranked."""
        return [str(features[int(i)]) if features else f"feature {i}" for i in self.quantiles]

    def as_dict(self) -> Record:
        """Two lists of numbers, and the quantiles where there are some."""
        found = {"name": self.name, "shift": self.shift.tolist(), "scale": self.scale.tolist()}
        return found | ({"quantiles": dict(self.quantiles)} if self.quantiles else {})

    @classmethod
    def check(cls, record: Record, entry: str = "encoder") -> None:
        """GradatimError naming an entry of a record that cannot be, or does not fit another."""
        FORM.check(record, entry)
        shift, scale = (np.shape(record[part]) for part in ("shift", "scale"))
        require(shift == scale, f"{entry}.scale", f"of the shape {shift}, as shift", scale)
        require(0 not in np.asarray(record["scale"]), f"{entry}.scale", "other than 0", record["scale"])
        for place, quantiles in record.get("quantiles", {}).items():
            known = place.isdecimal() and len(shift) == 1 and int(place) < shift[0]
            require(known, f"{entry}.quantiles", "by the numbers of features", place)
            require(quantiles == sorted(quantiles), f"{entry}.quantiles", "in rising order", quantiles)

    @classmethod
    def from_dict(cls, record: Record) -> "Standardise":
        """The encoder of a record."""
        shift, scale = (np.asarray(record[part], dtype=np.float64) for part in ("shift", "scale"))
        return cls(shift, scale, record.get("quantiles", {}))


def _by_table(x: np.ndarray, table: np.ndarray, dtype: Any) -> np.ndarray:
    """Bytes (N, C, …) by what each becomes in each channel, (256, C): the same, without fractions between."""
    columns = np.ascontiguousarray(table.T, dtype)
    found = np.empty(x.shape, dtype)
    for channel, column in enumerate(columns):
        found[:, channel] = column[x[:, channel]]
    return found
