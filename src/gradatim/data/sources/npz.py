"""Arrays in an .npz file, and inputs in an .npy file."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.arrays import check_inputs
from gradatim.data.as_dataset import INPUTS, TARGETS, WEIGHTS, from_mapping, inputs_by_name
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import new_inputs
from gradatim.data.numpy_files import read_npy, read_npz
from gradatim.data.sources.source import New, Request, Source, found_at, is_named
from gradatim.files import exists


class NpzSource(Source):
    """A zip of arrays: x and y, or x_train, y_train, x_test and y_test; or a, b and y; w for weights.

    >>> NpzSource().takes("examples.npz"), NpzSource().takes("examples.csv")
    (True, False)
    """

    kind: ClassVar[str] = "npz"

    def takes(self, data: Any) -> bool:
        """Whether it is one by its name."""
        suffixes = (".npz", ".npy")
        return isinstance(data, str | Path) and not is_named(data) and Path(data).suffix.lower() in suffixes

    def read(self, data: Any, asked: Request) -> Dataset:
        """The arrays as examples."""
        asked.allow("target", "task", "void")
        path = Path(data)
        if not exists(path):
            raise UsageError(f"there is no file {path}")
        if path.suffix.lower() == ".npy":
            if asked.reads_target:
                raise UsageError(
                    f"{path} is a single array; inputs and targets are learned from an .npz file"
                )
            return found_at(_inputs_alone(path), path)
        found = from_mapping(read_npz(path), asked.target, str(path), task=asked.roles.task, void=asked.void)
        asked_for = {"target": asked.target} | ({"task": asked.roles.task} if asked.roles.task else {})
        asked_for |= {} if asked.void is None else {"void": asked.void}
        found = replace(found_at(found, path, **asked_for), name=path.stem, targets=asked.roles.target)
        return replace(found, notices=(*found.notices, *_may_be_series(found.shape)))

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Other arrays; an .npy file holds inputs alone."""
        path = Path(data)
        if path.suffix.lower() == ".npy" and exists(path):
            return found_at(_inputs_alone(path), path)
        return super().read_like(data, first)

    def read_new(self, data: Any, first: Any) -> New:
        """The inputs, whatever else is in the file."""
        path = Path(data)
        if not exists(path):
            raise UsageError(f"there is no file {path}")
        if path.suffix.lower() == ".npy":
            return New(_inputs_alone(path))
        held = read_npz(path)
        if first.only_own:
            inputs = (
                inputs_by_name(held, (*TARGETS, *WEIGHTS)) if not set(first.x.names) <= set(held) else held
            )
            return New(Dataset(new_inputs(inputs, first.x), name=path.stem))  # type: ignore[arg-type]
        arrays = {key.lower(): value for key, value in held.items()}
        for name in (*INPUTS, "x_test"):
            if name in arrays:
                return New(Dataset(check_inputs(arrays[name]), name=path.stem))
        raise UsageError(f"{path} holds {', '.join(arrays) or 'nothing'}; expected inputs named x")


def _may_be_series(shape: tuple[int, ...]) -> tuple[str, ...]:
    """That examples of two axes are read as rows of numbers, and what reads them as series.

    >>> _may_be_series((128, 9))[0].partition(":")[0]
    'an example is 128 × 9 numbers without an order'
    """
    if len(shape) != 2:
        return ()
    steps, numbers = shape
    said = f"an example is {steps} × {numbers} numbers without an order"
    return (f"{said}: --series x reads them as series of {steps} steps of {numbers} numbers each",)


def _inputs_alone(path: Path) -> Dataset:
    """The array of an .npy file, as inputs without targets."""
    return Dataset(check_inputs(read_npy(path)), name=path.stem)
