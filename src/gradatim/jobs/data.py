"""Data: what is in a data set, before anything is learned from it."""

from pathlib import Path
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.loading import is_table, load_data, load_table, roles_of
from gradatim.data.splits import Splits, split
from gradatim.data.tables.encoding import width
from gradatim.data.tables.schema import Schema
from gradatim.data.targets import balanced
from gradatim.models.heads import head_for


def describe_data(
    data: Any, target: Any = None, *, task: str | None = None, group: str | None = None,
    time: str | None = None, ignore: Any = (), schema: str | Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Sizes, ranges, classes and splits; of a table its schema, which is written to the file `schema`.

    A schema that is there already is read instead, and followed.

    >>> describe_data("digits")["splits"]
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    given = schema if schema is not None and Path(schema).exists() else None
    if not is_table(data):
        found = load_data(data, target, task=task, group=group, time=time, ignore=ignore, schema=schema)
        return _facts(found) | _ranges(found) | _learning(found)
    examples = load_table(data, roles_of(target, task, group, time, ignore), given)
    found = examples.dataset
    facts = _facts(found) | {"notices": list(found.notices)} | examples.schema.as_dict()
    facts["targets"], facts["task"], facts["why"] = list(found.targets), found.task or None, examples.why
    if found.y is not None:
        facts |= _learning(found)
    if schema is not None:
        facts["schema"] = str(schema)
        if given is None:
            files.write_json(schema, examples.schema.as_dict())
    return facts


def _facts(found: Dataset) -> dict[str, Any]:
    return {"name": found.name, "n": len(found), "fingerprint": found.fingerprint, "classes": {}}


def _ranges(found: Dataset) -> dict[str, Any]:
    return {
        "shape": list(found.x.shape[1:]), "type": str(found.x.dtype),
        "smallest": float(np.nanmin(found.x)), "largest": float(np.nanmax(found.x)),
        "mean": float(np.nanmean(found.x, dtype=np.float64)),
    }  # fmt: skip
