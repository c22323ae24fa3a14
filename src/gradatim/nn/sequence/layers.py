"""Layers and directions of one cell: what RNN, LSTM, GRU and their kin share."""

from collections.abc import Hashable, Sequence
from math import prod
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from gradatim.checks import UsageError, real, whole
from gradatim.nn.dropout import Dropout
from gradatim.nn.initialise import draw
from gradatim.nn.sequence.loop import Cell, State
from gradatim.nn.sequence.masks import VariationalDropout, Zoneout
from gradatim.nn.sequence.padding import mask_of
from gradatim.nn.sequence.scan import Known, scan

SUFFIX = ("", "_reverse")


class Layers(nn.Module):
    """`num_layers` layers of a cell, in one direction or both, over a batch of sequences.

        h^k_t = cell(h^{k−1}_t, h^k_{t−1}),  h^0 = x;   both directions: [h→_t; h←_t], concatenated

    Shapes: x (T, N, D), (N, T, D) with batch_first, (T, D) alone, or a PackedSequence; the output is
    (T, N, directions · H) in the same form, and each tensor of the state (num_layers · directions, N, H).

    `dropout` falls between the layers, on every output but the last layer's; `variational_dropout` on h_{t−1},
    with one mask a sequence; `zoneout` is one probability for every tensor of the state, or one for each.
    `lengths` (N,) of a call says how long each sequence is; the rest is padding, on the right or, with
    `padding="left"`, on the left: there the output is 0 and the state stands still, so a sequence of length 0
    returns its initial state. After a call, `path` and `why` say what ran.

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
        self.input_size, self.hidden_size = (
            whole("input_size", input_size, 1),
            whole("hidden_size", hidden_size, 1),
        )
        self.num_layers, self.proj_size = whole("num_layers", num_layers, 1), whole("proj_size", proj_size, 0)
        if self.proj_size >= self.hidden_size:
            raise UsageError(f"proj_size must be below hidden_size, {hidden_size}; it is {proj_size}")
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.path, self.why = "", "nothing has run yet"
        self.widths = (self.proj_size or self.hidden_size,) + (self.hidden_size,) * (
            len(self.state_names) - 1
        )
        places = [(k, d) for k in range(self.num_layers) for d in range(self.directions)]
        self.dropouts = nn.ModuleList(Dropout(dropout) for _ in range(self.num_layers - 1))
        self.variational = nn.ModuleList(VariationalDropout(variational_dropout) for _ in places)
        self.zoneout = nn.ModuleList(Zoneout(self._per_state(zoneout)) for _ in places)
        for k, d in places:
            for name, shape in self.shapes(self._width(k)).items():
                self.register_parameter(f"{name}_l{k}{SUFFIX[d]}", nn.Parameter(torch.empty(shape)))
        self.draw_parameters(0, "")

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
        """Draw W_ih Glorot-uniform, the other matrices orthogonal, by (seed, name); scales 1, the rest 0."""
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
        packed = x if isinstance(x, PackedSequence) else None
        if packed is not None:
            if lengths is not None:
                raise UsageError("a packed sequence knows its lengths; give none")
            x, lengths = pad_packed_sequence(packed)
        alone = x.ndim == 2
        if alone:
            x = x.unsqueeze(1)
        elif self.batch_first and packed is None and x.ndim == 3:
            x = x.transpose(0, 1)
        self._check(x)
        mask = None if lengths is None else mask_of(lengths, len(x), x.shape[1], padding, x.device)
        outputs, last = self._run(x, self._start(x, state, alone), mask)
        if packed is not None:
            enforce = packed.sorted_indices is None
            outputs = pack_padded_sequence(outputs, lengths, enforce_sorted=enforce)
        elif alone:
            outputs, last = outputs.squeeze(1), tuple(s.squeeze(1) for s in last)
        elif self.batch_first:
            outputs = outputs.transpose(0, 1)
        return outputs, last if len(last) > 1 else last[0]

    def _run(self, x: Tensor, state: State, mask: Tensor | None) -> tuple[Tensor, State]:
        last: list[State] = []
        for k in range(self.num_layers):
            if k:
                x = self.dropouts[k - 1](x)
            outputs = []
            for d in range(self.directions):
                at = k * self.directions + d
                ran = self._scan(at, x, tuple(s[at] for s in state), mask)
                outputs.append(ran[0])
                last.append(ran[1])
            x = outputs[0] if len(outputs) == 1 else torch.cat(outputs, -1)
        return x, tuple(torch.stack(each) for each in zip(*last, strict=True))

    def _scan(self, at: int, x: Tensor, state: State, mask: Tensor | None) -> tuple[Tensor, State]:
        """Layer and direction number `at`, with its noise around the cell."""
        k, d = divmod(at, self.directions)
        end = f"_l{k}{SUFFIX[d]}"
        p = SimpleNamespace(**{name: getattr(self, name + end) for name in self.shapes(1)})

        def cell(inputs: Sequence[Tensor], state: State) -> State:
            return self.step(p, inputs[0], *state)

        cell.__name__ = type(self).__name__
        noisy: Cell = cell
        steps, fixed = [x], []
        zoneout, variational = self.zoneout[at], self.variational[at]
        if variational.active:
            noisy, fixed = variational.around(noisy), [variational.mask(x.shape[1], self.widths[0], x)]
        if zoneout.active:
            noisy = zoneout.around(noisy)
            steps += zoneout.masks(len(x), state)
        noise = (variational.active, zoneout.p, zoneout.training)
        known = Known((type(self), *self.signature, *noise), list(vars(p).values()))
        ran = scan(noisy, steps, fixed, state, mask, d == 1, known)
        self.path, self.why = ran.path, ran.why
        return ran.outputs, ran.state

    def _per_state(self, p: float | Sequence[float]) -> list[float]:
        each = [p] * len(self.state_names) if isinstance(p, int | float) else list(p)
        if len(each) != len(self.state_names):
            raise UsageError(
                f"zoneout must be one number, or one for each of {self.state_names}; it is {p!r}"
            )
        return [real("zoneout", one, at_least=0, below=1) for one in each]

    def _width(self, k: int) -> int:
        return self.widths[0] * self.directions if k else self.input_size

    def _check(self, x: Tensor) -> None:
        if x.ndim != 3 or x.shape[-1] != self.input_size:
            form = "(N, T, D)" if self.batch_first else "(T, N, D)"
            shape = tuple(x.transpose(0, 1).shape if self.batch_first and x.ndim == 3 else x.shape)
            raise UsageError(
                f"{type(self).__name__} reads sequences {form} of D = {self.input_size} features; "
                f"it got shape {shape}"
            )
        weight = next(self.parameters())
        if x.dtype != weight.dtype:
            raise UsageError(f"{type(self).__name__} has weights of {weight.dtype}; it got {x.dtype}")

    def _start(self, x: Tensor, state: Any, alone: bool) -> State:
        """The initial state, zeros if none is given, each (layers · directions, N, H)."""
        count = self.num_layers * self.directions
        wanted = [(count, x.shape[1], width) for width in self.widths]
        if state is None:
            return tuple(x.new_zeros(shape) for shape in wanted)
        given = (state,) if isinstance(state, Tensor) else tuple(state)
        if alone:
            given = tuple(s.unsqueeze(1) for s in given)
        if [tuple(s.shape) for s in given] != wanted:
            raise UsageError(
                f"the initial state ({', '.join(self.state_names)}) must have shapes {wanted}; "
                f"it has {[tuple(s.shape) for s in given]}"
            )
        return given

    def extra_repr(self) -> str:
        """What the constructor was told."""
        said = f"{self.input_size}, {self.hidden_size}, num_layers={self.num_layers}, bias={self.bias}"
        return f"{said}, bidirectional={self.bidirectional}, parameters={self.count():,}"

    def count(self) -> int:
        """How many parameters it has."""
        return sum(prod(p.shape) for p in self.parameters())
