"""Objects in memory as a Dataset: NumPy, pandas, polars and torch."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.dataset import Dataset
from gradatim.data.targets import encode

INPUTS = ("x", "data", "inputs", "images", "features")
TARGETS = ("y", "target", "targets", "labels", "label")
WEIGHTS = ("w", "weights", "sample_weight", "sample_weights")


def as_dataset(data: Any, target: str | None = None, name: str = "data", classify: bool = True) -> Dataset:
    """A Dataset from (X, y), (X, y, weights), a mapping of arrays, a data frame with a target, or a torch Dataset.

    `classify` turns the target into class numbers. Raises UsageError naming what does not fit, and where.
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, tuple | list) and len(data) in (2, 3) and all(_is_table(part) for part in data):
        return from_arrays(*data, name=name, classify=classify)
    if is_frame(data):
        return _from_frame(data, target, name, classify)
    if isinstance(data, Mapping):
        return from_mapping(data, target, name, classify)
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and _is_torch_dataset(data):
        return from_arrays(*_columns(data), name=name, classify=classify)
    raise UsageError(
        f"cannot learn from {type(data).__name__}: give (X, y) arrays, a data frame with target=, a torch Dataset, "
        "an .npz file, or a name such as digits"
    )


def from_arrays(
    x: Any, y: Any = None, weights: Any = None, *, name: str = "data", classify: bool = True,
    official_test: np.ndarray | None = None, features: tuple[str, ...] = (), source: dict[str, Any] | None = None,
) -> Dataset:  # fmt: skip
    """A Dataset from arrays of NumPy, torch, pandas or polars, checked."""
    x = check_inputs(array(x), features)
    classes: tuple = ()
    if y is not None:
        y = array(y)
        if len(y) != len(x):
            raise UsageError(f"{len(x)} examples but {len(y)} targets")
        if classify:
            y, classes = encode(y)
    if weights is not None:
        weights = _check_weights(array(weights), len(x))
    return Dataset(x, y, classes, weights, official_test, name, features, source or {})


def from_mapping(data: Mapping, target: str | None = None, name: str = "data", classify: bool = True) -> Dataset:
    """A Dataset from named arrays: x and y; or x_train, y_train, x_test, y_test (the official split); weights w."""
    keys = {str(key).lower(): key for key in data}

    def pick(names: tuple[str, ...], suffix: str = "") -> Any:
        return next((data[keys[n + suffix]] for n in names if n + suffix in keys), None)

    if target is not None and target not in data:
        raise UsageError(f"there is no array {target!r} in {name}: {did_you_mean(target, map(str, data))}")
    x, y = pick(INPUTS), data[target] if target is not None else pick(TARGETS)
    if x is not None:
        return from_arrays(x, y, pick(WEIGHTS), name=name, classify=classify)
    x, x_test = pick(INPUTS, "_train"), pick(INPUTS, "_test")
    if x is None:
        raise UsageError(f"{name} holds {', '.join(map(str, data)) or 'nothing'}; expected x and y, or x_train and so on")
    y, y_test = pick(TARGETS, "_train"), pick(TARGETS, "_test")
    if x_test is None or (y is None) != (y_test is None):
        raise UsageError(f"{name} holds x_train, so it must also hold x_test, and y_train with y_test")
    x, x_test = array(x), array(x_test)
    if x.shape[1:] != x_test.shape[1:]:
        raise UsageError(f"{name}: x_train has examples of shape {x.shape[1:]}, x_test of {x_test.shape[1:]}")
    test = np.arange(len(x) + len(x_test)) >= len(x)
    both = None if y is None else np.concatenate([array(y), array(y_test)])
    return from_arrays(np.concatenate([x, x_test]), both, name=name, classify=classify, official_test=test)


def array(data: Any) -> np.ndarray:
    """An array of NumPy from whatever can be one."""
    if hasattr(data, "detach"):  # a torch tensor
        data = data.detach().cpu()
        data = data.float() if str(data.dtype) == "torch.bfloat16" else data
        return data.numpy()
    if hasattr(data, "to_numpy"):  # pandas, polars
        return np.asarray(data.to_numpy())
    try:
        return np.asarray(data)
    except ValueError as error:
        raise UsageError(f"the rows are not all of one length: {error}") from error


def check_inputs(x: np.ndarray, features: tuple[str, ...] = ()) -> np.ndarray:
    """Inputs (N, …) that are finite numbers; raises UsageError naming the first that is not."""
    if x.ndim < 2:
        raise UsageError(f"inputs must have an axis of examples and one of features; their shape is {x.shape}")
    if x.dtype.kind not in "buif":
        raise UsageError(f"inputs must be numbers; their type is {x.dtype}")
    if not x.size:
        raise UsageError(f"there is nothing to learn from: the inputs have shape {x.shape}")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        row, *rest = (int(i) for i in np.argwhere(~np.isfinite(x))[0])
        column = repr(features[rest[0]]) if features and len(rest) == 1 else ", ".join(map(str, rest))
        raise UsageError(f"the inputs hold {x[(row, *rest)]} at example {row}, feature {column}")
    return x


def _check_weights(weights: np.ndarray, n: int) -> np.ndarray:
    if weights.shape != (n,):
        raise UsageError(f"{n} examples but weights of shape {weights.shape}")
    if weights.dtype.kind not in "buif" or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise UsageError("weights must be finite numbers of at least 0, not all 0")
    return weights.astype(np.float64)


def _is_table(part: Any) -> bool:
    return hasattr(part, "__len__") and not isinstance(part, str | bytes | dict)


def is_frame(data: Any) -> bool:
    """Whether this is a data frame of pandas or polars."""
    return type(data).__module__.split(".")[0] in ("pandas", "polars") and hasattr(data, "columns")


def _from_frame(frame: Any, target: str | None, name: str, classify: bool) -> Dataset:
    columns = [str(column) for column in frame.columns]
    if target is None:
        raise UsageError(f"name the column to learn with target=; there is {', '.join(columns[:12])}")
    if columns.count(target) != 1:
        raise UsageError(f"there is no single column {target!r}: {did_you_mean(target, columns)}")
    features = tuple(column for column in columns if column != target)
    if not features:
        raise UsageError(f"there is no column beside {target!r} to learn from")
    inputs = inputs_of_frame(frame, features)
    return from_arrays(inputs, frame[target], name=name, classify=classify, features=features)


def inputs_of_frame(frame: Any, features: tuple[str, ...] = ()) -> np.ndarray:
    """The named columns of a data frame as inputs (N, D), in the order of the names; every column without names."""
    columns = [str(column) for column in frame.columns]
    inputs = []
    for feature in features or columns:
        if columns.count(feature) != 1:
            raise UsageError(f"there is no single column {feature!r}: {did_you_mean(feature, columns)}")
        values = array(frame[feature])
        if values.dtype.kind not in "buif":
            raise UsageError(f"column {feature!r} holds {values.dtype}, not numbers; this version learns from numbers")
        inputs.append(values.astype(np.float64))
    return check_inputs(np.stack(inputs, 1), tuple(features or columns))


def _is_torch_dataset(data: Any) -> bool:
    return any(base.__module__.startswith("torch.utils.data") for base in type(data).__mro__)


def _columns(data: Any) -> tuple:
    """A map-style torch Dataset read once, from first to last, into arrays."""
    if hasattr(data, "tensors"):
        return tuple(data.tensors)
    examples = [data[i] for i in range(len(data))]
    if not examples or not isinstance(examples[0], tuple | list) or len(examples[0]) not in (2, 3):
        raise UsageError(f"{type(data).__name__} must give (x, y) or (x, y, weight) for every example")
    return tuple(np.stack([array(part) for part in column]) for column in zip(*examples, strict=True))
