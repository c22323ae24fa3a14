"""How a restricted Boltzmann machine learns: contrastive divergence."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.data.as_dataset import from_arrays
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.device import choose_device
from gradatim.functional.losses import weighted_mean
from gradatim.models.building import load_weights
from gradatim.nn.rbm import RBM
from gradatim.random import mix, uniform
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.loop import Loop, State, tensors_of
from gradatim.training.nonfinite_loss import bad_parameter

Uniform = Callable[[str, tuple[int, ...]], Tensor]  # numbers from [0, 1) by name and shape


class ContrastiveDivergence(Loop):
    """CD-k for a restricted Boltzmann machine (Hinton 2002; curriculum F6), with momentum and weight decay.

        ∇ = ⟨h vᵀ⟩_data − ⟨h vᵀ⟩_k,   Δ ← μΔ + η(∇ − λW),   W ← W + Δ

    The second mean is of v after k steps of Gibbs sampling from the data, h ~ P(h | v), v ~ P(v | h); in both
    h stands for its probability given v. The same for the biases, which are not decayed. The numbers that it
    draws are functions of (seed, step), so that it goes on exactly.

    A record holds the mean squared error of the first reconstructions, per unit, and on `valid` that of
    P(v | P(h | v)) and the mean free energy, which rises above that of training examples when it overfits.

    Parameters: `model`, an RBM, trained in place. `data` and `valid`, rows of numbers in [0, 1]: an array, a
    Dataset or (x, y), of which y is not looked at; pictures are laid out as rows. `k`, steps of Gibbs
    sampling. `lr` is η, `momentum` μ and `weight_decay` λ.

    Raises UsageError for a value that cannot be, and NonFiniteLoss for weights that are no longer finite.

    >>> import numpy as np
    >>> rows = np.repeat([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]], 20, 0)
    >>> losses = [r.train_loss for r in ContrastiveDivergence(RBM(4, 2), rows, epochs=60, batch_size=4)]
    >>> losses[-1] < 0.1 * losses[0]
    True
    """

    framework = "pt"
    task: ClassVar[str] = "reconstruction"
    encoder: ClassVar[str] = "unit"
    takes: ClassVar[tuple[str, ...]] = (
        "epochs", "batch_size", "lr", "weight_decay", "seed", "max_minutes", "device", "precision",
    )  # fmt: skip
    usual: ClassVar[dict[str, Any]] = {"lr": 0.1, "schedule": "constant"}
    update: ClassVar[str] = "contrastive divergence, CD-1"

    def __init__(
        self, model: RBM, data: Any, *, k: int = 1, epochs: int = 20, batch_size: int = 32, lr: float = 0.1,
        momentum: float = 0.5, weight_decay: float = 0.0, seed: int = 0, valid: Any = None,
        max_minutes: float | None = None, device: str = "cpu", precision: str = "float32",
    ):  # fmt: skip
        super().__init__(epochs, max_minutes=max_minutes)
        self.k, self.seed = whole("k", k, 1), whole("seed", seed, 0)
        self.rate = real("lr", lr, above=0)
        self.momentum = real("momentum", momentum, at_least=0, below=1)
        self.weight_decay = real("weight_decay", weight_decay, at_least=0)
        self.device, _ = choose_device(device)
        self.dtype = getattr(torch, one_of("precision", precision, ("float32", "float64")))
        self.rbm = model.to(self.device, self.dtype)
        size = whole("batch_size", batch_size, 1)
        self.how = BatchSettings(size, self.seed, self.device, self.dtype)
        self.data: TorchRows | None = self._hold(data)
        self.valid = None if valid is None else self._hold(valid)
        self.delta = {name: torch.zeros_like(p) for name, p in self.rbm.named_parameters()}

    @classmethod
    def of_settings(cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]) -> Self:
        """CD-1 with the run's rate, batches, epochs, decay, seed, device and precision."""
        given = {name: settings[name] for name in cls.takes}
        return cls(model, data, valid=valid, **given | {"weight_decay": settings["weight_decay"] or 0.0})

    def _hold(self, data: Any) -> TorchRows:
        return TorchRows(rows_of(data, self.rbm.visible), self.how)

    @property
    def model(self) -> RBM:
        """The machine."""
        return self.rbm

    @property
    def lr(self) -> float:
        """η."""
        return self.rate

    @property
    def length(self) -> int:
        """Batches in an epoch."""
        return 0 if self.data is None else len(self.data)

    def batches(self, epoch: int, start: int) -> Iterator:
        """The rows in the order of the epoch."""
        assert self.data is not None
        return self.data.epoch(epoch, start)

    @torch.no_grad()
    def take_step(self, group: list) -> dict[str, Any]:
        """One update by CD-k."""
        ((v, _, w),) = group
        gradient, reconstruction = cd_gradient(self.rbm, v, w, self.k, self._uniform)
        parameters: dict[str, Tensor] = dict(self.rbm.named_parameters())
        for name, p in parameters.items():
            decay = self.weight_decay if name == "weight" else 0.0
            delta = self.delta[name]
            delta *= self.momentum
            delta += self.rate * (gradient[name] - decay * p)
            p += delta
        weight = len(v) if w is None else w.sum()
        return {"loss_sum": _mean(((v - reconstruction) ** 2).mean(1), w) * weight, "weight_sum": weight}

    def _uniform(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """Numbers from [0, 1) of this step."""
        elements = mix(torch.arange(shape[0] * shape[1], dtype=torch.int32, device=self.device))
        return uniform(elements, self.seed, name, self.seen).view(shape).to(self.dtype)

    def measure(self) -> dict[str, float]:
        """On validation: the reconstruction error, and the mean free energy."""
        return {} if self.valid is None else self._measures(self.valid)

    def evaluate(self, data: Any) -> dict[str, float]:
        """The same on other rows."""
        return self._measures(self._hold(data))

    @torch.no_grad()
    def _measures(self, held: TorchRows) -> dict[str, float]:
        error = energy = weight = 0.0
        for v, _, w in held.in_order():
            share = float(len(v) if w is None else w.sum())
            error += float(_mean(((v - self.rbm.reconstruct(self.rbm(v))) ** 2).mean(1), w)) * share
            energy += float(_mean(self.rbm.free_energy(v), w)) * share
            weight += share
        weight = max(weight, 1e-300)
        return {"reconstruction_error": error / weight, "free_energy": energy / weight}

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.rbm)

    def end(self) -> None:
        """Let go of the rows."""
        self.rbm.eval()
        self.data = self.valid = None

    def own_state(self) -> State:
        """The machine's parameters, and Δ of each."""
        tensors = {f"model.{name}": p.detach().clone() for name, p in self.rbm.named_parameters()}
        return tensors | {f"delta.{name}": delta.clone() for name, delta in self.delta.items()}, {}

    def restore_own(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        placed = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        load_weights(self.rbm, tensors_of("model", placed), "the checkpoint's weights")
        for name, delta in tensors_of("delta", placed).items():
            self.delta[name].copy_(delta)


def cd_gradient(
    rbm: RBM, v: Tensor, w: Tensor | None, k: int, numbers: Uniform
) -> tuple[dict[str, Tensor], Tensor]:
    """∇ of every parameter by CD-k, uphill in log P(v), and the first reconstruction P(v | h), h ~ P(h | v).

    `numbers` gives those from [0, 1) that a unit's probability must exceed for it to be 1.
    """
    chain, first = v, None
    for t in range(k):
        p = rbm(chain)
        p = rbm.reconstruct((numbers(f"hidden {t}", tuple(p.shape)) < p).to(p.dtype))
        first = p if first is None else first
        chain = (numbers(f"visible {t}", tuple(p.shape)) < p).to(p.dtype)
    assert first is not None
    data, model = statistics(rbm, v, w), statistics(rbm, chain, w)
    return {name: data[name] - model[name] for name in data}, first


def statistics(rbm: RBM, v: Tensor, w: Tensor | None = None) -> dict[str, Tensor]:
    """The means of h vᵀ, v and h over rows, weighted by w (N,), by the names of the parameters.

    Their difference between the data and the machine's own distribution is ∂ mean log P(v)/∂θ.
    """
    h = rbm(v)
    w = v.new_ones(len(v)) if w is None else w
    share = w / w.sum().clamp_min(torch.finfo(w.dtype).tiny)
    shared = h * share[:, None]
    return {"weight": shared.t() @ v, "visible_bias": share @ v, "hidden_bias": shared.sum(0)}


def rows_of(data: Any, units: int) -> Dataset:
    """A Dataset of rows (N, units) of numbers in [0, 1]; UsageError naming the first that lies outside."""
    alone = hasattr(data, "shape") and not isinstance(getattr(data, "layout", None), str)
    examples = from_arrays(data, classify=False) if alone else as_examples(data)
    if not isinstance(examples, Dataset):
        raise UsageError(f"a machine learns from rows in memory; these are {examples.layout}")
    x = examples.x.reshape(len(examples), -1)
    if x.shape[1] != units:
        raise UsageError(f"the machine has {units} visible units; a row here has {x.shape[1]} numbers")
    outside = (x < 0) | (x > 1)
    if outside.any():
        row, unit = (int(i) for i in divmod(int(outside.argmax()), x.shape[1]))
        raise UsageError(
            f"visible units are numbers from 0 to 1; example {row} holds {x[row, unit]:g} at {unit}: scale "
            "the rows, or compare them with a threshold"
        )
    return replace(examples, x=x)


def _mean(values: Tensor, w: Tensor | None) -> Tensor:
    """The mean over examples, weighted where there are weights."""
    return values.mean() if w is None else weighted_mean(values, w)
