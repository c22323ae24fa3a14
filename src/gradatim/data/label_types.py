"""The type of a target's labels, so that what is predicted has it, too."""

from typing import Any

import numpy as np

OBJECTS, TEXTS = "object", "string"  # Python's objects, and NumPy's texts of any length
USUAL = ("int64", "bool")  # of classes that are Python's, without more ado


def label_type_of(y: Any, usual: tuple[str, ...] = USUAL) -> str:
    """The type of labels in a word; nothing for what NumPy makes of Python's texts, truths and whole numbers.

    >>> label_type_of(np.array([1.0, 2.0])), label_type_of(np.array(["a"])), label_type_of(np.int8([1]))
    ('float64', '', 'int8')
    """
    words = {"O": OBJECTS, "T": TEXTS, "S": f"S{y.dtype.itemsize}", "U": ""}
    return words.get(y.dtype.kind, "" if y.dtype.name in usual else y.dtype.name)


def is_label_type(word: Any) -> bool:
    """Whether this is a word of `label_type_of`."""
    if word in ("", OBJECTS, TEXTS):
        return True
    try:
        return isinstance(word, str) and np.dtype(word).kind in "buifS"
    except TypeError:
        return False


def written(labels: np.ndarray) -> list[Any]:
    """Labels as a file holds them: bytes as the texts that they are."""
    return (np.strings.decode(labels, "utf-8") if labels.dtype.kind == "S" else labels).tolist()


def as_labels(names: np.ndarray, word: str) -> np.ndarray:
    """Labels in the type of this word.

    >>> as_labels(np.array([1, 2]), "float64"), as_labels(np.array(["a"]), "S1")
    (array([1., 2.]), array([b'a'], dtype='|S1'))
    """
    if not word:
        return names
    if word == TEXTS:
        return names.astype(np.dtypes.StringDType())
    if word.startswith("S"):
        return np.strings.encode(names.astype(str), "utf-8").astype(word)
    return names.astype(word)
