"""What was asked of `plot`, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gradatim.checks import UsageError
from gradatim.explain.figures.animation import Animation
from gradatim.explain.figures.style import Picture, short
from gradatim.jobs.run import Run, load


@dataclass(frozen=True)
class PlotRequest:
    """Runs, data or names; key=value arguments of what is drawn; options as `train` has them."""

    things: tuple[Any, ...]
    arguments: dict[str, Any]
    options: dict[str, Any]

    def one(self, otherwise: str) -> Any:
        """The one thing; UsageError saying `otherwise` when there is none, or more."""
        if len(self.things) != 1:
            raise UsageError(otherwise)
        return self.things[0]

    def run(self) -> Run:
        """The one run."""
        return as_run(self.one("name one run, such as runs/digits-1"), self.options.get("data"))


class Drawing(NamedTuple):
    """The picture, numbers that belong to it, and what writes the same as a page of HTML, where it is one."""

    picture: Picture | Animation
    facts: dict[str, Any]
    page: Callable[[], str] | None = None


def as_run(thing: Any, data: Any = None) -> Run:
    """A run in memory, or by its folder or name, whose data may have moved."""
    return thing if isinstance(thing, Run) else load(thing, data=data)


def name_of(run: Run) -> str:
    """A run's name in a title."""
    return short(run.path.name)
