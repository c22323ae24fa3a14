"""One step of a run's network from one of its examples: its own optimizer, what that remembers, its loss."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.by_hand.losses.by_name import LOSSES, loss_by_name
from gradatim.checks import known, one_of, real
from gradatim.explain.traces.networks.asking import SIGNS
from gradatim.explain.traces.networks.changes import change
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.step import Setup
from gradatim.jobs.evaluate import part_of
from gradatim.jobs.trace_changes import change_symbols, change_target
from gradatim.jobs.trace_example import example_of
from gradatim.jobs.trace_state import method_of, state_of
from gradatim.optim.numpy_updates import METHODS
from gradatim.training.penalties_and_clipping import Shaping

if TYPE_CHECKING:
    from gradatim.jobs.run import Run

SHAPING = ("l1", "l2", "weight_decay", "clip_norm", "clip_value")


def setup_of_run(run: "Run", asked: dict[str, Any], changes: dict[str, Any]) -> Setup:
    """The setup of a run's example.

    Raises UsageError for an example that is not there, a network without a twin by hand, and an option that
    cannot be.
    """
    settings = run.config["settings"]
    split, part = _part(run, asked.get("split", "test"))
    example = example_of(run, part, split, asked.get("example", 1), asked.get("member"))
    example, changes = change_symbols(example, changes)
    twin = example.twin
    network = twin.network
    settings = {**settings, **twin.settings}
    wanted, x = change(Names(network, int(twin.x[0].size)), dict(asked), twin.x, changes, example.names)
    loss_name = known("loss", run.config["loss"] or "", LOSSES)
    example = change_target(example, run.trained, wanted, loss_name)
    y = _follow(run, x, example.y)
    optimizer, own = method_of(settings["optimizer"])
    method = known("optimizer", wanted.get("optimizer", optimizer), METHODS)
    state, t = ({}, 0) if method != optimizer else state_of(run, twin)
    base = (
        settings["lr"]
        if settings["lr"] is not None and method == optimizer
        else METHODS[method].settings["lr"]
    )
    lr = real("lr", wanted.get("lr", base), above=0)
    shaping = Shaping(**{name: settings.get(name) for name in SHAPING}).check()
    if shaping.weight_decay is None and METHODS[method].weight_decay:
        shaping = Shaping(
            **{**{n: settings.get(n) for n in SHAPING}, "weight_decay": METHODS[method].weight_decay}
        )
    return Setup(
        network, x, _in_float64(y), loss_name, lr, _loss(loss_name, settings), method,
        own if method == optimizer else {}, state, t, shaping,
        SIGNS[one_of("delta", wanted.get("delta", "dL/da"), SIGNS)],
        settings["seed"], title=example.title,
        sentences=(example.target, f"η = {lr:g}" + (", the run's before its schedule" if lr == base else "")),
        where=example.where, names=example.names, steps=example.steps, answers=example.answers,
    )  # fmt: skip


def _follow(run: "Run", x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The target, which is the input itself where a network says that again."""
    problem = run.trained.problem
    truth = problem.truth(None, x)
    return y if truth is None or truth.shape != y.shape else np.asarray(problem.targets(truth))


def _part(run: "Run", asked: str) -> tuple[str, Any]:
    """The part of a run's data, and its name: of a text the one for validation is judged on."""
    part = part_of(run.data, asked)
    return run.data.judged_on if asked == "test" else asked, part


def _loss(name: str, settings: dict[str, Any]) -> Any:
    """The run's loss, with the smoothing and the weight of yes that it was trained with."""
    from gradatim.training.checks_of_outputs import smooth
    from gradatim.training.weight_of_yes import weigh_yes

    loss = loss_by_name(name)
    if settings.get("pos_weight") is not None:
        loss = weigh_yes(loss, settings["pos_weight"])
    return smooth(loss, settings["label_smoothing"]) if settings.get("label_smoothing") else loss


def _in_float64(y: np.ndarray) -> np.ndarray:
    return y.astype(np.float64) if y.dtype.kind == "f" else y
