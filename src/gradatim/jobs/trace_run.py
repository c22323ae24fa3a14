"""One step of a run's network from one of its examples: its own optimizer, what that remembers, its loss."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.by_hand.losses.by_name import LOSSES, loss_by_name
from gradatim.checks import UsageError, known, one_of, real, whole
from gradatim.explain.traces.networks.asking import SIGNS, change
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.step import Setup
from gradatim.jobs.evaluate import part_of
from gradatim.jobs.trace_state import method_of, state_of
from gradatim.jobs.trace_twin import RunTwin, twin_of
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
    split = asked.get("split", "test")
    part = part_of(run.data, split)
    if part.layout != "rows":
        raise UsageError(f"a trace shows one example of rows; {run.path} learned from {part.layout}")
    count = len(part)
    number = whole("example", asked.get("example", 1), 1)
    if number > count:
        raise UsageError(
            f"the {split} part of {run.path.name} has {count:,} examples; there is no example {number:,}"
        )
    row = part.take(np.array([number - 1]))
    trained = run.trained
    x = trained.encoder.inputs(row, np.float64)
    y = trained.problem.truth(row.y, x)
    if y is None:
        raise UsageError("there is no target to learn from")
    y = np.asarray(trained.problem.targets(y))
    twin = twin_of(run, x, asked.get("member"))
    network, x = twin.network, twin.x
    settings = {**settings, **twin.settings}
    names = Names(network, int(x[0].size))
    wanted, x = change(names, dict(asked), x, changes)
    loss_name = known("loss", run.config["loss"] or "", LOSSES)
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
        settings["seed"], title=f"One step of {run.path.name} from its {split} example {number:,}",
        sentences=(_target(trained, row, y),
                   f"η = {lr:g}" + (", the run's before its schedule" if lr == base else "")),
        where=_where(run, split, number, count, twin), names=_names(trained, twin),
    )  # fmt: skip


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


def _target(trained: Any, row: Any, y: np.ndarray) -> str:
    """The right answer in words."""
    names = trained.problem.names
    if y.dtype.kind in "iu" and y.size == 1 and len(names) > int(y.flat[0]):
        return f"the right class is {names[int(y.flat[0])]} (number {int(y.flat[0])}, counted from 0)"
    raw = (
        ""
        if row.y is None
        else f" ({', '.join(f'{v:.4g}' for v in np.asarray(row.y, float).ravel()[:4])} in the data)"
    )
    return "target t = " + ", ".join(f"{v:.4g}" for v in np.asarray(y, float).ravel()[:8]) + raw


def _where(run: "Run", split: str, number: int, count: int, twin: RunTwin) -> str:
    place = f"Example {number:,} of the {count:,} of the {split} part of {run.path}"
    found = f"{place}, in the network that the run kept"
    if twin.member is not None:
        found = f"{place}, in member {twin.member + 1} of the {twin.of} whose mean the run kept"
    return found + (f"; {run.answers} answers in its place" if run.trained.kept is not None else "")


def _names(trained: Any, twin: RunTwin) -> tuple[str, ...]:
    """The encoded inputs' names; none of pictures."""
    if twin.x.ndim != 2:
        return ()
    every = trained.encoder.names(trained.features)
    found = tuple(
        every[twin.columns] if isinstance(twin.columns, slice) else (every[i] for i in twin.columns)
    )
    return found if len(found) == twin.x.shape[1] else ()
