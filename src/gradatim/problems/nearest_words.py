"""What the vectors of words know: shown in a report."""

from dataclasses import dataclass
from typing import ClassVar

from gradatim.problems.evidence import Evidence


@dataclass(frozen=True)
class NearestWords(Evidence):
    section: ClassVar[str] = "nearest_words"
