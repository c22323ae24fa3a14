"""Evidence of a table's columns: which of them matter, and how the answer depends on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gradatim.explain.dependence import Effect
from gradatim.explain.importance import Importance
from gradatim.problems.evidence import Evidence


@dataclass(frozen=True)
class Columns(Evidence):
    """How much worse the network answers when a column is shuffled."""

    section: ClassVar[str] = "importance"
    importance: Importance


@dataclass(frozen=True)
class Dependence(Evidence):
    """What the answer is on the mean when a column is set to a value, over `rows` examples."""

    section: ClassVar[str] = "dependence"
    effects: Sequence[Effect]
    rows: int


@dataclass(frozen=True)
class Note(Evidence):
    """What was left out, and why."""

    section: ClassVar[str] = "note"
    text: str
