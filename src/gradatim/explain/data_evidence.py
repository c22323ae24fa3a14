"""What a network learned from, as a section of its report shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gradatim.problems.evidence import Evidence


@dataclass(frozen=True)
class Listing:
    """A table of texts under the names of its columns; a name that ends in # is of a column of numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class DataFacts(Evidence):
    """What was learned from: facts under their labels, tables, and what should be known of the data."""

    section: ClassVar[str] = "data"
    facts: Sequence[tuple[str, str]]
    listings: Sequence[Listing]
    notices: Sequence[str]
