"""What a run's optimizer remembers from its last checkpoint."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.jobs.trace_twin import RunTwin
from gradatim.optim.numpy_updates import METHODS, NUMBERS
from gradatim.runs.tensors import read_tensors

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


def method_of(given: str) -> tuple[str, dict[str, Any]]:
    """The optimizer's name and its settings."""
    from gradatim.planning.optimizer_settings import optimizer_settings

    name = given.partition(":")[0]
    if name not in METHODS:
        raise UsageError(
            f"the run's optimizer is {given}, which has no equations here: name another with --optimizer"
        )
    return name, optimizer_settings(given)


def state_of(run: "Run", twin: RunTwin) -> tuple[dict[str, np.ndarray], int]:
    """What the optimizer remembers at the run's last checkpoint, as vectors of θ's length, and its steps.

    Of members each has an optimizer of its own; another run that keeps none here has an empty memory.
    """
    if not run.folder.checkpoint.exists():
        return {}, 0
    tensors, numbers = read_tensors(run.folder.checkpoint, "checkpoint", "np")
    training, prefix = numbers["training"], "optimizer."
    if twin.member is not None:
        training, prefix = training["members"][twin.member], f"member{twin.member}.optimizer."
    engine = training.get("engine")
    if engine is None:
        return {}, 0
    method = METHODS[method_of(run.config["settings"]["optimizer"])[0]]
    held = {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}
    keys = list(twin.names.values())
    if "t" in engine:
        steps = int(engine["t"])
        places = {key: [f"{key}.{name}" for name in keys] for key in method.state}
    else:  # torch numbers parameters
        order = {name: n for n, (name, _) in enumerate(run.model.named_parameters())}
        places = {key: [f"{order[name]}.{key}" for name in keys] for key in method.state}
        counts = [v for name, v in held.items() if name.endswith(".step")]
        counts += [one["step"] for one in engine.get("state", {}).values() if "step" in one]
        steps = int(max(counts, default=0)) or int(training.get("step", 0))
    found: dict[str, np.ndarray] = {}
    for key, names in places.items():
        if key in NUMBERS and names[0] in held:  # torch keeps the one number with every parameter
            found[key] = np.asarray(held[names[0]], np.float64).reshape(())
        elif key in held:
            found[key] = np.asarray(held[key], np.float64)
        elif all(name in held for name in names):
            found[key] = np.concatenate([np.asarray(held[name], np.float64).ravel() for name in names])
    return (found, steps) if len(found) == len(method.state) else ({}, 0)
