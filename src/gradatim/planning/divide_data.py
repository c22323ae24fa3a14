"""`--valid` and `--test`: parts of their own, or shares of the examples."""

from typing import Any

from gradatim.checks import UsageError, plain_number, real
from gradatim.data.sources.source import Examples, divide
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.functional.void import VOID
from gradatim.planning.data_draft import DataDraft
from gradatim.planning.other_examples import source_alike

VALID = 0.1  # the share of training examples to validate on


def read_other_parts(draft: DataDraft) -> None:
    """Read validation and test examples that are given apart, like the training examples."""
    whole = draft.whole
    if _has_own_valid(whole) and draft.asked.valid is not None and _share_of(draft.asked.valid):
        raise UsageError(
            f"{whole.name} has validation examples of its own: leave out --valid, or name others"
        )
    for part in ("valid", "test"):
        data = plain_number(getattr(draft.asked, part))
        if data is not None and not isinstance(data, float | int):
            found = draft.others[part] = _other(part, data, whole)
            draft.records[part] = found.source
            odd = (one for one in getattr(found, "notices", ()) if one not in whole.notices)
            draft.notices = (*draft.notices, *(f"{part}: {one}" for one in odd))


def divide_rest(draft: DataDraft) -> None:
    """Divide the examples into the parts that nothing else gives; each share stands in the record."""
    whole, others = draft.whole, draft.others
    valid = 0.0 if "valid" in others else _share_of(draft.asked.valid)
    asked = None if "test" in others else plain_number(draft.asked.test)
    test = 0.0 if "test" in others else _test_share(asked, whole)
    parts = divide(draft.source, whole, valid, test)
    if asked is not None and parts.test is None:
        raise UsageError(f"{whole.name} is not divided into a test part: leave out --test, or give a file")
    draft.parts = Splits(parts.train, others.get("valid", parts.valid), others.get("test", parts.test))
    _check_known(draft.parts)
    draft.records.setdefault("valid", None if _has_own_valid(whole) and valid else valid)
    draft.records.setdefault("test", asked)


def _check_known(parts: Splits) -> None:
    """Raise UsageError for a part of masks of which no pixel is known."""
    for name, part in zip(Splits._fields, parts, strict=True):
        if getattr(part, "task", "") == "segmentation" and (part.y == VOID).all():
            raise UsageError(
                f"no pixel of the {name} part's {len(part):,} masks is known: all have the value {part.void}"
            )


def _has_own_valid(whole: Examples) -> bool:
    """Whether a publisher chose the validation examples."""
    return getattr(whole, "official_valid", None) is not None


def _share_of(asked: Any) -> Any:
    """The share of training examples to validate on; 0 where they are given apart."""
    share = VALID if asked is None else plain_number(asked)
    return share if isinstance(share, float | int) else 0.0


def _test_share(asked: float | None, whole: Examples) -> float:
    """The share to test on; UsageError for one that was asked for where a publisher chose the test part."""
    if asked is None:
        return TEST_SHARE
    if getattr(whole, "official_test", None) is not None:
        raise UsageError(f"{whole.name} has test examples of its own: leave out --test, or name others")
    return real("test", asked, above=0, below=1)


def _other(part: str, data: Any, whole: Examples) -> Examples:
    """Validation or test examples of their own, like the training examples."""
    source = source_alike(data, whole, f"the {part} examples must be {{}}, as the training examples are")
    found = source.like(data, whole)
    if whole.has_target and not found.has_target:
        names = ", ".join(map(repr, whole.targets)) or "y"
        raise UsageError(f"{found.name} has no column {names} to compare with")
    return found
