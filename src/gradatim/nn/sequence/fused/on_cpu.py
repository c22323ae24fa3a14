"""A step's passes in C, compiled on first use."""

import ctypes
from typing import Any

import torch
from torch import Tensor

from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.nn.kernels.blas import gemm
from gradatim.nn.kernels.headers import with_headers
from gradatim.nn.kernels.own_product import STRIP, headers, in_strips, own_is_quicker
from gradatim.nn.sequence.cell.record import Program
from gradatim.nn.sequence.fused.c_pass import Pass, in_c
from gradatim.nn.sequence.fused.operands import by_column
from gradatim.nn.sequence.fused.plan import Buffers, Plan, Request

ONE_THREAD_BELOW = 1e5  # multiply-adds of one step below which a second thread costs more than it brings
LEAST_ROWS = 4  # of a step: fewer are multiplied by BLAS
LEAST_STEPS = 64  # rows in all, so that a matrix may be copied once for them


class OnCPU(Plan):
    """One C function a pass, its team of threads taking turns between row programs and products."""

    def __init__(self, program: Program):
        super().__init__(program)
        self.texts = [
            in_c(name, getattr(self.passes, name), self.passes.widths) for name in ("forward", "backward")
        ]
        single = self.dtype is torch.float32
        self.own = {narrow: single and own_is_quicker(narrow) for narrow in (False, True)}
        by = "a kernel, too" if self.own[False] else f"{gemm(self.dtype).source}'s BLAS"
        self.said = f"one C kernel a step, matrix products by {by}"
        if self.own[True]:
            self.said_narrow = "; under autocast the large products take factors in bfloat16"
        widths = self.passes.widths.items()
        work = sum(p.operand.width * p.width for p in self.step.products)
        work += 16 * sum(width for (kind, _), width in widths if kind in ("state", "product", "step"))
        self.work = work if gemm(self.dtype).shared else 0  # multiply-adds of one row's step, for a team
        self._made: dict[bool, list[_Function]] = {}
        try:
            self._functions(False)
        except NoCompiler as error:
            self.why = str(error)

    def forward(self, buffers: Buffers, asked: Request) -> None:
        """Run the steps: fills product, operand and state."""
        self._run(0, buffers, asked)

    def backward(self, buffers: Buffers, asked: Request) -> None:
        """Run them backward: fills dproduct, dstep and dstate, and adds to dvector."""
        self._run(1, buffers, asked)

    def _run(self, which: int, buffers: Buffers, asked: Request) -> None:
        narrow = asked.narrow is not None and self._has_narrow()
        laid = self._in_strips(buffers, asked, bool(which), narrow)
        function = self._functions(narrow and bool(laid))[which]
        buffers = buffers | laid
        matrices = [buffers["matrix", k] for k in range(len(self.step.products))]
        function(buffers, matrices, asked, self.team(asked))

    def _has_narrow(self) -> bool:
        """Whether there is a kernel of narrow products; a compiler may be older than the processor."""
        try:
            return self.own[True] and bool(self._functions(True))
        except NoCompiler:
            self.own[True], self.said_narrow = False, Plan.said_narrow
            return False

    def _functions(self, narrow: bool) -> "list[_Function]":
        """Forward and backward, compiled when they are first asked for. Raises NoCompiler."""
        if narrow not in self._made:
            own = headers(narrow) if self.own[narrow] else ()
            more = ("double.h",) if self.dtype is torch.float64 else own
            source = "\n".join(made.text for made in self.texts)
            whole = with_headers(source, *more, "mathematics.h", "team.h", "pass.h")
            library = compile_library(whole, threads=True)
            self._made[narrow] = [
                _Function(getattr(library, made.name), made, self.dtype) for made in self.texts
            ]
        return self._made[narrow]

    def _in_strips(self, buffers: Buffers, asked: Request, back: bool, narrow: bool) -> Buffers:
        """The matrices as our own product reads them, where the steps pay for the copy."""
        if not self.own[narrow] or asked.batch < LEAST_ROWS or asked.steps * asked.batch < LEAST_STEPS:
            return {}
        laid = {}
        for k in range(len(self.step.products)):
            m = buffers["matrix", k]
            used = m.t() if back else m
            if used.shape[1] % STRIP == 0:
                laid["matrix", k] = in_strips(used, narrow)
        return laid

    def team(self, asked: Request) -> int:
        """How many threads share a step."""
        return torch.get_num_threads() if asked.batch * self.work >= ONE_THREAD_BELOW else 1


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

    def __call__(self, buffers: Buffers, matrices: list[Tensor], asked: Request, team: int) -> None:
        count = max(1, len(matrices))
        turned = (ctypes.c_int * count)(*(int(m.ndim == 2 and by_column(m)) for m in matrices))
        lead = (ctypes.c_int * count)(*map(_lead, matrices))
        before = self.limit(1) if self.limit else 0  # the team's threads are all there are
        self.function(
            asked.steps, asked.batch, int(asked.reverse), team,
            None if asked.mask is None else asked.mask.data_ptr(), self.sizes, self.constants,
            self.pointers(*(buffers[place].data_ptr() for place in self.buffers)), turned, lead, self.gemm,
        )  # fmt: skip
        if self.limit:
            self.limit(before)


def _lead(m: Tensor) -> int:
    """How far apart a matrix's rows lie, or its columns; 0 where it lies in strips."""
    if m.ndim == 3:
        return 0
    return m.stride(1) if by_column(m) else m.stride(0)
