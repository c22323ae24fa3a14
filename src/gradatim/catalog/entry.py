"""What a row of the catalogue is, and how rows are found; one table per room stands beside this file."""

from collections.abc import Collection
from importlib import import_module
from typing import Any, NamedTuple

from gradatim.checks import UsageError, choose_from, did_you_mean, known, nearest_names, shown
from gradatim.synonyms import SAME, key, synonyms

KINDS = (
    "dataset", "text", "music", "sound", "source", "problem", "network", "layer", "activation", "initialiser",
    "loss", "optimizer", "schedule", "clipping", "penalty", "augmentation", "decoding", "encoding", "trace",
    "page", "estimator", "experiment",
)  # fmt: skip
DATA = ("dataset", "text", "music", "sound")  # the kinds whose names are data
TABLES = (
    "data",
    "sources",
    "problems",
    "models",
    "sequence_models",
    "nn",
    "functional",
    "optim",
    "augmentation",
    "decoding",
    "encodings",
    "explain",
    "estimators",
    "experiments",
)


class Entry(NamedTuple):
    """One named thing: where it lives, who published it, and which rows of the curriculum it serves."""

    name: str
    kind: str
    home: str  # "module:attribute"
    paper: str
    year: int
    rows: str
    sentence: str
    loop: str = ""  # "module:attribute" of the way of learning that teaches a network; Training's where empty

    def load(self) -> Any:
        """Import the home and return what lives there."""
        module, attribute = self.home.split(":")
        return getattr(import_module(module), attribute)


def entries(kind: str | None = None) -> list[Entry]:
    """Every row of the catalogue, or those of one kind, in the tables' order."""
    if kind is not None:
        known("kind", kind, KINDS)
    rows = [row for table in TABLES for row in import_module(f"gradatim.catalog.{table}").ENTRIES]
    return [row for row in rows if kind is None or row.kind == kind]


def names(kind: str) -> list[str]:
    """The names of one kind."""
    return [row.name for row in entries(kind)]


def find(name: str, kind: str) -> Entry:
    """The row of a kind with this name.

    >>> find("adam", "optimizer").year
    2015
    """
    rows = {row.name: row for row in entries(kind)}
    if not isinstance(name, str) or name not in rows:
        raise UsageError(f"unknown {kind} {shown(name)}: {nearest_of(str(name), kind, rows)}")
    return rows[name]


def nearest_of(name: str, kind: str, choices: Collection[str]) -> str:
    """What may be meant by a name that is none of a kind's: what it is called here, another kind's thing of
    that name, or the nearest choices.

    >>> nearest_of("LSTM", "network", ["rnn_lm"]), nearest_of("swish", "activation", ["silu"])
    ('lstm is a layer; choose from rnn_lm', 'did you mean silu?')
    """
    own = synonyms(name, choices, SAME) or [one for one in choices if key(one) == key(name)]
    others = [row for row in entries() if row.kind != kind and key(row.name) == key(name)]
    if own or not others:
        return did_you_mean(name, choices)
    article = "an" if others[0].kind[0] in "aeiou" else "a"
    return f"{others[0].name} is {article} {others[0].kind}; {choose_from(choices)}"


def lookup(name: str) -> list[Entry]:
    """Every row with this name, of whatever kind, or the one row of a class or function of this name.

    >>> lookup("MLPClassifier")[0].name
    'mlp_classifier'

    Raises UsageError when there is none.
    """
    rows = [row for row in entries() if row.name == name]
    if not rows:
        rows = [row for row in entries() if row.home.endswith(f":{name}")]
        rows = rows if len(rows) == 1 else []  # a family's class has many
    if not rows:
        near = nearest_names(name, {row.name for row in entries()})
        raise UsageError(f"unknown name {name!r}: {near or 'gradatim list shows every name'}")
    return rows
