"""What a network learned from, found in its examples."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import Inputs
from gradatim.data.sources.page import Fact, Grid, shorten
from gradatim.data.sources.source import Request, source_of
from gradatim.data.tables.schema import facts_of
from gradatim.data.tables.table import Column
from gradatim.explain.data_evidence import DataFacts, Listing
from gradatim.explain.headline import WORDS
from gradatim.explain.number_format import count, measure, percent

MOST_CLASSES = 30
MOST_COLUMNS = 200
ELSEWHERE = ("task", "head", "splits", "fingerprint", "note", "schema")  # facts that the page says elsewhere
UNSEEN = "(not in training)"


def facts_of_data(parts: dict[str, Any], encoder: Any, notices: Sequence[str] = ()) -> DataFacts | None:
    """The facts of the parts by their names, training first; None of a loader, which nobody counts."""
    parts = {name: part for name, part in parts.items() if part is not None}
    train = parts["train"]
    if train.shape is None:
        return None
    if not isinstance(train, Dataset):
        return _of_source(train, notices)
    facts = [*_inputs(parts, encoder), *_target(parts)]
    listings = [_columns(parts, encoder)] if train.columns else []
    counts = _counts(parts)
    return DataFacts(facts, [*listings, *([counts] if counts else [])], list(notices))


def _of_source(train: Any, notices: Sequence[str]) -> DataFacts | None:
    """What the source of such examples says of those of training."""
    try:
        source = source_of(train)
        page = source.page(source.describe(train, Request()))
    except GradatimError:
        return None
    lines = [one for one in page if isinstance(one, str) and one]
    facts = [("training part", lines[0].partition(": ")[2] or lines[0])] if lines else []
    facts += [(one.label, one.text) for one in page if isinstance(one, Fact) and one.label not in ELSEWHERE]
    facts += [("begins", " ".join(line.split())) for line in lines[1:2]]
    grids = [one for one in page if isinstance(one, Grid)]
    listings = [Listing([grid.head[0], *(f"{name}#" for name in grid.head[1:])], [list(r) for r in grid.rows])
                for grid in grids]  # fmt: skip
    return DataFacts(facts, listings, list(notices))


def _inputs(parts: dict[str, Any], encoder: Any) -> list[tuple[str, str]]:
    """How large an example is, its range, and what the network sees of it."""
    train = parts["train"]
    if train.columns:
        seen = encoder.shape(train.shape)[0]
        columns = len(train.columns)
        of = f"{count(columns)} column{'' if columns == 1 else 's'}"
        return [("inputs", f"{of}, {count(seen)} input feature{'' if seen == 1 else 's'} after encoding")]
    if isinstance(train.x, Inputs):
        return [("inputs", f"{len(train.x.arrays)} inputs: {', '.join(train.x.names)}".removesuffix(": "))]
    low, high = float(train.x.min()), float(train.x.max())
    shape = " × ".join(map(str, train.shape)) or "a number"
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(train.x.mean(dtype=np.float64))
    if not np.isfinite(mean):
        unit = max(-low, high)
        mean = unit * float((train.x / unit).mean())
    facts = [
        ("an example", f"{_form(train)}{shape}"),
        ("values of training", f"{measure(low)} … {measure(high)}, mean {measure(mean)}"),
    ]
    words = encoder.in_words(train.shape)
    return [*facts, *([("encoded", words)] if words else [])]


def _form(train: Dataset) -> str:
    if train.is_pictures or train.is_clips:
        what = (
            "picture, channels × height × width"
            if train.is_pictures
            else "clip, channels × pictures × height × width"
        )
        return f"a {what}: "
    return "numbers: "


def _target(parts: dict[str, Any]) -> list[tuple[str, str]]:
    """What is learned, and the range of a number."""
    train = parts["train"]
    if train.y is None:
        return []
    names = ", ".join(shorten(str(name), 40) for name in train.targets)
    if train.classes or train.labels:
        n, what = (len(train.classes), "class") if train.classes else (len(train.labels.names), "label")
        said = f"{count(n)} {what}{'' if n == 1 else 'es' if what == 'class' else 's'}"
        return [("target", f"{names}: {said}" if names else said)]
    y = np.concatenate([part.y.reshape(len(part), -1) for part in parts.values()])
    if y.shape[1] > 1:
        return [("target", names or f"{y.shape[1]} numbers")]
    words = f"{measure(float(y.min()))} … {measure(float(y.max()))}, mean {measure(float(y.mean()))}"
    return [("target", f"{names}: {words}" if names else words)]


def _counts(parts: dict[str, Any]) -> Listing | None:
    """How often each class or label is in each part."""
    train = parts["train"]
    if train.y is None or not (train.labels or (train.classes and train.y.ndim == 1)):
        return None
    names = [str(name) for name in (train.labels.names if train.labels else train.classes)]
    found = []
    for part in parts.values():
        found.append(part.y.sum(0) if train.labels else np.bincount(part.y, minlength=len(names)))
    rows = [
        [shorten(name, 40), *(count(int(n)) for n in of)]
        for name, of in zip(names, np.transpose(found), strict=True)
    ]
    if len(rows) > MOST_CLASSES:
        rows = [*rows[:MOST_CLASSES], [f"and {count(len(rows) - MOST_CLASSES)} more", *("" for _ in parts)]]
    what = "label" if train.labels else "class"
    return Listing([what, *(f"{WORDS.get(name, name)}#" for name in parts)], rows)


def _columns(parts: dict[str, Any], encoder: Any) -> Listing:
    """A row for each column: what it is, what it holds in all parts, and what it becomes."""
    train, becomes = parts["train"], encoder.columns_in_words()
    words = dict(zip((one.name for one in encoder.columns(train)), becomes, strict=False))
    n = sum(map(len, parts.values()))
    rows = []
    for i, one in enumerate(train.columns[:MOST_COLUMNS]):
        facts = facts_of(_column(one, np.concatenate([part.x[:, i] for part in parts.values()])))
        missing = f"{count(facts['missing'])} ({percent(facts['missing'] / n)})" if facts["missing"] else ""
        rows.append([shorten(one.name, 40), one.kind, missing, _values(facts), words.get(one.name, "")])
    if len(train.columns) > MOST_COLUMNS:
        rows.append([f"and {count(len(train.columns) - MOST_COLUMNS)} more", *[""] * 4])
    return Listing(["column", "kind", "missing#", "values", "what the network sees"], rows)


def _column(one: Any, values: np.ndarray) -> Column:
    """The values of an input as a column; a category that training has not is one of its own."""
    if one.kind not in ("category", "text"):
        return Column(one.kind, values)
    codes = np.where(np.isnan(values), -1, np.where(values < 0, len(one.categories), values))
    return Column("text", codes.astype(np.int32), (*one.categories, UNSEEN))


def _values(facts: dict[str, Any]) -> str:
    """What a column holds, in a few words."""
    if "most" in facts:
        once = all(number == 1 for _, number in facts["most"])
        if once and facts["distinct"] > 3:
            return f"{count(facts['distinct'])} different texts"
        shown = [f"{shorten(name)} ({count(number)})" for name, number in facts["most"][:3]]
        return ", ".join(shown) + (
            f", and {count(facts['distinct'] - 3)} more" if facts["distinct"] > 3 else ""
        )
    if "smallest" not in facts:
        return ""
    if isinstance(facts["smallest"], str):
        return f"{facts['smallest']} … {facts['largest']}"
    return f"{measure(facts['smallest'])} … {measure(facts['largest'])}, mean {measure(facts['mean'])}"
