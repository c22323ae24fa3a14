"""What was measured of a run, kept in its folder: measures and evidence as one file of tensors and JSON.

Only the records that this file names are read back: nothing in a file decides what is imported.
"""

from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError
from gradatim.explain.evidence_checks import check_evidence
from gradatim.problems.evidence import Evidence
from gradatim.record_checks import ANY, Entries, ListOf
from gradatim.runs.file_forms import METRICS, check_file
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import read_numbers, read_tensors, write_tensors

CONTENT = Entries({"metrics": METRICS, "evidence": ListOf(ANY)})
MOST_BYTES = 1 << 26  # of all arrays; more is not kept, but measured again


class Measurements(NamedTuple):
    """The measures on the examples that a network is judged on, and what else was found of its answers."""

    metrics: dict[str, float]
    evidence: list[Evidence]


def write_measurements(folder: Folder, kept: Measurements) -> None:
    """Write what was measured, whole or not at all."""
    tensors: dict[str, np.ndarray] = {}
    packed = [_packed(one, tensors) for one in kept.evidence]
    if sum(array.nbytes for array in tensors.values()) <= MOST_BYTES:
        write_tensors(folder.evidence, tensors, {"metrics": kept.metrics, "evidence": packed})


def read_measurements(folder: Folder) -> Measurements | None:
    """What was measured when the run ended; None where nothing was kept. GradatimError for a damaged file."""
    if not folder.evidence.exists():
        return None
    tensors, content = read_tensors(folder.evidence, "record of what was measured", "np")
    check_file(content, CONTENT, folder.evidence)
    try:
        evidence = [_unpacked(one, tensors, _records()) for one in content["evidence"]]
        check_evidence(evidence, content["metrics"])
        return Measurements(dict(content["metrics"]), evidence)
    except GradatimError as error:
        raise GradatimError(f"{folder.evidence} is damaged: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise GradatimError(f"{folder.evidence} is damaged: {error!r}") from error


def read_kept_metrics(folder: Folder) -> dict[str, float] | None:
    """The measures alone, without reading the evidence; None where nothing was kept."""
    if not folder.evidence.exists():
        return None
    content = read_numbers(folder.evidence, "record of what was measured")
    check_file(content, CONTENT, folder.evidence)
    return dict(content["metrics"])


def _records() -> dict[str, Any]:
    """The records that may stand in the file, by name."""
    from gradatim.explain import (
        augmented_pictures,
        column_evidence,
        data_evidence,
        dependence,
        importance,
        word_evidence,
    )
    from gradatim.problems import evidence, nearest_words

    known = [
        one
        for room in (
            evidence,
            nearest_words,
            augmented_pictures,
            column_evidence,
            data_evidence,
            dependence,
            importance,
            word_evidence,
        )
        for one in vars(room).values()
    ]
    return {one.__name__: one for one in known if isinstance(one, type) and is_dataclass(one)}


def _packed(value: Any, tensors: dict[str, np.ndarray]) -> Any:
    """A value as JSON, its arrays among the tensors."""
    if isinstance(value, np.ndarray):
        name = str(len(tensors))
        tensors[name] = np.ascontiguousarray(value)
        return {"array": name}
    if is_dataclass(value):
        found = {one.name: _packed(getattr(value, one.name), tensors) for one in fields(value)}
        return {"record": type(value).__name__, "fields": found}
    if isinstance(value, dict):
        return {"dict": {str(key): _packed(one, tensors) for key, one in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [_packed(one, tensors) for one in value]}
    if isinstance(value, list):
        return [_packed(one, tensors) for one in value]
    return value.item() if isinstance(value, np.generic) else value


def _unpacked(content: Any, tensors: dict[str, np.ndarray], records: dict[str, Any]) -> Any:
    """The value that `_packed` gave."""
    if isinstance(content, list):
        return [_unpacked(one, tensors, records) for one in content]
    if not isinstance(content, dict):
        return content
    if "array" in content:
        return tensors[content["array"]]
    if "record" in content:
        given = {name: _unpacked(one, tensors, records) for name, one in content["fields"].items()}
        return records[content["record"]](**given)
    if "tuple" in content:
        return tuple(_unpacked(one, tensors, records) for one in content["tuple"])
    return {key: _unpacked(one, tensors, records) for key, one in content["dict"].items()}
