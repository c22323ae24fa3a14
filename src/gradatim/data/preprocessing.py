"""Preprocessing as numbers that a run can store: x′ = (x − shift)/scale, fitted on the training examples."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.tables import encoding
from gradatim.data.tables.outliers import decided_by_few, sentence
from gradatim.data.tables.scaling import fit_scaler, normal_scores, scaled_target

STANDARDISE, RANK = "standardise", "standardise or rank"
AT_ONCE = 4096  # rows


def fit(dataset: Dataset) -> dict[str, Any]:
    """Mean and standard deviation of each feature, or channel of pictures; a constant is only shifted.

    A feature of which a few enormous values decide both is ranked: its normal scores are learned. The columns
    of a table are encoded: see `gradatim.data.tables.encoding`.
    """
    if dataset.columns:
        return encoding.fit(dataset)
    x = dataset.x.astype(np.float64)
    axes = (0, 2, 3) if dataset.is_pictures else 0
    with np.errstate(over="ignore", invalid="ignore"):
        shift, scale = x.mean(axes), x.std(axes)
    if not (np.isfinite(shift).all() and np.isfinite(scale).all()):
        worst = np.unravel_index(int(np.abs(x).argmax()), x.shape)
        value = f"example {worst[0]} holds {x[worst]:g}"
        raise GradatimError(f"{value}: too large to standardise; rescale the inputs")
    scale = np.where(scale > 1e-12 * np.abs(shift), scale, 1.0)
    record = {"name": STANDARDISE, "shift": shift.tolist(), "scale": scale.tolist()}
    ranked = _ranked(x) if x.ndim == 2 else {}
    return record | ({"name": RANK, "quantiles": ranked} if ranked else {})


def _ranked(x: np.ndarray) -> dict[str, list[float]]:
    """The quantiles of each feature of which a few enormous values decide both, by its number."""
    few = [i for i in range(x.shape[1]) if decided_by_few(x[:, i])]
    return {str(i): fit_scaler(x[:, i], "quantile")["quantiles"] for i in few}


def apply(preprocessing: dict[str, Any] | None, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
    """The inputs as the network was trained to see them; GradatimError for one that `dtype` cannot hold."""
    if preprocessing is None:
        return _convert(x, x, dtype)
    if preprocessing.get("name") == "table":
        return encoding.apply(preprocessing, x, dtype)
    if preprocessing.get("name") not in (STANDARDISE, RANK):
        raise GradatimError(f"unknown preprocessing {preprocessing.get('name')!r}: update Gradatim")
    shift = np.asarray(preprocessing["shift"], dtype=np.float64)
    scale = np.asarray(preprocessing["scale"], dtype=np.float64)
    if x.ndim == 4 and shift.ndim == 1:  # per channel
        shift, scale = shift[:, None, None], scale[:, None, None]
    scaled = (x - shift) / scale
    for i, quantiles in preprocessing.get("quantiles", {}).items():
        scaled[:, int(i)] = normal_scores(x[:, int(i)].astype(np.float64), np.asarray(quantiles))
    return _convert(scaled, x, dtype)


def inputs(preprocessing: dict[str, Any] | None, data: Dataset) -> np.ndarray:
    """The raw inputs that `apply` takes: of a table, its columns by the names that were learned from."""
    if is_table(preprocessing):
        return encoding.prepared(preprocessing, data)  # type: ignore[arg-type]
    return data.x


def encoded(preprocessing: dict[str, Any] | None, data: Dataset, dtype: Any = np.float32) -> np.ndarray:
    """Examples as the network sees them; of free texts, some rows at a time, whose words are many numbers."""
    parts = [apply(preprocessing, inputs(preprocessing, part), dtype) for part in in_pieces(data)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def in_pieces(data: Dataset) -> Iterator[Dataset]:
    """The examples; those with free texts some rows at a time, as their words are many raw numbers."""
    if len(data) <= AT_ONCE or all(one.kind != "text" for one in data.columns):
        yield data
        return
    for start in range(0, len(data), AT_ONCE):
        yield data.take(np.arange(start, min(start + AT_ONCE, len(data))))


def targets(preprocessing: dict[str, Any] | None, y: np.ndarray | None) -> np.ndarray | None:
    """The targets as the network learns them: numbers to be predicted are scaled."""
    return scaled_target(preprocessing["target"], y) if is_table(preprocessing) else y  # type: ignore[index]


def is_table(preprocessing: dict[str, Any] | None) -> bool:
    """Whether it is of a table's columns."""
    return preprocessing is not None and preprocessing.get("name") == "table"


def notices(preprocessing: dict[str, Any] | None, features: Sequence[str] = ()) -> list[str]:
    """What a person should be told of it."""
    names = ranked(preprocessing, features)
    said = [sentence(names)] if names else []
    return said + (encoding.notices(preprocessing) if is_table(preprocessing) else [])  # type: ignore[arg-type]


def ranked(preprocessing: dict[str, Any] | None, features: Sequence[str] = ()) -> list[str]:
    """The inputs that are ranked, because a few enormous values decide their mean and deviation."""
    if is_table(preprocessing):
        return encoding.ranked(preprocessing)  # type: ignore[arg-type]
    places = [int(i) for i in (preprocessing or {}).get("quantiles", ())]
    return [str(features[i]) if features else f"feature {i}" for i in places]


def shape_before(preprocessing: dict[str, Any] | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an example as `apply` takes it: of free texts, with a number for each of their words."""
    return (encoding.width_before(preprocessing),) if is_table(preprocessing) else shape  # type: ignore[arg-type]


def shape_after(preprocessing: dict[str, Any] | None, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an example as the network sees it."""
    return (encoding.width(preprocessing),) if is_table(preprocessing) else shape  # type: ignore[arg-type]


def _convert(values: np.ndarray, x: np.ndarray, dtype: Any) -> np.ndarray:
    with np.errstate(over="ignore"):
        converted = np.ascontiguousarray(values, dtype=dtype)
    if not np.isfinite(converted).all():
        worst = np.unravel_index(int(np.isfinite(converted).argmin()), x.shape)
        raise GradatimError(f"example {worst[0]} holds {x[worst]:g}: too large for {np.dtype(dtype).name}")
    return converted
