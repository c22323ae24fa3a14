"""How a restricted Boltzmann machine learns: contrastive divergence."""

from typing import Any, ClassVar, Self

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import one_of, real, truth, whole
from gradatim.device import choose_device
from gradatim.functional.losses import weighted_mean
from gradatim.models.building import load_weights
from gradatim.nn.rbm import RBM
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.loop import State, tensors_of
from gradatim.unsupervised.contrast import Contrast, cd_contrast, centre, contrast, sparsen
from gradatim.unsupervised.free_energies import Energies, compare_energies
from gradatim.unsupervised.gibbs import HashedNumbers, persistent_steps
from gradatim.unsupervised.machine_loop import MachineLoop
from gradatim.unsupervised.tempering import base_of, check_tempering, tempered_steps
from gradatim.unsupervised.visible_rows import rows_of

REMEMBERED = 0.9  # of the activity that sparsity looks at, a step (Hinton 2012, section 11)
LOOKED_AT = 8  # of so many batches one is reconstructed where chains go on, since steps need no such product
AT_ONCE = 4096  # rows whose free energies are computed together


class ContrastiveDivergence(MachineLoop):
    """CD-k for a restricted Boltzmann machine (Hinton 2002; curriculum F6), with momentum and weight decay.

        ∇ = ⟨h vᵀ⟩_data − ⟨h vᵀ⟩_k,   Δ ← μΔ + η(∇ − λW),   W ← W + Δ

    The second mean is of v after k steps of Gibbs sampling from the data, h ~ P(h | v), v ~ P(v | h); where
    it is `persistent` (Tieleman 2008), after k further steps of `batch_size` chains that never begin anew;
    with `tempering` these are joined by as many at each of that number of temperatures, which change places
    (`tempered_steps`), so that they get from one mode of P(v) to another.
    In both means h stands for its mean given v. The same for the other parameters, which are not decayed.
    The numbers that it draws are functions of (seed, step), so that it goes on exactly.

    A record holds the mean squared error of the first reconstructions, per unit, where chains go on of every
    eighth batch; with `valid` the error of the mean of v given the mean of h, on it, its mean free energy
    beside that of as many examples of training, and their difference in standard errors. Where the two
    energies part, the machine overfits, and `notice` says so.

    Parameters: `model`, an RBM, trained in place. `data` and `valid`, rows of numbers in [0, 1]: an array, a
    Dataset or (x, y), of which y is not looked at; pictures are laid out as rows. `k`, steps of Gibbs
    sampling. `lr` is η, `momentum` μ and `weight_decay` λ. `centred`, the gradient of centred units (see
    `centre`). `sparsity_target`, each hidden unit's mean activity, to which `sparsity_cost` pulls its average
    over past steps. `tempering`, how many temperatures, 0 for none: a step costs as many times as much
    sampling.

    Raises UsageError for a value that cannot be, and NonFiniteLoss for weights that are no longer finite.

    >>> import numpy as np
    >>> rows = np.repeat([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]], 20, 0)
    >>> losses = [r.train_loss for r in ContrastiveDivergence(RBM(4, 2), rows, epochs=60, batch_size=4)]
    >>> losses[-1] < 0.1 * losses[0]
    True
    """

    task: ClassVar[str] = "reconstruction"
    encoder: ClassVar[str] = "unit"
    takes: ClassVar[tuple[str, ...]] = (
        "epochs", "batch_size", "lr", "weight_decay", "seed", "max_minutes", "device", "precision",
    )  # fmt: skip
    usual: ClassVar[dict[str, Any]] = {"lr": 0.1, "schedule": "constant", "weight_decay": 0.0}
    update: ClassVar[str] = "contrastive divergence"

    def __init__(
        self, model: RBM, data: Any, *, k: int = 1, epochs: int = 20, batch_size: int = 32, lr: float = 0.1,
        momentum: float = 0.5, weight_decay: float = 0.0, seed: int = 0, valid: Any = None,
        max_minutes: float | None = None, device: str = "cpu", precision: str = "float32",
        persistent: bool = False, centred: bool = False, sparsity_target: float | None = None,
        sparsity_cost: float = 0.1, tempering: int = 0,
    ):  # fmt: skip
        super().__init__(epochs, max_minutes=max_minutes)
        self.k, self.seed = whole("k", k, 1), whole("seed", seed, 0)
        self.rate = real("lr", lr, above=0)
        self.momentum = real("momentum", momentum, at_least=0, below=1)
        self.weight_decay = real("weight_decay", weight_decay, at_least=0)
        self.centred = truth("centred", centred)
        self.sparsity_cost = real("sparsity_cost", sparsity_cost, at_least=0)
        self.sparsity_target = (
            None if sparsity_target is None else real("sparsity_target", sparsity_target, above=0, below=1)
        )
        self.device, _ = choose_device(device)
        self.dtype = getattr(torch, one_of("precision", precision, ("float32", "float64")))
        self.rbm = model.to(self.device, self.dtype)
        size = whole("batch_size", batch_size, 1)
        self.how = BatchSettings(size, self.seed, self.device, self.dtype)
        self.data = self._hold(data)
        self.examples = len(self.data.x)
        self.varies = bool((self.data.x[:] != self.data.x[:1]).any())
        self.valid = None if valid is None else self._hold(valid)
        self.delta = {name: torch.zeros_like(p) for name, p in self.rbm.named_parameters()}
        hidden = self.rbm.hidden_bias.detach()
        sets = (tempering,) if check_tempering(tempering, self.rbm) else ()
        kept = truth("persistent", persistent) or tempering
        self.base = base_of(self.rbm, self.data.x[:]) if tempering else None
        self.chains = hidden.new_zeros(*sets, size, len(hidden)) if kept else None  # hidden states
        self.activity = (
            None if self.sparsity_target is None else torch.full_like(hidden, self.sparsity_target)
        )
        self.numbers = HashedNumbers(self.seed, hidden)
        self.energies: Energies | None = None

    @classmethod
    def of_settings(cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]) -> Self:
        """With the run's rate, batches, epochs, decay, seed, device and precision, and the network's k, …"""
        given = {name: settings[name] for name in cls.takes}
        given["weight_decay"] = settings["weight_decay"] or 0.0
        return cls(model, data, valid=valid, **given, **model.teaching)

    def _hold(self, data: Any) -> TorchRows:
        return TorchRows(rows_of(data, self.rbm), self.how)

    @property
    def model(self) -> RBM:
        """The machine."""
        return self.rbm

    @torch.no_grad()
    def take_step(self, group: list) -> dict[str, Any]:
        """One update."""
        ((v, _, w),) = group
        self.numbers.step = self.seen
        found, reconstruction = self._contrast(v, w)
        if self.centred:
            found = centre(found)
        if self.activity is not None:
            assert self.sparsity_target is not None
            self.activity += (1 - REMEMBERED) * (found.means["data"][1] - self.activity)
            found = sparsen(found, self.activity, self.sparsity_target, self.sparsity_cost)
        self._move(found)
        if reconstruction is None:
            return dict.fromkeys(self.SUMS, 0.0)
        weight = len(v) if w is None else w.sum()
        error = F.mse_loss(reconstruction, v) if w is None else weighted_mean(_errors(v, reconstruction), w)
        return {"loss_sum": error * weight, "weight_sum": weight}

    def _contrast(self, v: Tensor, w: Tensor | None) -> tuple[Contrast, Tensor | None]:
        """⟨·⟩_data − ⟨·⟩_k, and the first reconstruction of v; of chains that go on not in every batch."""
        if self.chains is None:
            return cd_contrast(self.rbm, v, w, self.k, self.numbers)
        h = self.rbm(v)
        how = self.rbm, self.chains, self.k, self.numbers
        model_v, model_h, self.chains = (
            persistent_steps(*how) if self.base is None else tempered_steps(*how, self.rbm.units(self.base))
        )
        reconstruction = None if self.batch % LOOKED_AT else self.rbm.reconstruct(h)
        return contrast(self.rbm, v, h, model_v, model_h, w), reconstruction

    def _move(self, found: Contrast) -> None:
        """Δ ← μΔ + η(∇ − λW), W ← W + Δ: of W products into Δ; without momentum into W itself."""
        weight, delta = self.rbm.weight, self.delta["weight"]
        kept, into = (self.momentum, delta) if self.momentum else (1 - self.rate * self.weight_decay, weight)
        for left, right in found.factors:
            into.addmm_(left.t(), right, beta=kept, alpha=self.rate)
            kept = 1
        if not self.momentum:
            for name, gradient in found.beside.items():
                self.rbm.get_parameter(name).add_(gradient, alpha=self.rate)
            return
        if self.weight_decay:
            delta.add_(weight, alpha=-self.rate * self.weight_decay)
        weight.add_(delta)
        for name, gradient in found.beside.items():
            delta = self.delta[name]
            delta.mul_(self.momentum).add_(gradient, alpha=self.rate)
            self.rbm.get_parameter(name).add_(delta)

    def measure(self) -> dict[str, float]:
        """On validation: the reconstruction error, the mean free energy, and how many standard errors it lies
        above that of training.
        """
        if self.valid is None:
            return {}
        assert self.data is not None
        of_valid = self._free_energies(self.valid)
        of_train = self._free_energies(self.data, len(self.valid.x))
        self.energies = compare_energies(of_train, of_valid, self.energies)
        return self._measures(self.valid) | {"free_energy_apart": self.energies.apart}

    def means(self) -> dict[str, float]:
        """Besides the loss, the free energy of as many examples of training as there are of validation."""
        beside = {} if self.energies is None else {"free_energy": self.energies.train}
        return super().means() | beside

    def notice(self) -> str:
        """After the first epoch that there are more hidden units than examples, or that no column varies;
        that the energies part.
        """
        said = []
        if self.epoch == 1 and self.rbm.hidden > self.examples:
            said.append(
                f"{self.rbm.hidden} hidden units learn from {self.examples} examples: a machine with more "
                "units than examples can learn them by heart"
            )
        if self.epoch == 1 and not self.varies:
            said.append("no column varies from row to row: the machine learns the one row that there is")
        if self.energies is not None and self.energies.just_parted:
            said.append(self.energies.sentence())
        return "; ".join(said)

    def evaluate(self, data: Any) -> dict[str, float]:
        """The same measures on other rows."""
        return self._measures(self._hold(data))

    @torch.no_grad()
    def _free_energies(self, held: TorchRows, most: int | None = None) -> Tensor:
        """F of the rows as they stand, at most so many."""
        v = torch.cat([v for v, _, _ in held.in_order()]) if most is None else held.x[:most]
        return torch.cat([self.rbm.free_energy(part) for part in v.split(AT_ONCE)])

    @torch.no_grad()
    def _measures(self, held: TorchRows) -> dict[str, float]:
        error = energy = weight = 0.0
        for v, _, w in held.in_order():
            share = float(len(v) if w is None else w.sum())
            error += float(_mean(_errors(v, self.rbm.reconstruct(self.rbm(v))), w)) * share
            energy += float(_mean(self.rbm.free_energy(v), w)) * share
            weight += share
        weight = max(weight, 1e-300)
        return {"reconstruction_error": error / weight, "free_energy": energy / weight}

    def own_state(self) -> State:
        """The machine's parameters, Δ of each, the chains and the activity where there are any."""
        tensors = {f"model.{name}": p.detach().clone() for name, p in self.rbm.named_parameters()}
        tensors |= {f"delta.{name}": delta.clone() for name, delta in self.delta.items()}
        held = {"sampling.chains": self.chains, "sampling.activity": self.activity}
        return tensors | {name: tensor.clone() for name, tensor in held.items() if tensor is not None}, {}

    def restore_own(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        placed = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        load_weights(self.rbm, tensors_of("model", placed), "the checkpoint's weights")
        for name, delta in tensors_of("delta", placed).items():
            self.delta[name].copy_(delta)
        for name, tensor in tensors_of("sampling", placed).items():
            getattr(self, name).copy_(tensor)


def _errors(v: Tensor, again: Tensor) -> Tensor:
    """The mean squared error of each row, (N,)."""
    return ((v - again) ** 2).mean(1)


def _mean(values: Tensor, w: Tensor | None) -> Tensor:
    """The mean over examples, weighted where there are weights."""
    return values.mean() if w is None else weighted_mean(values, w)
