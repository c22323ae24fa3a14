"""`--adapt-to DATA`: the domain that a network is adapted to, and what it is measured on."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradatim.data.domains import alike
from gradatim.data.sources.source import Examples, divide
from gradatim.data.splits import TEST_SHARE
from gradatim.planning.data_draft import DataDraft
from gradatim.planning.other_examples import PLACE, source_alike


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


def read_domain(draft: DataDraft) -> None:
    """Read the domain to adapt to; it gives the test examples, unless others are asked for."""
    asked = draft.asked
    if asked.adapt_to is None:
        return
    draft.whole, domain = _in_one_shape(asked.adapt_to, draft.whole)
    draft.domain, draft.notices = domain, (*draft.notices, *domain.notices)
    draft.records["adapt_to"], draft.fingerprints["adapt_to"] = domain.source, domain.fingerprint
    if domain.test is not None and asked.test is None:
        draft.others["test"], draft.records["test"] = domain.test, None  # the domain's record finds it


def _in_one_shape(data: Any, whole: Examples) -> tuple[Examples, Domain]:
    """The source's examples and the domain to adapt to, in one shape; only its test part is asked for labels.

    Which rows are the test is decided by the inputs alone.
    """
    source = source_alike(data, whole, "the domain to adapt to must be {}, as {} is")
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
