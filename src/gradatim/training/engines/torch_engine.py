"""The torch engine: one network, one loss, one optimiser, and the step they make together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gradatim.checks import GradatimError, UsageError
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.device import call, evaluating, kept_in
from gradatim.models.building import load_weights
from gradatim.nn.placed import Placed
from gradatim.optim.lbfgs import LBFGS
from gradatim.record_checks import NUMBER, ListOf
from gradatim.training.batches.layout import Batch, BatchSettings, Layout, LayoutMaker, Trial, lay_out
from gradatim.training.batches.torch_foreign import TorchForeign
from gradatim.training.batches.torch_padded import TorchPadded
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.batches.torch_streamed import TorchStreamed
from gradatim.training.batches.torch_streamed_pairs import torch_pairs
from gradatim.training.batches.torch_streams import TorchStreams
from gradatim.training.carrying import Carrying
from gradatim.training.checks_of_outputs import check_fit, classes_of_shares, is_right, smooth
from gradatim.training.nonfinite_loss import bad_parameter, check_loss
from gradatim.training.optimizer_state import (
    check_optimizer,
    numbers_of_optimizer,
    restore_optimizer,
    tensors_of_optimizer,
)
from gradatim.training.penalties_and_clipping import Shaping
from gradatim.training.random_state import global_random_state, set_global_random_state
from gradatim.training.single_examples import layer_of_one_number
from gradatim.training.torch_optimizer import Custom, loss_by_name, optimizer_for, place_network
from gradatim.training.weight_of_yes import weigh_yes

Tensors = dict[str, Tensor]


def torch_rows(data: Any, how: BatchSettings) -> TorchRows:
    """Rows in memory, or pictures and clips that stay in their files."""
    return (TorchStreamed if isinstance(data.x, StreamedExamples) else TorchRows)(data, how)


LAYOUTS: dict[str, LayoutMaker] = {
    "rows": torch_rows, "padded": TorchPadded, "streams": TorchStreams, "foreign": TorchForeign,
    "pairs": torch_pairs,
}  # fmt: skip


class TorchEngine:
    """Forward, backward and update of a torch module; `tensors` and `numbers` are its part of a checkpoint.

    On the CPU every step's loss is checked; on a device with a queue of its own a flag is gathered instead,
    and `any_nonfinite` asks for it.
    """

    framework = "pt"

    def __init__(
        self, model: nn.Module, loss: Any, optimizer: Any, lr: float | None, settings: dict[str, Any],
        seed: int, shaping: Shaping, device: torch.device, precision: str,
        rates: Mapping[str, float] | None = None,
    ):  # fmt: skip
        self._precision = precision
        dtype = getattr(torch, kept_in(precision))
        self.model = place_network(model, device, dtype)
        self.loss: Any = loss_by_name(loss) if isinstance(loss, str) else Custom(loss)
        full_loss: Any = getattr(
            model, "full_loss", None
        )  # of a network that is taught more than its outputs
        self.loss = self.loss if full_loss is None else full_loss(self.loss)
        self._training_loss = self.loss
        self.loss_of_batch: Any = None  # (x, y, w) → L, of a loop that lowers more than the loss of outputs
        self.optimizer = optimizer_for(optimizer, self.model, lr, settings, rates)
        self._lrs = [float(group["lr"]) for group in self.optimizer.param_groups]  # before any schedule
        self.shaping, self._seed = shaping, seed
        self.searches = isinstance(self.optimizer, LBFGS)
        if self.searches:
            shaping.refuse_for_search()
        groups = self.optimizer.param_groups
        self._weights_of = [[p for p in group["params"] if p.ndim >= 2] for group in groups]
        self._weights = [p for weights in self._weights_of for p in weights]
        self._device, self._dtype = device, dtype
        self.precise = torch.float32 if device.type == "mps" else torch.float64  # of sums; MPS has no more
        self.check_each_step = device.type == "cpu"
        self._bad: Tensor | None = None
        self._placed = [(name, m) for name, m in self.model.named_modules() if isinstance(m, Placed)]
        self._carrying = Carrying(self.model)
        if self.searches and self._carrying.modules:
            raise UsageError("lbfgs asks for a step's loss several times, but a carried state moves on once")
        described = isinstance(getattr(model, "description", None), dict)
        self.foreign = not described  # its layers may draw from torch's global state

    def smooth(self, label_smoothing: float) -> None:
        """Train on smoothed targets; measure on the plain ones."""
        self._training_loss = smooth(self.loss, label_smoothing)

    def weigh_yes(self, pos_weight: Any) -> None:
        """Train and measure with the answer yes counting so many times."""
        self.loss = self._training_loss = weigh_yes(self.loss, pos_weight)

    def parameters(self) -> dict[str, nn.Parameter]:
        """The parameters that learn, by name, as they stand."""
        return {name: p for name, p in self.model.named_parameters() if p.requires_grad}

    def begin(self) -> None:
        """The network into training mode."""
        self.model.train()

    def begin_epoch(self) -> None:
        """Start from no carried state."""
        self._carrying.put(None)

    def end(self) -> None:
        """The network into evaluation mode, without a carried state."""
        self.model.eval()
        self._carrying.put(None)

    def hold(
        self, examples: Any, batch_size: int, class_weight: np.ndarray | None = None,
        augment: str | None = None,
    ) -> Layout:  # fmt: skip
        """Examples on the device as batches; UsageError for targets that the loss cannot read."""
        how = BatchSettings(
            batch_size, self._seed, self._device, self._dtype, class_weight, self.model, augment
        )
        held = lay_out(examples, how, LAYOUTS, "the torch engine")
        trial = held.trial()
        if trial is not None:
            self._try(trial)
        augmentation: Any = getattr(held, "augmentation", None)
        if augmentation and augmentation.mixes:
            augmentation.classes = classes_of_shares(self._training_loss, augmentation.y, self.scores)
        return held

    def _try(self, trial: Trial) -> None:
        """Raise UsageError when the network's outputs cannot be the loss's scores for these targets."""
        try:
            with torch.no_grad(), self._evaluation_mode():
                outputs = self.outputs(trial.x)
        except (IndexError, RuntimeError, TypeError) as error:
            if not trial.reader:
                raise
            reason = str(error).partition("\n")[0]
            raise UsageError(f"the network cannot read {trial.reader}: {reason}") from error
        if trial.reader and isinstance(outputs, Tensor) and len(outputs) != len(trial.y):
            raise UsageError(
                f"the network must give one output for each target, here {len(trial.y)}; the shape of its "
                f"outputs is {tuple(outputs.shape)}"
            )
        self.scores = tuple(outputs.shape) if isinstance(outputs, Tensor) else ()
        if hasattr(self.loss, "check"):
            self.loss.check(outputs, trial.y)
        if hasattr(self.loss, "expects"):
            self._check_fit(outputs, trial.targets)
            self._mean(outputs, trial.y, None)

    def layer_of_one_number(self, x: Any) -> str:
        """The first batch norm that would get one number per channel if x alone were a batch; "" for none."""
        return layer_of_one_number(self.model, x, self._precision)

    def step(self, group: list[Batch], seen: int, factor: float | None) -> tuple[Any, Any]:
        """One update, θ ← update(θ, ∇L), L the mean loss over the group; returns L and the weight it has.

        The group is one batch, or several whose gradients accumulate. `seen` counts batches before it, and
        `factor` is the schedule's; None leaves the learning rates as they are. Raises NonFiniteLoss before
        any parameter is changed.
        """
        before = self._carrying.take()
        try:
            loss, total = self._forward_and_backward(group, seen)
            self._check(loss, group)
        except BaseException:
            self._carrying.put(before)  # the group comes again, from where it came
            raise
        if factor is not None:
            for parameters, lr in zip(self.optimizer.param_groups, self._lrs, strict=True):
                parameters["lr"] = lr * factor
        if self.searches:
            self.optimizer.step(lambda: self._loss_with_penalties(group, seen))
        else:
            self._shape()
            with torch.no_grad():
                for weights, of_group in zip(self._weights_of, self.optimizer.param_groups, strict=True):
                    self.shaping.decay(weights, float(of_group["lr"]))
            self.optimizer.step()
        return loss, float(total) if self.check_each_step else total

    def _forward_and_backward(self, group: list[Batch], seen: int) -> tuple[Any, Any]:
        """∇L into the parameters' gradients; returns L and its weight."""
        weights: list[Any] = [len(y) if w is None else w.sum() for _, y, w in group]
        total: Any = sum(weights)
        loss: Any = 0.0
        self.optimizer.zero_grad(set_to_none=True)
        for i, (x, y, w) in enumerate(group):
            for name, layer in self._placed:
                layer.place(self._seed, name, seen + i)
            self._carrying.restart(seen + i)
            mean = (self.loss_of_batch or self._loss_of_batch)(x, y, w)
            part = mean if len(group) == 1 else mean * _share(weights[i], total)
            part.backward()
            loss += part.item() if self.check_each_step else part.detach().to(self.precise)
        return loss, total

    def _loss_of_batch(self, x: Any, y: Tensor, w: Tensor | None) -> Tensor:
        """The mean loss of the outputs for a batch."""
        return self.training_loss(self.outputs(x), y, w)

    def training_loss(self, a: Any, y: Tensor, w: Tensor | None) -> Tensor:
        """The mean of what training lowers, of outputs and targets."""
        return self._mean(a, y, w, self._training_loss)

    def outputs_at(self, x: Any, seen: int) -> Any:
        """The outputs for a batch under the masks of its step, which `seen` batches come before."""
        for name, layer in self._placed:
            layer.place(self._seed, name, seen)
        return self.outputs(x)

    def outputs(self, x: Any) -> Any:
        """The network's outputs, in the precision of the run."""
        return call(self.model, x, self._precision)

    def _loss_with_penalties(self, group: list[Batch], seen: int) -> Any:
        """The loss with its penalties, and its gradient, under the masks of this step: L-BFGS's closure."""
        loss, _ = self._forward_and_backward(group, seen)
        self._shape()
        with torch.no_grad():
            return loss + self.shaping.penalty(self._weights)

    @torch.no_grad()
    def _shape(self) -> None:
        """Penalties and clipping, on the gradients."""
        if self.shaping.touches_gradients:
            weights = [p for p in self._weights if p.grad is not None]
            groups = self.optimizer.param_groups
            gradients = [p.grad for group in groups for p in group["params"] if p.grad is not None]
            self.shaping.shape(weights, [p.grad for p in weights], gradients)

    def _check(self, loss: Any, group: list[Batch]) -> None:
        if self.check_each_step:
            check_loss(loss, self.model, [x for x, _, _ in group], self.lr)
        else:
            bad = ~torch.isfinite(loss)
            self._bad = bad if self._bad is None else self._bad | bad

    def _mean(self, a: Any, y: Tensor, w: Tensor | None, loss: Any = None) -> Tensor:
        """The batch's mean loss; UsageError when outputs and targets are not what a named loss reads.

        A network with several heads gives their outputs while training, and says how much each loss counts.
        """
        if isinstance(a, tuple) and hasattr(self.model, "output_weights"):
            shares: Any = self.model.output_weights
            parts = [share * self._mean(head, y, w, loss) for share, head in zip(shares, a, strict=True)]
            return torch.stack(parts).sum()
        try:
            return (loss or self.loss).mean(a, y, w)
        except (TypeError, ValueError, IndexError, RuntimeError) as error:
            if isinstance(error, UsageError) or not hasattr(self.loss, "expects"):
                raise
            self._check_fit(a, y)
            raise UsageError(
                f"the loss cannot read outputs of shape {tuple(a.shape)} for {y.dtype} targets of shape "
                f"{tuple(y.shape)}: {str(error).strip()}"
            ) from error

    @property
    def base_lr(self) -> float:
        """The learning rate before any schedule, of the first parameter group."""
        return self._lrs[0]

    @property
    def lr(self) -> float:
        """The learning rate of the last step, of the first parameter group."""
        return float(self.optimizer.param_groups[0]["lr"])

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.model)

    def any_nonfinite(self) -> bool:
        """Whether any loss since the last call was not finite: one synchronisation."""
        found, self._bad = self._bad, None
        return found is not None and bool(found)

    @torch.no_grad()
    def evaluate(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Mean loss, weighted as in training, and accuracy where the loss is of classes."""
        loss: Any = 0.0
        weight: Any = 0.0
        right: Any = 0
        n = answers = 0  # of several labels there are several answers an example
        with self._evaluation_mode():
            for x, y, w in batches:
                a = self.outputs(x)
                share = len(y) if w is None else w.sum()
                loss = loss + self._mean(a, y, w).to(self.precise) * share
                weight = weight + share
                if hasattr(self.loss, "decide"):
                    found = is_right(self.loss.decide(a), y)
                    right, answers = right + found.sum(), answers + found.numel()
                n += len(y)
        if not n:
            raise GradatimError("there is nothing to evaluate")
        measures = {"loss": float(loss) / max(float(weight), 1e-300)}
        return (
            {**measures, "accuracy": int(right) / max(answers, 1)}
            if hasattr(self.loss, "decide")
            else measures
        )

    @contextmanager
    def _evaluation_mode(self) -> Iterator[None]:
        """The network in evaluation mode and without a carried state, and back."""
        carried = self._carrying.take()
        self._carrying.put(None)
        try:
            with evaluating(self.model):
                yield
        finally:
            self._carrying.put(carried)

    def _check_fit(self, outputs: Any, y: Tensor) -> None:
        outputs = getattr(outputs, "outputs", outputs)  # of a network that gives more than these
        if not isinstance(outputs, Tensor):
            raise UsageError(
                f"the loss reads one tensor of scores; the network gives {type(outputs).__name__}"
            )
        check_fit(self.loss, tuple(outputs.shape), y.cpu().numpy())

    def parameters_now(self) -> Tensors:
        """A copy of the network's parameters and buffers."""
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    def set_parameters(self, tensors: Tensors) -> None:
        """Put parameters and buffers back."""
        placed = {name: tensor.to(self._device) for name, tensor in tensors.items()}
        load_weights(self.model, placed, "the checkpoint's weights")

    def tensors(self) -> Tensors:
        """Copies of all that changes: parameters, buffers, the optimizer's state and the carried state."""
        held = {f"model.{name}": value for name, value in self.parameters_now().items()}
        return held | tensors_of_optimizer(self.optimizer) | self._carrying.tensors()

    def numbers(self) -> dict[str, Any]:
        """The optimizer's settings and plain numbers, for JSON."""
        return numbers_of_optimizer(self.optimizer) | {"lrs": list(self._lrs)}

    def restore(self, tensors: Tensors, numbers: dict[str, Any]) -> None:
        """Take back what `tensors` and `numbers` gave; they stay as they are."""
        check_optimizer(self.optimizer, numbers)
        groups = len(self._lrs)
        ListOf(NUMBER, groups, groups).check(numbers["lrs"], "engine.lrs")
        self.set_parameters(
            {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
        )
        restore_optimizer(self.optimizer, tensors, numbers)
        self._lrs = list(numbers["lrs"])
        self._carrying.restore(tensors, self._device)

    def random_state(self) -> Tensors:
        """Torch's global random state, which strangers' layers and loaders draw from."""
        return global_random_state(self._device)

    def set_random_state(self, state: Tensors) -> None:
        """Put torch's global random state back."""
        set_global_random_state(state, self._device)


def _share(weight: Any, total: Any) -> Any:
    """A batch's share of its group, weight/total; 0 in a group without weight."""
    return weight / (total.clamp_min(torch.finfo(total.dtype).tiny) if isinstance(total, Tensor) else total)
