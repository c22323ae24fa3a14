"""A step's passes in C, compiled on first use."""

import ctypes
from typing import Any

import torch
from torch import Tensor

from gradatim.kernels.compile import NoCompiler, compiled
from gradatim.nn.kernels.blas import gemm
from gradatim.nn.kernels.headers import with_headers
from gradatim.nn.kernels.product import adds_pairs, blas_is_narrow
from gradatim.nn.sequence.c_pass import Pass, in_c
from gradatim.nn.sequence.operands import by_column
from gradatim.nn.sequence.plan import Buffers, Call, Plan
from gradatim.nn.sequence.record import Program

ONE_THREAD_BELOW = 1e5  # multiply-adds of one step below which a second thread costs more than it brings
STRIP = 16  # columns of a matrix that lie side by side for product.h: one vector
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
        self.own = {False: single and blas_is_narrow(), True: single and adds_pairs()}  # narrow or not
        by = "a kernel, too" if self.own[False] else f"{gemm(self.dtype).source}'s BLAS"
        self.said = f"one C kernel a step, matrix products by {by}"
        if self.own[True]:
            self.narrowed = "; under autocast the large products take factors in bfloat16"
        widths = self.passes.widths.items()
        work = sum(p.operand.width * p.width for p in self.step.products)
        work += 16 * sum(width for (kind, _), width in widths if kind in ("state", "product", "step"))
        self.work = work if gemm(self.dtype).shared else 0  # multiply-adds of one row's step, for a team
        self._made: dict[bool, list[_Function]] = {}
        try:
            self._functions(False)
        except NoCompiler as error:
            self.why = str(error)

    def forward(self, buffers: Buffers, call: Call) -> None:
        """Run the steps: fills product, operand and state."""
        self._run(0, buffers, call)

    def backward(self, buffers: Buffers, call: Call) -> None:
        """Run them backward: fills dproduct, dstep and dstate, and adds to dvector."""
        self._run(1, buffers, call)

    def _run(self, which: int, buffers: Buffers, call: Call) -> None:
        narrow = call.narrow is not None and self._adds_pairs()
        laid = self._in_strips(buffers, call, bool(which), narrow)
        function = self._functions(narrow and bool(laid))[which]
        buffers = buffers | laid
        matrices = [buffers["matrix", k] for k in range(len(self.step.products))]
        function(buffers, matrices, call, self.team(call))

    def _adds_pairs(self) -> bool:
        """Whether there is a kernel with narrow products; a compiler may be older than the processor."""
        try:
            return self.own[True] and bool(self._functions(True))
        except NoCompiler:
            self.own[True], self.narrowed = False, Plan.narrowed
            return False

    def _functions(self, narrow: bool) -> "list[_Function]":
        """Forward and backward, compiled when they are first asked for. Raises NoCompiler."""
        if narrow not in self._made:
            product = ("vector.h", "product_narrow.h" if narrow else "product.h") if self.own[narrow] else ()
            more = ("double.h",) if self.dtype is torch.float64 else product
            source = "\n".join(made.text for made in self.texts)
            library = compiled(with_headers(source, *more, "mathematics.h", "team.h", "pass.h"), threads=True)
            self._made[narrow] = [
                _Function(getattr(library, made.name), made, self.dtype) for made in self.texts
            ]
        return self._made[narrow]

    def _in_strips(self, buffers: Buffers, call: Call, back: bool, narrow: bool) -> Buffers:
        """The matrices as our own product reads them, where the steps pay for the copy."""
        if not self.own[narrow] or call.batch < LEAST_ROWS or call.steps * call.batch < LEAST_STEPS:
            return {}
        laid = {}
        for k in range(len(self.step.products)):
            m = buffers["matrix", k]
            used = m.t() if back else m
            if used.shape[1] % STRIP == 0:
                laid["matrix", k] = (_pairs if narrow else _strips)(used)
        return laid

    def team(self, call: Call) -> int:
        """How many threads share a step."""
        return torch.get_num_threads() if call.batch * self.work >= ONE_THREAD_BELOW else 1


def _strips(m: Tensor) -> Tensor:
    """For product.h. Shapes: (in, columns) → (columns / 16, in, 16)."""
    return m.unflatten(1, (-1, STRIP)).transpose(0, 1).contiguous()


def _pairs(m: Tensor) -> Tensor:
    """For product_narrow.h, in bfloat16. Shapes: (in, columns) → (columns / 16, ⌈in / 2⌉, 16 · 2)."""
    even = torch.nn.functional.pad(m, (0, 0, 0, len(m) % 2)).bfloat16()
    return even.unflatten(0, (-1, 2)).unflatten(2, (-1, STRIP)).permute(2, 0, 3, 1).flatten(2).contiguous()


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

    def __call__(self, buffers: Buffers, matrices: list[Tensor], call: Call, team: int) -> None:
        count = max(1, len(matrices))
        turned = (ctypes.c_int * count)(*(int(m.ndim == 2 and by_column(m)) for m in matrices))
        lead = (ctypes.c_int * count)(*map(_lead, matrices))
        before = self.limit(1) if self.limit else 0  # the team's threads are all there are
        self.function(
            call.steps, call.batch, int(call.reverse), team,
            None if call.mask is None else call.mask.data_ptr(), self.sizes, self.constants,
            self.pointers(*(buffers[place].data_ptr() for place in self.buffers)), turned, lead, self.gemm,
        )  # fmt: skip
        if self.limit:
            self.limit(before)


def _lead(m: Tensor) -> int:
    """How far apart a matrix's rows lie, or its columns; 0 where it lies in strips."""
    if m.ndim == 3:
        return 0
    return m.stride(1) if by_column(m) else m.stride(0)
