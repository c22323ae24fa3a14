"""The tensors that a pass takes from autograd, each once; what is computed of them, and their gradients."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gradatim.nn.kernels.product import RoundedMatrices, product
from gradatim.nn.sequence.cell.count import with_rows
from gradatim.nn.sequence.cell.step import Step
from gradatim.nn.sequence.cell.value import Call
from gradatim.nn.sequence.fused.unfused import Inputs

New = Callable[[int, int], Tensor]
Gradient = Tensor | None


class Matrix(NamedTuple):
    """A tensor by its number, or, `turned`, its transpose."""

    number: int
    turned: bool


class Map(NamedTuple):
    """operand · [matrices, side by side] + biases; without matrices, the operand."""

    operand: int
    matrices: list[Matrix]
    biases: list[int | None]


class Operands:
    """The leaves of a step: what torch computes in front of the loop begins with them."""

    def __init__(self, step: Step):
        self.calls: list[Call] = []
        self._numbers: dict[Any, int] = {}
        self.fixed = step.program.fixed
        self.streams = [
            Map(
                self._number(s.operand),
                [self._matrix(m) for m in s.matrices],
                [None if b is None else self._number(b) for b in s.biases],
            )
            for s in step.streams
        ]
        self.products = [[self._matrix(m) for m in p.matrices] for p in step.products]
        self.vectors = [self._number(v) for v in step.vectors]

    def _number(self, call: Call) -> int:
        key = (call.function, call.args) if isinstance(call.function, str) else id(call)
        if key not in self._numbers:
            self._numbers[key] = len(self.calls)
            self.calls.append(call)
        return self._numbers[key]

    def _matrix(self, call: Call) -> Matrix:
        """A transpose costs BLAS nothing, and autograd a node."""
        turned = call.function is torch.ops.aten.t.default
        return Matrix(self._number(call.args[0] if turned else call), turned)

    def tensors(self, captured: Sequence[Tensor], steps: Sequence[Tensor]) -> list[Tensor]:
        """The leaves of a call, with autograd."""
        made: dict[int, Tensor] = {}
        count = steps[0].shape[0] * steps[0].shape[1]

        def value(of: Any) -> Any:
            if isinstance(of, tuple):
                return tuple(value(each) for each in of)
            return run(of, True) if isinstance(of, Call) else with_rows(of, count)

        def run(call: Call, inside: bool = False) -> Tensor:
            if call.function == "given":
                return rows(steps[call.args[0]]) if inside else steps[call.args[0]]
            if call.function == "captured":
                return captured[call.args[0]]
            if id(call) not in made:
                out = call.function(*map(value, call.args), **{k: value(v) for k, v in call.kwargs})
                made[id(call)] = out[call.out] if isinstance(out, tuple | list) else out
            return made[id(call)]

        return [run(call) for call in self.calls]

    def inputs(
        self, tensors: Sequence[Tensor], new: New | None = None, narrow: torch.dtype | None = None
    ) -> Inputs:
        """What the steps read, made of leaves, fixed ones and state; streams in memory of `new`."""
        rounding = RoundedMatrices(narrow) if narrow else None
        first, last = len(self.calls), len(self.calls) + self.fixed
        return Inputs(
            [self._stream(s, tensors, new, rounding) for s in self.streams],
            [for_blas(side_by_side(p, tensors)) for p in self.products],
            [tensors[i].reshape(-1).contiguous() for i in self.vectors],
            [t.contiguous() for t in tensors[first:last]],
            [*tensors[last:]],
        )

    def _stream(
        self, s: Map, tensors: Sequence[Tensor], new: New | None, narrow: RoundedMatrices | None
    ) -> Tensor:
        operand = rows(tensors[s.operand])
        if not s.matrices:
            return operand.contiguous()
        wide = side_by_side(s.matrices, tensors)
        out = new(len(operand), wide.shape[1]) if new else None
        if s.biases == [None] * len(s.biases):
            return product(operand, wide, None, out, narrow)
        widths = [width(m, tensors) for m in s.matrices]
        bias = [
            operand.new_zeros(w) if b is None else tensors[b].reshape(-1).expand(w)
            for b, w in zip(s.biases, widths, strict=True)
        ]
        return product(operand, wide, bias[0] if len(bias) == 1 else torch.cat(bias), out, narrow)

    def gradients(
        self, tensors: Sequence[Tensor], needed: Sequence[bool], streams: Sequence[Gradient],
        products: Sequence[tuple[Tensor, Tensor]], vectors: Sequence[Gradient],
        narrow: torch.dtype | None = None,
    ) -> list[Gradient]:  # fmt: skip
        """∂L of the leaves, from that of streams and vectors, and each product's operand and gradient."""
        found: list[Gradient] = [None] * len(self.calls)
        multiply = partial(product, narrow=RoundedMatrices(narrow) if narrow else None)

        def give(number: int, d: Tensor) -> None:
            had, d = found[number], d.reshape(tensors[number].shape)
            found[number] = d if had is None else had + d

        def give_matrices(matrices: list[Matrix], operand: Tensor, d: Tensor) -> None:
            for m, part in zip(matrices, split(d, matrices, tensors), strict=True):
                if needed[m.number]:
                    give(m.number, multiply(part.T, operand) if m.turned else multiply(operand.T, part))

        for s, d in zip(self.streams, streams, strict=True):
            if d is None:
                continue
            if needed[s.operand]:
                give(s.operand, multiply(d, side_by_side(s.matrices, tensors).T) if s.matrices else d)
            give_matrices(s.matrices, rows(tensors[s.operand]), d)
            for b, part in zip(s.biases, split(d, s.matrices, tensors), strict=True):
                if b is not None and needed[b]:
                    give(b, part.sum(0) if tensors[b].numel() > 1 else part.sum())
        for matrices, (operand, d) in zip(self.products, products, strict=True):
            give_matrices(matrices, operand, d)
        for number, dv in zip(self.vectors, vectors, strict=True):
            if dv is not None and needed[number]:
                give(number, dv)
        return found


def rows(t: Tensor) -> Tensor:
    """(T, N, ·) as (T·N, ·); what has two axes is that already."""
    return t.reshape(-1, t.shape[-1]) if t.ndim == 3 else t


def width(m: Matrix, tensors: Sequence[Tensor]) -> int:
    """Its columns."""
    return tensors[m.number].shape[0 if m.turned else 1]


def side_by_side(matrices: list[Matrix], tensors: Sequence[Tensor]) -> Tensor:
    """Matrices as one."""
    each = [tensors[m.number].t() if m.turned else tensors[m.number] for m in matrices]
    return each[0] if len(each) == 1 else torch.cat(each, 1)


def split(d: Tensor, matrices: list[Matrix], tensors: Sequence[Tensor]) -> Sequence[Tensor]:
    """The columns of each matrix."""
    return [d] * len(matrices) if len(matrices) <= 1 else d.split([width(m, tensors) for m in matrices], 1)


def by_column(m: Tensor) -> bool:
    """Whether it lies column by column, not row by row."""
    return not (m.stride(1) == 1 and m.stride(0) >= max(1, m.shape[1]))


def for_blas(m: Tensor) -> Tensor:
    """The matrix, copied if neither its rows nor its columns lie side by side."""
    turned = m.stride(0) == 1 and m.stride(1) >= max(1, m.shape[0])
    return m.contiguous() if by_column(m) and not turned else m
