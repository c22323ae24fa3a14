"""Learning as an iterator whose fields are the whole checkpoint."""

from collections.abc import Iterator
from itertools import islice
from math import isfinite
from time import perf_counter
from typing import Any, NamedTuple

from gradatim.checks import NonFiniteLoss, UsageError, real, whole
from gradatim.record_checks import COUNT, NUMBER, Entries
from gradatim.training.learning import Learning, State
from gradatim.training.record import Record

COUNTERS = ("epoch", "batch", "step", "seen", "seconds")
STATE = {name: NUMBER if name == "seconds" else COUNT for name in COUNTERS}  # in a checkpoint


class Course(NamedTuple):
    """Epochs done, with the share of the one under way; those finished and those in all; a stage's name."""

    stage: str
    progress: float
    epoch: int
    epochs: int

    @property
    def place(self) -> str:
        """The epoch under way, in words; of a stage that has just ended that it has."""
        if self.stage and self.epoch >= self.epochs:
            return f"after {self.stage}"
        stage = f" of {self.stage}" if self.stage else ""
        return f"in epoch {self.epoch + 1} of {self.epochs}{stage}"


class Loop(Learning):
    """Learning that yields a Record after each epoch; its fields are the whole checkpoint. Abstract.

        for record in loop:
            print(record)

    `break` leaves an object that goes on when iterated again. `advance` learns for a while and may stop
    between two steps in mid-epoch; `state` and `restore` are its checkpoint, put back exactly. Counters,
    pauses, interrupts and limits of time are here, and nothing of what a step is.

    A way of learning, all of whose members `Learning` says, gives

    - `batches(epoch, start)`, the batches of an epoch from number `start` on, a function of seed and epoch,
      and `length`, how many there are; what has no data gives the numbers of its steps;
    - `take_step(group)`, one update by `accumulate` batches: forward, backward and update stand together in
      it; it returns what the step adds to each of `SUMS`, whose means an epoch's record holds;
    - `measure()`, what is measured after each epoch;
    - `own_state()` and `restore_own(tensors, numbers)`, its part of a checkpoint: the network that a run
      keeps is called "model.NAME"; a second network and every optimizer have a first name of their own, such
      as "critic.NAME" and "critic_optimizer.0.exp_avg"; so has a replay memory;
    - `model`, `lr` and `framework`.

    Parameters: `epochs`, in all. `accumulate`, batches whose gradients make one step. `max_minutes`, wall
    time of one sitting.

    Raises UsageError for a value that cannot be; NonFiniteLoss naming the step.
    """

    def __init__(self, epochs: int, accumulate: int = 1, max_minutes: float | None = None):
        self.epochs = whole("epochs", epochs, 1)
        self.accumulate = whole("accumulate", accumulate, 1)
        self.max_minutes = None if max_minutes is None else real("max_minutes", max_minutes, above=0)
        self.epoch = 0  # how many are finished
        self.batch = 0  # how many of this epoch are done
        self.step = 0  # updates so far
        self.seen = 0  # batches in all
        self.sums: dict[str, Any] = dict.fromkeys(self.SUMS, 0.0)  # of this epoch
        self.seconds = 0.0  # of this epoch
        self.threads = 1  # for parts that learn side by side
        self.interrupted = False
        self.out_of_time = False
        self._sitting_since: float | None = None
        self._batches: Iterator | None = None  # the rest of this epoch
        self._random_at_epoch: Any = None  # before foreign batches began the epoch and drew from it
        self._good: State | None = None  # the state to replay from, where steps are not checked

    @property
    def progress(self) -> float:
        """Epochs done, with the share of the one that is under way where its length is known."""
        return self.epoch + (self.batch / max(self.length, 1) if self.length is not None else 0.0)

    @property
    def begun(self) -> bool:
        """Whether a step has been taken."""
        return bool(self.epoch or self.batch)

    @property
    def course(self) -> "Course":
        """How far what is under way has come: the whole, of learning in stages the stage."""
        return Course("", self.progress, self.epoch, self.epochs)

    def loss_so_far(self) -> float | None:
        """The mean loss of the steps of the epoch under way; None before its first."""
        return self.means().get("loss") if self.batch else None

    @property
    def finished(self) -> bool:
        """Whether every epoch is done."""
        return self.epoch >= self.epochs

    def extend(self, epochs: int) -> None:
        """Learn for `epochs` in all."""
        if whole("epochs", epochs, 1) < self.epoch:
            raise UsageError(f"{self.epoch} epochs are done already; --epochs {epochs} is fewer")
        self.epochs = epochs

    def interrupt(self) -> None:
        """Ask to stop before the next step; safe to call from a signal handler or another thread."""
        self.interrupted = True

    def __iter__(self) -> "Loop":
        self.interrupted = self.out_of_time = False
        self._sitting_since = None
        return self

    def __next__(self) -> Record:
        while not (self.finished or self.interrupted or self.out_of_time):
            record = self.advance()
            if record is not None:
                return record
        raise StopIteration

    def advance(self, seconds: float | None = None) -> Record | None:
        """Learn to the end of the epoch and return its record; None when stopped before, between two steps.

        It stops when `seconds` have passed, but not before the first step, so that it always gets on; when
        `max_minutes` of this sitting have (`out_of_time`); or after `interrupt` (`interrupted`).
        """
        if self.finished:
            return None
        started = perf_counter()
        self._sitting_since = self._sitting_since or started
        until = started + seconds if seconds is not None else float("inf")
        limit = self._sitting_since + 60 * self.max_minutes if self.max_minutes else float("inf")
        self.begin()
        batches = self._rest_of_epoch()
        while not self._must_stop(limit):
            group = list(islice(batches, self.accumulate))
            if not group:
                self.seconds += perf_counter() - started
                return self._end_epoch()
            self._count_step(group)
            if perf_counter() >= until:
                break
        self._batches = batches
        self.seconds += perf_counter() - started
        return None

    def _must_stop(self, limit: float) -> bool:
        self.out_of_time = perf_counter() >= limit
        return self.interrupted or self.out_of_time

    def _rest_of_epoch(self) -> Iterator:
        """The batches of this epoch that are still to do: those of a pause, or found again.

        They are handed over, and `advance` puts them back when it pauses; an exception leaves none, so that
        the batch it fell on comes again.
        """
        batches, self._batches = self._batches, None
        if batches is not None:
            return batches
        if not self.batch:
            self.begin_epoch()
        if not self.checks_steps and self._good is None:
            self._good = self.state()
        if not self.foreign_batches:
            return self.batches(self.epoch, self.batch)
        now = self.random_state()
        if self._random_at_epoch is None:
            self._random_at_epoch = now
            return self.batches(self.epoch, self.batch)
        self.set_random_state(self._random_at_epoch)
        batches = self.batches(self.epoch, self.batch)
        if self.batch:
            self.set_random_state(now)
        return batches

    def _count_step(self, group: list) -> None:
        """One update; the sums and the counters grow by it."""
        try:
            found = self.take_step(group)
        except NonFiniteLoss as error:
            place = f"at step {self.step + 1} (epoch {self.epoch + 1}, batch {self.batch + 1})"
            raise NonFiniteLoss(f"{place} {error}") from None
        for name, value in found.items():
            self.sums[name] += value
        self.step += 1
        self.batch += len(group)
        self.seen += len(group)

    def _end_epoch(self) -> Record:
        """Measure, and close the epoch with its record."""
        self._refuse_bad()
        if not self.batch:
            again = "; it must start anew each time it is iterated" if self.epoch else ""
            raise UsageError(f"the loader gave no batch{again}")
        started = perf_counter()
        valid = self.measure()
        for name, value in valid.items():
            if not isfinite(value):
                raise NonFiniteLoss(
                    f"after epoch {self.epoch + 1} the validation {name} is {value}; "
                    f"try a learning rate below {self.lr:g}"
                )
        self.epoch += 1
        self.after_epoch(valid)
        means = self.means()
        seconds = self.seconds + perf_counter() - started
        waited = self.waited()
        waiting = None if waited is None else waited / max(seconds, waited, 1e-9)
        record = Record(
            self.epoch, self.step, means.pop("loss"), self.lr, seconds, valid, means, waiting=waiting
        )
        self.batch, self.seconds, self.sums = 0, 0.0, dict.fromkeys(self.SUMS, 0.0)
        self._batches = self._good = self._random_at_epoch = None
        return record

    def _refuse_bad(self) -> None:
        """Raise NonFiniteLoss for a loss or a parameter that is not finite, rather than keep this state."""
        if self.any_nonfinite() and self._good is not None:
            self._replay(*self._good)
        if found := self.bad_parameter():
            raise NonFiniteLoss(
                f"step {self.step} (epoch {self.epoch + 1}) left {found}; "
                f"try a learning rate below {self.lr:g}"
            )

    def _replay(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Where steps are not checked one by one: go back and find the step and the layer."""
        until = self.step
        self.restore(tensors, numbers)
        self.check_steps()
        batches = self._rest_of_epoch()
        while self.step < until:
            self._count_step(list(islice(batches, self.accumulate)))
        raise NonFiniteLoss(
            f"a loss of epoch {self.epoch + 1} was not finite, but it did not happen again in a replay"
        )

    # ---- the checkpoint

    def state(self) -> State:
        """All that it needs to go on exactly: tensors by name, and numbers that JSON can hold.

        Raises NonFiniteLoss rather than give a state that is not finite.
        """
        self._refuse_bad()
        tensors, numbers = self.own_state()
        for part, values in (("random", self.random_state()), ("random_at_epoch", self._random_at_epoch)):
            tensors |= {f"{part}.{name}": value for name, value in (values or {}).items()}
        counters = {name: getattr(self, name) for name in COUNTERS}
        return tensors, counters | {name: float(total) for name, total in self.sums.items()} | numbers

    def restore(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `state` gave; the next step is the one that would have followed it."""
        Entries(STATE | dict.fromkeys(self.SUMS, NUMBER)).check(numbers, "training")
        self.restore_own(tensors, numbers)
        for name in COUNTERS:
            setattr(self, name, numbers[name])
        self.sums = {name: numbers[name] for name in self.SUMS}
        if random_state := tensors_of("random", tensors):
            self.set_random_state(random_state)
        self._random_at_epoch = tensors_of("random_at_epoch", tensors) or None
        self._batches = self._good = None


def tensors_of(part: str, tensors: dict[str, Any]) -> dict[str, Any]:
    """The tensors whose names begin with `part.`, without it."""
    return {name.removeprefix(f"{part}."): t for name, t in tensors.items() if name.startswith(f"{part}.")}
