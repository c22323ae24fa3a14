"""Layers and directions of one cell: what RNN, LSTM, GRU and their kin share."""

from collections.abc import Hashable, Sequence
from math import prod
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from gradatim.checks import UsageError, notice, plain_number, real, whole
from gradatim.nn.dropout import Dropout
from gradatim.nn.initialise import draw
from gradatim.nn.sequence.batch import open_batch, stack_states
from gradatim.nn.sequence.loop import Cell, State
from gradatim.nn.sequence.masks import VariationalDropout, Zoneout
from gradatim.nn.sequence.precision import widen
from gradatim.nn.sequence.scan import Known, scan

SUFFIX = ("", "_reverse")


class Layers(nn.Module):
    """`num_layers` layers of a cell, in one direction or both, over a batch of sequences.

        h^k_t = cell(h^{k−1}_t, h^k_{t−1}),  h^0 = x;   both directions: [h→_t; h←_t], concatenated

    Shapes: x (T, N, D), (N, T, D) with batch_first, (T, D) alone, or a PackedSequence; the output is
    (T, N, directions · H) in the same form, and each tensor of the state (num_layers · directions, N, H).

    `dropout` falls between the layers, on every output but the last layer's, so that of a single layer does
    nothing, which a notice says; `variational_dropout` on h_{t−1}, with one mask a sequence; `zoneout` is one
    probability for every tensor of the state, or one for each. `lengths` (N,) of a call says how long each
    sequence is; the rest is padding, on the right or, with `padding="left"`, on the left: there the output is
    0 and the state stands still, so a sequence of length 0 returns its initial state. After a call, `path` is
    "fused" or "torch" and `why` the reason.

    A subclass gives `state_names`, `shapes(width)` of one layer's parameters, and `step(p, x, *state)`.
    Raises UsageError for sizes that do not fit.
    """

    state_names: tuple[str, ...] = ("h",)

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, *,
        variational_dropout: float = 0.0, zoneout: float | Sequence[float] = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.input_size = whole("input_size", input_size, 1)
        self.hidden_size = whole("hidden_size", hidden_size, 1)
        self.num_layers, self.proj_size = whole("num_layers", num_layers, 1), whole("proj_size", proj_size, 0)
        if self.proj_size >= self.hidden_size:
            raise UsageError(f"proj_size must be below hidden_size, {hidden_size}; it is {proj_size}")
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = real("dropout", dropout, at_least=0, below=1)
        if self.dropout and self.num_layers == 1:
            notice(
                f"dropout={self.dropout:g} of {type(self).__name__} falls between layers, and this one has a "
                "single layer: it does nothing; put a layer of dropout behind it, or give num_layers"
            )
        self.widths = (self.output_size, *(self.hidden_size for _ in self.state_names[1:]))
        self.path, self.why = "", "nothing has run yet"
        self._noise(
            real("variational_dropout", variational_dropout, at_least=0, below=1), self._per_state(zoneout)
        )
        for k in range(self.num_layers):
            for end in SUFFIX[: self.directions]:
                for name, shape in self.shapes(self._width(k)).items():
                    self.register_parameter(f"{name}_l{k}{end}", nn.Parameter(torch.empty(shape)))
        self.draw_parameters(0, "")

    @property
    def output_size(self) -> int:
        """Numbers that a step of one direction gives."""
        return self.proj_size or self.hidden_size

    @property
    def directions(self) -> int:
        """2 if it reads both ways."""
        return 2 if self.bidirectional else 1

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """The parameters of one layer and direction whose input has `width` features."""
        raise NotImplementedError

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step of the cell; p.weight_ih and so on are the layer's parameters."""
        raise NotImplementedError

    @property
    def signature(self) -> tuple[Hashable, ...]:
        """What `step` depends on besides its arguments."""
        return (self.bias, self.proj_size)

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw W_ih Glorot-uniform, the other matrices orthogonal, by (seed, name); gains 1, the rest 0."""
        for name, parameter in self.named_parameters():
            if parameter.ndim > 1:
                init = "xavier_uniform" if name.startswith("weight_ih") else "orthogonal"
                draw(parameter, init, seed, f"{prefix}{name}")
            elif not parameter.is_meta:
                nn.init.constant_(parameter, 1.0 if name.startswith("gain") else 0.0)

    def forward(
        self, x: Tensor | PackedSequence, state: Any = None, lengths: Tensor | None = None,
        padding: str = "right",
    ) -> tuple[Any, Any]:  # fmt: skip
        """Every h_t of the last layer, and the last state of every layer and direction."""
        name = type(self).__name__
        x, state = widen(x, self), widen(state, self)
        batch = open_batch(x, lengths, padding, self.batch_first, self.input_size, name)
        dtype = next(self.parameters()).dtype
        if batch.x.dtype != dtype:
            raise UsageError(f"{name} has weights of {dtype}; it got {batch.x.dtype}")
        count = self.num_layers * self.directions
        wanted: list[tuple[int, ...]] = [(count, batch.x.shape[1], width) for width in self.widths]
        start = batch.start(state, wanted, f"({', '.join(self.state_names)})")
        outputs, last = self._run(batch.x, start, batch.mask)
        return batch.closed(outputs), batch.last(last)

    def _run(self, x: Tensor, start: State, mask: Tensor | None) -> tuple[Tensor, State]:
        last: list[State] = []
        for k in range(self.num_layers):
            if k and self.between is not None:
                x = self.between[k - 1](x)
            outputs = []
            for d in range(self.directions):
                at = k * self.directions + d
                output, end = self._scan(at, x, tuple(s[at] for s in start), mask)
                outputs.append(output)
                last.append(end)
            x = outputs[0] if len(outputs) == 1 else torch.cat(outputs, -1)
        return x, stack_states(last)

    def masked_step(self, p: Any, mask: Tensor, x: Tensor, *state: Tensor) -> State:
        """One step that reads h_{t−1} through a mask (N, H); of cells that read it in products alone."""
        return self.step(p, x, state[0] * mask, *state[1:])

    def _scan(self, at: int, x: Tensor, state: State, mask: Tensor | None) -> tuple[Tensor, State]:
        """Layer and direction number `at`, with its noise around the cell."""
        k, d = divmod(at, self.directions)
        p = SimpleNamespace(**{name: getattr(self, f"{name}_l{k}{SUFFIX[d]}") for name in self.shapes(1)})

        def cell(inputs: Sequence[Tensor], state: State) -> State:
            return self.step(p, inputs[0], *state)

        def masked(inputs: Sequence[Tensor], state: State) -> State:
            *inputs, mask = inputs
            return self.masked_step(p, mask, inputs[0], *state)

        cell.__name__ = masked.__name__ = type(self).__name__
        noisy: Cell = cell
        steps, fixed = [x], []
        signature = (type(self), *self.signature)
        if self.variational is not None and self.training:
            noisy = masked
            fixed = [self.variational[at].mask(x.shape[1], self.widths[0], x)]
            signature += ("variational",)
        if self.zoned is not None:
            noisy = self.zoned[at].around(noisy)
            steps += self.zoned[at].masks(len(x), state)
            signature += (self.zoned[at].p, self.training)
        ran = scan(noisy, steps, fixed, state, mask, d == 1, Known(signature, list(vars(p).values())))
        self.path, self.why = ran.path, ran.why
        return ran.outputs, ran.state

    def _noise(self, variational: float, zoneout: list[float]) -> None:
        """One mask's place for every layer and direction, where there is noise at all."""
        places = range(self.num_layers * self.directions)
        gaps = range(self.num_layers - 1)
        self.between = _modules(Dropout(self.dropout) for _ in gaps) if self.dropout else None
        self.variational = _modules(VariationalDropout(variational) for _ in places) if variational else None
        self.zoned = _modules(Zoneout(zoneout) for _ in places) if any(zoneout) else None

    def _per_state(self, p: float | Sequence[float]) -> list[float]:
        p = plain_number(p)
        each = [p] * len(self.state_names) if isinstance(p, int | float) else list(p)
        if len(each) != len(self.state_names):
            raise UsageError(
                f"zoneout must be one number, or one for each of {self.state_names}; it is {p!r}"
            )
        return [real("zoneout", one, at_least=0, below=1) for one in each]

    def _width(self, k: int) -> int:
        return self.widths[0] * self.directions if k else self.input_size

    def extra_repr(self) -> str:
        """What the constructor was told, and how many parameters it has."""
        said = [
            f"{self.input_size}, {self.hidden_size}",
            f"num_layers={self.num_layers}",
            f"bias={self.bias}",
        ]
        said += [f"bidirectional={self.bidirectional}"] + [f"proj_size={self.proj_size}"] * bool(
            self.proj_size
        )
        return ", ".join([*said, f"parameters={sum(prod(p.shape) for p in self.parameters()):,}"])


def _modules(modules: Any) -> Any:
    """A list of modules, which mypy need not look into."""
    return nn.ModuleList(modules)
