"""What was asked of the columns of a table."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Roles:
    """Which column is the target, which ones rows are split by or belong together by, which are left out."""

    target: tuple[str, ...] = ()
    task: str | None = None
    group: str | None = None
    time: str | None = None
    ignore: tuple[str, ...] = ()
    calendar: bool = True  # whether that of the time is an input
    series: str | None = None  # the column that says to which series a row belongs
    horizon: int | None = None  # rows ahead that are forecast
    known: tuple[str, ...] = ()  # columns whose future is known when a forecast is made
    step: str | None = None  # what a frame of music lasts
    task_of: str | None = None  # the column that says to which of several tasks a row belongs
    vocabulary: int | None = None  # words of a text that have numbers of their own, and the unknown one

    def as_dict(self) -> dict[str, Any]:
        """What was asked, for JSON; nothing for what was not."""
        asked = {
            "target": self.target[0] if len(self.target) == 1 else list(self.target), "task": self.task,
            "group": self.group, "time": self.time, "ignore": list(self.ignore),
            "series": self.series, "horizon": self.horizon, "known": list(self.known),
            "step": self.step, "task_of": self.task_of,
            "vocabulary": self.vocabulary,
        }  # fmt: skip
        return {name: value for name, value in asked.items() if value}
