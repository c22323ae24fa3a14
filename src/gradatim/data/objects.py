"""Objects in memory as a Dataset: NumPy, pandas, polars and torch."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.dataset import Dataset
from gradatim.data.targets import check_finite, encode

INPUTS = ("x", "data", "inputs", "images", "features")
TARGETS = ("y", "target", "targets", "labels", "label")
WEIGHTS = ("w", "weights", "sample_weight", "sample_weights")


def as_dataset(data: Any, target: str | None = None, name: str = "data", classify: bool = True) -> Dataset:
    """A Dataset from (X, y), (X, y, weights), named arrays, a data frame with a target, or a torch Dataset.

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
        f"cannot learn from {type(data).__name__}: give (X, y) arrays, a data frame with target=, "
        "a torch Dataset, an .npz file, or a name such as digits"
    )


def from_arrays(
    x: Any, y: Any = None, weights: Any = None, *, name: str = "data", classify: bool = True,
    official_test: np.ndarray | None = None, features: tuple[str, ...] = (),
    source: dict[str, Any] | None = None,
) -> Dataset:  # fmt: skip
    """A Dataset from arrays of NumPy, torch, pandas or polars, checked."""
    x = check_inputs(array(x), features)
    classes: tuple = ()
    if y is not None:
        y = array(y)
        if y.shape[:1] != (len(x),):
            raise UsageError(f"{len(x)} examples but {len(y) if y.ndim else 1} targets")
        if classify:
            y, classes = encode(y)
        else:
            check_finite(y)
    if weights is not None:
        weights = _check_weights(array(weights), len(x))
    return Dataset(x, y, classes, weights, official_test, name, features, source or {})


def from_mapping(
    data: Mapping, target: str | None = None, name: str = "data", classify: bool = True
) -> Dataset:
    """A Dataset from named arrays: x, y and weights w; or x_train, x_test and so on, the official split.

    `target` names another array than y, in the official split by the name of its training part.
    """
    keys = {str(key).lower(): key for key in data}
    if target is not None and target not in data:
        raise UsageError(f"there is no array {target!r} in {name}: {did_you_mean(target, map(str, data))}")
    targets = TARGETS if target is None else (target.lower(),)

    def pick(names: tuple[str, ...], suffix: str = "") -> Any:
        return next((data[keys[n + suffix]] for n in names if n + suffix in keys), None)

    def halves(names: tuple[str, ...]) -> list[np.ndarray]:
        names = tuple(n.removesuffix("_train") for n in names)
        found = [array(half) for s in ("_train", "_test") if (half := pick(names, s)) is not None]
        if len(found) == 1:
            raise UsageError(f"{name} needs both {names[0]}_train and {names[0]}_test; one is missing")
        if found and (not all(half.ndim for half in found) or found[0].shape[1:] != found[1].shape[1:]):
            shapes = f"{found[0].shape} and {found[1].shape}"
            raise UsageError(f"{name}: {names[0]}_train and {names[0]}_test have shapes {shapes}")
        return found

    x = pick(INPUTS)
    if x is not None:
        return from_arrays(x, pick(targets), pick(WEIGHTS), name=name, classify=classify)
    both = halves(INPUTS)
    if not both:
        held = ", ".join(map(str, data)) or "nothing"
        raise UsageError(f"{name} holds {held}; expected x and y, or x_train, y_train, x_test and y_test")
    sizes = [len(half) for half in both]
    columns: list[np.ndarray | None] = []
    for what, names in (("targets", targets), ("weights", WEIGHTS)):
        others = halves(names)
        if others and [len(half) for half in others] != sizes:
            counts = " and ".join(str(len(half)) for half in others)
            raise UsageError(f"{name} holds {sizes[0]} and {sizes[1]} examples but {counts} {what}")
        columns.append(np.concatenate(others) if others else None)
    if target is not None and columns[0] is None:
        raise UsageError(f"{name} holds x_train, so its target must be {target}_train with {target}_test")
    test = np.arange(sum(sizes)) >= sizes[0]
    return from_arrays(np.concatenate(both), *columns, name=name, classify=classify, official_test=test)


def array(data: Any) -> np.ndarray:
    """An array of NumPy from whatever can be one."""
    if hasattr(data, "detach"):  # a torch tensor
        data = data.detach().cpu()
        data = data.float() if str(data.dtype) == "torch.bfloat16" else data
        return (data.to_dense() if str(data.layout) != "torch.strided" else data).numpy()
    if hasattr(data, "to_numpy"):  # pandas, polars
        return np.asarray(data.to_numpy())
    try:
        return np.asarray(data)
    except ValueError as error:
        raise UsageError(f"the rows are not all of one length: {error}") from error


def check_inputs(x: np.ndarray, features: tuple[str, ...] = ()) -> np.ndarray:
    """Inputs (N, …) that are finite numbers; raises UsageError naming the first that is not."""
    if x.ndim < 2:
        raise UsageError(f"inputs need an axis of examples and one of features; their shape is {x.shape}")
    if x.dtype.kind not in "buif":
        raise UsageError(f"inputs must be numbers; their type is {x.dtype}")
    if not x.size:
        raise UsageError(f"there is nothing to learn from: the inputs have shape {x.shape}")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        row, *rest = (int(i) for i in np.argwhere(~np.isfinite(x))[0])
        column = repr(features[rest[0]]) if features and len(rest) == 1 else ", ".join(map(str, rest))
        raise UsageError(f"the inputs hold {x[(row, *rest)]} at example {row}, feature {column}")
    return x.astype(np.float64) if x.dtype == np.longdouble else x  # whose padding has no fixed fingerprint


def _check_weights(weights: np.ndarray, n: int) -> np.ndarray:
    if weights.shape != (n,):
        raise UsageError(f"{n} examples but weights of shape {weights.shape}")
    if weights.dtype.kind not in "buif":
        raise UsageError(f"weights must be numbers; their type is {weights.dtype}")
    fits = np.isfinite(weights) & (weights >= 0)
    if not fits.all():
        first = int(fits.argmin())
        raise UsageError(f"weights must be finite and at least 0; example {first} has {weights[first]}")
    if not weights.any():
        raise UsageError("the weights are all 0: there is nothing to learn from")
    return weights.astype(np.float64)


def _is_table(part: Any) -> bool:
    return hasattr(part, "__len__") and not isinstance(part, str | bytes | dict)


def is_frame(data: Any) -> bool:
    """Whether this is a data frame of pandas or polars."""
    return type(data).__name__ == "DataFrame" and hasattr(data, "to_numpy") and hasattr(data, "columns")


def _from_frame(frame: Any, target: str | None, name: str, classify: bool) -> Dataset:
    columns = [str(column) for column in frame.columns]
    if target is None:
        raise UsageError(f"name the column to learn with target=; there is {', '.join(columns[:12])}")
    target = str(target)
    y = _column(frame, target)
    features = tuple(column for column in columns if column != target)
    if not features:
        raise UsageError(f"there is no column beside {target!r} to learn from")
    inputs = inputs_of_frame(frame, features)
    return from_arrays(inputs, y, name=name, classify=classify, features=features)


def inputs_of_frame(frame: Any, features: tuple[str, ...] = ()) -> np.ndarray:
    """The named columns of a data frame as inputs (N, D), in the names' order; every column without names."""
    features = features or tuple(str(column) for column in frame.columns)
    if not features:
        raise UsageError("the data frame has no column")
    inputs = []
    for feature in features:
        values = _column(frame, feature)
        if values.dtype.kind not in "buif":
            held = _first_text(values)
            raise UsageError(f"column {feature!r} holds {held}; this version learns from numbers")
        inputs.append(values.astype(np.float64))
    return check_inputs(np.stack(inputs, 1), features)


def _column(frame: Any, name: str) -> np.ndarray:
    """The one column of this name; names that are numbers go by their digits."""
    found = [column for column in frame.columns if str(column) == name]
    if not found:
        raise UsageError(f"there is no column {name!r}: {did_you_mean(name, map(str, frame.columns))}")
    if len(found) > 1:
        raise UsageError(f"there are {len(found)} columns {name!r}: rename all but one")
    return array(frame[found[0]])


def _first_text(values: np.ndarray) -> str:
    """The first value that is not a number, and where; otherwise the type."""
    for i, value in enumerate(values if values.dtype.kind == "O" else ()):
        if not isinstance(value, int | float):
            return f"{value!r} at example {i}"
    return f"values of type {values.dtype}"


def _is_torch_dataset(data: Any) -> bool:
    return any(base.__module__.startswith("torch.utils.data") for base in type(data).__mro__)


def _columns(data: Any) -> tuple:
    """A map-style torch Dataset read once, from first to last, into arrays."""
    from torch.utils.data import TensorDataset

    name = type(data).__name__
    if isinstance(data, TensorDataset) and len(data.tensors) in (1, 2, 3):
        return tuple(data.tensors)
    examples = [data[i] for i in range(len(data))]
    if not examples:
        raise UsageError(f"there is nothing to learn from: the {name} is empty")
    parts = len(examples[0]) if isinstance(examples[0], tuple | list) else 0
    for i, example in enumerate(examples):
        if not isinstance(example, tuple | list) or len(example) != parts or parts not in (2, 3):
            raise UsageError(f"every example of {name} must be (x, y) or (x, y, weight); example {i} is not")
    return tuple(_stack([array(part) for part in column]) for column in zip(*examples, strict=True))


def _stack(parts: list[np.ndarray]) -> np.ndarray:
    for i, part in enumerate(parts):
        if part.shape != parts[0].shape:
            raise UsageError(f"example 0 has shape {parts[0].shape}, but example {i} has {part.shape}")
    return np.stack(parts)
