"""What is in examples, as plain numbers and texts: sizes, ranges, classes, splits; and how that reads."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.inputs import Inputs, numbers_of
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.schema_page import schema_page
from gradatim.data.splits import TEST_SHARE
from gradatim.data.tables.examples import Examples, schema_of
from gradatim.data.tables.inputs import encoded_as
from gradatim.data.targets import balanced_weights, imbalance
from gradatim.functional.void import VOID

if TYPE_CHECKING:
    from gradatim.data.sources.source import Source

MOST_CLASSES = 30  # that are listed
MOST_CELLS = 1 << 22  # of a table whose combined numbers are counted, which takes a second or two


def describe_dataset(found: Dataset, source: "Source") -> dict[str, Any]:
    """Rows of named columns by their schema, other examples by their shape and range."""
    if found.columns:
        why = "what the data are for" if found.official_test is None else "its publisher's"
        return describe_table(Examples(found, schema_of(found), why), source)
    return _facts(found) | _ranges(found) | {"notices": list(found.notices)} | learning_facts(found, source)


def describe_table(examples: Examples, source: "Source") -> dict[str, Any]:
    """The columns of a table, what is learned, and what should be known."""
    found = examples.dataset
    facts = _facts(found) | examples.schema.as_dict() | {"task": found.task or None, "why": examples.why}
    learned = learning_facts(found, source)
    notices = [*found.notices, *learned.pop("notices", ())]
    return facts | {"targets": list(found.targets), "notices": notices} | learned


def examples_page(facts: dict[str, Any]) -> list[Block]:
    """The page of what `describe_dataset` found."""
    if "columns" in facts:
        return schema_page(facts)
    shape = "shape " + _by(facts["shape"])
    if inputs := facts.get("inputs"):
        shape = ", ".join(f"{name} ({_by(one['shape']) or 'a number'})" for name, one in inputs.items())
    page: list[Block] = [
        f"{facts['name']}: {facts['n']:,} examples of {shape}",
        Fact("values", f"{facts['smallest']:g} … {facts['largest']:g}, mean {facts['mean']:.4g}"),
    ]
    if "splits" in facts:
        page += [Fact("task", facts["head"])] if facts.get("head") else []
        page.append(Fact("splits", sizes_of(facts["splits"], facts["split_rule"])))
    if facts["classes"]:
        counts = list(facts["classes"].items())
        page.append(Grid(("class", facts["counted"]), [[c, f"{n:,}"] for c, n in counts[:MOST_CLASSES]]))
        if len(counts) > MOST_CLASSES:
            page.append(f"… and {len(counts) - MOST_CLASSES:,} classes more; --json shows all")
    if "not_known" in facts:
        n, every = facts["not_known"]["pixels"], sum(facts["classes"].values()) + facts["not_known"]["pixels"]
        said = f"{facts['not_known']['value']}, {n:,} pixels, {100 * n / every:.2g} % of all"
        page += ["", Fact("not known", f"{said}: neither learned nor counted")]
    page += [*([] if "not_known" in facts else [""]), Fact("fingerprint", facts["fingerprint"])]
    return [*page, *(Fact("note", notice) for notice in facts["notices"])]


def _by(shape: list[int]) -> str:
    return " × ".join(map(str, shape))


def _facts(found: Dataset) -> dict[str, Any]:
    return {"name": found.name, "n": len(found), "fingerprint": found.fingerprint}


def _ranges(found: Dataset) -> dict[str, Any]:
    if not isinstance(found.x, Inputs):
        return _range(found.x)
    names = found.x.names or tuple(f"input {number}" for number in range(len(found.x.arrays)))
    parts = {name: _range(part) for name, part in zip(names, found.x.arrays, strict=True)}
    return {**_range(numbers_of(found.x)), "shape": [], "type": "several inputs", "inputs": parts}


def _range(x: np.ndarray) -> dict[str, Any]:
    return {
        "shape": list(x.shape[1:]), "type": str(x.dtype), "smallest": float(x.min()),
        "largest": float(x.max()), "mean": float(x.mean(dtype=np.float64)),
    }  # fmt: skip


def learning_facts(found: Dataset, source: "Source") -> dict[str, Any]:
    """What a network would learn: classes or labels, splits, and how many numbers it would see."""
    facts: dict[str, Any] = {"classes": {}, "question": found.question}
    if found.y is None:
        return facts
    if found.labels:
        counts = found.y.sum(0).tolist()
        facts["labels"] = dict(zip(found.labels.names, counts, strict=True))
        facts["separator"], facts["without"] = found.labels.separator, int((found.y.sum(1) == 0).sum())
    if found.classes:
        counts, facts["counted"] = found.class_counts
        facts["classes"] = {str(name): int(n) for name, n in zip(found.classes, counts, strict=True)}
    if found.y.ndim == 3 and found.task == "segmentation" and (n := int((found.y == VOID).sum())):
        facts["not_known"] = {"value": found.void, "pixels": n}
    if found.classes and found.y.ndim == 1:
        facts["imbalance"] = imbalance(counts.tolist())
        facts["class_weights"] = [round(float(w), 4) for w in balanced_weights(found.y, len(found.classes))]
    try:
        parts = source.divide(found, 0.1, TEST_SHARE)
    except GradatimError as error:
        return facts | {"splits": {}, "split_rule": str(error)}
    facts |= {"splits": parts.sizes(), "split_rule": split_rule(found)}
    if found.columns:
        encoder = fit_encoder(parts.train)
        facts["inputs"] = encoder.shape(found.shape)[0]
        facts["notices"] = encoder.notices(found.features)
        if parts.train.form == "tables" and parts.train.x.size <= MOST_CELLS:
            facts["combined"] = _combined(parts.train)
    return facts


def _combined(train: Dataset) -> dict[str, Any]:
    """How many numbers the default recipe, whose numbers are combined, makes of a row, and of these how many
    each kind of its members sees.
    """
    encoder = fit_encoder(replace(train, columns=encoded_as(train.columns, "combined")))
    width = encoder.shape(train.shape)[0]
    members = [sum(stop - start for start, stop in view) for view in encoder.views(width)]
    return {"inputs": width, "members": members}


def split_rule(found: Dataset) -> str:
    """How the parts are chosen."""
    if found.official_test is not None:
        also = " and validation" if found.official_valid is not None else ""
        return f"the publisher's test{also} split"
    if found.times is not None:
        return "by time: the latest rows are the test, the latest of the rest the validation"
    if found.groups is not None:
        return f"by group: none of the {len(np.unique(found.groups)):,} groups is in two parts"
    if getattr(found, "row_tasks", None) is not None:
        return "stratified by task, by the fingerprint"
    strata = getattr(found, "strata", found.y)
    deciles = strata is not None and strata.dtype.kind == "f"
    return f"stratified{' by deciles' if deciles else ''}, by the fingerprint"
