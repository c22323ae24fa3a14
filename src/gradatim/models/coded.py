"""What an autoencoder gives to its loss, that loss, and what every autoencoder with it has."""

from typing import Any, NamedTuple

from torch import Tensor, nn

from gradatim.functional.losses import weighted_mean
from gradatim.models.code_penalties import contraction, divergence_of_activity


class Coded(NamedTuple):
    """The inputs again (N, D), and the code h (N, H) that they were made of."""

    outputs: Tensor
    code: Tensor


class LossOfCode:
    """A loss of the outputs, and the penalties of an autoencoder's code (Ng 2011; Rifai et al. 2011).

        L = mean l(x̂, x) + β Σ_j KL(ρ‖ρ̂_j) + λ₁ mean Σ_j |h_j| + λ₂ mean ‖∂h/∂x‖²

    Shapes: a of `Coded`, y (N, D), w (N,) or None. β is `sparsity_cost`, which counts where there is a
    `sparsity_target`, λ₁ `code_l1` and λ₂ `contractive` of the network.
    """

    def __init__(self, network: Any, loss: Any):
        self.network, self.loss = network, loss

    @property
    def penalises(self) -> bool:
        """Whether it is more than the loss of the outputs."""
        network = self.network
        return bool(network.sparsity_target is not None or network.code_l1 or network.contractive)

    def mean(self, a: Coded, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over the batch, weighted when w is given."""
        network, h = self.network, a.code
        total = self.loss.mean(a.outputs, y, w)
        if network.sparsity_target is not None:
            total = total + network.sparsity_cost * divergence_of_activity(h, network.sparsity_target, w)
        if network.code_l1:
            total = total + network.code_l1 * _mean(h.abs().flatten(1).sum(1), w)
        if network.contractive:
            W = network.encoder[0].weight
            total = total + network.contractive * _mean(contraction(h, W, network.code_activation), w)
        return total


class CodedNetwork(nn.Module):
    """What autoencoders share, whatever their layers: x̂ = decode(h), h = encode(corrupt(x)).

    `encode` and `decode` are each network's own, and so are `corruption`, a layer or None, and the penalties'
    numbers that `LossOfCode` reads.
    """

    encode: Any
    decode: Any
    corruption: nn.Module | None
    sparsity_target: float | None
    code_l1: float
    contractive: float

    @property
    def may_copy(self) -> bool:
        """Whether nothing but the size of its code keeps it from copying."""
        return self.corruption is None and not LossOfCode(self, None).penalises

    def forward(self, x: Tensor) -> Coded:
        """The inputs again, corrupted ones while training, and their code."""
        code = self.encode(x if self.corruption is None else self.corruption(x))
        return Coded(self.decode(code), code)

    def answers(self, x: Tensor) -> Tensor:
        """The inputs again, each as a row (N, D)."""
        return self(x).outputs

    def full_loss(self, loss: Any) -> LossOfCode:
        """A loss of the outputs, with the penalties of the code."""
        return LossOfCode(self, loss)


def _mean(values: Tensor, w: Tensor | None) -> Tensor:
    return values.mean() if w is None else weighted_mean(values, w)
