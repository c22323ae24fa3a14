"""What was found out of a network's answers, beyond their scores, and the pictures of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim.explain.calibration import Reliability
from gradatim.explain.dependence import Effect, dependence_pictures
from gradatim.explain.importance import Importance, importance_bars
from gradatim.explain.reliability import reliability_diagram
from gradatim.explain.residuals import MOST_TARGETS, Residuals, residual_pictures


@dataclass(frozen=True)
class Miss:
    """An example whose answer is far off, where answers are not classes: its row in the split, what is told
    of the answer (`true`, `predicted`, …), and the example's features.
    """

    row: int
    told: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Coverage:
    """How much of the truth lay in the intervals that should hold `nominal` of it, and their mean widths."""

    nominal: float
    share: float
    widths: list[float]  # of each target, in its units


@dataclass(frozen=True)
class Findings:
    """What there is; the rest is empty or None."""

    calibration: Reliability | None = None
    calibration_of: str = ""  # "probability of yes"
    residuals: Residuals | None = None
    coverage: list[Coverage] = field(default_factory=list)
    set_by_validation: float | None = None  # of the truth, in the 90 % intervals that validation has set
    misses: list[Miss] = field(default_factory=list)  # the worst first
    importance: Importance | None = None
    effects: list[Effect] = field(default_factory=list)
    rows: int = 0  # over which the effects are means
    notes: list[str] = field(default_factory=list)  # what was left out, and why

    def pictures(self) -> dict[str, Any]:
        """The pictures that the page shows."""
        drawn = self.residuals
        return {
            "reliability": self.calibration and reliability_diagram(self.calibration, self.calibration_of),
            "residuals": residual_pictures(drawn) if drawn else [],
            "targets_left_out": max(len(drawn.names) - MOST_TARGETS, 0) if drawn else 0,
            "importance": self.importance and importance_bars(self.importance),
            "effects": dependence_pictures(self.effects),
        }
