"""The best that fits a time: a short search over what matters most, and as many members as fit."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from gradatim.checks import GradatimError, UsageError
from gradatim.planning.defaults import setting_text
from gradatim.planning.make_loop import loop_of
from gradatim.planning.plan import Plan
from gradatim.planning.training_options import Settings

LEARNING = 0.8  # of the time; models beside the network and the report take some, too
MEMBERS = (15, 10, 2)  # that there may be, the most first
OF_A_THREAD = 0.75  # of what a thread more could bring members that learn side by side
GAIN = 0.98  # of the best loss so far, that a change must come below: few examples tell less apart by chance


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
    run's own training and validation part, to its end; no trial begins that would not end by `until`.
    """

    make: Callable[[Settings], Plan]
    settings: Settings
    given: frozenset[str]
    stop: Callable[[], bool]
    say: Callable[[str], None]
    tried: list[Trial] = field(default_factory=list)

    def improve(self, best: Trial, until: float) -> Trial:
        """The best that was found from here by `until`."""
        usual = self.make(replace(self.settings, members=1)).settings
        for name, candidates in CANDIDATES.items():
            value = getattr(usual, name)
            for candidate in [] if name in self.given or value is None else candidates(value):
                if self.stop() or perf_counter() + best.seconds > until:
                    return best
                trial = self.attempt({**best.changed, name: candidate}, until)
                if trial.loss < GAIN * best.loss:
                    best = trial
                    break
        return best

    def attempt(self, changed: dict[str, Any], until: float) -> Trial:
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
        what = ", ".join(f"{name} {setting_text(value)}" for name, value in changed.items()) or "the recipe"
        self.say(f"tried {what}: validation loss {loss:.4g} in {trial.seconds:.1f} s")
        return trial


def side_by_side(threads: int | None) -> float:
    """How many times as fast several members learn as one after the other, at least.

    >>> side_by_side(1), side_by_side(4)
    (1.0, 3.0)
    """
    return max(1.0, OF_A_THREAD * (threads or 1))


def plan_in_time(
    make: Callable[[Settings], Plan], settings: Settings, given: frozenset[str],
    stop: Callable[[], bool], say: Callable[[str], None],
) -> Plan:  # fmt: skip
    """The plan of the best that fits the time budget, with what was tried.

    A single network is tried by the recipe. Then as many members as fit have their time put aside, since they
    are worth more than other settings, and what is left is for a search. `make` plans a run by settings;
    `given` are the names of the options that the user chose.
    """
    until = perf_counter() + LEARNING * 60 * (settings.time_budget or 0)
    if make(replace(settings, members=1)).data.valid is None:
        raise UsageError("--time-budget chooses on validation examples, and there are none")
    search = Search(make, settings, given, stop, say)
    best = search.attempt({}, until)
    several = not {"members", "hidden"} & given

    speed = side_by_side(make(replace(settings, members=MEMBERS[-1])).settings.threads if several else 1)

    def fitting(seconds: float) -> int:
        left = speed * (until - perf_counter())
        return next((m for m in MEMBERS if several and m * seconds <= left), 1)

    best = search.improve(best, until - fitting(best.seconds) * best.seconds / speed)
    members = fitting(best.seconds)
    changed = {name: value for name, value in best.changed.items() if name != "numbers" or members == 1}
    wanted = changed if "members" in given else {**changed, "members": members}
    plan = make(replace(settings, **wanted))
    plan.tried = [trial.as_dict() for trial in search.tried]
    for name, value in changed.items():
        plan.choices[name] = f"{setting_text(value)}: the best on validation of {len(search.tried)} trials"
    if "members" in wanted:
        plan.choices["members"] = f"{members}: as many as {settings.time_budget:g} minutes leave time for"
    return plan
