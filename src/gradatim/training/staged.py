"""Learning in stages, one way of learning after the other on one network."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from torch import nn

from gradatim.checks import NonFiniteLoss, UsageError, whole
from gradatim.models.building import load_weights
from gradatim.record_checks import COUNT, RECORD, Entries, Maybe, require
from gradatim.training.loop import Course, Loop, State, tensors_of
from gradatim.training.nonfinite_loss import bad_parameter
from gradatim.training.record import Record

STATE = Entries({"number": COUNT, "loop": Maybe(RECORD)})  # in a checkpoint


def _nothing() -> None:
    """Where a stage leaves the parameters as they are to be."""


@dataclass(frozen=True)
class Stage:
    """A part of learning: its name, what makes its loop when its turn comes, and what is done at its end.

    `make` may read what the stages before have learned; the parameters are the network's own.
    """

    name: str
    make: Callable[[], Loop]
    finish: Callable[[], None] = _nothing


class Staged(Loop):
    """Learning in stages: each is a loop of its own, made when the one before has finished.

        stage 1, …, L − 1, each to the end of its epochs; then the last, whose epochs are those of the whole

    The stages share the parameters of one network. A checkpoint holds all of these, the number of the stage
    under way and its loop's own state, so that learning goes on exactly from any step of any stage. Records
    before the last stage bear its name, and their epochs count from 1 in each. Early stopping, averages and
    the schedule are the last loop's.

    Parameters: `model`, the network; `stages`, the last of which has no name in records; `epochs` of the
    last, which `extend` changes; `max_minutes` of one sitting in all.

    Raises UsageError for a value that cannot be, NonFiniteLoss naming the stage.
    """

    framework = "pt"

    def __init__(
        self, model: nn.Module, stages: Sequence[Stage], epochs: int, max_minutes: float | None = None
    ):
        super().__init__(epochs, max_minutes=max_minutes)
        self.whole, self.stages = model, tuple(stages)
        self.number = 0  # of the stage under way, from 0
        self.under_way: Loop | None = None  # None until its turn has come
        self._said = ""
        self._course = Course(self._name, 0.0, 0, 0)

    @property
    def model(self) -> nn.Module:
        """The network."""
        return self.whole

    @property
    def lr(self) -> float:
        """The learning rate of the stage under way; 0 before it begins."""
        return 0.0 if self.under_way is None else self.under_way.lr

    @property
    def length(self) -> int | None:
        """Batches in an epoch of the stage under way."""
        return 0 if self.under_way is None else self.under_way.length

    @property
    def in_last(self) -> bool:
        """Whether the last stage is under way."""
        return self.number == len(self.stages) - 1

    @property
    def finished(self) -> bool:
        """Whether the last stage has finished."""
        return self.in_last and self.under_way is not None and self.under_way.finished

    @property
    def begun(self) -> bool:
        """Whether a step has been taken, in any stage."""
        return self.number > 0 or (self.under_way is not None and self.under_way.begun)

    @property
    def course(self) -> Course:
        """How far the stage has come that was under way last."""
        return self._course

    @property
    def _name(self) -> str:
        """What records and the display call the stage under way; nothing of the last."""
        return "" if self.in_last else self.stages[self.number].name

    def begin_stage(self) -> Loop:
        """The loop of the stage under way, made now if it has not been."""
        if self.under_way is None:
            try:
                self.under_way = self.stages[self.number].make()
            except UsageError as error:
                if not self.number or self.in_last:  # which a caller asks for, and has refused
                    raise
                raise UsageError(f"{self._name} cannot learn: {error}") from error
            if self.in_last:
                self.under_way.extend(self.epochs)
            self.under_way.threads = self.threads
            self._follow()
        return self.under_way

    def _follow(self) -> None:
        """Take over the counters of the loop under way."""
        loop = self.under_way
        assert loop is not None
        self.epoch, self.batch, self.step = loop.epoch, loop.batch, loop.step
        self._course = Course(self._name, loop.progress, loop.epoch, loop.epochs)

    def advance(self, seconds: float | None = None) -> Record | None:
        """As of any Loop; the record bears the stage's name. The next has its turn behind its last epoch."""
        if self.finished:
            return None
        now = perf_counter()
        self._sitting_since = self._sitting_since or now
        limit = self._sitting_since + 60 * self.max_minutes if self.max_minutes else float("inf")
        loop, name = self.begin_stage(), self._name
        if self._must_stop(limit):
            return None
        left = min(seconds if seconds is not None else float("inf"), limit - perf_counter())
        try:
            record = loop.advance(max(left, 0.0) if left < float("inf") else None)
        except NonFiniteLoss as error:
            raise NonFiniteLoss(f"{name}: {error}" if name else str(error)) from None
        self._must_stop(limit)
        self._follow()
        self._said = loop.notice() if record is not None else ""
        if loop.finished and not self.in_last:
            self._end_stage()
        return record and replace(record, stage=name)

    def _end_stage(self) -> None:
        """Close the stage under way; the next is made when learning goes on."""
        assert self.under_way is not None
        self.stages[self.number].finish()
        self.under_way.end()
        self.number, self.under_way = self.number + 1, None
        self.epoch = self.batch = 0

    def __iter__(self) -> "Staged":
        super().__iter__()
        if self.under_way is not None:
            self.under_way.interrupted = False
        return self

    def interrupt(self) -> None:
        """Ask to stop before the next step."""
        super().interrupt()
        if self.under_way is not None:
            self.under_way.interrupt()

    def extend(self, epochs: int) -> None:
        """Let the last stage learn for `epochs` in all; those before stay as they are."""
        if self.in_last and self.under_way is not None:
            self.under_way.extend(epochs)
        self.epochs = whole("epochs", epochs, 1)

    def loss_so_far(self) -> float | None:
        """Of the epoch under way."""
        return None if self.under_way is None else self.under_way.loss_so_far()

    def notice(self) -> str:
        """What the stage has to say of its epoch."""
        return f"{self._course.stage}: {self._said}" if self._said and self._course.stage else self._said

    # ---- what is the last stage's

    def keep(self, last: bool = False) -> int:
        """What the last stage keeps; before it the parameters as they are, and no epoch."""
        if not self.in_last or self.under_way is None:
            if self.under_way is not None:
                self.stages[self.number].finish()
            return 0
        return self.under_way.keep(last)

    def facts(self) -> dict[str, Any]:
        """What is known of what was kept."""
        return self.under_way.facts() if self.in_last and self.under_way is not None else {}

    def end(self) -> None:
        """The network into evaluation mode; the examples are let go."""
        if self.under_way is not None:
            self.under_way.end()
        self.whole.eval()

    @property
    def unseen_outputs(self) -> Any:
        """Of the last stage."""
        return self.under_way.unseen_outputs if self.in_last and self.under_way is not None else None

    def evaluate(self, data: Any) -> dict[str, float]:
        """The last stage's measures on other examples."""
        if not self.in_last:
            raise UsageError(f"the network is still in {self._name}; it is evaluated after its last stage")
        return self.begin_stage().evaluate(data)

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.whole)

    # ---- of a Loop, but each stage's own

    def batches(self, epoch: int, start: int) -> Iterator:
        """Those of the stage under way."""
        return self.begin_stage().batches(epoch, start)

    def take_step(self, group: list) -> dict[str, Any]:
        """One update of the stage under way."""
        return self.begin_stage().take_step(group)

    def measure(self) -> dict[str, float]:
        """What the stage under way measures."""
        return self.begin_stage().measure()

    # ---- the checkpoint

    @property
    def _of_all(self) -> bool:
        """Whether the loop under way teaches the whole network, whose parameters are then kept once."""
        return self.under_way is not None and self.under_way.model is self.whole

    def state(self) -> State:
        """The whole network, the number of the stage, and what its loop holds besides."""
        held, numbers = ({}, None) if self.under_way is None else self.under_way.state()
        tensors = {f"model.{name}": t.detach().clone() for name, t in self.whole.state_dict().items()}
        own = {n: t for n, t in held.items() if not (self._of_all and n.startswith("model."))}
        tensors |= {f"stage.{name}": tensor for name, tensor in own.items()}
        return tensors, {"number": self.number, "loop": numbers}

    def restore(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `state` gave: the network, then the loop of the stage under way."""
        STATE.check(numbers, "training")
        number = numbers["number"]
        stages = len(self.stages)
        require(number < stages, "training.number", f"a number below {stages}", number)
        device = next(self.whole.parameters()).device
        network = {name: tensor.to(device) for name, tensor in tensors_of("model", tensors).items()}
        load_weights(self.whole, network, "the checkpoint's weights")
        self.number, self.under_way = number, None
        self.epoch = self.batch = 0
        self._course = Course(self._name, 0.0, 0, self.epochs)
        if numbers["loop"] is None:
            return
        loop = self.begin_stage()
        own = tensors_of("stage", tensors)
        if self._of_all:
            own |= {f"model.{name}": tensor for name, tensor in tensors_of("model", tensors).items()}
        loop.restore(own, numbers["loop"])
        self._follow()
