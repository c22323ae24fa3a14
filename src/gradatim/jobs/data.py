"""Data: what is in a data set, before anything is learned from it."""

from pathlib import Path
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError, UsageError
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.loading import is_table, load_data, load_table, roles_of
from gradatim.data.pictures import describe_picture, is_picture
from gradatim.data.splits import split
from gradatim.data.tables.examples import Examples, schema_of
from gradatim.data.targets import balanced, imbalance
from gradatim.data.text import Text, split_text
from gradatim.jobs.texts import is_text, load_text
from gradatim.models.heads import head_for, head_of


def describe_data(
    data: Any, target: Any = None, *, task: str | None = None, group: str | None = None,
    time: str | None = None, ignore: Any = None, schema: str | Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Sizes, ranges, classes and splits; of a table its schema, which is written to the file `schema`; of a
    picture its numbers.

    A schema that is there already is read instead, and followed.

    >>> describe_data("digits")["splits"]
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    if is_text(data):
        return _text_facts(load_text(data))
    if is_picture(data):
        _refuse(target=target, task=task, group=group, time=time, ignore=ignore, schema=schema)
        return describe_picture(data)
    given = schema if schema is not None and Path(schema).exists() else None
    if not is_table(data):
        found = load_data(data, target, task=task, group=group, time=time, ignore=ignore, schema=schema)
        if not found.columns:
            return _facts(found) | _ranges(found) | _learning(found)
        return _table(Examples(found, schema_of(found), "its publisher's"))
    examples = load_table(data, roles_of(target, task, group, time, ignore), given, with_facts=True)
    if schema is not None and given is None:
        files.write_json(schema, examples.schema.as_dict())
    return _table(examples) | ({} if schema is None else {"schema": str(schema)})


def _refuse(**given: Any) -> None:
    """Raise UsageError for what is asked of a table's columns, of a picture."""
    for name, value in given.items():
        if value is not None:
            raise UsageError(f"--{name} is for tables: CSV, TSV and Parquet files, and data frames")


def _table(examples: Examples) -> dict[str, Any]:
    found = examples.dataset
    facts = _facts(found) | examples.schema.as_dict() | {"task": found.task or None, "why": examples.why}
    learning = _learning(found)
    notices = [*found.notices, *learning.pop("notices", ())]
    return facts | {"targets": list(found.targets), "notices": notices} | learning


def _facts(found: Dataset) -> dict[str, Any]:
    return {"name": found.name, "n": len(found), "fingerprint": found.fingerprint}


def _ranges(found: Dataset) -> dict[str, Any]:
    return {
        "shape": list(found.x.shape[1:]), "type": str(found.x.dtype),
        "smallest": float(found.x.min()), "largest": float(found.x.max()),
        "mean": float(found.x.mean(dtype=np.float64)),
    }  # fmt: skip


def _learning(found: Dataset) -> dict[str, Any]:
    """What a network would learn: classes, splits, head, and how many numbers it would see."""
    facts: dict[str, Any] = {"classes": {}}
    if found.y is None:
        return facts
    if found.labels:
        counts = found.y.sum(0).tolist()
        facts["labels"] = dict(zip(found.labels.names, counts, strict=True))
        facts["separator"], facts["without"] = found.labels.separator, int((found.y.sum(1) == 0).sum())
        facts["head"] = head_of("multilabel", (), len(counts)).sentence
    if found.classes:
        counts = np.bincount(found.y, minlength=len(found.classes))
        facts["classes"] = {str(name): int(n) for name, n in zip(found.classes, counts, strict=True)}
        facts["imbalance"] = imbalance(counts.tolist())
        facts["class_weights"] = [round(float(w), 4) for w in balanced(found.y, len(found.classes))]
        facts["head"] = (
            head_for(found.classes).sentence if len(found.classes) > 1 else "one class: nothing to learn"
        )
    try:
        parts = split(found)
    except GradatimError as error:
        return facts | {"splits": {}, "split_rule": str(error)}
    facts |= {"splits": parts.sizes(), "split_rule": _rule(found)}
    if found.columns:
        record = preprocessing.fit(parts.train)
        facts["inputs"] = preprocessing.shape_after(record, found.x.shape[1:])[0]
        facts["notices"] = preprocessing.notices(record)
    return facts


def _rule(found: Dataset) -> str:
    if found.official_test is not None:
        return "the publisher's test split"
    if found.times is not None:
        return "by time: the latest rows are the test, the latest of the rest the validation"
    if found.groups is not None:
        return f"by group: none of the {len(np.unique(found.groups)):,} groups is in two parts"
    deciles = found.y is not None and found.y.dtype.kind == "f"
    return f"stratified{' by deciles' if deciles else ''}, by the fingerprint"


def _text_facts(text: Text) -> dict[str, Any]:
    """Characters, the vocabulary, and the commonest of them with what they alone would cost to guess."""
    counts = np.bincount(text.tokens, minlength=len(text.vocabulary))
    p = counts / len(text)
    train, valid = split_text(text)
    return {
        "name": text.name, "n": len(text), "characters": text.vocabulary.characters,
        "distinct": len(text.vocabulary), "lines": text.characters().count("\n"),
        "bits_per_character_of_frequencies": float(-(p * np.log2(p)).sum()),
        "counts": {c: int(n) for c, n in zip(text.vocabulary.characters, counts, strict=True)},
        "splits": {"train": len(train), "valid": len(valid)}, "fingerprint": text.fingerprint,
        "begins": text.characters(0, 200),
    }  # fmt: skip
