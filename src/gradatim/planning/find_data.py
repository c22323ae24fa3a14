"""The examples of a run: read, divided, and found again when it is resumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from gradatim.checks import GradatimError, UsageError, plain_number, real, shown
from gradatim.data.arrays import with_axes_of
from gradatim.data.as_dataset import axes_notices
from gradatim.data.dataset import Dataset
from gradatim.data.domains import alike
from gradatim.data.sources.source import Examples, divide, source_like, source_of
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.files import exists
from gradatim.planning.data_options import DataOptions
from gradatim.planning.weigh_for import weigh_for
from gradatim.problems.choose import kind_of

PLACE = ("memory", "stream", "name", "path")  # of a source; the rest of it are options
VALID = 0.1  # the share of training examples to validate on
LAYOUTS = {
    "rows": "rows of a table or of arrays",
    "streams": "a text",
    "foreign": "a loader",
    "padded": "sequences",
    "pairs": "inputs, each with a text",
}


@dataclass(frozen=True)
class Domain:
    """The domain that a network is adapted to: what it sees of it, and what it is measured on."""

    train: Examples  # without labels
    labelled: Examples | None  # the same with labels, of which a network beside learns; not this run's
    test: Examples | None  # with labels; None where there are none
    name: str
    source: dict[str, Any]
    fingerprint: str
    notices: tuple[str, ...] = ()


@dataclass
class Data:
    """The examples of a run and how to find them again."""

    train: Examples
    valid: Examples | None
    test: Examples | None
    name: str
    reference: dict[str, Any]  # what config.json says of it
    notices: tuple[str, ...] = ()  # what a person should be told of it
    task: str = ""  # that was asked for and is not about the data's own targets
    domain: "Domain | None" = None  # that the network is adapted to
    whole_y: Any = None  # the targets of all rows in their order, before they were divided
    choices: dict[str, str] = field(default_factory=dict)  # what was made of them, for config.json

    @property
    def judged_on(self) -> str:
        """The part that the network is judged on."""
        return self.reference["judged_on"]

    @property
    def judged(self) -> Examples | None:
        """The examples that the network is judged on."""
        return getattr(self, self.judged_on)


def find_data(data: Any, asked: DataOptions, shape: tuple[int, ...] | None = None) -> Data:
    """Read and divide. `valid` is a share, or examples or a file of its own; and so is `test`.

    `shape` is that of an example in a run of an earlier version, which left channels last where they stood.
    """
    source, task = source_of(data, asked.task, asked.asked.roles), ""
    if asked.task is not None and not kind_of(asked.task).reads_target:
        task, asked = asked.task, replace(asked, task=None, reads_target=False)
    whole = source.read(data, asked.asked)
    if shape is not None:
        notices = tuple(one for one in whole.notices if one not in axes_notices(shape))
        whole = replace(whole, x=with_axes_of(whole.x, shape), notices=notices)
    domain = None
    if asked.adapt_to is not None:
        whole, domain = _domain(asked.adapt_to, whole)
    others = {}
    if domain is not None and domain.test is not None and asked.test is None:
        others["test"] = domain.test
    valid = VALID if asked.valid is None else plain_number(asked.valid)
    official = getattr(whole, "official_valid", None) is not None
    if official and asked.valid is not None and isinstance(valid, float | int) and valid:
        raise UsageError(
            f"{whole.name} has validation examples of its own: leave out --valid, or name others"
        )
    test = None if asked.test is None else plain_number(asked.test)
    for name, other in (("valid", valid), ("test", test)):
        if other is not None and not isinstance(other, float | int):
            others[name] = _other(name, other, whole)
    share = 0.0 if "valid" in others else valid
    tested = test if "test" not in others else None
    parts = divide(source, whole, share, _test_share(tested, whole) if "test" not in others else 0.0)
    if tested is not None and parts.test is None:
        raise UsageError(f"{whole.name} is not divided into a test part: leave out --test, or give a file")
    parts = Splits(parts.train, others.get("valid", parts.valid), others.get("test", parts.test))
    choices = {}
    if asked.weigh_for is not None:
        parts, others["weigh_for"], choices["weights"] = weigh_for(parts, asked.weigh_for, whole)
    reference = {
        "kind": source.kind,
        "source": whole.source or {"memory": True},
        "fingerprint": whole.fingerprint,
        "valid": others["valid"].source if "valid" in others else None if official and share else share,
        "test": _reference_of_test(others, tested, domain),
        "other_fingerprints": {
            **{n: other.fingerprint for n, other in others.items() if other.fingerprint},
            **({} if domain is None else {"adapt_to": domain.fingerprint}),
        },
        "splits": parts.sizes(),
        "judged_on": "test" if "test" in others else whole.judged_on,
        "task": task,
        **({"weigh_for": others["weigh_for"].source} if choices else {}),
        **({} if domain is None else {"adapt_to": domain.source}),
    }
    notices = (*choices.values(), *whole.notices, *_target_notices(task, asked.target, whole))
    notices = notices if domain is None else (*notices, *domain.notices)
    return Data(*parts, whole.name, reference, notices, task, domain, getattr(whole, "y", None), choices)


def _reference_of_test(others: dict[str, Any], share: Any, domain: "Domain | None") -> Any:
    """What config.json says of the test part; nothing where the other domain gives it."""
    if "test" not in others:
        return share
    return None if domain is not None and others["test"] is domain.test else others["test"].source


def _domain(data: Any, whole: Examples) -> tuple[Examples, Domain]:
    """The source's examples and the domain to adapt to, in one shape; only its test part is asked for labels.

    Which rows are the test is decided by the inputs alone.
    """
    source = source_like(data, whole, whole.question.task)
    if source.layout != whole.layout:
        raise UsageError(f"the domain to adapt to must be {LAYOUTS[whole.layout]}, as {whole.name} is")
    whole, found = alike(whole, source.like(data, whole))
    train, test = found, None
    if found.has_target:
        rows = np.arange(len(found), dtype=np.float64)
        parts = divide(source, replace(found, y=rows, classes=(), labels=None, task=""), 0.0, TEST_SHARE)
        train, test = (found.take(part.y.astype(int)) for part in (parts.train, parts.test))
    return whole, Domain(
        replace(train, y=None, weights=None), train if found.has_target else None, test, found.name,
        {name: value for name, value in found.source.items() if name in PLACE}, found.fingerprint,
        found.notices,
    )  # fmt: skip


def _target_notices(task: str, target: Any, whole: Examples) -> list[str]:
    """That a target was named for a task that has none."""
    if not task or target is None or not whole.has_target:
        return []
    names = ", ".join(map(repr, whole.targets)) or shown(target)
    return [f"{task} learns no target: {names} stays out of the inputs"]


def _test_share(asked: float | None, whole: Examples) -> float:
    """The share to test on; UsageError for one that was asked for where a publisher chose the test part."""
    if asked is None:
        return TEST_SHARE
    if getattr(whole, "official_test", None) is not None:
        raise UsageError(f"{whole.name} has test examples of its own: leave out --test, or name others")
    return real("test", asked, above=0, below=1)


def _other(part: str, data: Any, whole: Examples) -> Examples:
    """Validation or test examples of their own, like the training examples."""
    source = source_like(data, whole, whole.question.task)
    if source.layout != whole.layout:
        raise UsageError(f"the {part} examples must be {LAYOUTS[whole.layout]}, as the training examples are")
    found = source.like(data, whole)
    if whole.has_target and not found.has_target:
        names = ", ".join(map(repr, whole.targets)) or "y"
        raise UsageError(f"{found.name} has no column {names} to compare with")
    return found


def find_again(
    reference: dict[str, Any], data: Any = None, valid: Any = None, test: Any = None, domain: Any = None
) -> Data:
    """The data of an earlier run, found by what its config says; GradatimError when they have changed.

    `data`, `valid`, `test` and `domain` are wanted where they were in memory; `data` may also be
    the place where a file is now.
    """
    source = reference["source"]
    asked = {key: value for key, value in source.items() if key not in PLACE}
    for name in asked.keys() - {one.name for one in fields(DataOptions)}:
        raise GradatimError(f"config.json is damaged: data.source.{name} is no option of data")
    asked.setdefault("calendar", False)
    asked.setdefault("as_texts", False)
    options = DataOptions(**{key: value for key, value in asked.items() if value is not None})
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
    data = data if data is not None else source.get("name") or source["path"]
    if reference.get("fingerprint") is not None:  # of batches nobody knows whether they are the same
        valid = _again("valid", reference.get("valid", VALID), valid)
        test = _again("test", reference.get("test"), test)
    options = replace(options, valid=valid, test=test, task=reference.get("task") or options.task)
    if "weigh_for" in reference:
        options = replace(options, weigh_for=_again("weigh_for", reference["weigh_for"], None))
    if "adapt_to" in reference:
        options = replace(options, adapt_to=_again("adapt_to", reference["adapt_to"], domain))
    found = find_data(data, options)
    if found.reference["fingerprint"] != reference.get("fingerprint") and _may_stand_last(found.train):
        shape = found.train.shape
        found = find_data(data, options, (*shape[1:], shape[0]))
    for part in ("fingerprint", "other_fingerprints"):
        if (found.reference[part] or None) != (reference.get(part) or None):
            before, now = str(reference.get("fingerprint"))[:12], str(found.reference["fingerprint"])[:12]
            raise GradatimError(
                f"the data have changed since this run began (their fingerprint was {before}, now it is "
                f"{now}); bring them back, or start a new run"
            )
    return found


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


def place_of(source: Any) -> Any:
    """Where examples are found: a name, a path, or nothing where they were in memory; a share is itself."""
    return source.get("path") or source.get("name") if isinstance(source, Mapping) else source
