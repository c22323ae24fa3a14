"""A run's network as a network by hand, whose numbers a trace shows."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, whole
from gradatim.functional.ensemble_mean import columns_of

if TYPE_CHECKING:
    from gradatim.jobs.run import Run


class RunTwin(NamedTuple):
    """The network in float64 with its weights, what the run's checkpoint calls its parameters, and its input.

    Of a run that is the mean of members it is one of them: `member` is its number, from 0, `columns` the
    inputs that it reads, and `settings` those of its training that are its own.
    """

    network: Network
    names: dict[str, str]
    x: np.ndarray
    member: int | None = None
    of: int = 1  # members
    columns: Any = slice(None)
    settings: dict[str, Any] = {}  # noqa: RUF012  # never changed
    asleep: tuple[str, ...] = ()  # parts that run in training only


def twin_of(run: "Run", x: np.ndarray, member: Any = None) -> RunTwin:
    """The twin of a run's network, for an encoded example x (1, …).

    Raises UsageError where it has no twin by hand, and for a member that is not there.
    """
    model = run.trained.model
    if isinstance(model, Network):
        if len(model.entries) == 1 and model.entries[0]["name"] == "mean_of_members":
            return _member(model, x, 1 if member is None else member)
        _refuse(member)
        network = Network(model.entries, None, np.float64)
        network.load_state_dict(model.state_dict())
        return RunTwin(network, {name: name for name in network.parameters}, x)
    _refuse(member)
    from gradatim.jobs.trace_module import by_hand_twin, in_front

    twin = by_hand_twin(run.trained, x)
    names = {name: twin.names[name] for name in twin.network.parameters}
    return RunTwin(twin.network, names, in_front(twin.front, x), asleep=tuple(twin.asleep))


def _refuse(member: Any) -> None:
    if member is not None:
        raise UsageError("--member is for a run that is the mean of several networks; this is one")


def _member(model: Network, x: np.ndarray, member: Any) -> RunTwin:
    """One member of a mean, which has learned alone."""
    entry = model.entries[0]
    members, number = entry["members"], whole("member", member, 1) - 1
    if number >= len(members):
        raise UsageError(f"the run's network has {len(members)} members; there is no member {number + 1}")
    one = members[number]
    network = Network(one["layers"], None, np.float64)
    place = f"0.members.{number}."
    state = model.state_dict()
    network.load_state_dict({name: state[place + name] for name in network.state_dict()})
    columns = columns_of(one.get("columns"), entry["in_features"])
    names = {name: name for name in network.parameters}
    return RunTwin(network, names, x[:, columns], number, len(members), columns, one.get("settings", {}))
