"""Predict: what a trained network says of new examples."""

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim import catalog, files
from gradatim.checks import UsageError
from gradatim.data.arrays import array, check_inputs
from gradatim.data.dataset import Dataset
from gradatim.data.frames import inputs_of_frame, is_frame
from gradatim.data.loading import is_table_file, load_data, load_like, table_like
from gradatim.data.numpy_files import read_npy, read_npz
from gradatim.data.objects import INPUTS
from gradatim.data.preprocessing import is_table
from gradatim.data.splits import split
from gradatim.data.tables.encoding import like
from gradatim.data.tables.examples import examples_like
from gradatim.data.tables.labels import Labels, labels_from
from gradatim.data.tables.table import Table, distinct_names
from gradatim.jobs.intervals import has_intervals, interval
from gradatim.jobs.measure import loss_of, numbers, outputs, outputs_of
from gradatim.jobs.thresholds import decide, threshold_of
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


@dataclass(frozen=True)
class Predictions:
    """The class decided for, (N,), and the probability of each class, (N, K).

    Of other tasks the numbers (N, T) of the targets `names`, or their labels of 0 and 1 with the probability
    of each; of numbers that the network gave a distribution, `low` and `high` (N, T), the ends of their
    central 90 % intervals. Of sets of labels, `names` are the labels and `separator` stands between them.
    `beside` are the columns of the table that was predicted from, as texts.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    classes: tuple
    names: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()  # what is odd of what was predicted from
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    beside: dict[str, list[str]] | None = None
    separator: str = ""

    def __len__(self) -> int:
        return len(self.labels)

    def columns(self) -> dict[str, list[Any]]:
        """What is predicted, by column: a class, its probability, and that of every class; a set of labels
        and the probability of each; or numbers.

        A single target is called `prediction`, several `prediction NAME`; likewise `low` and `high`.
        """
        rounded = np.round(self.probabilities.astype(np.float64), 6)
        shares = {f"p({name})": rounded[:, k].tolist() for k, name in enumerate(self._answers)}
        if not self.names:
            best = rounded.max(1).tolist() if len(rounded) else []
            return {"prediction": self.labels.tolist(), "probability": best, **shares}
        if self.separator:
            return {"prediction": Labels(self.names, self.separator).written(self.labels), **shares}
        found = {}
        for t, name in enumerate(self.names):
            after = f" {name}" if len(self.names) > 1 else ""
            for what, values in (("prediction", self.labels), ("low", self.low), ("high", self.high)):
                if values is not None:
                    found[what + after] = values[:, t].tolist()
        return found | shares

    @property
    def _answers(self) -> tuple:
        """What each column of the probabilities is of."""
        return self.classes or (self.names if self.probabilities.shape[1] else ())

    def rows(self) -> list[dict[str, Any]]:
        """One record an example: its number, and what is predicted."""
        columns = self.columns()
        return [
            {"example": i, **dict(zip(columns, row, strict=True))}
            for i, row in enumerate(zip(*columns.values(), strict=True))
        ]

    def to_csv(self) -> str:
        """CSV with a header: behind the columns of a table's file, or behind the examples' numbers."""
        beside: dict[str, Any] = {"example": range(len(self))} if self.beside is None else self.beside
        predicted = self.columns()
        names, _ = distinct_names([*beside, *predicted])
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*beside.values(), *predicted.values(), strict=True))
        return text.getvalue()

    def write(self, path: str | Path) -> None:
        """Write them to a file, whole or not at all: `.csv` or `.npz` by its name."""
        path = Path(path)
        if path.suffix.lower() == ".csv":
            files.write(path, self.to_csv())
        elif path.suffix.lower() == ".npz":
            buffer = io.BytesIO()
            ends = {"low": self.low, "high": self.high}
            np.savez(
                buffer, allow_pickle=False, prediction=self.labels, probabilities=self.probabilities,
                classes=np.array(self._answers),
                **{name: value for name, value in ends.items() if value is not None},
            )  # fmt: skip
            files.write(path, buffer.getvalue())
        else:
            raise UsageError(f"predictions are written to a .csv or .npz file, not to {path}")


class Inputs(NamedTuple):
    """Inputs (N, …) as a network was trained to be given them, or such rows; what is odd; the table."""

    x: np.ndarray | Dataset
    notices: tuple[str, ...] = ()
    table: Table | None = None


def predict(run: "Run", data: Any) -> Predictions:
    """Predictions for arrays, a data frame, a table's file, an `.npz` or `.npy` file, or the test examples of
    a named data set.
    """
    return predict_all(run, [inputs_for(run.trained, data)])


def predict_all(run: "Run", inputs: list[Inputs]) -> Predictions:
    """Predictions for several inputs, one after the other."""
    if run.is_text:
        raise UsageError(f"{run.path} is a language model: gradatim sample shows what it writes")
    trained = run.trained
    a = np.concatenate([
        outputs_of(trained, one.x) if isinstance(one.x, Dataset) else outputs(trained, one.x)
        for one in inputs
    ])  # fmt: skip
    notices = tuple(notice for one in inputs for notice in one.notices)
    if not trained.classes and is_table(trained.preprocessing):
        found = _of_numbers(trained, a)
    else:
        p = loss_of(trained).probabilities(a)
        classes = trained.classes or tuple(range(p.shape[1]))
        alike = len({type(name) for name in classes}) == 1
        names = np.array(classes if alike else list(map(str, classes)))
        found = Predictions(names[decide(p, threshold_of(trained.facts))], p, classes)
    return replace(found, notices=notices, beside=_beside([one.table for one in inputs]))


def _of_numbers(trained: Trained, a: np.ndarray) -> Predictions:
    """Predicted numbers, or labels of 0 and 1, (N, T)."""
    target = trained.preprocessing["target"]  # type: ignore[index]
    if target["task"] == "multilabel":
        loss, sets = loss_of(trained), labels_from(target)
        names = sets.names if sets else tuple(target["names"])
        found = Predictions(loss.decide(a), loss.probabilities(a), (), names)
        return replace(found, separator=sets.separator) if sets else found
    labels = numbers(trained, a)
    low, high = interval(trained, a) if has_intervals(trained) else (None, None)
    return Predictions(labels, np.empty((len(a), 0)), (), tuple(target["names"]), (), low, high)


def _beside(tables: list[Table | None]) -> dict[str, list[str]] | None:
    """The columns of tables one after the other, as texts; None unless all have the same."""
    known = [table for table in tables if table is not None]
    if len(known) < len(tables) or len({tuple(table.columns) for table in known}) > 1:
        return None
    return {name: [text for table in known for text in table.columns[name].written()]
            for name in known[0].columns}  # fmt: skip


def inputs_for(trained: Trained, data: Any) -> Inputs:
    """Inputs without targets, as the network was trained to be given them.

    Of a table missing columns and unknown categories are odd; its columns may stand in any order. The columns
    of a table in a file or a stream are kept.
    """
    record = trained.preprocessing
    if not is_table(record):
        return Inputs(inputs_of(data, trained.features))
    if isinstance(data, np.ndarray):
        raise UsageError("the network was trained on a table: give it one, a CSV file or a data frame")
    first = replace(like(record, trained.classes), targets=())  # type: ignore[arg-type]
    if is_table_file(data):
        table = table_like(data, first, exactly=True)
        found, _ = examples_like(table, first)
        return Inputs(found, found.notices, table)
    if isinstance(data, str) and data in catalog.names("dataset"):
        data = split(load_data(data)).test
    found = load_like(data, first)
    return Inputs(found, found.notices)


def inputs_of(data: Any, features: tuple[str, ...] = ()) -> np.ndarray:
    """Inputs (N, …) without targets."""
    if isinstance(data, Dataset):
        return data.x
    if isinstance(data, str) and data in catalog.names("dataset"):
        return split(load_data(data)).test.x  # type: ignore[union-attr]
    if isinstance(data, str | Path):
        return _inputs_of_file(Path(data))
    if is_frame(data):
        return inputs_of_frame(data, features)
    return check_inputs(array(data))


def _inputs_of_file(path: Path) -> np.ndarray:
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    if path.suffix.lower() == ".npy":
        return check_inputs(read_npy(path))
    if path.suffix.lower() != ".npz":
        raise UsageError(f"{path} is not an .npz or .npy file, which is what this version predicts from")
    arrays = {key.lower(): value for key, value in read_npz(path).items()}
    for name in (*INPUTS, "x_test"):
        if name in arrays:
            return check_inputs(arrays[name])
    raise UsageError(f"{path} holds {', '.join(arrays) or 'nothing'}; expected inputs named x")
