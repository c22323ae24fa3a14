"""Training of several networks in step, each on a part of the examples, and the weighing of what they say."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss, UsageError, unknown_argument
from gradatim.data.dataset import Dataset
from gradatim.device import threads
from gradatim.ensembles.folds import fold_of, joined
from gradatim.ensembles.selection import greedy_shares
from gradatim.functional.ensemble_mean import MEANS
from gradatim.random import generator
from gradatim.record_checks import COUNT, NUMBER, DictOf, Entries, ListOf, require
from gradatim.runs.forward import forward
from gradatim.training.loop import Loop, State, tensors_of
from gradatim.training.record import Record
from gradatim.training.training import Training

STATE = Entries(  # beside that of a Loop
    {
        "turns": ListOf(COUNT, distinct=True), "valid": ListOf(DictOf(NUMBER)),
        "members": ListOf(Entries({})),
    }
)  # fmt: skip
ROUND = 16  # updates of a member in a step of all


@dataclass(frozen=True)
class Member:
    """A network in training, the columns that it reads, and the examples that it has not seen."""

    training: Training
    columns: Any
    unseen: np.ndarray  # rows
    name: str  # in front of its parameters' in the whole network


class EnsembleTraining(Loop):
    """Training of the members of an `ensemble`, an epoch of each; then of how much each counts.

    A step is a round: up to 16 updates of every member that is not through with the epoch. Members depend on
    nothing of each other, so that by hand they learn side by side on `threads`, with the same numbers on any.

    With folds the examples of training and of validation are dealt out anew: a member learns from all parts
    but one, and is validated on that. Without, all learn from the training part. Each stops early for itself
    and keeps its best epoch. At the end the kinds are weighed by greedy selection (Caruana et al. 2004) on
    what members say of examples that they have not seen; `unseen_outputs` is that, weighed.

    An epoch's record holds the members' mean loss, and the mean of their measures on validation.
    """

    def __init__(self, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]):
        super().__init__(settings["epochs"], 1, settings["max_minutes"])
        ensemble = _ensemble_of(model)
        self._model, self.mean, self.folds = model, MEANS[ensemble.mean], ensemble.folds
        if not isinstance(loss, str):
            raise UsageError("members are weighed by a loss that has a name; leave --members at 1 for others")
        if valid is None:
            raise UsageError("members are weighed on validation examples, and there are none")
        self.loss = loss_by_name(loss)
        self.examples: Dataset = joined(data, valid)
        if self.examples.x.shape[1:] != (ensemble.in_features,):
            got = tuple(self.examples.x.shape[1:])
            raise UsageError(f"an ensemble of {ensemble.in_features} inputs got examples of shape {got}")
        held_out = self._held_out(len(data), settings["seed"])
        self.members = [
            self._member(m, held_out[m % self.folds], loss, settings) for m in range(len(ensemble.members))
        ]
        self.turns = self._learning()  # in this epoch
        self._each: Callable[..., Iterable[dict[str, Any]]] = map
        self._losses: list[float] = []
        self._unseen_outputs: np.ndarray | None = None
        self._valid: list[dict[str, float]] = [{} for _ in self.members]

    @classmethod
    def of_settings(
        cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]
    ) -> "EnsembleTraining":
        """Every setting of Training is each member's."""
        return cls(model, data, valid, loss, settings)

    def _held_out(self, first: int, seed: int) -> list[np.ndarray]:
        """The rows that each fold holds out; of a single one those of validation."""
        n, y = len(self.examples), self.examples.y
        if self.folds == 1:
            return [np.arange(first, n)]
        classes = y if y is not None and y.ndim == 1 and y.dtype.kind in "iu" else None
        found = fold_of(n, self.folds, seed, classes, self.examples.groups)
        return [np.flatnonzero(found == k) for k in range(self.folds)]

    def _member(self, m: int, unseen: np.ndarray, loss: str, settings: dict[str, Any]) -> Member:
        network, columns = self._parts_of_model(m)
        own = _ensemble_of(self._model).settings[m]
        for name in own:
            if name not in settings:
                raise unknown_argument("the settings of a kind", name, settings)
        if settings["weight_decay"] is None:  # the optimizer's own, or one without
            own = {name: value for name, value in own.items() if name != "weight_decay"}
        x = np.ascontiguousarray(self.examples.x[:, columns])
        learned = np.setdiff1d(np.arange(len(x)), unseen)
        seed = int(generator(settings["seed"], f"member {m}").integers(2**31))
        examples = replace(self.examples, x=x)
        training = Training.of_settings(
            network, examples.take(learned), examples.take(unseen), loss,
            settings | own | {"seed": seed, "max_minutes": None},
        )  # fmt: skip
        return Member(training, columns, unseen, f"0.members.{m}")

    def _parts_of_model(self, m: int) -> tuple[Any, Any]:
        """Member m as a network of its own that shares the parameters of the whole, and its columns."""
        if not isinstance(self._model, Network):
            return self._model[0].members[m], self._model[0].columns[m]
        layer, prefix = _ensemble_of(self._model), f"members.{m}."
        before = sum(prod(shape) for name, shape in layer.shapes.items() if int(name.split(".")[1]) < m)
        size = sum(prod(shape) for name, shape in layer.shapes.items() if name.startswith(prefix))
        own = slice(before, before + size)
        network = Network(self._model.entries[0]["members"][m]["layers"], None, self._model.dtype)
        return network.live_in(self._model.theta[own], self._model.gradient[own]), layer.columns[m]

    # ---- the loop

    @property
    def model(self) -> Any:
        """The whole network."""
        return self._model

    @property
    def lr(self) -> float:
        """The learning rate of the last step of a member that still learns."""
        return self.members[(self._learning() or [0])[0]].training.lr

    @property
    def framework(self) -> str:
        """As the members'."""
        return self.members[0].training.framework

    def _learning(self) -> list[int]:
        return [m for m, one in enumerate(self.members) if not one.training.finished]

    @property
    def finished(self) -> bool:
        """Whether every member has finished."""
        return super().finished or not self._learning()

    def begin_epoch(self) -> None:
        """The members that learn in it are those that have not stopped."""
        self.turns = self._learning()

    @property
    def length(self) -> int:
        """The rounds that those make."""
        return max((-(-_steps(self.members[m]) // ROUND) for m in self.turns), default=0)

    def batches(self, epoch: int, start: int) -> Iterator[int]:
        """The numbers of the rounds of an epoch."""
        return iter(range(start, self.length))

    def advance(self, seconds: float | None = None) -> Record | None:
        """As of any Loop; members by hand share out the threads, each product of matrices on one."""
        workers = min(self.threads, len(self.members)) if self.framework == "np" else 1
        if workers == 1:
            return super().advance(seconds)
        with threads("numpy", 1), ThreadPoolExecutor(workers) as pool:
            self._each = pool.map
            try:
                return super().advance(seconds)
            finally:
                self._each = map

    def take_step(self, group: list[int]) -> dict[str, Any]:
        """Up to 16 updates of each member; behind the last of its epoch it is measured."""
        before = self._updates()
        found = list(self._each(self._round, self.turns))
        self.step += self._updates() - before - 1  # the round itself is counted as one
        return {name: sum(one[name] for one in found) for name in self.SUMS}

    def _round(self, m: int) -> dict[str, float]:
        """What a member's updates add to each of the sums; nothing once it is through with the epoch."""
        training = self.members[m].training
        added = dict.fromkeys(self.SUMS, 0.0)
        try:
            for _ in range(ROUND):
                if training.epoch > self.epoch:
                    break
                before = dict(training.sums)
                training.advance(0.0)
                added = {name: added[name] + training.sums[name] - before[name] for name in added}
                if training.batch == training.length:
                    record = training.advance()
                    self._valid[m] = {} if record is None else record.valid
        except NonFiniteLoss as error:
            raise NonFiniteLoss(f"member {m + 1} of {len(self.members)}: {error}") from None
        return added

    def _updates(self) -> int:
        return sum(one.training.step for one in self.members)

    def measure(self) -> dict[str, float]:
        """The mean of the members' measures, of one that has stopped the last."""
        names = self._valid[0]
        return {name: float(np.mean([valid[name] for valid in self._valid])) for name in names}

    def extend(self, epochs: int) -> None:
        """Every member learns for `epochs` in all."""
        super().extend(epochs)
        for one in self.members:
            one.training.extend(epochs)

    def keep(self, last: bool = False) -> int:
        """Every member's best epoch, and how much each counts; returns the latest epoch that is kept."""
        kept = max(one.training.keep(last) for one in self.members)
        for one in self.members:
            one.training.engine.end()
        outputs = [forward(one.training.model, self.examples.x[one.unseen][:, one.columns])
                   for one in self.members]  # fmt: skip
        unseen = np.unique(np.concatenate([one.unseen for one in self.members]))
        place = {k: np.searchsorted(unseen, one.unseen) for k, one in enumerate(self.members)}
        kinds = len(self.members) // self.folds
        a = np.zeros((kinds, len(unseen), outputs[0].shape[1]))
        for m, output in enumerate(outputs):
            a[m // self.folds, place[m]] = output
        y = self.examples.y[unseen]  # type: ignore[index]
        share = greedy_shares(a, self.mean, lambda mean: self.loss.mean(mean, y))
        self._set_shares(np.repeat(share / self.folds, self.folds))
        self._losses = [self.loss.mean(one.astype(np.float64), self.examples.y[member.unseen])  # type: ignore[index]
                        for one, member in zip(outputs, self.members, strict=True)]  # fmt: skip
        if self.folds > 1:
            self._unseen_outputs = self.mean(a, share)
        return kept

    def facts(self) -> dict[str, Any]:
        """Of each member its fold, the epoch kept, its loss on what it has not seen, and its share."""
        share = _ensemble_of(self._model)
        shares = share.memory["share"] if isinstance(self._model, Network) else share.share.tolist()
        return {"members": [
            {
                "kind": m // self.folds + 1, "fold": m % self.folds + 1,
                "epoch": one.training.stopping.best_epoch, "loss": float(loss), "share": float(s),
            }
            for m, (one, loss, s) in enumerate(zip(self.members, self._losses, shares, strict=True))
        ]}  # fmt: skip

    @property
    def unseen_outputs(self) -> np.ndarray | None:
        """What members that have not seen an example say of it, weighed; None without folds."""
        return self._unseen_outputs

    def _set_shares(self, share: np.ndarray) -> None:
        if isinstance(self._model, Network):
            self._model.layers[0].memory["share"][...] = share
        else:
            self._model[0].set_shares(share)

    def end(self) -> None:
        """Let go of the examples."""
        for one in self.members:
            one.training.end()
        self.examples = None  # type: ignore[assignment]

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return next(filter(None, (one.training.bad_parameter() for one in self.members)), None)

    # ---- the checkpoint

    def own_state(self) -> State:
        """The whole network, and of every member what its training holds besides."""
        states = [one.training.state() for one in self.members]
        tensors = {f"model.{name}": value for name, value in _copied(self._model).items()}
        for m, (held, _) in enumerate(states):
            tensors |= {f"member{m}.{n}": t for n, t in held.items() if not n.startswith("model.")}
        return tensors, {"turns": self.turns, "valid": self._valid, "members": [n for _, n in states]}

    def restore_own(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        number = len(self.members)
        STATE.check(numbers, "training")
        for name in ("valid", "members"):
            require(len(numbers[name]) == number, f"training.{name}", f"a list of {number}", numbers[name])
        turns = numbers["turns"]
        require(all(m < number for m in turns), "training.turns", f"numbers below {number}", turns)
        whole = tensors_of("model", tensors)
        for m, (one, held) in enumerate(zip(self.members, numbers["members"], strict=True)):
            own = tensors_of(f"member{m}", tensors)
            own |= {f"model.{name}": value for name, value in tensors_of(one.name, whole).items()}
            one.training.restore(own, held)
        self.turns, self._valid = list(numbers["turns"]), list(numbers["valid"])


def _ensemble_of(model: Any) -> Any:
    """The only layer of a network that is an ensemble."""
    return model.layers[0] if isinstance(model, Network) else model[0]


def _steps(one: Member) -> int:
    """Updates in an epoch of a member."""
    return -(-(one.training.length or 0) // one.training.accumulate)


def _copied(model: Any) -> dict[str, Any]:
    if isinstance(model, Network):
        return model.state_dict()
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
