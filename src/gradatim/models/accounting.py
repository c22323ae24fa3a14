"""What a network costs: sizes, parameters, multiply-adds, activations and bytes (curriculum D21).

The network runs without numbers, on torch's `meta` device, once as in prediction and once as in training.
What training keeps for the backward pass is not derived but counted: autograd itself says what it saves
(torch.autograd.graph.saved_tensors_hooks), so the count holds for any network.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from gradatim.checks import UsageError
from gradatim.models.layer_table import in_words
from gradatim.models.live_bytes import LiveBytes
from gradatim.models.recording import Recorder, Row, SavedTensorCounter


@dataclass
class Account:
    """The rows and the sums; numbers are for one example, bytes for the batch.

    Activations have three usual definitions: the outputs of convolutions; those and the residual sums; all
    that the backward pass needs, which is `kept` (bytes) and counts every block of memory once, the network's
    parameters left out. `live` and `worst` count tensors: in prediction, and in a forward and a backward
    pass, with the gradients. What a kernel needs for itself while it runs is not in them.
    """

    rows: list[Row]
    parameters: int
    weights: int  # bytes of parameters and buffers
    convolutions: int
    sums: int
    live: int  # bytes of the tensors alive at the worst moment of prediction, the input included
    kept: int
    worst: int  # bytes of the tensors alive at the worst moment of a step of training, without weights
    refusal: str = ""  # why the network cannot train on such a batch; nothing is kept then
    multiply_adds: int = field(init=False)

    def __post_init__(self) -> None:
        self.multiply_adds = sum(row.multiply_adds for row in self.rows)


def account(network: nn.Module, shape: tuple[int, ...], batch: int = 1) -> Account:
    """The account of a network on the meta device, for examples of a shape and a batch of so many.

    >>> from gradatim.models.building import make
    >>> with torch.device("meta"):
    ...     network = make({"name": "resnet50_tv"})
    >>> found = account(network, (3, 224, 224))
    >>> found.convolutions + found.sums
    16633344
    """
    tensors = [*network.parameters(), *network.buffers()]
    dtype = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
    return account_of(network, lambda n: (torch.empty(n, *shape, dtype=dtype, device="meta"),), batch)


def account_of(
    network: nn.Module, inputs: Callable[[int], Any], batch: int = 1, rest: bool = False
) -> Account:  # fmt: skip
    """Likewise, for a network that is called with `inputs(n)` for n examples: a tuple or names of tensors.

    Receptive fields and the memory of the input are those of the first of them. With `rest`, products behind
    the last layer and parameters of no layer have a row of their own.
    """
    tensors = [*network.parameters(), *network.buffers()]
    network.eval()
    one = inputs(1)
    first = next(iter(one.values() if isinstance(one, Mapping) else one))
    with torch.no_grad(), Recorder(network, first) as found:
        output = _call(network, one)
    if rest:
        _add_rest(network, found, output)
    network.train()
    refusal = ""
    with SavedTensorCounter(network) as keeping:
        try:
            keeping.outputs = _call(network, inputs(batch))
        except UsageError as error:
            refusal = str(error)
    for row, call in zip(found.rows, found.calls, strict=True):
        row.kept = keeping.bytes[call]
    worst = 0 if refusal else _worst(network, inputs(batch))
    return Account(
        found.rows, sum(p.numel() for p in network.parameters()),
        sum(t.numel() * t.element_size() for t in tensors),
        found.convolutions, found.sums, found.peak * batch, keeping.total, worst, refusal,
    )  # fmt: skip


def _worst(network: nn.Module, given: Any) -> int:
    """The most bytes alive in a forward and a backward pass."""
    with LiveBytes(network) as found:
        for tensor in tree_leaves(given):
            found.born(tensor)
        outputs = [
            t for t in tree_leaves(_call(network, given)) if isinstance(t, torch.Tensor) and t.requires_grad
        ]
        torch.autograd.backward(outputs, [torch.empty_like(t) for t in outputs])
    network.zero_grad(set_to_none=True)
    return found.peak


def _add_rest(network: nn.Module, found: Recorder, output: Any) -> None:
    """A row for what is in no layer's, where there is anything; of a network that is one layer, its own."""
    whole = sum(p.numel() for p in network.parameters())
    parameters = max(whole - sum(row.parameters for row in found.rows), 0)  # tied ones stand in two rows
    if not (found.multiply_adds or parameters or not found.rows):
        return
    words = "outside layers" if any(network.children()) else in_words(network)
    shape = next((tuple(t.shape[1:]) for t in tree_leaves(output) if isinstance(t, torch.Tensor)), ())
    found.rows.append(Row("", words, shape, parameters, None, found.multiply_adds))
    found.calls.append(("", 1))


def _call(network: nn.Module, inputs: Any) -> Any:
    return network(**inputs) if isinstance(inputs, Mapping) else network(*inputs)


def multiply_adds(network: nn.Module, shape: tuple[int, ...]) -> int:
    """The multiply-adds of one example, of a network on the meta device; one that reads more than such an
    input says with `work` what it does for one.
    """
    with torch.no_grad(), Recorder(network.eval(), torch.empty(1, *shape, device="meta")) as found:
        getattr(network, "work", network)(found.input)
    return sum(row.multiply_adds for row in found.rows)


def training_bytes(found: Account, optimizer_states: int, element: int) -> dict[str, int]:
    """What training holds at its worst moment: weights, the optimizer's numbers, and the tensors of a step
    or, where that is more, the gradients of all weights. `kept` is what waits for the backward pass.
    """
    gradients = found.parameters * element
    parts = {
        "weights": found.weights,
        "optimizer": found.parameters * element * optimizer_states,
        "step": max(found.worst, gradients),
    }
    return {**parts, "total": sum(parts.values()), "kept": found.kept, "gradients": gradients}
