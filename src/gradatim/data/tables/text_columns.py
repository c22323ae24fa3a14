"""A table whose only input is one column of free text, as texts with their classes."""

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.tables.inputs import Input


def only_text(found: Dataset) -> str:
    """The column of free text that is a table's only input, where classes are learned; empty for others."""
    if found.task != "classification" or not found.classes or len(found.columns) != 1:
        return ""
    if found.groups is not None or found.times is not None:
        return ""
    return found.columns[0].name if found.columns[0].kind == "text" else ""


def as_texts(found: Dataset, column: str) -> LabelledTexts:
    """The rows' texts; one that is missing is empty."""
    place = next(i for i, one in enumerate(found.columns) if one.name == column)
    texts = found.columns[place].categories
    codes = found.x[:, place]
    return LabelledTexts(
        tuple("" if np.isnan(code) else texts[int(code)] for code in codes), found.y, found.classes,
        name=found.name, features=(column,), targets=found.targets, source=found.source,
        notices=found.notices, label_type=found.label_type,
    )  # fmt: skip


def as_rows(first: LabelledTexts) -> Dataset:
    """Rows, of which there are none, that say how a table of such texts is read."""
    column, task = Input(first.features[0], "text"), "classification" if first.classes else ""
    return Dataset(
        np.empty((0, 1)), classes=first.classes, features=first.features, columns=(column,), task=task,
        targets=first.targets, label_type=first.label_type,
    )  # fmt: skip


def said_of(column: str) -> str:
    """What a person is told who gave a table and gets a classification of texts.

    >>> said_of("review")
    "the only input is the free text 'review': its words, their order and their letters are learned from; \
--model ensemble counts its commonest words instead"
    """
    return (
        f"the only input is the free text {column!r}: its words, their order and their letters are learned "
        "from; --model ensemble counts its commonest words instead"
    )
