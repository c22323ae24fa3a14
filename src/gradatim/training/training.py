"""Supervised training: one network, one loss, one optimizer."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError, real, whole
from gradatim.data.as_dataset import class_weights
from gradatim.data.augmentation.policies import operations_of
from gradatim.data.examples import as_examples
from gradatim.functional.schedules import constant
from gradatim.record_checks import COUNT
from gradatim.training.averaging import Averaging
from gradatim.training.batches.layout import SingleExample, size_without_one
from gradatim.training.engines.make_engine import make_engine
from gradatim.training.loop import Loop, State, tensors_of
from gradatim.training.penalties_and_clipping import Shaping
from gradatim.training.scheduling import Plateau, schedule_of
from gradatim.training.stopping import EarlyStopping
from gradatim.training.weight_of_yes import check_labels

if TYPE_CHECKING:
    import torch

    from gradatim.by_hand.network import Network


class Training(Loop):
    """Training of one network on one data set: an iterator that yields a Record after each epoch.

        for record in Training(model, (x, y), epochs=20):
            print(record)

    `break` leaves an object that goes on when iterated again. `advance` trains for a while and may stop
    between two steps in mid-epoch; `state` and `restore` are its checkpoint; `restore_best` puts the best
    epoch's parameters back. The network is put into training mode: a part that shall stay in evaluation mode
    overrides `train`. While the schedule is constant, the optimizer's learning rate is the caller's to
    change.

    Parameters: `model`, trained in place: a torch module, or a `by_hand.network.Network`, whose engine is
    NumPy and imports no torch. `data` and `valid`, a Dataset, (x, y) arrays of NumPy, pandas, polars or
    torch, a torch Dataset, a DataLoader, Ragged sequences, or the Windows of a text, of which `batch_size`
    streams are read side by side; x may be several inputs, ((x1, x2), y) or ({"image": …, "row": …}, y), and
    y a class for every pixel. `loss`, a name or a function of (output, target). `optimizer`, a name (with
    `lr`, and `settings`, such as {"beta1": 0.5}) or a torch optimizer. `shuffle`, whether each epoch has an
    order of its own. `schedule`, a name, `NAME:key=value`, or a function of (step, steps in all). `patience`,
    epochs without a lower validation loss before stopping. `class_weight`, "balanced" or one number a class.
    `accumulate`, batches whose gradients make one step. `l1`, `l2` and `weight_decay` (decoupled), of
    weights, not of biases, and `clip_norm` and `clip_value`, limits of the gradient:
    `training.penalties_and_clipping`. `label_smoothing`, of the targets trained on. `pos_weight`, how often
    the answer yes counts in the loss, of two classes or of labels: one number, or one for each label. `ema`,
    the decay of an average of the parameters, which is then what is validated and kept: `training.averaging`.
    `rates`, factors of the learning rate by a parameter's name, 1 where none stands (the torch engine).
    `augment`, how pictures are changed while the network learns from them, such as "flip+crop" (the torch
    engine): `data.augmentation`.
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
        pos_weight: Any = None, rates: Mapping[str, float] | None = None, augment: str | None = None,
    ):  # fmt: skip
        super().__init__(epochs, accumulate, max_minutes)
        self.batch_size, self.seed = whole("batch_size", batch_size, 1), whole("seed", seed, 0, None)
        if lr is not None:
            lr = real("lr", lr, above=0)
        if patience is not None:
            patience = whole("patience", patience, 1)
        self.schedule = schedule_of(schedule)
        self.plateau = self.schedule if isinstance(self.schedule, Plateau) else None
        for what, asked in (("patience", patience), ("the schedule plateau", self.plateau)):
            if asked is not None and valid is None:
                raise UsageError(f"{what} needs validation examples: valid=")
        shaping = Shaping(l1, l2, weight_decay, clip_norm, clip_value).check()
        self.engine = make_engine(
            model, loss, optimizer, lr, settings or {}, self.seed, shaping, device, precision, rates
        )
        if pos_weight is not None:
            self.engine.weigh_yes(pos_weight)
        if label_smoothing:
            self.engine.smooth(label_smoothing)
        self.averaging = None if ema is None else Averaging(ema, self.engine.parameters())
        examples = as_examples(data)
        check_labels(self.engine.loss, getattr(examples, "y", None))
        self.class_weight = None if class_weight is None else class_weights(class_weight, examples)
        self.data = self._hold(examples, augment if augment and operations_of(augment) else None)
        self.data.shuffled = shuffle
        self.valid = None if valid is None else self._hold(valid)
        self.stopping = EarlyStopping(patience)
        self.best: dict[str, Any] | None = None  # parameters of the best epoch
        self._check_length()
        self._check_single_examples(examples)

    @classmethod
    def of_settings(
        cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]
    ) -> "Training":
        """Training takes every setting."""
        return cls(model, data, loss, valid=valid, **settings)

    def _hold(self, examples: Any, augment: str | None = None) -> Any:
        """The engine's batches of these examples."""
        return self.engine.hold(as_examples(examples), self.batch_size, self.class_weight, augment)

    def _check_length(self) -> None:
        """Raise UsageError where a schedule or a line search does not go with the length of an epoch."""
        if self.schedule is not constant and self.plateau is None:
            self.total_steps()  # a loader that does not know its length is refused now
        if self.engine.searches and self.total_steps() > self.epochs:
            raise UsageError(
                "lbfgs needs every example at every step: batch_size must be the number of examples, "
                f"or accumulate the number of batches, {self.length}"
            )

    def _check_single_examples(self, examples: Any) -> None:
        """Raise SingleExample where batch normalisation would get a batch of one number per channel."""
        alone = self.data.single()
        layer = "" if alone is None else self.engine.layer_of_one_number(alone)
        if not layer:
            return
        n, size = len(examples), self.batch_size
        better = size_without_one(n, size)
        advice = f"batch_size={better} does not" if better else "one example alone cannot be normalised"
        raise SingleExample(
            f"layer {layer} needs more than one number per channel while training, and batch_size={size} "
            f"leaves one of {n} examples in a batch of its own; {advice}",
            better,
        )

    @property
    def model(self) -> Any:
        """The network, in training."""
        return self.engine.model

    @property
    def framework(self) -> str:
        """What its checkpoint is read as: "np" of the NumPy engine, "pt" of the torch engine."""
        return self.engine.framework

    @property
    def lr(self) -> float:
        """The learning rate of the last step, of the first parameter group."""
        return self.engine.lr

    @property
    def finished(self) -> bool:
        """Whether every epoch is done, or early stopping has stopped."""
        return super().finished or self.stopping.stopped

    @property
    def length(self) -> int | None:
        """Batches in an epoch; None of a loader that does not know it."""
        try:
            return len(self.data)
        except TypeError:
            return None

    def total_steps(self) -> int:
        """Updates in all epochs; UsageError for a loader that does not know its length."""
        length = self.length
        if length is None:
            raise UsageError("a schedule needs to know how many batches an epoch has; this loader does not")
        return self.epochs * -(-length // self.accumulate)

    def waited(self) -> float | None:
        """The seconds in which streamed examples were waited for."""
        take = getattr(self.data, "take_waited", None)
        return None if take is None else take()

    @property
    def foreign_batches(self) -> bool:
        """Whether a stranger's loader gives them, which may draw from a global random state."""
        return self.data.foreign

    def batches(self, epoch: int, start: int) -> Iterator:
        """The batches of an epoch from number `start` on."""
        return self.data.epoch(epoch, start)

    def begin(self) -> None:
        """The network into training mode."""
        self.engine.begin()

    def begin_epoch(self) -> None:
        """No state is carried into an epoch."""
        self.engine.begin_epoch()

    def take_step(self, group: list) -> dict[str, Any]:
        """One update by the engine, whose `step` holds forward, backward and update."""
        loss, weight = self.engine.step(group, self.seen, self._factor())
        if self.averaging is not None:
            self.averaging.after_step()
        return {"loss_sum": loss * weight, "weight_sum": weight}

    def _factor(self) -> float | None:
        """The schedule's factor for this step; None leaves the learning rate to the caller."""
        if self.schedule is constant:
            return None
        return self.plateau.scale if self.plateau else self.schedule(self.step, self.total_steps())

    def evaluate(self, data: Any) -> dict[str, float]:
        """Mean loss on other examples as the parameters are, and accuracy where the loss is of classes."""
        return self.engine.evaluate(self._hold(data).in_order())

    def measure(self) -> dict[str, float]:
        """The same on validation, of the averages where there are any."""
        with self.averages_in_place():
            return {} if self.valid is None else self.engine.evaluate(self.valid.in_order())

    def after_epoch(self, valid: dict[str, float]) -> None:
        """Keep the best parameters so far, and tell early stopping and the plateau."""
        if valid and self.stopping.better(valid["loss"], self.epoch):
            with self.averages_in_place():
                self.best = self.engine.parameters_now()
        if self.plateau is not None:
            self.plateau.after(valid["loss"])

    @property
    def checks_steps(self) -> bool:
        """Whether the engine looks at each step's loss; on a GPU it gathers a flag instead."""
        return self.engine.check_each_step

    def check_steps(self) -> None:
        """Look at every step from here on."""
        self.engine.check_each_step = True

    def any_nonfinite(self) -> bool:
        """Whether any loss since the last call was not finite."""
        return self.engine.any_nonfinite()

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return self.engine.bad_parameter()

    def restore_best(self) -> int:
        """Put back the parameters of the epoch with the lowest validation loss; returns that epoch."""
        if self.best is None:
            raise UsageError("there is no best epoch: no epoch with validation examples has ended")
        self.engine.set_parameters(self.best)
        return self.stopping.best_epoch

    def averages_in_place(self) -> AbstractContextManager:
        """The averages where the parameters are, and back; nothing without `ema`."""
        return nullcontext() if self.averaging is None else self.averaging.in_place()

    def keep_average(self) -> None:
        """Put the averages where the parameters are, for good; nothing without `ema`."""
        if self.averaging is not None:
            self.averaging.put(self.averaging.average)

    def keep(self, last: bool = False) -> int:
        """Put the best epoch's parameters back, unless the last are asked for; returns the epoch kept."""
        if self.best is not None and not last:
            return self.restore_best()
        self.keep_average()
        return self.epoch

    def end(self) -> None:
        """The network into evaluation mode; the examples, as large as the table, are let go."""
        self.engine.end()
        self.data = self.valid = None

    def extend(self, epochs: int) -> None:
        """Train for `epochs` in all, also after early stopping, whose patience then starts anew.

        A schedule is a function of the steps in all, so from here on it is that of the new total.
        """
        super().extend(epochs)
        if self.stopping.stopped and epochs > self.epoch:
            self.stopping.again()

    def random_state(self) -> dict[str, Any]:
        """Torch's global random state, where a stranger's network or loader may draw from it."""
        parts = (self.engine, self.data, self.valid)
        return self.engine.random_state() if any(part is not None and part.foreign for part in parts) else {}

    def set_random_state(self, state: dict[str, Any]) -> None:
        """Put it back."""
        self.engine.set_random_state(state)

    def own_state(self) -> State:
        """What the engine, the best epoch, the averages, early stopping and the plateau hold."""
        tensors = self.engine.tensors()
        numbers: dict[str, Any] = {
            "stopping": self.stopping.state(), "engine": self.engine.numbers(),
            "plateau": None if self.plateau is None else self.plateau.state(),
        }  # fmt: skip
        tensors |= {f"best.{name}": value for name, value in (self.best or {}).items()}
        if self.averaging is not None:
            tensors |= {f"average.{name}": value for name, value in self.averaging.tensors().items()}
            numbers["averaged_steps"] = self.averaging.t
        return tensors, numbers

    def restore_own(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        self.engine.restore(tensors, numbers["engine"])
        self.stopping.restore(numbers["stopping"])
        if self.plateau is not None:
            self.plateau.restore(numbers["plateau"])
        if self.averaging is not None:
            COUNT.check(numbers["averaged_steps"], "averaged_steps")
            self.averaging.restore(tensors_of("average", tensors), numbers["averaged_steps"])
        self.best = tensors_of("best", tensors) or None
