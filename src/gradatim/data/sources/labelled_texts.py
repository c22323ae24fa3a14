"""Texts with a class each: folders, files of two columns, a table's text column, lists in memory."""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.frames import is_frame
from gradatim.data.label_types import label_type_of
from gradatim.data.labelled_texts import LabelledTexts, empty_notice, labelled_texts
from gradatim.data.reading_text import is_text_file
from gradatim.data.sources.description import split_rule
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.picture_folder import official_parts
from gradatim.data.sources.source import New, Request, Source, found_at, is_named, path_of
from gradatim.data.sources.table import TableSource, is_table_file
from gradatim.data.splits import TEST_SHARE
from gradatim.data.tables.cells import Cells
from gradatim.data.tables.text_columns import as_rows, as_texts
from gradatim.data.targets import recode
from gradatim.data.text_files import begins_with_label, is_two_columns, read_labelled_lines, read_texts
from gradatim.data.text_folders import is_text_folder, is_text_name, read_every_text, read_text_folder

SUFFIXES = (".txt", ".text", ".tsv", ".csv")  # and the same with .gz behind
TABLES = (".csv", ".tsv", ".tab", ".parquet")
MOST_CLASSES = 30  # that are listed


class LabelledTextSource(Source):
    """reviews/pos/1.txt, reviews/neg/2.txt; a class and a text a line; ([text, …], [class, …]).

    A file of two columns is asked for with --task classification; one whose lines begin with __label__ is
    known by them.

    >>> LabelledTextSource().takes((["it is good", "so bad"], [1, 0])), LabelledTextSource().takes("a.csv")
    (True, False)
    """

    kind: ClassVar[str] = "labelled texts"
    layout: ClassVar[str] = "padded"
    tasks: ClassVar[tuple[str, ...]] = ("classification",)

    def takes(self, data: Any) -> bool:
        """Whether they are texts with classes: in memory, in a folder, or in lines that say so."""
        if isinstance(data, LabelledTexts) or _pair(data) is not None:
            return True
        path = path_of(data)
        if path is None:
            return False
        return is_text_folder(path) if path.is_dir() else _has_suffix(path) and begins_with_label(path)

    def may_take(self, data: Any) -> bool:
        """Whether it may be such, too: a file of two columns."""
        if self.takes(data):
            return True
        path = path_of(data)
        return path is not None and not path.is_dir() and _has_suffix(path) and is_two_columns(path)

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more texts: a list of them, any file or folder, or a table with their column."""
        alone = _as_texts(data) is not None or path_of(data) is not None or _is_name(data)
        return alone or self.may_take(data) or _is_table(data, first)

    def read(self, data: Any, asked: Request) -> LabelledTexts:
        """All texts and their classes."""
        if asked.target is not None and is_table_file(data):
            return TableSource().read(data, asked)  # type: ignore[return-value]
        asked.allow("task", why="is not for texts whose classes stand beside them")
        if asked.roles.task not in (None, *self.tasks):
            raise UsageError(
                f"texts are told apart by their classes; --task {asked.roles.task} is for others"
            )
        if isinstance(data, LabelledTexts):
            return data
        return _with_notices(_read(data, ()))

    def read_like(self, data: Any, first: Any) -> LabelledTexts:
        """Other texts, their classes among the first's."""
        if _is_table(data, first):
            return _of_table(data, first)
        if isinstance(data, LabelledTexts) or _is_name(data):
            return recode(_named(data) if _is_name(data) else data, first.classes)  # type: ignore[arg-type,return-value]
        if _pair(data) is None and path_of(data) is None:
            raise UsageError("there are no classes to compare with: give (texts, classes), or a file")
        return _with_notices(_read(data, first.classes))

    def read_new(self, data: Any, first: Any) -> New:
        """Texts alone, whatever classes stand beside them; what their file holds of each."""
        if _is_table(data, first):
            return _new_of_table(data, first)
        if isinstance(data, LabelledTexts) or _is_name(data):
            return New(replace(_named(data) if _is_name(data) else data, y=None))
        path = path_of(data)
        if path is None:
            return New(_with_notices(labelled_texts(_texts_alone(data))))
        if path.is_dir():
            found = read_every_text(path)
            texts = labelled_texts(
                found.texts, files=tuple(found.files), notices=tuple(found.notices),
                name=path.resolve().name,
            )  # fmt: skip
            return New(_with_notices(found_at(texts, path)))
        lines = read_texts(path, first.classes)
        beside = Cells(("line", "text"), None, [])
        rows = beside.written(zip(lines.numbers, lines.texts, strict=True))
        texts = labelled_texts(lines.texts, name=path.name, notices=tuple(lines.notices))
        return New(_with_notices(found_at(texts, path)), replace(beside, rows=rows))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how long, how often each class comes, and how the first one begins."""
        return describe_texts(self.read(data, asked), self)

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, the classes, and the first text."""
        return texts_page(facts)

    def _check_kind(self, first: Any) -> None:
        if first.read_by != self.kind:
            raise UsageError(f"the network learns from {first.form}: texts are no examples for it")


def describe_texts(found: LabelledTexts, source: Source) -> dict[str, Any]:
    """What is in texts, as plain numbers and texts."""
    words = [len(text.split()) for text in found.texts]
    y = np.zeros(0, np.int64) if found.y is None else found.y
    counts = np.bincount(y, minlength=len(found.classes)).tolist()
    return {
        "name": found.name, "n": len(found), "words": sum(words), "longest": max(words),
        "counts": {str(name): n for name, n in zip(found.classes, counts, strict=True)},
        "splits": source.divide(found, 0.1, TEST_SHARE).sizes(), "split_rule": split_rule(found),  # type: ignore[arg-type]
        "question": found.question, "begins": found.texts[0][:200],
        "notices": list(found.notices), "fingerprint": found.fingerprint,
    }  # fmt: skip


def texts_page(facts: dict[str, Any]) -> list[Block]:
    """The page of what `describe_texts` found."""
    counts = [[name, f"{n:,}"] for name, n in facts["counts"].items()]
    return [
        f"{facts['name']}: {facts['n']:,} texts of {facts['words']:,} words; the longest has "
        f"{facts['longest']:,}",
        *([Fact("task", facts["head"])] if facts.get("head") else []),
        Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
        *([Grid(("class", "texts"), counts[:MOST_CLASSES])] if counts else []),
        *([f"… and {len(counts) - MOST_CLASSES:,} classes more"] if len(counts) > MOST_CLASSES else []),
        "", facts["begins"].strip(), "", Fact("fingerprint", facts["fingerprint"]),
        *(Fact("note", notice) for notice in facts["notices"]),
    ]  # fmt: skip


def _read(data: Any, classes: tuple) -> LabelledTexts:
    """Texts and classes of a pair in memory, a folder or a file, counted through a network's classes."""
    pair = _pair(data)
    if pair is not None:
        texts, labels = pair
        kind = label_type_of(labels)
        return labelled_texts(texts, labels, classes, source={"memory": True}, label_type=kind)
    path = Path(data)
    if not path.is_dir():
        lines = read_labelled_lines(path, classes)
        name = path.name.split(".")[0]
        found = labelled_texts(lines.texts, lines.labels, classes, name=name, notices=tuple(lines.notices))
        return found_at(found, path, task="classification")
    parts = official_parts(path, is_text_name)
    files = read_text_folder(parts or {"": path}, path)
    of = np.array(files.parts)
    found = labelled_texts(
        files.texts, files.labels, classes, name=path.resolve().name, files=tuple(files.files),
        notices=tuple(files.notices),
        official_test=of == "test" if "test" in parts else None,
        official_valid=of == "valid" if "valid" in parts else None,
    )  # fmt: skip
    return found_at(found, path)


def _with_notices(found: LabelledTexts) -> LabelledTexts:
    return replace(found, notices=(*found.notices, *empty_notice(found.texts)))


def _has_suffix(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(SUFFIXES)


def _is_name(data: Any) -> bool:
    return isinstance(data, str) and is_named(data)


def _named(data: str) -> LabelledTexts:
    """The texts of a name of the catalogue; UsageError where it is none of texts."""
    row = next((row for row in catalog.entries("dataset") if row.name == data), None)
    found = None if row is None else row.load()()
    if not isinstance(found, LabelledTexts):
        raise UsageError(f"the network learns from labelled texts: {data} holds none")
    return found


def _pair(data: Any) -> tuple[Sequence[str], np.ndarray] | None:
    """Texts and their labels, one for each; None where data are no such."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        return None
    texts, labels = _as_texts(data[0]), data[1]
    if texts is None or isinstance(labels, str | bytes) or not hasattr(labels, "__len__"):
        return None
    labels = np.asarray(labels)
    return (texts, labels) if labels.ndim == 1 else None


def _as_texts(data: Any) -> list[str] | None:
    """A list, an array or a column of texts as a list of Python's; None where it is none."""
    if isinstance(data, str | bytes) or is_frame(data) or not hasattr(data, "__len__"):
        return None
    if hasattr(data, "dtype") and getattr(data, "ndim", 1) != 1:
        return None
    if not isinstance(data, list | tuple) and not hasattr(data, "to_numpy") and not hasattr(data, "dtype"):
        return None
    given = list(data)
    values = ["" if _is_missing(one) else one for one in given]
    are_texts = any(isinstance(one, str) for one in given) and all(isinstance(one, str) for one in values)
    return list(map(str, values)) if are_texts else None


def _is_missing(one: Any) -> bool:
    """Whether this is None, NaN or pandas' NA, which stand for no text."""
    return one is None or type(one).__name__ == "NAType" or (isinstance(one, float) and isnan(one))


def _texts_alone(data: Any) -> list[str]:
    """The texts of what is predicted from."""
    found = _as_texts(data)
    pair = _pair(data)
    if found is None and pair is not None:
        found = list(pair[0])
    if found is None:
        raise UsageError(f"the network learns from labelled texts: give it {LabelledTexts.give}")
    return found


def _is_table(data: Any, first: Any) -> bool:
    """Whether the texts stand in a column of a table, as those of the first did."""
    if is_frame(data) or (isinstance(data, str) and data == "-"):
        return bool(first.features)
    path = path_of(data)
    if path is None or path.is_dir() or not first.features:
        return False
    return path.name.lower().removesuffix(".gz").endswith(TABLES) or not is_text_file(path)


def _of_table(data: Any, first: Any) -> LabelledTexts:
    return _with_notices(as_texts(TableSource().read_like(data, as_rows(first)), first.features[0]))


def _new_of_table(data: Any, first: Any) -> New:
    found = TableSource().read_new(data, as_rows(first))
    return found._replace(examples=_with_notices(as_texts(found.examples, first.features[0])))
