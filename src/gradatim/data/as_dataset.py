"""Objects in memory as a Dataset: NumPy, pandas, polars and torch."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean, one_of
from gradatim.data.arrays import array, check_inputs, check_weights, has_channels_last
from gradatim.data.dataset import Dataset
from gradatim.data.frames import is_frame, split_frame
from gradatim.data.inputs import Inputs, are_several
from gradatim.data.label_types import label_type_of
from gradatim.data.masks import apart_from_void, void_among, void_notice
from gradatim.data.targets import (
    balanced_weights,
    check_finite,
    classes_of_array,
    task_of_array,
    types_notice,
)
from gradatim.data.torch_datasets import columns_of, is_torch_dataset

INPUTS = ("x", "data", "inputs", "images", "features")
TARGETS = ("y", "target", "targets", "labels", "label")
WEIGHTS = ("w", "weights", "sample_weight", "sample_weights")


def is_arrays(data: Any) -> bool:
    """Whether these are arrays of examples: (X, y), ({name: X}, y), named ones, or a torch Dataset."""
    if isinstance(data, tuple | list) and len(data) in (1, 2, 3):
        first = isinstance(data[0], Mapping) or data[0] is None or _is_table(data[0])
        return first and all(part is None or _is_table(part) for part in data[1:])
    return isinstance(data, Mapping) or is_torch_dataset(data)


def as_dataset(
    data: Any, target: str | None = None, name: str = "data", classify: bool = True, task: str | None = None,
    void: Any = None,
) -> Dataset:  # fmt: skip
    """A Dataset from (X, y), (X, y, weights), named arrays, a data frame with a target, or a torch Dataset.

    `classify` reads the target by its task, which it suggests itself when None: classes become their numbers,
    and pictures get their channels first. Raises UsageError naming what does not fit, and where.
    """
    if isinstance(data, Dataset):
        return data
    if isinstance(data, tuple | list) and len(data) in (2, 3) and is_arrays(data):
        return from_arrays(*data, name=name, classify=classify, task=task, void=void)
    if is_frame(data):
        x, y, features = split_frame(data, target)
        return from_arrays(x, y, name=name, classify=classify, features=features, task=task)
    if isinstance(data, Mapping):
        return from_mapping(data, target, name, classify, task, void)
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and is_torch_dataset(data):
        return from_arrays(*columns_of(data), name=name, classify=classify, task=task, void=void)
    raise UsageError(
        f"cannot learn from {type(data).__name__}: give (X, y) arrays, a data frame with target=, "
        "a torch Dataset, an .npz file, or a name such as digits"
    )


def from_arrays(
    x: Any, y: Any = None, weights: Any = None, *, name: str = "data", classify: bool = True,
    official_test: np.ndarray | None = None, features: tuple[str, ...] = (),
    source: dict[str, Any] | None = None, task: str | None = None, void: Any = None,
) -> Dataset:  # fmt: skip
    """A Dataset from arrays of NumPy, torch, pandas or polars, checked; x may be several inputs. `void` is
    what was asked of the value of masks that is not known.
    """
    several = are_several(x, y)
    x = Inputs(x) if several else array(x)
    notices: tuple[str, ...] = ()
    label_type, not_known = "", None
    if not several:
        notices = axes_notices(x.shape[1:]) if classify else ()
        x = check_inputs(x, features, as_given=not classify)
    classes: tuple = ()
    if y is not None:
        y = array(y)
        if several:
            x.check_length(len(y) if y.ndim else 1)
        if y.shape[:1] != (len(x),):
            raise UsageError(f"{len(x)} examples but {len(y) if y.ndim else 1} targets")
        if classify:
            task = task_of_array(y) if task is None else task
            if task == "classification" and (said := types_notice(y)):
                notices += (said,)
            if task not in ("regression", "distribution"):
                label_type = label_type_of(y, ("int64",)) if task == "multilabel" else label_type_of(y)
            y, classes = classes_of_array(y, task)
            if task == "segmentation":
                not_known = void_among(classes, void)
                y, classes = apart_from_void(y, classes, not_known)
                notices += void_notice(y, not_known, void)
        else:
            check_finite(y)
    if weights is not None:
        weights = check_weights(array(weights), len(x))
    found = Dataset(
        x, y, classes, weights, official_test, name, features, source or {}, notices=notices,
        label_type=label_type, void=not_known,
    )  # fmt: skip
    if task is None or task == "classification" or y is None or not classify:
        return found
    return replace(found, task=task)


def axes_notices(shape: tuple[int, ...]) -> tuple[str, ...]:
    """That pictures of this shape are read with their channels last.

    >>> axes_notices((8, 9, 3))[0].partition(":")[0]
    'examples of the shape (8, 9, 3) are read as pictures of 8×9 with 3 channels, which stand last'
    """
    if not has_channels_last(shape):
        return ()
    height, width, channels = shape
    some = "a channel" if channels == 1 else f"{channels} channels"
    stand = "stands" if channels == 1 else "stand"
    return (
        f"examples of the shape {tuple(shape)} are read as pictures of {height}×{width} with {some}, which "
        f"{stand} last: a network sees {(channels, height, width)}; a gradatim.Dataset keeps its axes",
    )


def from_mapping(
    data: Mapping, target: str | None = None, name: str = "data", classify: bool = True,
    task: str | None = None, void: Any = None,
) -> Dataset:  # fmt: skip
    """A Dataset from named arrays: x, y and weights w; or x_train, x_test and so on, the official split; or
    a, b and y, or x_a, x_b and y, several inputs by name.

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
        return from_arrays(
            x, pick(targets), pick(WEIGHTS), name=name, classify=classify, task=task, void=void
        )  # fmt: skip
    both = halves(INPUTS)
    if not both and (inputs := inputs_by_name(data, (*targets, *WEIGHTS))) and pick(targets) is not None:
        y, weights = pick(targets), pick(WEIGHTS)
        return from_arrays(inputs, y, weights, name=name, classify=classify, task=task)
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
    return from_arrays(
        np.concatenate(both), *columns, name=name, classify=classify, official_test=test, task=task,
        void=void,
    )  # fmt: skip


def inputs_by_name(data: Mapping, others: Collection[str] = ()) -> dict[str, Any]:
    """The inputs among named arrays, where there are several: all but `others`, x_NAME called NAME.

    >>> list(inputs_by_name({"x_row": [1], "x_image": [2], "y": [3]}, ["y"]))
    ['row', 'image']
    """
    found = {str(name): part for name, part in data.items() if str(name).lower() not in others}
    if len(found) < 2 or any(name.lower().endswith(("_train", "_test")) for name in found):
        return {}
    named = all(name.lower().startswith("x_") and len(name) > 2 for name in found)
    return {name[2:]: part for name, part in found.items()} if named else found


def _is_table(part: Any) -> bool:
    return hasattr(part, "__len__") and not isinstance(part, str | bytes | dict)


def class_weights(asked: Any, data: Any) -> np.ndarray:
    """One weight a class: given, or "balanced" over the training examples."""
    if data.layout == "foreign":
        raise UsageError("class_weight needs data in memory; a loader can give (x, y, weight) batches")
    y = getattr(data, "y", None)
    if y is None or y.dtype.kind not in "bui" or (y < 0).any():
        raise UsageError("class_weight needs class numbers as targets")
    if y.ndim != 1:
        raise UsageError(f"class_weight needs one class number an example; the targets' shape is {y.shape}")
    if isinstance(asked, str):
        one_of("class_weight", asked, ["balanced"])
        y = y.astype(np.int64)
        return balanced_weights(y, len(data.classes) or int(y.max()) + 1)
    try:
        weights = np.asarray(asked, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f'class_weight must be "balanced" or one number a class; it is {asked!r}') from error
    classes = len(data.classes) or weights.size
    if weights.shape != (classes,) or not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any():
        raise UsageError(
            f"class_weight must be one number of at least 0, not all 0, for each of {classes} classes; "
            f"it is {asked!r}"
        )
    return weights
