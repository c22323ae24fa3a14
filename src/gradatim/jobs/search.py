"""A short search over the settings that matter most, in a share of the time that a run is given."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from gradatim.checks import GradatimError
from gradatim.planning.make_loop import loop_of
from gradatim.planning.plan import Plan
from gradatim.planning.training_options import Settings

SHARE = 0.4  # of the time, for trials; the rest is the run's own


def _wider_and_narrower(hidden: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [tuple(2 * units for units in hidden), tuple(max(units // 2, 1) for units in hidden)]


# What is tried, one setting after the other, in the order of what it is usually worth
CANDIDATES: dict[str, Callable[[Any], list[Any]]] = {
    "lr": lambda lr: [3 * lr, lr / 3],
    "numbers": lambda numbers: ["periodic", "auto"] if numbers == "piecewise" else [],
    "hidden": _wider_and_narrower,
    "weight_decay": lambda decay: [3 * decay, decay / 10],
    "dropout": lambda p: [0.0, min(2 * p, 0.5) or 0.1],
}


@dataclass(frozen=True)
class Trial:
    """What was changed from the recipe, and what came of it on one network."""

    changed: dict[str, Any]
    loss: float  # the least on validation; infinite where it was not finite
    epoch: int  # that had it
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The trial for JSON."""
        changed = {name: list(v) if isinstance(v, tuple) else v for name, v in self.changed.items()}
        loss = self.loss if self.loss < float("inf") else None
        return {"changed": changed, "loss": loss, "epoch": self.epoch, "seconds": self.seconds}


@dataclass
class Search:
    """Coordinate descent from the recipe: a setting is changed, and left so where that lowers the loss.

    `make` plans a run by settings; those in `given` are the user's, and stay. A trial is one network on the
    run's own training and validation part, to its end; no trial begins that would not end in time.
    """

    make: Callable[[Settings], Plan]
    settings: Settings
    given: frozenset[str]
    seconds: float  # for all trials
    stop: Callable[[], bool]
    say: Callable[[str], None]
    tried: list[Trial] = field(default_factory=list)

    def best(self) -> Trial:
        """The best of all that was tried; the recipe's own trial is the first."""
        until = perf_counter() + self.seconds
        best = self._try({}, until)
        usual = self.make(replace(self.settings, members=1)).settings
        for name, candidates in CANDIDATES.items():
            value = getattr(usual, name)
            for candidate in [] if name in self.given or value is None else candidates(value):
                if self.stop() or perf_counter() + best.seconds > until:
                    return best
                trial = self._try({**best.changed, name: candidate}, until)
                if trial.loss < best.loss:
                    best = trial
                    break
        return best

    def _try(self, changed: dict[str, Any], until: float) -> Trial:
        """One network with these changes, to its end or until the time is up."""
        began = perf_counter()
        loop = loop_of(self.make(replace(self.settings, members=1, **changed)))
        losses: list[float] = []
        try:
            while not loop.finished and perf_counter() < until and not self.stop():
                record = loop.advance(max(until - perf_counter(), 0.0))
                losses += [] if record is None else [record.valid["loss"]]
        except GradatimError:  # a loss that is not finite
            losses = []
        loop.end()
        loss = min(losses, default=float("inf"))
        trial = Trial(changed, loss, losses.index(loss) + 1 if losses else 0, perf_counter() - began)
        self.tried.append(trial)
        what = ", ".join(f"{name} {value}" for name, value in changed.items()) or "the recipe"
        self.say(f"tried {what}: validation loss {loss:.4g} in {trial.seconds:.1f} s")
        return trial
