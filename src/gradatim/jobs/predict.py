"""Predict: what a trained network says of new examples."""

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim import catalog, files
from gradatim.checks import UsageError
from gradatim.data import preprocessing
from gradatim.data.arrays import array, check_inputs
from gradatim.data.dataset import Dataset
from gradatim.data.frames import inputs_of_frame, is_frame
from gradatim.data.loading import load_data, load_like, read_npz
from gradatim.data.objects import INPUTS
from gradatim.data.preprocessing import is_table
from gradatim.data.splits import split
from gradatim.data.tables.encoding import like
from gradatim.jobs.measure import loss_of, numbers, outputs, probabilities
from gradatim.runs.trained import Trained

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


@dataclass(frozen=True)
class Predictions:
    """The class decided for, (N,), and the probability of each class, (N, K).

    Of other tasks the numbers or labels (N, T) of the targets `names`, and no probabilities.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    classes: tuple
    names: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()  # what is odd of what was predicted from

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self) -> list[dict[str, Any]]:
        """One record an example: its number, the prediction, its probability, and that of every class."""
        if self.names:
            return [
                {"example": i, **{name: _plain(value) for name, value in zip(self.names, row, strict=True)}}
                for i, row in enumerate(self.labels)
            ]
        names = [f"p({name})" for name in self.classes]
        return [
            {
                "example": i, "prediction": _plain(label), "probability": round(float(p.max()), 6),
                **{name: round(float(value), 6) for name, value in zip(names, p, strict=True)},
            }
            for i, (label, p) in enumerate(zip(self.labels, self.probabilities, strict=True))
        ]  # fmt: skip

    def to_csv(self) -> str:
        """The rows as CSV with a header."""
        rows = self.rows()
        text = io.StringIO()
        writer = csv.DictWriter(
            text, rows[0].keys() if rows else ["example", "prediction"], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()

    def write(self, path: str | Path) -> None:
        """Write them to a file, whole or not at all: `.csv` or `.npz` by its name."""
        path = Path(path)
        if path.suffix.lower() == ".csv":
            files.write(path, self.to_csv())
        elif path.suffix.lower() == ".npz":
            buffer = io.BytesIO()
            np.savez(
                buffer,
                prediction=self.labels,
                probabilities=self.probabilities,
                classes=np.array(self.classes),
            )
            files.write(path, buffer.getvalue())
        else:
            raise UsageError(f"predictions are written to a .csv or .npz file, not to {path}")


def predict(run: "Run", data: Any) -> Predictions:
    """Predictions for arrays, a data frame, an `.npz` or `.npy` file, or the test examples of a named data
    set.
    """
    x, notices = inputs_for(run.trained, data)
    return replace(predict_all(run, [x]), notices=notices)


def predict_all(run: "Run", inputs: list[np.ndarray]) -> Predictions:
    """Predictions for several arrays of inputs, one after the other."""
    if run.is_text:
        raise UsageError(f"{run.path} is a language model: gradatim sample shows what it writes")
    trained = run.trained
    if not trained.classes and is_table(trained.preprocessing):
        return _of_numbers(trained, inputs)
    p = np.concatenate([probabilities(trained, x) for x in inputs])
    classes = trained.classes or tuple(range(p.shape[1]))
    names = (
        np.array(classes) if len({type(name) for name in classes}) == 1 else np.array(list(map(str, classes)))
    )
    return Predictions(names[p.argmax(1)], p, classes)


def _of_numbers(trained: Trained, inputs: list[np.ndarray]) -> Predictions:
    """Predicted numbers, or labels of 0 and 1, (N, T)."""
    a = np.concatenate([outputs(trained, x) for x in inputs])
    target = trained.preprocessing["target"]  # type: ignore[index]
    found = loss_of(trained).decide(a) if target["task"] == "multilabel" else numbers(trained, a)
    return Predictions(found, np.empty((len(a), 0)), (), tuple(target["names"]))


def inputs_for(trained: Trained, data: Any) -> tuple[np.ndarray, tuple[str, ...]]:
    """Inputs (N, …) without targets, as the network was trained to be given them; and what is odd of them.

    Of a table missing columns and unknown categories are odd; its columns may stand in any order.
    """
    record = trained.preprocessing
    if not is_table(record):
        return inputs_of(data, trained.features), ()
    if isinstance(data, str) and data in catalog.names("dataset"):
        data = split(load_data(data)).test
    first = like(record, trained.classes)  # type: ignore[arg-type]
    if isinstance(data, np.ndarray):
        raise UsageError("the network was trained on a table: give it one, a CSV file or a data frame")
    found = load_like(data, replace(first, targets=()))
    return preprocessing.inputs(record, found), found.notices


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
        return check_inputs(_read_npy(path))
    if path.suffix.lower() != ".npz":
        raise UsageError(f"{path} is not an .npz or .npy file, which is what this version predicts from")
    arrays = {key.lower(): value for key, value in read_npz(path).items()}
    for name in (*INPUTS, "x_test"):
        if name in arrays:
            return check_inputs(arrays[name])
    raise UsageError(f"{path} holds {', '.join(arrays) or 'nothing'}; expected inputs named x")


def _read_npy(path: Path) -> np.ndarray:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        raise UsageError(f"{path} is damaged or not an .npy file: {error}") from error


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
