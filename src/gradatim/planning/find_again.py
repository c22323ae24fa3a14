"""The examples of an earlier run, found again by what its config.json says."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.masks import NOTHING
from gradatim.data.sources.source import Examples
from gradatim.files import exists
from gradatim.planning.data_options import BESIDE, DataOptions
from gradatim.planning.divide_data import VALID
from gradatim.planning.find_data import find_data
from gradatim.planning.other_examples import PLACE, place_of
from gradatim.planning.run_data import Data


def find_again(
    reference: dict[str, Any], data: Any = None, valid: Any = None, test: Any = None, domain: Any = None
) -> Data:
    """The data of an earlier run, found by what its config says; GradatimError when they have changed.

    `data`, `valid`, `test` and `domain` are wanted where they were in memory; `data` may also be
    the place where a file is now.
    """
    options = _options(reference["source"])
    data = _place_now(reference["source"], data)
    if reference.get("fingerprint") is not None:  # of batches nobody knows whether they are the same
        valid = _again("valid", reference.get("valid", VALID), valid)
        test = _again("test", reference.get("test"), test)
    given = {"adapt_to": domain}
    beside = {name: _again(name, reference[name], given.get(name)) for name in BESIDE if name in reference}
    options = replace(options, valid=valid, test=test, task=reference.get("task") or options.task, **beside)
    found = find_data(data, options)
    has_changed = found.reference["fingerprint"] != reference.get("fingerprint")
    if has_changed and options.void is None and getattr(found.train, "void", None) is not None:
        options = replace(options, void=NOTHING)  # a class as any other in earlier versions
        found = find_data(data, options)
    if found.reference["fingerprint"] != reference.get("fingerprint") and _may_stand_last(found.train):
        shape = found.train.shape
        found = find_data(data, options, (*shape[1:], shape[0]))
    _check_same(found.reference, reference)
    return found


def _options(source: dict[str, Any]) -> DataOptions:
    """What was asked of the data; what an earlier version did not know is as it was then."""
    asked = {key: value for key, value in source.items() if key not in PLACE}
    for name in asked.keys() - {one.name for one in fields(DataOptions)}:
        raise GradatimError(f"config.json is damaged: data.source.{name} is no option of data")
    asked.setdefault("calendar", False)
    asked.setdefault("as_texts", False)
    return DataOptions(**{key: value for key, value in asked.items() if value is not None})


def _place_now(source: dict[str, Any], data: Any) -> Any:
    """The data that are given now, or where they were; UsageError where they are there no more."""
    if "stream" in source and data is None:
        raise UsageError(
            "this run learned from standard input: give it the same rows again, and - in place of DATA"
        )
    if "memory" in source and data is None:
        raise UsageError("this run learned from data in memory: give them again, train(data, resume=run)")
    if data is None and "path" in source and not exists(source["path"]):
        raise UsageError(
            f"there is no file {source['path']}, which the run learned from: --data says where its data are "
            "now; with --resume the place stands in front"
        )
    return data if data is not None else source.get("name") or source["path"]


def _check_same(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Raise GradatimError where the data are not those that the run began with."""
    for part in ("fingerprint", "other_fingerprints"):
        if (now[part] or None) != (before.get(part) or None):
            was, is_ = str(before.get("fingerprint"))[:12], str(now["fingerprint"])[:12]
            raise GradatimError(
                f"the data have changed since this run began (their fingerprint was {was}, now it is "
                f"{is_}); bring them back, or start a new run"
            )


def _may_stand_last(examples: Examples) -> bool:
    """Whether they are pictures whose channels earlier versions left last: of other numbers than bytes."""
    return isinstance(examples, Dataset) and examples.is_pictures and examples.x.dtype != np.uint8


def _again(part: str, source: Any, other: Any) -> Any:
    """A part as `find_data` takes it: `other`, which is given now, or what was found in its `source`."""
    if isinstance(other, float | int) and other != source:
        was = f"{source:g}" if isinstance(source, float | int) else "not a share"
        raise UsageError(f"--resume goes on with the run's own data: {part} was {was} and cannot change")
    if isinstance(source, Mapping):
        found = other if other is not None else place_of(source)
        if found is None:
            raise UsageError(f"the {part} examples of this run were in memory: give them again, {part}=")
        return found
    if other is None or source is None:
        return source if other is None else other
    return other
