"""The torch engine: one network, one loss, one optimiser, and the step they make together."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import GradatimError, NonFiniteLoss, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.windows import Windows
from gradatim.device import call, in_order, kept_in
from gradatim.models.building import load_weights
from gradatim.nn.dropout import Dropout
from gradatim.optim.lbfgs import LBFGS
from gradatim.optim.saved_state import lay_beside
from gradatim.training.batches import Batch, FromLoader, InMemory
from gradatim.training.carrying import Carrying
from gradatim.training.fitting import check_fit, smoothed
from gradatim.training.given import Custom, loss_named, optimizer_for, placed
from gradatim.training.nonfinite import bad_parameter, why_not_finite
from gradatim.training.sequences import Streams
from gradatim.training.shaping import Shaping

Tensors = dict[str, Tensor]


class TorchEngine:
    """Forward, backward and update of a torch module; `tensors` and `numbers` are its part of a checkpoint.

    On the CPU every step's loss is checked; on a device with a queue of its own a flag is gathered instead,
    and `found_nonfinite` asks for it.
    """

    framework = "pt"  # what its checkpoint is read as

    def __init__(
        self, model: nn.Module, loss: Any, optimizer: Any, lr: float | None, settings: dict[str, Any],
        seed: int, shaping: Shaping, device: torch.device, precision: str,
    ):  # fmt: skip
        self.precision = precision
        dtype = getattr(torch, kept_in(precision))
        self.model = placed(model, device, dtype)
        self.loss: Any = loss_named(loss) if isinstance(loss, str) else Custom(loss)
        self.training_loss = self.loss
        self.optimizer = optimizer_for(optimizer, self.model, lr, settings)
        self.lrs = [float(group["lr"]) for group in self.optimizer.param_groups]  # before any schedule
        self.seed, self.shaping = seed, shaping
        self.searches = isinstance(self.optimizer, LBFGS)
        if self.searches:
            shaping.refuse_for_search()
        live = [p for group in self.optimizer.param_groups for p in group["params"]]
        self.weights = [p for p in live if p.ndim >= 2]
        self.device, self.dtype = device, dtype
        self.precise = torch.float32 if device.type == "mps" else torch.float64  # of sums; MPS has no more
        self.check_each_step = device.type == "cpu"
        self.bad: Tensor | None = None
        self.dropouts = [(name, m) for name, m in self.model.named_modules() if isinstance(m, Dropout)]
        self.carrying = Carrying(self.model)
        if self.searches and self.carrying.modules:
            raise UsageError("lbfgs asks for a step's loss several times, but a carried state moves on once")
        described = isinstance(getattr(model, "description", None), dict)
        self.foreign = not described  # its layers may draw from torch's global state

    def smooth(self, label_smoothing: float) -> None:
        """Train on smoothed targets; measure on the plain ones."""
        self.training_loss = smoothed(self.loss, label_smoothing)

    def learned(self) -> dict[str, nn.Parameter]:
        """The parameters that learn, by name, as they stand."""
        return {name: p for name, p in self.model.named_parameters() if p.requires_grad}

    def begin(self) -> None:
        """Make ready to train."""
        self.model.train()

    def end(self) -> None:
        """Make ready to be used."""
        self.model.eval()
        self.carrying.put(None)

    def hold(self, data: Dataset, batch_size: int, class_weights: Any) -> InMemory:
        """Where the batches of these examples come from; UsageError for targets the loss cannot read."""
        held = InMemory(data, batch_size, self.seed, self.device, self.dtype, class_weights)
        held.x = in_order(held.x, self.model)
        self.check_outputs(held.x, held.y)
        return held

    def hold_text(self, windows: Windows, streams: int) -> Streams:
        """Where the windows of a text come from; UsageError for a network that carries no state."""
        if not self.carrying.modules:
            raise UsageError("a text is learned by a network that carries its state, such as char_lm")
        held = Streams(windows, streams, self.device)
        with torch.no_grad(), self.evaluating():
            self._check_fit(*held.each(self.model))
        return held

    def begin_epoch(self) -> None:
        """Start from no carried state."""
        self.carrying.put(None)

    def loader(self, loader: Any) -> FromLoader:
        """A stranger's batches, on the device."""
        return FromLoader(loader, self.device, self.dtype, lambda x: in_order(x, self.model))

    def step(self, group: list[Batch], seen: int, factor: float | None) -> tuple[Any, Any]:
        """One update, θ ← update(θ, ∇L), L the mean loss over the group; returns L and the weight it has.

        The group is one batch, or several whose gradients accumulate. `seen` counts batches before it, and
        `factor` is the schedule's; None leaves the learning rates as they are. Raises NonFiniteLoss before
        any parameter is changed.
        """
        before = self.carrying.take()
        try:
            loss, total = self._forward_and_backward(group, seen)
            self._check(loss, group)
        except BaseException:
            self.carrying.put(before)  # the group comes again, from where it came
            raise
        if factor is not None:
            for parameters, lr in zip(self.optimizer.param_groups, self.lrs, strict=True):
                parameters["lr"] = lr * factor
        if self.searches:
            self.optimizer.step(lambda: self._penalised(group, seen))
        else:
            self._shape()
            with torch.no_grad():
                self.shaping.decay(self.weights, self.lr)
            self.optimizer.step()
        return loss, float(total) if self.check_each_step else total

    def _forward_and_backward(self, group: list[Batch], seen: int) -> tuple[Any, Any]:
        """∇L into the parameters' gradients; returns L and its weight."""
        weights: list[Any] = [len(y) if w is None else w.sum() for _, y, w in group]
        total: Any = sum(weights)
        loss: Any = 0.0
        self.optimizer.zero_grad(set_to_none=True)
        for i, (x, y, w) in enumerate(group):
            for name, dropout in self.dropouts:
                dropout.place(self.seed, name, seen + i)
            self.carrying.restart(seen + i)
            mean = self._mean(self._outputs(x), y, w, self.training_loss)
            part = mean if len(group) == 1 else mean * _share(weights[i], total)
            part.backward()
            loss += part.item() if self.check_each_step else part.detach().to(self.precise)
        return loss, total

    def _outputs(self, x: Tensor) -> Any:
        """The network's outputs, in the precision of the run."""
        return call(self.model, x, self.precision)

    def _penalised(self, group: list[Batch], seen: int) -> Any:
        """The loss with its penalties, and its gradient, under the masks of this step: L-BFGS's closure."""
        loss, _ = self._forward_and_backward(group, seen)
        self._shape()
        with torch.no_grad():
            return loss + self.shaping.penalty(self.weights)

    @torch.no_grad()
    def _shape(self) -> None:
        """Penalties and clipping, on the gradients."""
        if self.shaping.touches_gradients:
            weights = [p for p in self.weights if p.grad is not None]
            groups = self.optimizer.param_groups
            gradients = [p.grad for group in groups for p in group["params"] if p.grad is not None]
            self.shaping.shape(weights, [p.grad for p in weights], gradients)

    def _check(self, loss: Any, group: list[Batch]) -> None:
        if self.check_each_step:
            if not isfinite(loss):
                why = why_not_finite(self.model, [x for x, _, _ in group], self.lr)
                raise NonFiniteLoss(f"the loss became {loss}: {why}")
        else:
            bad = ~torch.isfinite(loss)
            self.bad = bad if self.bad is None else self.bad | bad

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
        return self.lrs[0]

    @property
    def lr(self) -> float:
        """The learning rate of the last step, of the first parameter group."""
        return float(self.optimizer.param_groups[0]["lr"])

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.model)

    def found_nonfinite(self) -> bool:
        """Whether any loss since the last call was not finite: one synchronisation."""
        found, self.bad = self.bad, None
        return found is not None and bool(found)

    @torch.no_grad()
    def evaluate(self, batches: Iterator[Batch]) -> dict[str, float]:
        """Mean loss, weighted as in training, and accuracy where the loss is of classes."""
        loss: Any = 0.0
        weight: Any = 0.0
        right: Any = 0
        n = 0
        with self.evaluating():
            for x, y, w in batches:
                a = self._outputs(x)
                share = len(y) if w is None else w.sum()
                loss = loss + self._mean(a, y, w).to(self.precise) * share
                weight = weight + share
                if hasattr(self.loss, "decide"):
                    right = right + (self.loss.decide(a) == y).sum()
                n += y.numel()  # answers: of several labels, several an example
        if not n:
            raise GradatimError("there is nothing to evaluate")
        measures = {"loss": float(loss) / max(float(weight), 1e-300)}
        return {**measures, "accuracy": int(right) / n} if hasattr(self.loss, "decide") else measures

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """The network in evaluation mode and without a carried state, and back."""
        was = [(module, module.training) for module in self.model.modules()]
        carried = self.carrying.take()
        self.carrying.put(None)
        self.model.eval()
        try:
            yield
        finally:
            self.carrying.put(carried)
            for module, training in was:
                module.training = training

    def check_outputs(self, x: Tensor, y: Tensor) -> None:
        """Raise UsageError when the network's outputs cannot be the loss's scores for these targets."""
        with torch.no_grad(), self.evaluating():
            outputs = self._outputs(x[:2])
        if hasattr(self.loss, "expects"):
            self._check_fit(outputs, y)
            self._mean(outputs, y[:2], None)

    def _check_fit(self, outputs: Any, y: Tensor) -> None:
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
        placed = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        load_weights(self.model, placed, "the checkpoint's weights")

    def tensors(self) -> Tensors:
        """Copies of everything that changes: parameters, buffers and the optimiser's state."""
        held = {f"model.{name}": value for name, value in self.parameters_now().items()}
        for number, state in self.optimizer.state_dict()["state"].items():
            for key, value in state.items():
                if isinstance(value, Tensor):
                    held[f"optimizer.{number}.{key}"] = value.detach().clone()
        return held | self.carrying.tensors()

    def numbers(self) -> dict[str, Any]:
        """The optimiser's settings and plain numbers, for JSON."""
        state = self.optimizer.state_dict()
        plain = {
            str(number): {key: value for key, value in entry.items() if not isinstance(value, Tensor)}
            for number, entry in state["state"].items()
        }
        groups = [
            {key: float(value) if isinstance(value, Tensor) else value for key, value in group.items()}
            for group in state["param_groups"]
        ]
        kind = type(self.optimizer).__name__
        return {"optimizer": kind, "state": plain, "groups": groups, "lrs": list(self.lrs)}

    def restore(self, tensors: Tensors, numbers: dict[str, Any]) -> None:
        """Take back what `tensors` and `numbers` gave; they stay as they are."""
        kind = type(self.optimizer).__name__
        if numbers["optimizer"] != kind:
            raise GradatimError(f"the checkpoint's optimizer is {numbers['optimizer']}, this one is {kind}")
        self.set_parameters(
            {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
        )
        state: dict[int, dict[str, Any]] = {int(number): dict(e) for number, e in numbers["state"].items()}
        for name, tensor in tensors.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".", 2)
                state.setdefault(int(number), {})[key] = tensor.clone()  # torch keeps what it is given
        groups = [
            {key: tuple(value) if key == "betas" else value for key, value in group.items()}
            for group in numbers["groups"]
        ]
        try:
            self.optimizer.load_state_dict({"state": state, "param_groups": groups})
        except (ValueError, KeyError) as error:
            raise GradatimError(f"the checkpoint's optimizer does not fit this network: {error}") from error
        for p, entry in self.optimizer.state.items():  # torch's kernels, too, take both to lie alike
            entry.update({key: lay_beside(v, p) for key, v in entry.items() if isinstance(v, Tensor)})
        self.lrs = list(numbers["lrs"])
        self.carrying.restore(tensors, self.device)

    def random_state(self) -> Tensors:
        """Torch's global random state, which strangers' layers and loaders draw from."""
        state = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state(self.device)
        return state

    def set_random_state(self, state: Tensors) -> None:
        """Put torch's global random state back."""
        torch.set_rng_state(state["cpu"])
        if "cuda" in state and self.device.type == "cuda":
            torch.cuda.set_rng_state(state["cuda"], self.device)


def _share(weight: Any, total: Any) -> Any:
    """A batch's share of its group, weight/total; 0 in a group without weight."""
    return weight / (total.clamp_min(torch.finfo(total.dtype).tiny) if isinstance(total, Tensor) else total)
