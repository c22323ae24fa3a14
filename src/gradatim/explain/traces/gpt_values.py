"""Every quantity of a small GPT's forward and backward pass, by its name."""

from typing import Any

import numpy as np

from gradatim.by_hand.gpt import GPT
from gradatim.by_hand.layers.softmax import softmax
from gradatim.by_hand.layers.transformer_block import TransformerBlock

Values = dict[str, Any]  # arrays, and the loss
HEADS = ("q", "k", "v", "S", "A", "z")  # one of each head


def weights_of(network: GPT) -> Values:
    """Copies of the parameters."""
    return {name: value.copy() for name, value in network.parameters.items()}


def values_of(network: GPT, numbers: np.ndarray, loss: float) -> Values:
    """Copies of what a pass left in the network, "d" before a quantity for ∂L/∂ it; of one text, without N.

    "block1.S" are the scores of its heads (H, T, T), "d block1.S" their gradient, "x0" is what the first
    block reads and "x1" what it gives.
    """
    scores = network.head.forward(network.n)[0]
    p = softmax(scores)
    slope = (p - np.eye(p.shape[1])[numbers[1:]]) / len(p)
    found = {"letters read": numbers[:-1], "letters next": numbers[1:]}
    for k, (x, dx) in enumerate(zip(network.xs, network.dxs, strict=True)):
        found |= {f"x{k}": x[0], f"dx{k}": dx[0]}
    for k, block in enumerate(network.blocks, 1):
        found |= {f"block{k}.{name}": value[0] for name, value in _of_block(block).items()}
        found |= {f"block{k}.norm{j}": _statistics(norm) for j, norm in ((1, block.norm1), (2, block.norm2))}
    found |= {"n": network.n[0], "dn": network.dn[0], "norm": _statistics(network.norm)}
    found |= {"s": scores, "ds": slope, "p": p}
    found |= {f"d{name}": gradient for name, gradient in network.gradients.items()}
    return {**{name: np.array(value) for name, value in found.items()}, "loss": loss}


def _of_block(block: TransformerBlock) -> Values:
    """What attention and the second part left, and their gradients."""
    attention = block.attention
    heads = {f"{d}{name}": getattr(attention, f"{d}{name}") for name in HEADS for d in ("", "d")}
    second = {"u": block.activation.z, "du": block.du, "h": block.activation.h, "dh": block.dh}
    own = {
        f"{d}{name}": getattr(block, f"{d}{name}")
        for name in ("n1", "a", "middle", "n2", "f")
        for d in ("", "d")
    }
    return {**own, **heads, "joined": attention.joined, "djoined": attention.djoined, **second}


def _statistics(norm: object) -> np.ndarray:
    """S of each step, what x − μ is divided by."""
    return norm.s[:, 0]  # type: ignore[attr-defined]
