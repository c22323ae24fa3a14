"""Training as an iterator whose fields are the whole checkpoint."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gradatim.checks import NonFiniteLoss, UsageError, real, whole
from gradatim.data.objects import as_dataset, class_weights, is_loader
from gradatim.data.windows import Windows
from gradatim.functional.schedules import constant
from gradatim.training.averaging import Averaging
from gradatim.training.engines import engine_for
from gradatim.training.record import Record
from gradatim.training.scheduling import Plateau, schedule_of
from gradatim.training.shaping import Shaping
from gradatim.training.stopping import EarlyStopping

if TYPE_CHECKING:
    import torch

    from gradatim.by_hand.network import Network

COUNTERS = ("epoch", "batch", "step", "seen", "loss_sum", "weight_sum", "seconds")


class Training:
    """Training of one network on one data set: an iterator that yields a Record after each epoch.

        for record in Training(model, (x, y), epochs=20):
            print(record)

    `break` leaves an object that goes on when iterated again. `advance` trains for a while and may stop
    between two steps in mid-epoch; `state` and `restore` are its checkpoint; `restore_best` puts the best
    epoch's parameters back. The network is put into training mode: a part that shall stay in evaluation mode
    overrides `train`. While the schedule is constant, the optimizer's learning rate is the caller's to
    change.

    Parameters: `model`, trained in place: a torch module, or a `by_hand.network.Network`, whose engine is
    NumPy and imports no torch. `data` and `valid`, a Dataset, (x, y) arrays of
    NumPy, pandas, polars or torch, a torch Dataset, a DataLoader, or the Windows of a text, of which
    `batch_size` streams are read side by side. `loss`, a name or a function of (output,
    target). `optimizer`, a name (with `lr`, and `settings`, such as {"beta1": 0.5}) or a torch optimizer.
    `shuffle`, whether each epoch has an order of its own. `schedule`, a name, `NAME:key=value`, or a
    function of (step, steps in all). `patience`, epochs
    without a lower validation loss before stopping. `class_weight`, "balanced" or one number a class.
    `accumulate`, batches whose gradients make one step.
    `l1`, `l2` and `weight_decay` (decoupled), of weights, not of biases: `training.shaping`. `clip_norm` and
    `clip_value`, limits of the gradient. `label_smoothing`, of the targets trained on. `ema`, the decay of
    an average of the parameters, which is then what is validated and kept: `training.averaging`.
    `max_minutes`, wall time of one sitting.

    Raises UsageError for a value that cannot be; NonFiniteLoss naming step and layer.
    """

    def __init__(
        self, model: "torch.nn.Module | Network", data: Any, loss: Any = "cross_entropy",
        optimizer: Any = "adam", *,
        epochs: int = 20, batch_size: int = 32, lr: float | None = None,
        settings: dict[str, Any] | None = None, schedule: Any = "constant", shuffle: bool = True,
        seed: int = 0, valid: Any = None, patience: int | None = None, class_weight: Any = None,
        accumulate: int = 1, l1: float | None = None, l2: float | None = None,
        weight_decay: float | None = None, label_smoothing: float | None = None, ema: float | None = None,
        clip_norm: float | None = None, clip_value: float | None = None,
        max_minutes: float | None = None, device: str = "cpu", precision: str = "float32",
    ):  # fmt: skip
        self.epochs = whole("epochs", epochs, 1)
        self.batch_size = whole("batch_size", batch_size, 1)
        self.accumulate = whole("accumulate", accumulate, 1)
        self.max_minutes = None if max_minutes is None else real("max_minutes", max_minutes, above=0)
        if lr is not None:
            real("lr", lr, above=0)
        if patience is not None:
            whole("patience", patience, 1)
            if valid is None:
                raise UsageError("patience needs validation examples: valid=")
        self.schedule = schedule_of(schedule)
        self.plateau = self.schedule if isinstance(self.schedule, Plateau) else None
        if self.plateau is not None and valid is None:
            raise UsageError("the schedule plateau needs validation examples: valid=")
        self.seed = whole("seed", seed, 0, None)
        shaping = Shaping(l1, l2, weight_decay, clip_norm, clip_value).check()
        self.engine = engine_for(
            model, loss, optimizer, lr, settings or {}, self.seed, shaping, device, precision
        )
        if label_smoothing:
            self.engine.smooth(label_smoothing)
        self.averaging = None if ema is None else Averaging(ema, self.engine.learned())
        self.class_weight = None if class_weight is None else class_weights(class_weight, data)
        self.data = self._source(data)
        self.data.shuffled = shuffle
        self.valid = None if valid is None else self._source(valid)
        self.stopping = EarlyStopping(patience)
        self.best: dict[str, Any] | None = None  # parameters of the best epoch
        self.epoch = 0  # finished
        self.batch = 0  # batches of this epoch that are done
        self.step = 0  # updates
        self.seen = 0  # batches in all
        self.loss_sum: Any = 0.0  # of this epoch: Σ weight · loss
        self.weight_sum: Any = 0.0
        self.seconds = 0.0
        self.interrupted = False
        self.out_of_time = False
        self._sitting_since: float | None = None
        self._batches: Iterator | None = None  # the rest of this epoch
        self._random_at_epoch: Any = None  # before a stranger's loader began the epoch and drew from it
        self._good: tuple | None = None  # the state to replay from, where steps are not checked
        if self.schedule is not constant and self.plateau is None:
            self.total_steps()  # a loader that does not know its length is refused now
        if self.engine.searches and self.total_steps() > self.epochs:
            raise UsageError(
                "lbfgs needs every example at every step: batch_size must be the number of examples, "
                f"or accumulate the number of batches, {len(self.data)}"
            )

    def _source(self, examples: Any) -> Any:
        """Where the engine's batches of these examples come from."""
        if isinstance(examples, Windows):
            return self.engine.hold_text(examples, self.batch_size)
        if is_loader(examples):
            return self.engine.loader(examples)
        dataset = as_dataset(examples, classify=False)
        return self.engine.hold(dataset, self.batch_size, self.class_weight)

    def evaluate(self, data: Any) -> dict[str, float]:
        """Mean loss on other examples as the parameters are, and accuracy where the loss is of classes."""
        return self.engine.evaluate(self._source(data).in_order())

    @property
    def progress(self) -> float:
        """Epochs done, with the share of the one that is under way where its length is known."""
        try:
            return self.epoch + self.batch / max(len(self.data), 1)
        except TypeError:
            return float(self.epoch)

    @property
    def finished(self) -> bool:
        """Whether every epoch is done, or early stopping has stopped."""
        return self.epoch >= self.epochs or self.stopping.stopped

    @property
    def model(self) -> Any:
        """The network, in training."""
        return self.engine.model

    def __iter__(self) -> "Training":
        self.interrupted = self.out_of_time = False
        self._sitting_since = None
        return self

    def __next__(self) -> Record:
        while not (self.finished or self.interrupted or self.out_of_time):
            record = self.advance()
            if record is not None:
                return record
        raise StopIteration

    def interrupt(self) -> None:
        """Ask to stop before the next step; safe to call from a signal handler or another thread."""
        self.interrupted = True

    def advance(self, seconds: float | None = None) -> Record | None:
        """Train to the end of the epoch and return its record; None when stopped before, between two steps.

        It stops when `seconds` have passed, but not before the first step, so that it always gets on; when
        `max_minutes` of this sitting have (`out_of_time`); or after `interrupt` (`interrupted`).
        """
        if self.finished:
            return None
        started = perf_counter()
        self._sitting_since = self._sitting_since or started
        until = started + seconds if seconds is not None else float("inf")
        limit = self._sitting_since + 60 * self.max_minutes if self.max_minutes else float("inf")
        self.engine.begin()
        batches = self._rest_of_epoch()
        while not self._must_stop(limit):
            group = list(islice(batches, self.accumulate))
            if not group:
                self.seconds += perf_counter() - started
                return self._end_epoch()
            self._step(group)
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
            self.engine.begin_epoch()
        if not self.engine.check_each_step and self._good is None:
            self._good = self.state()
        if not self.data.foreign:
            return self.data.epoch(self.epoch, self.batch)
        now = self.engine.random_state()
        if self._random_at_epoch is None:
            self._random_at_epoch = now
            return self.data.epoch(self.epoch, self.batch)
        self.engine.set_random_state(self._random_at_epoch)
        batches = self.data.epoch(self.epoch, self.batch)
        if self.batch:
            self.engine.set_random_state(now)
        return batches

    def _step(self, group: list) -> None:
        """One update; the sums of the epoch's record grow by its loss."""
        try:
            loss, weight = self.engine.step(group, self.seen, self._factor())
        except NonFiniteLoss as error:
            place = f"at step {self.step + 1} (epoch {self.epoch + 1}, batch {self.batch + 1})"
            raise NonFiniteLoss(f"{place} {error}") from None
        if self.averaging is not None:
            self.averaging.after_step()
        self.loss_sum += loss * weight
        self.weight_sum += weight
        self.step += 1
        self.batch += len(group)
        self.seen += len(group)

    def _factor(self) -> float | None:
        """The schedule's factor for this step; None leaves the learning rate to the caller."""
        if self.schedule is constant:
            return None
        return self.plateau.scale if self.plateau else self.schedule(self.step, self.total_steps())

    def _end_epoch(self) -> Record:
        """Measure on validation, keep the best, and close the epoch with its record."""
        self._refuse_bad()
        if not self.batch:
            again = "; it must start anew each time it is iterated" if self.epoch else ""
            raise UsageError(f"the loader gave no batch{again}")
        started = perf_counter()
        with self.averaged():
            valid = {} if self.valid is None else self.engine.evaluate(self.valid.in_order())
        if valid and not isfinite(valid["loss"]):
            raise NonFiniteLoss(
                f"after epoch {self.epoch + 1} the validation loss is {valid['loss']}; "
                f"try a learning rate below {self.lr:g}"
            )
        self.epoch += 1
        if valid and self.stopping.better(valid["loss"], self.epoch):
            with self.averaged():
                self.best = self.engine.parameters_now()
        if self.plateau is not None:
            self.plateau.after(valid["loss"])
        train_loss = float(self.loss_sum) / max(float(self.weight_sum), 1e-300)
        seconds = self.seconds + perf_counter() - started
        record = Record(self.epoch, self.step, train_loss, self.lr, seconds, valid)
        self.batch, self.loss_sum, self.weight_sum, self.seconds = 0, 0.0, 0.0, 0.0
        self._batches = self._good = self._random_at_epoch = None
        return record

    @property
    def lr(self) -> float:
        """The learning rate of the last step, of the first parameter group."""
        return self.engine.lr

    def total_steps(self) -> int:
        """Updates in all epochs; UsageError for a loader that does not know its length."""
        try:
            return self.epochs * -(-len(self.data) // self.accumulate)
        except TypeError as error:
            raise UsageError(
                "a schedule needs to know how many batches an epoch has; this loader does not"
            ) from error

    def _refuse_bad(self) -> None:
        """Raise NonFiniteLoss for a loss or a parameter that is not finite, rather than keep this state."""
        if self.engine.found_nonfinite() and self._good is not None:
            self._replay(*self._good)
        if found := self.engine.bad_parameter():
            raise NonFiniteLoss(
                f"step {self.step} (epoch {self.epoch + 1}) left {found}; "
                f"try a learning rate below {self.lr:g}"
            )

    def _replay(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Where steps are not checked one by one: go back and find the step and the layer."""
        until = self.step
        self.restore(tensors, numbers)
        self.engine.check_each_step = True
        batches = self._rest_of_epoch()
        while self.step < until:
            self._step(list(islice(batches, self.accumulate)))
        raise NonFiniteLoss(
            f"a loss of epoch {self.epoch + 1} was not finite, but it did not happen again in a replay"
        )

    def restore_best(self) -> int:
        """Put back the parameters of the epoch with the lowest validation loss; returns that epoch."""
        if self.best is None:
            raise UsageError("there is no best epoch: no epoch with validation examples has ended")
        self.engine.set_parameters(self.best)
        return self.stopping.best_epoch

    def averaged(self) -> AbstractContextManager:
        """The averages in the parameters' places, and back; nothing without `ema`."""
        return nullcontext() if self.averaging is None else self.averaging.in_place()

    def keep_average(self) -> None:
        """Put the averages where the parameters are, for good; nothing without `ema`."""
        if self.averaging is not None:
            self.averaging.put(self.averaging.average)

    def extend(self, epochs: int) -> None:
        """Train for `epochs` in all, also after early stopping, whose patience then starts anew.

        A schedule is a function of the steps in all, so from here on it is that of the new total.
        """
        if whole("epochs", epochs, 1) < self.epoch:
            raise UsageError(f"{self.epoch} epochs are done already; --epochs {epochs} is fewer")
        self.epochs = epochs
        if self.stopping.stopped and epochs > self.epoch:
            self.stopping.again()

    def state(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """All that training needs to go on exactly: tensors by name, and numbers that JSON can hold.

        Raises NonFiniteLoss rather than give a state that is not finite.
        """
        self._refuse_bad()
        tensors = self.engine.tensors()
        if self.best is not None:
            tensors |= {f"best.{name}": value for name, value in self.best.items()}
        if self.engine.foreign or self.data.foreign or (self.valid is not None and self.valid.foreign):
            tensors |= {f"random.{name}": value for name, value in self.engine.random_state().items()}
            at_epoch = self._random_at_epoch or {}
            tensors |= {f"random_at_epoch.{name}": value for name, value in at_epoch.items()}
        if self.averaging is not None:
            tensors |= {f"average.{name}": value for name, value in self.averaging.tensors().items()}
        counters = {name: getattr(self, name) for name in COUNTERS}
        counters |= {"loss_sum": float(self.loss_sum), "weight_sum": float(self.weight_sum)}
        plateau = None if self.plateau is None else self.plateau.state()
        if self.averaging is not None:
            counters["averaged_steps"] = self.averaging.t
        states = {"stopping": self.stopping.state(), "plateau": plateau, "engine": self.engine.numbers()}
        return tensors, {**counters, **states}

    def restore(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `state` gave; the next step is the one that would have followed it."""
        self.engine.restore(tensors, numbers["engine"])
        for name in COUNTERS:
            setattr(self, name, numbers[name])
        self.stopping.restore(numbers["stopping"])
        if self.plateau is not None:
            self.plateau.restore(numbers["plateau"])
        if self.averaging is not None:
            self.averaging.restore(_under("average", tensors), numbers["averaged_steps"])
        self.best = _under("best", tensors) or None
        if random_state := _under("random", tensors):
            self.engine.set_random_state(random_state)
        self._random_at_epoch = _under("random_at_epoch", tensors) or None
        self._batches = self._good = None


def _under(part: str, tensors: dict[str, Any]) -> dict[str, Any]:
    """The tensors whose names begin with `part.`, without it."""
    return {name.removeprefix(f"{part}."): t for name, t in tensors.items() if name.startswith(f"{part}.")}
