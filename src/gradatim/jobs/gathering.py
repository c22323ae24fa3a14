"""The examples of a run: loaded, split, and found again when it is resumed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradatim.checks import GradatimError, UsageError, real
from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data, load_like
from gradatim.data.objects import is_loader
from gradatim.data.splits import Splits, split
from gradatim.data.targets import recode
from gradatim.jobs.texts import divided, is_text, refuse_for_text, short_name

WHERE = ("memory", "stream", "name", "path", "target")  # of a source; the rest are roles of columns
Examples = Any  # a Dataset, a Text, or a stranger's loader


@dataclass
class Data:
    """The examples of a run and how to find them again."""

    train: Examples
    valid: Examples
    test: Examples
    name: str
    reference: dict[str, Any]  # what config.json says of it
    notices: tuple[str, ...] = ()  # what a person should be told of it

    @property
    def first(self) -> Dataset | None:
        """The training examples, when they are in memory."""
        return self.train if isinstance(self.train, Dataset) else None


def gather(data: Any, target: Any, valid: Any, test: Any, roles: Mapping[str, Any] | None = None) -> Data:
    """Load and split. `valid` is a share, or examples or a file of its own; `test`, None or the same.

    `roles` says more of a table's columns: task, group, time, ignore, schema.
    """
    if is_loader(data):
        for name, other in (("valid", valid), ("test", test)):
            if other is not None and not is_loader(other) and not isinstance(other, float):
                raise UsageError(f"a loader is evaluated on loaders: give {name} as one, too")
        held = None if isinstance(valid, float) else valid
        return Data(data, held, test, "loader", {"source": {"memory": True}, "fingerprint": None})
    if is_text(data):
        refuse_for_text(target=target, test=test)
        train, held, said = divided(data, valid)
        return Data(train, held, None, short_name(train), said)
    whole = load_data(data, target, **(roles or {}))
    if whole.y is None:
        raise UsageError(f"{whole.name} has no target to learn: name one with --target")
    others = {}
    for name, other in (("valid", valid), ("test", test)):
        if other is not None and not isinstance(other, float | int):
            others[name] = _other(other, whole, target)
    share = 0.0 if "valid" in others else real("valid", valid, at_least=0, below=1)
    parts = split(whole, share, test="test" not in others)
    parts = Splits(parts.train, others.get("valid", parts.valid), others.get("test", parts.test))
    reference = {
        "source": whole.source or {"memory": True},
        "fingerprint": whole.fingerprint,
        "valid": others["valid"].source if "valid" in others else share,
        "test": others["test"].source if "test" in others else None,
        "other_fingerprints": {name: other.fingerprint for name, other in others.items()},
        "splits": parts.sizes(),
    }
    return Data(*parts, whole.name, reference, whole.notices)


def _other(data: Any, whole: Dataset, target: Any) -> Dataset:
    """Validation or test examples of their own, in the classes and columns of the training examples."""
    if not whole.columns:
        return recode(load_data(data, target), whole.classes)
    found = load_like(data, whole)
    if found.y is None:
        raise UsageError(f"{found.name} has no column {', '.join(map(repr, whole.targets))} to compare with")
    return found


def gather_again(reference: dict[str, Any], data: Any, valid: Any, test: Any) -> Data:
    """The data of an earlier run, found by what its config says; GradatimError when they have changed."""
    source = reference["source"]
    roles = {key: value for key, value in source.items() if key not in WHERE}
    if "memory" in source:
        if data is None and "stream" in source:
            raise UsageError(
                "this run learned from standard input: give it the same rows again, and - in place of DATA"
            )
        if data is None:
            raise UsageError("this run learned from data in memory: give them again, train(data, resume=run)")
        share = _place(reference.get("valid", 0.1)) if valid is None else valid
        other = _place(reference.get("test")) if test is None else test
        found = gather(data, source.get("target"), share, other, roles)
    else:
        if data is not None:
            raise UsageError("--resume finds its data itself; DATA is not given again")
        found = gather(
            source.get("name") or source["path"],
            source.get("target"),
            _place(reference["valid"]),
            _place(reference["test"]),
            roles,
        )
    for part in ("fingerprint", "other_fingerprints"):
        if found.reference.get(part) != reference.get(part):
            before, now = str(reference["fingerprint"])[:12], str(found.reference["fingerprint"])[:12]
            raise GradatimError(
                f"the data have changed since this run began (their fingerprint was {before}, now it is "
                f"{now}); bring them back, or start a new run"
            )
    return found


def _place(source: Any) -> Any:
    return source.get("path") or source.get("name") if isinstance(source, Mapping) else source
