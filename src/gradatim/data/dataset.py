"""Examples in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gradatim.data.at_once import at_once
from gradatim.data.inputs import Inputs
from gradatim.data.question import Question, default_names
from gradatim.data.streamed_examples import StreamedExamples

if TYPE_CHECKING:
    from gradatim.data.encoders.encoder import Encoder
    from gradatim.data.tables.inputs import Input
    from gradatim.data.tables.labels import Labels
    from gradatim.data.tables.row_labels import RowLabels


LARGE = 1 << 26  # numbers in pictures, above which not all are encoded at once


@dataclass(frozen=True, repr=False)
class Dataset:
    """Inputs, targets and what is known of them.

    x (N, …) numbers; y (N,) class numbers 0 … K−1, of masks (N, H, W) with 255 where a pixel is not known,
    other numbers (N,) or (N, T), or None; classes, the K names y counts through; weights (N,) or None;
    official_test and official_valid (N,) true where the publisher's test and validation splits are. Pictures
    are (N, C, H, W), in memory or StreamedExamples. x may also be several Inputs.

    Of a table, `columns` say what each of x's columns holds (numbers with NaN for a missing one, codes of
    categories; see `gradatim.data.tables.inputs`), `task` and `targets` what is learned, `labels` those of a
    target of sets, and `groups` and `times` (N,) how it is split.
    """

    layout: ClassVar[str] = "rows"  # how batches are made of them
    unit: ClassVar[str] = "examples"
    judged_on: ClassVar[str] = "test"  # the part that a network is judged on
    read_by: ClassVar[str] = ""  # the kind of source that reads more like them, whatever those look like

    x: np.ndarray
    y: np.ndarray | None = None
    classes: tuple = ()
    weights: np.ndarray | None = None
    official_test: np.ndarray | None = None
    name: str = "data"
    features: tuple[str, ...] = ()
    source: dict[str, Any] = field(default_factory=dict)  # how to find it again: {"name": …} or {"path": …}
    columns: "tuple[Input, ...]" = ()
    task: str = ""  # "classification", "multilabel", "regression", …, where it is known
    targets: tuple[str, ...] = ()
    groups: np.ndarray | None = None
    times: np.ndarray | None = None
    notices: tuple[str, ...] = ()  # what a person should be told of them
    labels: "Labels | None" = None
    target_columns: "tuple[Input, ...]" = ()  # how the columns of the target are read
    recipe: str = ""  # what recipes call such examples, where their shape does not say it
    files: tuple[str, ...] = ()  # that each example was read from
    official_valid: np.ndarray | None = None
    label_type: str = ""  # of the target's labels: see `data.label_types`
    tasks: tuple[tuple[str, tuple], ...] = ()  # of several: the name of each, and its classes or none
    task_of: str = ""  # the column that says which of the tasks a row belongs to, where it has one
    row_tasks: np.ndarray | None = None  # (N,) the number of that task
    void: Any = None  # of masks, the value of pixels that are not known: see `data.masks.void_among`
    row_labels: "RowLabels | None" = None  # by which a person finds a row of a table again

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        classes = f", {len(self.classes)} classes" if self.classes else ""
        shape = repr(self.x) if isinstance(self.x, Inputs) else f"shape {self.x.shape[1:]}"
        return f"Dataset({self.name!r}, {len(self)} examples of {shape}{classes})"

    @property
    def is_pictures(self) -> bool:
        """Whether an example is a picture (C, H, W) with one or three channels."""
        return self.x.ndim == 4 and self.x.shape[1] in (1, 3)

    @property
    def is_clips(self) -> bool:
        """Whether an example is a clip (C, T, H, W) with one or three channels."""
        return self.x.ndim == 5 and self.x.shape[1] in (1, 3)

    @property
    def files_read_by(self) -> str:
        """The kind of source that reads single files and folders of such examples; none where any does."""
        return "clip folder" if self.is_clips else "picture table" if self.is_pictures else ""

    @property
    def has_target(self) -> bool:
        """Whether there is something to compare answers with."""
        return self.y is not None

    def look_at(
        self, rows: np.ndarray, encoder: "Encoder", most: int
    ) -> list[tuple[np.ndarray | None, dict[str, Any] | None, str, int | None]]:
        """Examples as a person looks at them: as pictures, or by their first features; their files' names,
        and their rows of a table, the first of which is 1.

        Of a clip eight pictures at even distances stand in two rows of four; of a clip of fewer the first,
        the middle and the last side by side.
        """
        some = self.take(rows)
        raw, names = encoder.raw(some), some.files or ("",) * len(rows)
        if self.is_clips:
            raw = _pictures_of_clips(raw)
        if self.is_pictures or self.is_clips:
            return [(x, None, name, None) for x, name in zip(raw, names, strict=True)]
        found = [encoder.features(x, self.features, most) for x in raw]
        if some.row_labels is None:
            return [(None, features, name, None) for features, name in zip(found, names, strict=True)]
        from gradatim.data.tables.row_labels import row_as_read

        every = zip(row_as_read(some, found), names, some.row_labels.numbers.tolist(), strict=True)
        return [(None, features, name, number) for features, name, number in every]

    @property
    def has_channels(self) -> bool:
        """Whether an example is a picture (C, H, W) or a clip (C, T, H, W)."""
        return self.x.ndim >= 4

    @property
    def form(self) -> str:
        """What recipes call such examples; a frame and its arrays are learned alike."""
        if self.recipe or self.is_pictures:
            return self.recipe or "pictures"
        return {1: "several inputs", 2: "tables", 5: "clips"}.get(self.x.ndim, "vectors")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an example."""
        return tuple(self.x.shape[1:])

    @property
    def encoder(self) -> str:
        """The encoder that such examples ask for."""
        if isinstance(self.x, Inputs):
            return "several"
        return "table" if self.columns else "standardise"

    @property
    def only_own(self) -> str:
        """Why only a network of the user's own learns from them; nothing where others do."""
        if not isinstance(self.x, Inputs):
            return ""
        names = ", ".join(self.x.names) or str(len(self.x.arrays))
        return f"a network of your own that takes these inputs ({names}) is needed: model="

    @property
    def strata(self) -> np.ndarray | None:
        """What splits divide evenly, (N, …): the targets."""
        return self.y

    @property
    def class_counts(self) -> tuple[np.ndarray, str]:
        """How often each class is among the targets, and what is counted."""
        assert self.y is not None
        if self.y.ndim == 1:
            return np.bincount(self.y, minlength=len(self.classes)), "examples"
        return pixels_of_classes(self.y, len(self.classes)), "pixels"

    @property
    def question(self) -> Question:
        """What the targets ask."""
        if self.tasks:
            return Question("tasks", self.tasks, task_of=self.task_of)
        if self.labels is not None:
            return Question("multilabel", self.labels.names, self.labels.separator)
        if self.classes:
            task = self.task or "classification"
            return Question(task, self.classes, label_type=self.label_type, void=self.void)
        if self.y is None:
            return Question()
        wide = 1 if self.y.ndim == 1 else self.y.shape[1]
        names = self.targets if len(self.targets) == wide else default_names(wide)
        return Question(self.task or "regression", names, label_type=self.label_type)

    @property
    def is_table(self) -> bool:
        """Whether an example is a row of named columns."""
        return bool(self.columns) or (self.x.ndim == 2 and bool(self.features))

    def asking(self, question: Question, targets: tuple[str, ...]) -> "Dataset":
        """The same with another question, whose answers stand in these columns."""
        from gradatim.data.tables.labels import Labels

        classes = question.names if question.has_classes else ()
        labels = Labels(question.names, question.separator) if question.separator else None
        tasks = question.names if question.task == "tasks" else ()
        return replace(
            self, classes=classes, task=question.task, targets=targets, labels=labels, tasks=tasks,
            task_of=question.task_of, void=question.void,
        )  # fmt: skip

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of types, shapes and values of x, y and what belongs to them, and of the names of classes
        and columns.
        """
        head = fingerprint_head(self.classes, self.columns, self.tasks, self.labels)
        arrays = [self.y, self.weights, self.official_test, self.official_valid, self.groups, self.times]
        if isinstance(self.x, StreamedExamples):
            digest = self.x.hash_after(head)
        else:
            digest = sha256(head)
            if isinstance(self.x, Inputs):
                digest.update(repr(self.x.names).encode(errors="backslashreplace"))
            arrays = [*(self.x.arrays if isinstance(self.x, Inputs) else (self.x,)), *arrays]
        for array in arrays:
            if array is not None:
                array = np.ascontiguousarray(array)
                digest.update(f"{array.dtype.str}{array.shape}".encode())
                digest.update(array.data.cast("B") if array.size else b"")
        return digest.hexdigest()

    def pieces(self) -> "Iterator[Dataset]":
        """The examples; streamed ones decoded, and large pictures that are held, as many at a time as go
        through a network together.
        """
        size = at_once(self.shape)
        starts = range(0, max(len(self), 1), size)
        rows = [np.arange(at, min(at + size, len(self))) for at in starts]
        if isinstance(self.x, StreamedExamples):
            for some, x in zip(rows, self.x.ahead(rows, size), strict=True):
                yield replace(self.take(some), x=x)
        elif self.is_pictures and self.x.size > LARGE:
            yield from map(self.take, rows)
        else:
            yield self

    def take(self, rows: np.ndarray) -> "Dataset":
        """The examples at these row numbers, which are all of one split."""
        return replace(
            self,
            x=self.x[rows],
            y=None if self.y is None else self.y[rows],
            weights=None if self.weights is None else self.weights[rows],
            groups=None if self.groups is None else self.groups[rows],
            times=None if self.times is None else self.times[rows],
            row_tasks=None if self.row_tasks is None else self.row_tasks[rows],
            official_test=None,
            official_valid=None,
            files=tuple(self.files[row] for row in rows) if self.files else (),
            row_labels=None if self.row_labels is None else self.row_labels.take(rows),
        )


def fingerprint_head(
    classes: tuple, columns: tuple = (), tasks: tuple = (), labels: "Labels | None" = None
) -> bytes:
    """What stands before the numbers where examples are hashed."""
    names = [str(name) for name in classes]
    if columns:  # true and false have always been written in lower case there
        names = [str(name).lower() if isinstance(name, bool) else str(name) for name in classes]
    more = [part for part in (columns, tasks, labels) if part]
    return b"".join([repr(names).encode(), *(repr(part).encode(errors="backslashreplace") for part in more)])


def pixels_of_classes(y: np.ndarray, classes: int) -> np.ndarray:
    """How many pixels of masks (N, H, W) are of each class, without those that are not known; counted mask
    by mask: `bincount` makes eight bytes of each pixel.

    >>> pixels_of_classes(np.array([[[0, 2]], [[2, 2]]], np.uint8), 3).tolist()
    [1, 0, 3]
    """
    counts = np.zeros(classes, np.int64)
    for one in y:
        counts += np.bincount(one.reshape(-1), minlength=classes)[:classes]
    return counts


def _pictures_of_clips(x: np.ndarray) -> np.ndarray:
    """Some frames of each clip as one picture: (N, C, T, H, W) → (N, C, 2 H, 4 W), or (N, C, H, 3 W).

    >>> _pictures_of_clips(np.arange(16).reshape(1, 1, 16, 1, 1))[0, 0].tolist()
    [[1, 3, 5, 7], [9, 11, 13, 15]]
    """
    frames = x.shape[2]
    if frames < 8:
        return np.concatenate([x[:, :, t] for t in (0, frames // 2, -1)], axis=-1)
    some = [x[:, :, (2 * i + 1) * frames // 16] for i in range(8)]
    return np.concatenate([np.concatenate(some[row : row + 4], axis=-1) for row in (0, 4)], axis=-2)
