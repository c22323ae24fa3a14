"""A short search over the settings that matter most, in a share of the time that a run is given."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from gradatim.checks import GradatimError
from gradatim.planning.make_loop import loop_of
from gradatim.planning.plan import Plan
from gradatim.planning.training_options import Settings

SHARE = 0.5  # of the time, for trials; the rest is the run's own
LEAST = 2  # trials that the share must hold for a search to begin
# What is tried, one setting after the other, the best so far kept: docs/log/planning.md, "A time budget"
STEPS: tuple[tuple[str, Callable[[Any], list[Any]]], ...] = (
    ("lr", lambda lr: [3 * lr, lr / 3]),
    ("numbers", lambda numbers: ["periodic", "auto"] if numbers == "piecewise" else []),
    ("hidden", lambda hidden: [tuple(2 * units for units in hidden), tuple(max(units // 2, 1) for units in hidden)]),
    ("weight_decay", lambda decay: [3 * decay, decay / 10]),
    ("dropout", lambda p: [0.0, min(2 * p, 0.5) or 0.1]),
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """Settings that were tried on one network, and what came of them."""

    changed: dict[str, Any]  # from the recipe's
    loss: float | None  # least on validation; None where it was not finite
    epoch: int  # that had it
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The trial for JSON."""
        changed = {name: list(v) if isinstance(v, tuple) else v for name, v in self.changed.items()}
        return {"changed": changed, "loss": self.loss, "epoch": self.epoch, "seconds": self.seconds}


def search(
    make: Callable[[Settings], Plan], settings: Settings, given: frozenset[str], minutes: float,
    stop: Callable[[], bool], say: Callable[[str], None],
) -> tuple[dict[str, Any], list[Trial]]:  # fmt: skip
    """What is better than the recipe on validation, and all that was tried, in half of `minutes`.

    `make` plans a run by settings. One setting after the other is changed, those in `given` never; a change
    that lowers the validation loss of a single network is kept for the trials after it. A trial ends with its
    epochs, or its share of the time.
    """
    until = perf_counter() + SHARE * 60 * minutes
    first = replace(settings, members=1)
    best = _try(make, first, {}, until)
    tried, changed = [best], {}
    base = make(first).settings
    if perf_counter() + LEAST * best.seconds > until:
        return {}, tried
    for name, candidates in STEPS:
        value = getattr(base, name)
        if name in given or value is None:
            continue
        for candidate in candidates(value):
            if stop() or perf_counter() + best.seconds > until:
                return changed, tried
            trial = _try(make, replace(first, **{**changed, name: candidate}), {**changed, name: candidate}, until)
            tried.append(trial)
            say(f"tried {name} {candidate}: validation loss {_text(trial.loss)} (best so far {_text(best.loss)})")
            if trial.loss is not None and (best.loss is None or trial.loss < best.loss):
                best, changed = trial, trial.changed
                break
    return changed, tried


def _try(make: Callable[[Settings], Plan], settings: Settings, changed: dict[str, Any], until: float) -> Trial:
    """One network by these settings, to its end or until the time is up."""
    began = perf_counter()
    loop = loop_of(make(settings))
    losses: list[float] = []
    try:
        while not loop.finished and perf_counter() < until:
            record = loop.advance(max(until - perf_counter(), 0.0))
            if record is not None:
                losses.append(record.valid["loss"])
    except GradatimError:  # a loss that is not finite
        losses = []
    loop.end()
    least = min(losses, default=None)
    epoch = 1 + losses.index(least) if least is not None else 0
    return Trial(changed, least, epoch, perf_counter() - began)


def _text(loss: float | None) -> str:
    return "not finite" if loss is None else f"{loss:.4g}"
