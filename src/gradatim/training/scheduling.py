"""Schedules by name and arguments, and the one that watches the validation loss."""

import json
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, named_settings, real
from gradatim.functional.schedules import Schedule
from gradatim.record_checks import COUNT, MEASURE, NUMBER, Entries, Maybe

PLATEAU = Entries({"best": Maybe(MEASURE), "waited": COUNT, "scale": NUMBER})  # what a checkpoint holds


@dataclass
class Plateau:
    """Times `factor` whenever `patience` epochs in a row have not lowered the validation loss.

        η_t = η · factor^(number of such times so far)

    >>> plateau = Plateau(patience=2)
    >>> for loss in (1.0, 1.1, 1.2): plateau.after(loss)
    >>> plateau(0, 100)
    0.1
    """

    factor: float = 0.1
    patience: int = 5
    best: float | None = None
    waited: int = 0
    scale: float = 1.0

    def __call__(self, step: int, total: int) -> float:
        """The factor as it is now."""
        return self.scale

    def after(self, loss: float) -> None:
        """Take in an epoch's validation loss."""
        if self.best is None or loss < self.best:
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.scale, self.waited = self.scale * self.factor, 0

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        return {"best": self.best, "waited": self.waited, "scale": self.scale}

    def restore(self, state: dict[str, Any]) -> None:
        """Take a checkpoint's state."""
        PLATEAU.check(state, "plateau")
        self.best, self.waited, self.scale = state["best"], state["waited"], state["scale"]


def warm_up(schedule: Schedule, share: float) -> Schedule:
    """The schedule behind a linear rise from near 0 to 1 in a share of the steps (Goyal et al. 2017, 2.2).

    >>> rising = warm_up(lambda step, total: 1.0, 0.5)
    >>> [rising(t, 8) for t in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def rising(step: int, total: int) -> float:
        rise = round(share * total)
        return (step + 1) / rise if step < rise else schedule(step - rise, max(total - rise, 1))

    return rising


def schedule_of(text: str | Schedule) -> Schedule:
    """A schedule from `NAME` or `NAME:key=value,key=value`, where `warmup=SHARE` can be added; or a function.

    >>> schedule_of("cosine:warmup=0.1")(0, 100)
    0.1

    Raises UsageError naming the schedule, the argument or the value that cannot be.
    """
    if not isinstance(text, str):
        if not callable(text):
            raise UsageError(f"schedule must be a name or a function of (step, steps in all); it is {text!r}")
        return text
    name, _, given = text.partition(":")
    made_by = catalog.find(name, "schedule").load()
    arguments = _arguments(name, given, made_by)
    warmup = real("warmup", arguments.pop("warmup", 0.0), at_least=0, below=1)
    for key, value in arguments.items():
        for number in value if isinstance(value, list) else [value]:
            real(f"{key} of {name}", number, above=0)
    if made_by is Plateau:
        if warmup:
            raise UsageError("plateau takes no warmup: it follows the validation loss")
        return Plateau(**arguments)
    schedule = partial(made_by, **arguments) if arguments else made_by
    return warm_up(schedule, warmup) if warmup else schedule


def _arguments(name: str, given: str, made_by: Any) -> dict[str, Any]:
    """`key=value,key=value` as numbers, a list as 0.3/0.6."""
    held = ("step", "total", "best", "waited", "scale")
    takes = [key for key in signature(made_by).parameters if key not in held] + ["warmup"]

    def value_of(key: str, value: str) -> Any:
        try:
            numbers = [json.loads(number) for number in value.split("/")]
        except ValueError:
            raise UsageError(
                f"{key} of {name} must be a number, or numbers such as 0.3/0.6; it is {value!r}"
            ) from None
        return numbers if key == "milestones" else numbers[0]

    return named_settings(name, given, takes, value_of)
