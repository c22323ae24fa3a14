"""What a network says of every input, and what it thinks of the right answers."""

from typing import Any

import numpy as np

from gradatim.data.pairs import PreparedPairs
from gradatim.decoding.beam_search import Said, beam_search
from gradatim.decoding.sequence_sampling import Draw, sample_sequences
from gradatim.device import call, evaluating

AT_ONCE = 32  # inputs decoded at once
STEPS = 1 << 15  # of inputs and prefixes, in those


def say(
    network: Any, prepared: PreparedPairs, most_steps: int, beam: int, best: int = 1,
    length_penalty: float = 1.0, coverage: float = 0.0, draw: Draw | None = None, first: int = 0,
) -> list[list[Said]]:  # fmt: skip
    """The `best` answers to each input, in the inputs' order; those of like lengths are decoded together.

    They are what beam search finds; where there is a `draw`, sequences drawn so, by the inputs' numbers from
    `first` on.
    """
    inputs = inputs_of(network, prepared)
    lengths = inputs.lengths
    order = np.arange(len(inputs)) if lengths is None else np.argsort(lengths, kind="stable")
    found: list[list[Said]] = [[] for _ in range(len(inputs))]
    while len(order):
        rows = order[: _size(lengths, order, beam)]
        x, some = inputs.take(rows)
        ask = (network, x, some, prepared.symbols, most_steps)
        with evaluating(network):
            said = (
                beam_search(*ask, beam, best, length_penalty, coverage)
                if draw is None
                else sample_sequences(*ask, (rows + first).tolist(), best, draw)
            )
        for row, one in zip(rows.tolist(), said, strict=True):
            found[row] = one
        order = order[len(rows) :]
    return found


def inputs_of(network: Any, prepared: PreparedPairs) -> Any:
    """The inputs as `TorchInputs`, where and in which type the network reads them."""
    from gradatim.training.batches.torch_pairs import TorchInputs

    return TorchInputs(prepared, _settings(network))


def nats(network: Any, prepared: PreparedPairs, precision: str) -> np.ndarray:
    """−log p of each pair's answer, all symbols of it together, (P,)."""
    import torch

    from gradatim.training.batches.torch_pairs import batches_in_order
    from gradatim.training.batches.torch_streamed_pairs import torch_pairs

    held = torch_pairs(prepared, _settings(network))
    found = np.zeros(len(prepared))
    order = batches_in_order(prepared.answers.lengths, prepared.symbols)
    with evaluating(network), torch.no_grad():
        for rows, (x, y, _) in zip(order, held.in_order(), strict=True):
            scores = call(network, x, precision)
            of = torch.nn.functional.cross_entropy(scores.double(), y, reduction="none").cpu().numpy()
            found[rows] = np.add.reduceat(of, np.cumsum([0, *prepared.answers.lengths[rows][:-1]]))
    return found


def _settings(network: Any) -> Any:
    """Batches where the network's parameters are, in their type."""
    from gradatim.training.batches.layout import BatchSettings

    first = next(network.parameters())
    return BatchSettings(1, 0, first.device, first.dtype, network=network)


def _size(lengths: np.ndarray | None, order: np.ndarray, beam: int) -> int:
    if lengths is None:
        return AT_ONCE
    longest = int(lengths[order[:AT_ONCE][-1]])
    return max(1, min(AT_ONCE, STEPS // max(1, longest * beam)))
