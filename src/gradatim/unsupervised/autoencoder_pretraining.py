"""Greedy layer-wise pretraining of a deep autoencoder, whose decoder learns with its encoder."""

from typing import Any

import numpy as np
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.autoencoder import Autoencoder
from gradatim.nn.activation import Activation
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.training.loop import Loop
from gradatim.unsupervised.again import again
from gradatim.unsupervised.autoencoders import BERNOULLI, AutoencoderTraining
from gradatim.unsupervised.block_networks import BlockOfAutoencoder
from gradatim.unsupervised.blocks import Block, cut
from gradatim.unsupervised.pretraining import Pretraining

LINEAR = "identity"  # the activation of a code whose machine has Gaussian hidden units


class AutoencoderPretraining(Pretraining):
    """A stacked autoencoder: its layers learn one after the other, then all together (curriculum F4).

        for d = 1 … l:   h_{d−1} = the code of the finished layers, in evaluation mode
                         layer d and the decoder's layer opposite learn h_{d−1} ≈ g(V_d h_d + c_d)
        then all learn together by `AutoencoderTraining`

    `autoencoder` and `denoising` (Bengio et al. 2007; Vincent et al. 2010): the pair of layers is a short
    autoencoder; h of a sigmoid by cross-entropy, other h by squared error, x by the loss of the run where it
    is Bernoulli. `rbm` (Hinton & Salakhutdinov 2006): the pair is a machine by contrastive divergence, which
    is unrolled at the end of its stage,

        W_d ← W/σ,  b_d ← its hidden biases;   V_d ← σ Wᵀ,  c_d ← σ times its visible biases

    so that x̂ is the mean-field pass up and down. The visible units are Gaussian under squared error, and
    binary (σ = 1) under the Bernoulli loss and above sigmoid layers; a linear code has Gaussian hidden units.

    Parameters: as of `Pretraining`; `model`, an Autoencoder whose decoder mirrors its encoder or is tied.

    Raises UsageError as there and as `AutoencoderTraining`, for a decoder that does not mirror the encoder,
    and for machines that cannot be unrolled: other activations, a linear code on Gaussian units, and a tied
    decoder under squared error.

    >>> rows = np.random.default_rng(0).random((40, 4), np.float32)
    >>> network, epochs = Autoencoder(4, [3, 2]), {"pretrain_epochs": 1, "epochs": 1}
    >>> loop = AutoencoderPretraining(network, rows, kind="denoising", **epochs)
    >>> [record.stage for record in loop]
    ['layer 1 of 2', 'layer 2 of 2', '']
    """

    def __init__(
        self, model: Autoencoder, data: Any, loss: Any = "squared_error", *, kind: str, valid: Any = None,
        **how: Any,
    ):  # fmt: skip
        valid = None if valid is None else again(valid)
        super().__init__(model, again(data), loss, kind=kind, valid=valid, **how)

    def _blocks(self, model: nn.Module) -> tuple[list[Block], Block]:
        """Every layer of the encoder; the decoder's are opposite to them."""
        assert isinstance(model, Autoencoder)
        self.network = model
        blocks = cut(nn.Sequential(nn.Flatten(), model.encoder))
        self.opposite = [model.decoder_layer(block.number) for block in blocks]
        return blocks, blocks[-1]

    def _check_blocks(self) -> None:
        """Raise UsageError for what cannot be taught in this way."""
        if self.kind == "supervised":
            raise UsageError("an autoencoder has no labels; pretrain it by rbm, autoencoder or denoising")
        if self.kind != "rbm":
            return
        first = self.hidden[0]
        if len(self.hidden) > 1 and self.network.activation != "sigmoid":
            raise UsageError(
                "rbm pretrains sigmoid layers of an autoencoder, and these have the activation "
                f"{self.network.activation}: give activation=sigmoid, or pretrain by autoencoder or denoising"
            )
        if self.network.code_activation not in ("sigmoid", LINEAR):
            raise UsageError(
                f"rbm pretrains a code of sigmoid or linear units; code_activation is "
                f"{self.network.code_activation}: give code_activation=sigmoid or {LINEAR}"
            )
        if self.loss == BERNOULLI:
            return
        if self.network.tied:
            raise UsageError(
                "rbm under squared error has Gaussian units, whose deviations make the ways up and down "
                "differ, and a tied decoder cannot: give --loss bernoulli_nll, or leave out tied=true"
            )
        if self._units(first) == "gaussian":
            raise UsageError(
                "rbm cannot learn a linear code right on Gaussian inputs: give --loss bernoulli_nll, "
                "code_activation=sigmoid, or a hidden layer between, such as --hidden 64,8"
            )

    def _units(self, block: Block) -> str:
        """Gaussian for a linear code, else binary."""
        is_code = block.number == len(self.network.units)
        return "gaussian" if is_code and self.network.code_activation == LINEAR else "bernoulli"

    def _is_bounded(self, block: Block, x: np.ndarray) -> bool:
        """Whether the decoder gives log odds: of inputs under a Bernoulli loss, and of sigmoid layers."""
        if block.number == 1:
            return bool(self.loss == BERNOULLI)
        return self.hidden[block.number - 2].gives_shares

    @torch.no_grad()
    def _fold(self, block: Block) -> None:
        """Unroll the machine: V ← σ Wᵀ and c ← σ b, then W ← W/σ."""
        machine, layer = self.machine, self.opposite[block.number - 1]
        if machine is None:  # it has been already
            return
        sigma = machine.sigma if isinstance(machine, GaussianRBM) else torch.ones_like(machine.visible_bias)
        layer.get_parameter("bias").copy_(sigma * machine.visible_bias)
        if not self.network.tied:
            layer.get_parameter("weight").copy_(sigma[:, None] * machine.weight.t())
        super()._fold(block)

    def _with_decoder(self, block: Block, x: np.ndarray, noise: nn.Module, bounded: bool) -> nn.Module:
        """The layer and the one opposite to it."""
        linear = bounded or block.number == 1
        g = nn.Identity() if linear else Activation(self.network.activation)
        return BlockOfAutoencoder(block, self.opposite[block.number - 1], noise, g)

    def _last(self) -> Loop:
        """Reconstruction by the whole network."""
        return AutoencoderTraining(
            self.whole, self.data, self.loss, valid=self.valid, epochs=self.epochs, **self.settings
        )
