"""Short networks that teach one block: it and a temporary decoder, or a temporary output layer."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.device import evaluating
from gradatim.nn.initialise import draw
from gradatim.unsupervised.blocks import Block

CONVOLUTIONS: dict[int, Any] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}


class BlockWithDecoder(nn.Module):
    """A block as an autoencoder: x̂ = decode(block(corrupted x)), said as rows; the decoder is temporary.

    Of a dense block the decoder is a dense layer back to the inputs; of a convolution its maps are enlarged
    to the inputs' size, where pooling or strides have made them smaller, and convolved back to their
    channels.

    Shapes: x (N, …) → (N, D), D the numbers of an input: log odds where the loss is Bernoulli.
    """

    description: ClassVar[dict[str, Any]] = {}  # every number that it draws is hashed

    def __init__(self, block: Block, x: Tensor, noise: nn.Module, seed: int):
        super().__init__()
        self.noise, self.layers = noise, block.layers
        code = _code_of(block, x)
        if block.is_dense:
            self.decoder: nn.Module = nn.Linear(code.shape[1:].numel(), x.shape[1:].numel())
        else:
            axes = x.ndim - 2
            width = tuple(n // 2 * 2 + 1 for n in block.weight.weight.shape[2:])
            again = CONVOLUTIONS[axes](code.shape[1], x.shape[1], width, padding=tuple(n // 2 for n in width))
            self.decoder = nn.Sequential(nn.Upsample(tuple(x.shape[2:])), again)
        _draw(self.decoder, seed)

    def forward(self, x: Tensor) -> Tensor:
        """X again, as rows."""
        return self.decoder(self.layers(self.noise(x))).flatten(1)


class BlockOfAutoencoder(nn.Module):
    """A layer of an encoder and the decoder's layer opposite to it, both the network's own.

        x̂ = g(V h + c),   h = block(corrupted x);   without g where the loss is Bernoulli, of log odds

    Shapes: x (N, D) → (N, D).
    """

    description: ClassVar[dict[str, Any]] = {}

    def __init__(self, block: Block, decoder: nn.Module, noise: nn.Module, g: nn.Module):
        super().__init__()
        self.noise, self.layers, self.decoder, self.g = noise, block.layers, decoder, g

    def forward(self, x: Tensor) -> Tensor:
        """X again."""
        return self.g(self.decoder(self.layers(self.noise(x))))


class BlockWithOutput(nn.Module):
    """A block and a temporary output layer on all its numbers.

    Shapes: x (N, …) → (N, outputs).
    """

    description: ClassVar[dict[str, Any]] = {}

    def __init__(self, block: Block, x: Tensor, outputs: int, seed: int):
        super().__init__()
        self.layers = block.layers
        self.output = nn.Linear(_code_of(block, x).shape[1:].numel(), outputs)
        _draw(self.output, seed)

    def forward(self, x: Tensor) -> Tensor:
        """The outputs."""
        return self.output(self.layers(x).flatten(1))


def bernoulli(a: Tensor, x: Tensor) -> Tensor:
    """The mean cross-entropy of an input's numbers in [0, 1] under log odds a, (N,)."""
    return F.binary_cross_entropy_with_logits(a, x, reduction="none").mean(1)


def squared_error(a: Tensor, x: Tensor) -> Tensor:
    """The mean squared error of an input's numbers, (N,)."""
    return ((a - x) ** 2).mean(1)


@torch.no_grad()
def _code_of(block: Block, x: Tensor) -> Tensor:
    """What a block makes of a few inputs, its running statistics left alone."""
    first = next(block.layers.parameters())
    with evaluating(block.layers):
        return block.layers(x.to(first.device, first.dtype))


def _draw(layer: nn.Module, seed: int) -> None:
    """The temporary weights by the seed and their name; biases 0."""
    for name, p in layer.named_parameters():
        draw(p, "xavier_uniform" if p.ndim > 1 else "zeros", seed, f"temporary.{name}")
