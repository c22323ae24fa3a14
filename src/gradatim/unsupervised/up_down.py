"""The up-down algorithm: contrastive wake–sleep of a deep belief network."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import one_of, real, whole
from gradatim.device import choose_device
from gradatim.models.building import load_weights
from gradatim.nn.boltzmann_units import Uniform, binary
from gradatim.nn.dbn import DBN
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.loop import State, tensors_of
from gradatim.unsupervised.gibbs import HashedNumbers
from gradatim.unsupervised.machine_loop import MachineLoop


@torch.no_grad()
def up_down_gradients(
    dbn: DBN, v: Tensor, labels: Tensor | None, k: int, numbers: Uniform
) -> tuple[dict[str, Tensor], Tensor]:
    """What up-down adds to each parameter, by its name, and the wake phase's predictions of v.

    Hinton, Osindero & Teh 2006, appendix B, of any number of layers, a mean over rows:

        wake   h_l ~ Q(h_l | h_{l−1}) from the data;     ∇D_l = h_l (h_{l−1} − P(h_{l−1} | h_l))ᵀ
        top    k steps of Gibbs sampling from h_L, labels as probabilities;   ∇W_L = ⟨·⟩_wake − ⟨·⟩_k
        sleep  down from there, h_{l−1} ~ P(h_{l−1} | h_l), v its mean;
               ∇W_l = (h_l − Q(h_l | h_{l−1})) h_{l−1}ᵀ

    Shapes: v (N, visible), labels (N, K) one-hot or None.
    """
    below, top, n = dbn.below, dbn.top, len(v)
    added: dict[str, Tensor] = {}
    wake = [v]
    for number, machine in enumerate(below):  # wake
        wake.append(binary(machine(wake[-1]), numbers, f"wake {number}"))
    predicted = []
    for number, (machine, weight) in enumerate(zip(below, dbn.down, strict=True)):
        mean = torch.sigmoid(F.linear(wake[number + 1], weight.t(), machine.visible_bias))
        error = wake[number] - mean
        added[f"down.{number}"] = wake[number + 1].t() @ error / n
        added[f"machines.{number}.visible_bias"] = error.mean(0)
        predicted.append(mean)
    units = wake[-1] if labels is None else torch.cat([wake[-1], labels], 1)  # top
    first = h = binary(top(units), numbers, "top")
    for t in range(k):
        p = top.reconstruct(h)
        pixels = p[:, : wake[-1].shape[1]]
        states = binary(pixels.contiguous(), numbers, f"visible {t}")
        model = states if labels is None else torch.cat([states, p[:, pixels.shape[1] :]], 1)
        h = binary(top(model), numbers, f"hidden {t}")
    name = f"machines.{len(below)}"
    added[f"{name}.weight"] = (first.t() @ units - h.t() @ model) / n
    added[f"{name}.visible_bias"] = (units - model).mean(0)
    added[f"{name}.hidden_bias"] = (first - h).mean(0)
    above = states  # sleep
    for number in reversed(range(len(below))):
        machine = below[number]
        mean = torch.sigmoid(F.linear(above, dbn.down[number].t(), machine.visible_bias))
        under = binary(mean, numbers, f"sleep {number}") if number else mean
        error = above - machine(under)
        added[f"machines.{number}.weight"] = error.t() @ under / n
        added[f"machines.{number}.hidden_bias"] = error.mean(0)
        above = under
    return added, predicted[0]


class UpDown(MachineLoop):
    """Up-down fine-tuning of a deep belief network whose layers have been learned (Hinton et al. 2006).

        θ ← θ + η ∇θ,   ∇ by `up_down_gradients`

    The numbers that it draws are functions of (seed, step), so that it goes on exactly. A record holds the
    mean squared error of the wake phase's predictions of v; with `valid` that of the means, and the accuracy
    where there are classes.

    Parameters: `model`, trained in place; `data` and `valid`, rows of numbers in [0, 1] and class numbers;
    `k`, steps of Gibbs sampling in the top machine; `lr` is η.
    """

    def __init__(
        self, model: DBN, data: Any, *, valid: Any = None, k: int = 1, epochs: int = 20, batch_size: int = 32,
        lr: float = 0.01, seed: int = 0, device: str = "cpu", precision: str = "float32",
    ):  # fmt: skip
        super().__init__(epochs)
        self.k, self.seed, self.rate = whole("k", k, 1), whole("seed", seed, 0), real("lr", lr, above=0)
        self.device, _ = choose_device(device)
        self.dtype = getattr(torch, one_of("precision", precision, ("float32", "float64")))
        self.dbn = model.to(self.device, self.dtype)
        how = BatchSettings(whole("batch_size", batch_size, 1), self.seed, self.device, self.dtype)
        self.data = TorchRows(data, how)
        self.valid = None if valid is None else TorchRows(valid, how)
        self.numbers = HashedNumbers(self.seed, self.dbn.top.weight.detach())

    @property
    def model(self) -> DBN:
        """The network."""
        return self.dbn

    @torch.no_grad()
    def take_step(self, group: list) -> dict[str, Any]:
        """One update."""
        ((v, y, _),) = group
        self.numbers.step = self.seen
        v = v.flatten(1)
        added, predicted = up_down_gradients(self.dbn, v, labels_of(self.dbn, y), self.k, self.numbers)
        for name, gradient in added.items():
            self.dbn.get_parameter(name).add_(gradient, alpha=self.rate)
        return {"loss_sum": F.mse_loss(predicted, v) * len(v), "weight_sum": len(v)}

    @torch.no_grad()
    def measure(self) -> dict[str, float]:
        """On validation: the error of the means on the way down again, and the accuracy."""
        return {} if self.valid is None else measures_of(self.dbn, self.valid)

    def own_state(self) -> State:
        """The network; every number that is drawn is a function of the step."""
        return {f"model.{name}": p.detach().clone() for name, p in self.dbn.state_dict().items()}, {}

    def restore_own(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        placed = {name: tensor.to(self.device) for name, tensor in tensors.items()}
        load_weights(self.dbn, tensors_of("model", placed), "the checkpoint's weights")


def labels_of(dbn: DBN, y: Tensor) -> Tensor | None:
    """Class numbers (N,) as one-hot rows (N, K); None for a network without labels."""
    if not dbn.classes:
        return None
    return F.one_hot(y.long(), dbn.classes).to(dbn.top.weight.dtype)


@torch.no_grad()
def measures_of(dbn: DBN, held: TorchRows) -> dict[str, float]:
    """The reconstruction error of a network's inputs by its highest layer below the top, and the accuracy."""
    error = right = count = 0.0
    for x, y, _ in held.in_order():
        h = dbn.up(x)
        error += float(((dbn.down_from(h) - x.flatten(1)) ** 2).mean(1).sum())
        if dbn.classes:
            right += float((dbn.scores_from(h).argmax(1) == y).sum())
        count += len(x)
    measures = {"reconstruction_error": error / count}
    return {"accuracy": right / count, **measures} if dbn.classes else measures
