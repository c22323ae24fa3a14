"""Watching a forward pass: every layer, every operation, and what autograd keeps of them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakIdKeyDictionary

from gradatim.models.layer_table import in_words
from gradatim.models.live_bytes import LiveBytes
from gradatim.models.receptive_field import MATRICES, Field, aten, behind, is_map, join_fields

SUM, CONCATENATION = "sum", "concatenation"  # what the rows of maps that are put together are called


@dataclass
class Row:
    """A layer, or maps that are summed or put side by side, in the order of the forward pass; one example."""

    name: str
    layer: str
    output: tuple[int, ...]
    parameters: int
    field: Field | None
    multiply_adds: int
    kept: int = 0  # bytes that the batch's backward pass needs of it

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON; the receptive field is a size, "all", or None where there are no pixels."""
        seen = None if self.field is None else "all" if self.field.whole else list(self.field.size)
        return {
            "name": self.name, "layer": self.layer, "output": list(self.output),
            "parameters": self.parameters, "receptive_field": seen,
            "multiply_adds": self.multiply_adds, "kept_bytes": self.kept,
        }  # fmt: skip


class LayerWatcher:
    """Knows which layer is running, and how often it ran before. What has no parts of its own is a layer."""

    def __init__(self, network: nn.Module):
        self.network = network
        self.running: list[tuple[str, int]] = [("", 1)]
        self.times: Counter[str] = Counter()
        self.handles: list[Any] = []

    def watch(self) -> None:
        """Begin."""
        self.handles.append(self.network.register_forward_pre_hook(lambda *_: self._begin()))
        for name, layer in self.network.named_modules():
            if layer is not self.network:
                self.handles.append(layer.register_forward_pre_hook(lambda *_, name=name: self._enter(name)))
                self.handles.append(layer.register_forward_hook(self._leave))

    def unwatch(self) -> None:
        """End."""
        for handle in self.handles:
            handle.remove()

    def _begin(self) -> None:
        """The pass begins now: a network may have tried itself before, to see whether it can."""
        self.times.clear()
        self.running[:] = [("", 1)]

    def _enter(self, name: str) -> None:
        self.times[name] += 1
        self.running.append((name, self.times[name]))

    def _leave(self, layer: nn.Module, _inputs: Any, output: Any) -> None:
        if not any(layer.children()):
            self.note(layer, output)
        self.running.pop()

    def note(self, layer: nn.Module, output: Any) -> None:
        """A layer has run."""


class Recorder(LayerWatcher, LiveBytes):
    """Sees every operation of the forward pass of one example."""

    def __init__(self, network: nn.Module, x: Tensor):
        LayerWatcher.__init__(self, network)
        LiveBytes.__init__(self, network)
        self.input = x
        self.rows: list[Row] = []
        self.calls: list[tuple[str, int]] = []
        self.convolutions = self.sums = self.multiply_adds = 0
        axes = x.ndim - 2
        self.fields = WeakIdKeyDictionary()
        if axes > 0:
            self.fields[x] = Field((1,) * axes, (1.0,) * axes)
        self.born(x)

    def __enter__(self) -> "Recorder":
        self.watch()
        LiveBytes.__enter__(self)
        return self

    def __exit__(self, *error: Any) -> None:
        LiveBytes.__exit__(self, *error)
        self.unwatch()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = super().__torch_dispatch__(func, types, args, kwargs)
        inputs = [t for t in tree_leaves(args) if isinstance(t, Tensor)]
        outputs = [t for t in tree_leaves(output) if isinstance(t, Tensor)]
        seen = [self.fields[t] for t in inputs if t in self.fields]
        self._count(func, args, outputs)
        for tensor in outputs if seen else ():
            self.fields[tensor] = behind(func, args, join_fields(seen))
        if len(seen) > 1 and is_map(outputs[0], seen[0]):
            if func in (aten.add.Tensor, aten.add_.Tensor):
                self.sums += outputs[0].numel()
                self._row(self.running[-1], SUM, outputs[0], 0, 0)
            elif func is aten.cat.default:
                self._row(self.running[-1], CONCATENATION, outputs[0], 0, 0)
        return output

    def _count(self, func: Any, args: Any, outputs: list[Tensor]) -> None:
        kind = func.overloadpacket
        if kind is aten.convolution:
            x, weight, transposed = args[0], args[1], args[6]
            one = weight[0].numel()  # multiply-adds of one output, or of one input where it is transposed
            self.multiply_adds += (x if transposed else outputs[0]).numel() * one
            self.convolutions += outputs[0].numel()
        elif kind in MATRICES:
            left = args[1] if kind is aten.addmm else args[0]
            self.multiply_adds += outputs[0].numel() * left.shape[-1]

    def note(self, layer: nn.Module, output: Any) -> None:
        """Make the layer's row; of a layer with several outputs, such as an LSTM, by the first."""
        if isinstance(output, tuple) and output:
            output = output[0]
        if isinstance(output, Tensor):
            parameters = sum(p.numel() for p in layer.parameters())
            self._row(self.running[-1], in_words(layer), output, parameters, self.multiply_adds)
            self.multiply_adds = 0

    def _row(
        self, call: tuple[str, int], layer: str, output: Tensor, parameters: int, multiply_adds: int
    ) -> None:
        seen = self.fields.get(output)
        own = parameters if call[1] == 1 else 0  # a layer used twice has its parameters once
        self.rows.append(Row(call[0], layer, tuple(output.shape[1:]), own, seen, multiply_adds))
        self.calls.append(call if layer not in (SUM, CONCATENATION) else ("", 0))


class SavedTensorCounter(LayerWatcher):
    """Counts what autograd saves while a network trains, each block of memory once, parameters left out."""

    def __init__(self, network: nn.Module):
        super().__init__(network)
        self.bytes: Counter[tuple[str, int]] = Counter()
        self.total = 0
        self.saved: list[Any] = []  # held, so that no block is taken for another
        self.known = {p.untyped_storage()._cdata for p in network.parameters()}
        self.hooks = torch.autograd.graph.saved_tensors_hooks(self._pack, lambda tensor: tensor)
        self.outputs: Any = None

    def __enter__(self) -> "SavedTensorCounter":
        self.watch()
        self.hooks.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.hooks.__exit__(*error)
        self.unwatch()

    def _pack(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.known:
            self.known.add(storage._cdata)
            self.saved.append(storage)
            self.bytes[self.running[-1]] += storage.nbytes()
            self.total += storage.nbytes()
        return tensor
