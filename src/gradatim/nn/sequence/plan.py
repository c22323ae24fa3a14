"""A step ready to run: its compiled passes, and what torch computes around them."""

import ctypes
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gradatim.kernels.compile import NoCompiler, compiled
from gradatim.nn.kernels.blas import gemm
from gradatim.nn.kernels.headers import with_headers
from gradatim.nn.sequence.record import Program
from gradatim.nn.sequence.source import Pass, Source
from gradatim.nn.sequence.trace import Call, Step

ONE_THREAD_BELOW = 1e5  # multiply-adds of one step below which a second thread costs more than it brings
Buffers = dict[tuple[str, int], Tensor]


class Plan:
    """What a recorded step became; `why` says why it has no kernel, if so. Raises CannotFuse."""

    def __init__(self, program: Program):
        self.program = program
        self.dtype = program.dtypes[0]
        self.step = Step(program)
        self.source = Source(self.step)
        self.why = ""  # there is no kernel, if any
        self.said = f"one C kernel a step, matrix products by {gemm(self.dtype).source}'s BLAS"
        text = f"{self.source.forward.text}\n{self.source.backward.text}"
        double = ("double.h",) if self.dtype is torch.float64 else ()
        try:
            library = compiled(with_headers(text, *double, "mathematics.h", "pass.h"), threads=True)
        except NoCompiler as error:
            self.why = str(error)
            return
        self._forward = _Function(library.forward, self.source.forward, self.dtype)
        self._backward = _Function(library.backward, self.source.backward, self.dtype)
        kinds = ("dproduct", "dstep", "doperand", "dvector")
        self.gradient_places = [place for place in self.source.backward.buffers if place[0] in kinds]

    def outside(self, captured: Sequence[Tensor], steps: Sequence[Tensor]) -> tuple[list[Tensor], ...]:
        """What torch computes, with autograd: the streams, each (T·N, ·), the matrices and the vectors."""
        made: dict[int, Tensor] = {}
        flat = [x.reshape(-1, x.shape[-1]) for x in steps]

        def value(of: Any) -> Any:
            if isinstance(of, tuple):
                return tuple(value(each) for each in of)
            return run(of) if isinstance(of, Call) else of

        def run(call: Call) -> Tensor:
            if call.function == "given":
                return flat[call.args[0]]
            if call.function == "captured":
                return captured[call.args[0]]
            if id(call) not in made:
                out = call.function(*map(value, call.args), **{k: value(v) for k, v in call.kwargs})
                made[id(call)] = out[call.out] if isinstance(out, tuple | list) else out
            return made[id(call)]

        streams = [self._stream(s, run) for s in self.step.streams]
        matrices = [side_by_side([run(m) for m in p.matrices]) for p in self.step.products]
        return streams, matrices, [run(v).reshape(-1) for v in self.step.vectors]

    def _stream(self, s: Any, run: Any) -> Tensor:
        operand = run(s.operand)
        if not s.matrices:
            return operand
        matrices = [run(m) for m in s.matrices]
        if not any(s.biases):
            return operand @ side_by_side(matrices)
        given = [b and run(b) for b in s.biases]
        whole = [m.new_zeros(m.shape[1]) if b is None else b.reshape(-1).expand(m.shape[1])
                 for b, m in zip(given, matrices, strict=True)]  # fmt: skip
        return torch.addmm(whole[0] if len(whole) == 1 else torch.cat(whole), operand, side_by_side(matrices))

    def forward(self, buffers: Buffers, sizes: tuple[int, int], reverse: bool, mask: Tensor | None) -> None:
        """Run the steps: fills product, operand and state."""
        self._forward(buffers, self._matrices(buffers), sizes, reverse, mask, self.team(*sizes))

    def backward(
        self, buffers: Buffers, sizes: tuple[int, int], reverse: bool, mask: Tensor | None, team: int
    ) -> None:
        """Run them backward: fills dproduct, dstep and dstate, and adds to dvector."""
        self._backward(buffers, self._matrices(buffers), sizes, reverse, mask, team)

    def _matrices(self, buffers: Buffers) -> list[Tensor]:
        return [buffers["matrix", k] for k in range(len(self.step.products))]

    def team(self, steps: int, batch: int) -> int:
        """How many threads share a step."""
        widths = self.source.widths
        work = sum(p.operand.width * p.width for p in self.step.products)
        work += 16 * sum(width for (kind, _), width in widths.items() if kind in ("state", "product", "step"))
        if not gemm(self.dtype).shared or batch * work < ONE_THREAD_BELOW:
            return 1
        return torch.get_num_threads()


class _Function:
    """One C function, called with tensors."""

    def __init__(self, function: Any, of: Pass, dtype: torch.dtype):
        self.function, self.buffers = function, of.buffers
        function.restype = None
        function.argtypes = [ctypes.c_long] * 4 + [ctypes.c_void_p] * 7
        self.sizes = (ctypes.c_long * max(1, len(of.sizes)))(*of.sizes)
        self.constants = (ctypes.c_double * max(1, len(of.constants)))(*of.constants)
        self.pointers = ctypes.c_void_p * len(of.buffers)
        self.gemm, self.limit = gemm(dtype).address, gemm(dtype).limit

    def __call__(
        self, buffers: Buffers, matrices: list[Tensor], sizes: tuple[int, int], reverse: bool,
        mask: Tensor | None, team: int,
    ) -> None:  # fmt: skip
        count = max(1, len(matrices))
        turned = (ctypes.c_int * count)(*(int(by_column(m)) for m in matrices))
        lead = (ctypes.c_int * count)(*(m.stride(1) if by_column(m) else m.stride(0) for m in matrices))
        before = self.limit(1) if self.limit else 0  # the team's threads are all there are
        self.function(
            *sizes, int(reverse), team, None if mask is None else mask.data_ptr(), self.sizes, self.constants,
            self.pointers(*(buffers[place].data_ptr() for place in self.buffers)), turned, lead, self.gemm,
        )  # fmt: skip
        if self.limit:
            self.limit(before)


def side_by_side(matrices: list[Tensor]) -> Tensor:
    """Matrices as one."""
    return matrices[0] if len(matrices) == 1 else torch.cat(matrices, 1)


def by_column(m: Tensor) -> bool:
    """Whether it lies column by column, not row by row."""
    return not (m.stride(1) == 1 and m.stride(0) >= max(1, m.shape[1]))


def for_blas(m: Tensor) -> Tensor:
    """The matrix, copied if neither its rows nor its columns lie side by side."""
    turned = m.stride(0) == 1 and m.stride(1) >= max(1, m.shape[0])
    return m.contiguous() if by_column(m) and not turned else m
