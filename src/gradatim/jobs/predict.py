"""Predict: what a trained network says of new examples."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError, UsageError
from gradatim.data.encoders.encoder import Encoder
from gradatim.data.encoders.plain import Plain
from gradatim.data.pictures import write_picture
from gradatim.data.sources.source import New
from gradatim.jobs.prediction_columns import frame_columns
from gradatim.problems.problem import Problem
from gradatim.runs.asking import Outputs, ask
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.data.covering import Covering
    from gradatim.data.tables.cells import Cells
    from gradatim.runs.own_size import OwnSize


@dataclass(frozen=True)
class Predictions:
    """A network's outputs for new examples, a (N, …), and what its problem says of them.

    `beside` are the cells of the table's file that was predicted from; `notices` what is odd of it; `scores`
    a number (N,) for each example by name, such as how wrongly it is reconstructed.
    """

    problem: Problem
    a: np.ndarray
    notices: tuple[str, ...] = ()
    beside: "Cells | None" = None
    files: tuple[str, ...] = ()  # that the examples were read from
    folders: tuple[str, ...] = ()  # in which these lie
    scores: dict[str, np.ndarray] = field(default_factory=dict)
    encoder: Encoder = field(default_factory=Plain)  # of the inputs, by which they come back
    features: tuple[str, ...] = ()  # names of the inputs, where they have some
    own_size: "OwnSize | None" = None  # outputs in the size of pictures' files, where answers are pictures
    places: tuple["Covering | None", ...] = ()  # where the pixels of each picture are in its file

    def __len__(self) -> int:
        return len(self.a)

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """The predictions as arrays by name: `prediction`, and what the problem adds."""
        return {**self.problem.arrays(self.a), **self.scores}

    @property
    def labels(self) -> np.ndarray:
        """What is predicted: the class of each example, (N,), its labels or its numbers, (N, T)."""
        return self.arrays["prediction"]

    @property
    def probabilities(self) -> np.ndarray:
        """The probability of each class or label, (N, K); of numbers there is none, (N, 0)."""
        return self.arrays.get("probabilities", np.empty((len(self), 0)))

    @property
    def classes(self) -> tuple:
        """The names of the classes, labels or numbers."""
        return self.problem.names

    @property
    def low(self) -> np.ndarray | None:
        """The lower ends of intervals, (N, T), where there are intervals."""
        return self.arrays.get("low")

    @property
    def high(self) -> np.ndarray | None:
        """The upper ends of intervals, (N, T), where there are intervals."""
        return self.arrays.get("high")

    def columns(self) -> dict[str, list[Any]]:
        """What is predicted, by column: see `columns` of the problem.

        Scores stand in front. A single target is called `prediction`, several `prediction NAME`; likewise
        `low` and `high`.
        """
        scores = {name: one.tolist() for name, one in self.scores.items()}
        return scores | self.problem.columns_in_own_units(self.a, self.encoder, self.features)

    @cached_property
    def listed(self) -> tuple[list[int], dict[str, list[Any]]] | None:
        """Where an answer is a list: the example of each item, and the items by column; else None."""
        return self.problem.listed(self.a, self.places)

    def rows(self) -> list[dict[str, Any]]:
        """One record an example: its number, the file that it was read from, and what is predicted; where
        that is a list, one for each of its items.
        """
        if self.listed is not None:
            of, items = self.listed
            files = {"file": [self.files[i] for i in of]} if self.files else {}
            columns = {"example": of, **files, **items}
            return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        columns = {**({"file": self.files} if self.files else {}), **self.columns()}
        return [
            {"example": i, **dict(zip(columns, row, strict=True))}
            for i, row in enumerate(zip(*columns.values(), strict=True))
        ]

    def to_csv(self) -> str:
        """CSV with a header: behind the cells of a table's file, written as they are, or behind the examples'
        numbers or files.
        """
        of, columns = self.listed or (range(len(self)), self.columns())
        beside = self.beside
        if beside is None or self.listed is not None:
            from gradatim.data.tables.cells import Cells

            beside = Cells(("file" if self.files else "example",), None, [])
            rows = beside.written([[self.files[i] if self.files else i] for i in of])
            beside = replace(beside, rows=rows)
        return beside.with_columns(columns)

    def as_read(self) -> str:
        """The predictions in the form of the file that was read: sentences with their tags, else CSV."""
        return self.to_csv() if self.beside is None else self.beside.as_read(self.columns())

    def to_pandas(self) -> Any:
        """A pandas data frame with the columns that `to_csv` writes; GradatimError without pandas."""
        try:
            from pandas import DataFrame
        except ImportError as error:
            raise GradatimError("to_pandas needs pandas (pip install pandas); to_polars does not") from error
        return DataFrame(frame_columns(self))

    def to_polars(self) -> Any:
        """A polars data frame with the columns that `to_csv` writes."""
        from polars import DataFrame

        return DataFrame(frame_columns(self), strict=False)

    def write(self, path: str | Path) -> None:
        """Write them to a file, whole or not at all: `.csv` or `.npz` by its name; pictures into a folder;
        sentences by any other name in the form of their file.
        """
        path = Path(path)
        if path.suffix.lower() == ".csv":
            files.write(path, self.to_csv())
        elif path.suffix.lower() == ".npz":
            buffer = io.BytesIO()
            plain = {name: _without_objects(one) for name, one in self.arrays.items()}
            np.savez(buffer, allow_pickle=False, **plain)
            files.write(path, buffer.getvalue())
        elif self.beside is not None and self.beside.has_own_form:
            files.write(path, self.as_read())
        elif not path.suffix and self.problem.pictures(self.a[:1]) is not None:
            if str(path.resolve()) in self.folders:
                raise UsageError(f"{path} holds the pictures that were predicted from: name another folder")
            for name, picture in zip(self._names(), self.pictures(), strict=True):
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                write_picture(path / name, picture)
        else:
            raise UsageError(f"predictions are written to a .csv or .npz file, not to {path}")

    def pictures(self) -> Iterator[np.ndarray]:
        """The answers that are pictures, (C, H, W) of bytes, one after the other, each in the size of its
        file; of examples from no files in the size of these.
        """
        for number, a in enumerate(self.a):
            own = a if self.own_size is None else self.own_size.outputs(number, a)
            yield from self.problem.pictures(own[None]) or ()

    def _names(self) -> list[str]:
        """A name for each picture that is written: that of its file, below the folder it was found in."""
        files = [Path(file) for file in self.files] or [Path(str(i)) for i in range(len(self))]
        inside = [Path(file.name) if file.is_absolute() or ".." in file.parts else file for file in files]
        names = [str(file.with_suffix(".png")) for file in inside]
        if len(set(names)) < len(names):  # a.jpg beside a.png
            names = [str(file.with_name(f"{i}-{file.stem}.png")) for i, file in enumerate(inside)]
        return names


def _without_objects(one: np.ndarray) -> np.ndarray:
    """An array that a file can hold: texts of NumPy's for texts of Python's."""
    return np.array(one.tolist()) if one.dtype.kind in "OT" else one


def _own_size(trained: Trained, new: Sequence[New], tiles: bool) -> "OwnSize | None":
    from gradatim.runs.own_size import own_size

    return own_size(trained, [one.examples for one in new], tiles)


def _places(trained: Trained, new: Sequence[New]) -> "tuple[Covering | None, ...]":
    from gradatim.runs.own_size import coverings

    return coverings(trained, [one.examples for one in new])


def predict(trained: Trained, new: Sequence[New], tiles: bool = False) -> Predictions:
    """Predictions for several inputs, one after the other; with `tiles` masks of pictures at their own size.

    Raises UsageError for tiles where answers are no pictures.
    """
    from gradatim.data.tables.cells import one_below_another

    if tiles and not trained.problem.says_pictures:
        raise UsageError("--tiles is for networks that answer with masks of pictures")
    answered: list[Outputs] = []
    for one in new:
        problem = trained.problem.counted_from(sum(len(before.a) for before in answered))
        by = trained if problem is trained.problem else replace(trained, problem=problem)
        answered.append(ask(by, one.examples))
    a = answered[0].a if len(answered) == 1 else np.concatenate([one.a for one in answered])
    y = [one.y for one in answered if one.y is not None]
    judges_itself = not trained.problem.reads_target and len(y) == len(answered)
    scores = trained.problem.scores(a, np.concatenate(y)) if judges_itself else {}
    notices = tuple(notice for one in new for notice in one.examples.notices)
    files = tuple(file for one in new for file in getattr(one.examples, "files", ()))
    files = files if len(files) == len(a) else ()
    folders = tuple(str(getattr(one.examples, "source", {}).get("path", "")) for one in new)
    beside = one_below_another([one.beside for one in new])
    own = _own_size(trained, new, tiles) if trained.problem.says_pictures else None
    places = _places(trained, new) if trained.problem.says_places else ()
    return Predictions(
        trained.problem, a, notices, beside, files, folders, scores, trained.encoder, trained.features, own,
        places,
    )  # fmt: skip
