"""The NumPy engine: a network by hand, one loss, one update, and the step they make together."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.network import Network, cut
from gradatim.checks import GradatimError, UsageError
from gradatim.optim.numpy_updates import METHODS, vector_update
from gradatim.record_checks import COUNT, NUMBER, TEXT, Entries
from gradatim.training.batches.layout import BatchSettings, Layout, LayoutMaker, Trial, lay_out
from gradatim.training.batches.numpy_rows import Batch, NumPyRows
from gradatim.training.checks_of_outputs import check_fit, is_right, smooth
from gradatim.training.nonfinite_loss_by_hand import bad_parameter, check_gradient, check_loss
from gradatim.training.penalties_and_clipping import Shaping
from gradatim.training.single_examples_by_hand import layer_of_one_number
from gradatim.training.weight_of_yes import weigh_yes

Tensors = dict[str, np.ndarray]
NUMBERS = Entries({"optimizer": TEXT, "t": COUNT, "lr": NUMBER, "base_lr": NUMBER})  # what JSON holds of it
LAYOUTS: dict[str, LayoutMaker] = {"rows": NumPyRows}
OTHERS = {
    "streams": "a network by hand learns a text with by_hand.truncated; here it takes a torch one",
    "foreign": "a network by hand learns from arrays; a loader needs a torch module",
    "padded": "a network by hand learns from arrays; sequences of different lengths need a torch module",
}


class NumPyEngine:
    """Forward, backward and update of a network by hand; it imports no torch.

    It draws the same masks, goes through the same batches and runs the same texts as the torch engine, so
    their losses are equal to rounding.
    """

    framework = "np"
    foreign = False
    check_each_step = True

    def __init__(
        self, model: Network, loss: Any, optimizer: Any, lr: float | None, settings: dict[str, Any],
        seed: int, shaping: Shaping,
    ):  # fmt: skip
        if not model.theta.size:
            raise UsageError("the network has no parameter to learn")
        if not isinstance(optimizer, str):
            raise UsageError(f"a network by hand takes an optimizer's name; it is {optimizer!r}")
        self.model, self.shaping, self._seed = model, shaping, seed
        self.loss = loss_by_name(loss) if isinstance(loss, str) else loss
        if not isinstance(self.loss, Loss):
            raise UsageError(f"loss must be a name or a loss of by_hand.losses; it is {loss!r}")
        self._training_loss = self.loss
        self._name = optimizer
        shapes = [p.shape for p in model.parameters.values()]
        self.optimizer = vector_update(optimizer, model.theta, shapes, settings)
        self.searches = self.optimizer.searches
        if self.searches:
            shaping.refuse_for_search()
        self.base_lr = METHODS[optimizer].settings["lr"] if lr is None else float(lr)
        self.lr = self.base_lr
        self._weights = [p for p in model.parameters.values() if p.ndim >= 2]
        self._of_weights = [model.gradients[name] for name, p in model.parameters.items() if p.ndim >= 2]

    def smooth(self, label_smoothing: float) -> None:
        """Train on smoothed targets; measure on the plain ones."""
        self._training_loss = smooth(self.loss, label_smoothing)

    def weigh_yes(self, pos_weight: Any) -> None:
        """Train and measure with the answer yes counting so many times."""
        self.loss = self._training_loss = weigh_yes(self.loss, pos_weight)

    def parameters(self) -> Tensors:
        """The parameters that learn, by name, as they stand."""
        return self.model.parameters

    def hold(
        self, examples: Any, batch_size: int, class_weight: np.ndarray | None = None,
        augment: str | None = None,
    ) -> Layout:  # fmt: skip
        """Examples in memory as batches; UsageError for targets that the loss cannot read."""
        if augment is not None:
            raise UsageError("augment is for the torch engine; a network by hand reads pictures as they are")
        if examples.layout in OTHERS:
            raise UsageError(OTHERS[examples.layout])
        how = BatchSettings(batch_size, self._seed, "cpu", self.model.dtype, class_weight)
        held = lay_out(examples, how, LAYOUTS, "the NumPy engine")
        trial = held.trial()
        if trial is not None:
            self._try(trial)
        return held

    def _try(self, trial: Trial) -> None:
        """Raise UsageError when the network's outputs cannot be the loss's scores for these targets."""
        outputs = self.model.forward(trial.x)
        self.scores = outputs.shape
        if hasattr(self.loss, "expects"):
            if outputs.ndim > 2 and trial.targets.ndim > 1:
                raise UsageError("a network by hand learns one class an example; masks need a torch module")
            check_fit(self.loss, outputs.shape, trial.targets)
        try:
            self.loss.mean(outputs, trial.y)
        except (ValueError, IndexError) as error:
            if isinstance(error, UsageError):
                raise
            raise UsageError(
                f"the loss cannot read outputs of shape {outputs.shape} for {trial.y.dtype} targets of shape "
                f"{trial.y.shape}: {error}"
            ) from error

    def layer_of_one_number(self, x: np.ndarray) -> str:
        """The first batch norm that would get one number per channel if x alone were a batch; "" for none."""
        return layer_of_one_number(self.model, x)

    def begin(self) -> None:
        """Make ready to train; nothing to do here."""

    def begin_epoch(self) -> None:
        """No state is carried."""

    def end(self) -> None:
        """Make ready to be used; nothing to do here."""

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")  # it looks for itself
    def step(self, group: list[Batch], seen: int, factor: float | None) -> tuple[float, float]:
        """One update, θ ← update(θ, ∇L), L the mean loss over the group; returns L and the weight it has.

        The group is one batch, or several whose gradients accumulate. `seen` counts batches before it, and
        `factor` is the schedule's; None leaves the learning rate as it is. Raises NonFiniteLoss before any
        parameter is changed.
        """
        theta, gradient = self.model.theta, self.model.gradient
        loss, total = self._forward_and_backward(group, seen)
        check_loss(loss, self.model, [x for x, _, _ in group], self.lr)
        if not isfinite(np.dot(gradient, gradient)):  # its numbers may be finite, or not
            check_gradient(self.model, loss, self.lr)
        if self.shaping.touches_gradients:
            self.shaping.shape(self._weights, self._of_weights, [gradient])
        if factor is not None:
            self.lr = self.base_lr * factor
        if self.searches:
            self._search(group, seen, loss)
        else:
            self.shaping.decay(self._weights, self.lr)
            self.optimizer(theta, gradient, self.lr)
        return loss, total

    def _forward_and_backward(self, group: list[Batch], seen: int) -> tuple[float, float]:
        """∇L into the network's gradient; returns L and its weight."""
        if len(group) == 1:
            (x, y, w) = group[0]
            return self._backward(x, y, w, seen), float(len(x)) if w is None else float(w.sum())
        model, loss = self.model, 0.0
        summed = np.zeros_like(model.gradient)
        weights = [float(len(x)) if w is None else float(w.sum()) for x, _, w in group]
        total = sum(weights)
        for i, (x, y, w) in enumerate(group):
            share = weights[i] / max(total, float(np.finfo(self.model.dtype).tiny))
            loss += share * self._backward(x, y, w, seen + i)
            summed += share * model.gradient
        model.gradient[...] = summed
        return loss, total

    def _backward(self, x: np.ndarray, y: np.ndarray, w: np.ndarray | None, seen: int) -> float:
        """The mean loss of a batch, whose gradient is left in the network."""
        model = self.model
        model.place(self._seed, seen)
        mean, slope = self._training_loss.mean_and_gradient(model.forward(x, training=True), y, w)
        model.backward(slope)
        return mean

    def _search(self, group: list[Batch], seen: int, loss: float) -> None:
        """An update that asks for further values of the loss, under the masks of this step."""
        model = self.model

        def evaluate(theta: np.ndarray) -> tuple[float, np.ndarray]:
            model.theta[...] = theta
            value, _ = self._forward_and_backward(group, seen)
            self.shaping.shape(self._weights, self._of_weights, [model.gradient])
            return value + self.shaping.penalty(self._weights), model.gradient.copy()

        start = loss + self.shaping.penalty(self._weights)
        self.optimizer.minimise(model.theta, model.gradient, start, evaluate, self.lr)  # type: ignore[attr-defined]

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.model)

    def any_nonfinite(self) -> bool:
        """Every step is checked as it is made."""
        return False

    @np.errstate(over="ignore", invalid="ignore")
    def evaluate(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Mean loss, weighted as in training, and accuracy where the loss is of classes."""
        loss = weight = 0.0
        right = n = answers = 0  # of several labels there are several answers an example
        for x, y, w in batches:
            a = self.model.outputs(x)
            share = float(len(x)) if w is None else float(w.sum())
            loss += self.loss.mean(a, y, w) * share
            weight += share
            if hasattr(self.loss, "decide"):
                found = is_right(self.loss.decide(a), y)
                right, answers = right + int(found.sum()), answers + found.size
            n += len(y)
        if not n:
            raise GradatimError("there is nothing to evaluate")
        measures = {"loss": loss / max(weight, 1e-300)}
        return {**measures, "accuracy": right / answers} if hasattr(self.loss, "decide") else measures

    def parameters_now(self) -> Tensors:
        """A copy of the network's parameters."""
        return self.model.state_dict()

    def set_parameters(self, tensors: Tensors) -> None:
        """Put parameters back."""
        self.model.load_state_dict(tensors)

    def tensors(self) -> Tensors:
        """Copies of everything that changes, by the parameters' names."""
        held = {f"model.{name}": value for name, value in self.parameters_now().items()}
        for key, value in self.optimizer.state.items():
            for name, part in self._by_name(value).items():
                held[f"optimizer.{key}{name}"] = part.copy()
        return held

    def random_state(self) -> Tensors:
        """Nothing draws from a global random state."""
        return {}

    def set_random_state(self, state: Tensors) -> None:
        """Nothing draws from a global random state."""

    def numbers(self) -> dict[str, Any]:
        """The update's name and plain numbers, for JSON."""
        return {"optimizer": self._name, "t": self.optimizer.t, "lr": self.lr, "base_lr": self.base_lr}

    def restore(self, tensors: Tensors, numbers: dict[str, Any]) -> None:
        """Take back what `tensors` and `numbers` gave; they stay as they are."""
        NUMBERS.check(numbers, "engine")
        if numbers["optimizer"] != self._name:
            raise GradatimError(
                f"the checkpoint's optimizer is {numbers['optimizer']}, this one is {self._name}"
            )
        self.set_parameters(
            {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
        )
        for key, value in self.optimizer.state.items():
            if self.searches:  # its rows are as many as the pairs so far
                self.optimizer.state[key] = tensors[f"optimizer.{key}"].copy()
                continue
            for name, part in self._by_name(value).items():
                part[...] = tensors[f"optimizer.{key}{name}"]
        self.optimizer.t, self.lr, self.base_lr = numbers["t"], numbers["lr"], numbers["base_lr"]

    def _by_name(self, value: np.ndarray) -> Tensors:
        """A vector of θ's length as views by parameter; anything else as it is."""
        if value.shape != self.model.theta.shape:
            return {"": value}
        shapes = {f".{name}": p.shape for name, p in self.model.parameters.items()}
        return cut(value, shapes)
