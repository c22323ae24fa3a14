"""A step's passes in C, compiled on first use."""

import ctypes
from typing import Any

import torch
from torch import Tensor

from gradatim.kernels.compile import NoCompiler, compiled
from gradatim.nn.kernels.blas import gemm
from gradatim.nn.kernels.headers import with_headers
from gradatim.nn.kernels.product import blas_is_narrow
from gradatim.nn.sequence.c_pass import Pass, in_c
from gradatim.nn.sequence.operands import by_column
from gradatim.nn.sequence.plan import Buffers, Plan, Sizes
from gradatim.nn.sequence.record import Program

ONE_THREAD_BELOW = 1e5  # multiply-adds of one step below which a second thread costs more than it brings
STRIP = 16  # columns of a matrix that lie side by side for product.h: one vector
LEAST_ROWS = 4  # of a step: fewer are multiplied by BLAS
LEAST_STEPS = 64  # rows in all, so that a matrix may be copied once for them


class OnCPU(Plan):
    """One C function a pass, its team of threads taking turns between row programs and products."""

    def __init__(self, program: Program):
        super().__init__(program)
        each = [
            in_c(name, getattr(self.passes, name), self.passes.widths) for name in ("forward", "backward")
        ]
        self.own = self.dtype is torch.float32 and blas_is_narrow()  # products too
        by = "a kernel, too" if self.own else f"{gemm(self.dtype).source}'s BLAS"
        widths = self.passes.widths.items()
        work = sum(p.operand.width * p.width for p in self.step.products)
        work += 16 * sum(width for (kind, _), width in widths if kind in ("state", "product", "step"))
        self.work = work if gemm(self.dtype).shared else 0  # multiply-adds of one row's step, for a team
        self.said = f"one C kernel a step, matrix products by {by}"
        text = "\n".join(made.text for made in each)
        more = ("double.h",) if self.dtype is torch.float64 else ("vector.h", "product.h") if self.own else ()
        try:
            library = compiled(with_headers(text, *more, "mathematics.h", "team.h", "pass.h"), threads=True)
        except NoCompiler as error:
            self.why = str(error)
            return
        self._forward = _Function(library.forward, each[0], self.dtype)
        self._backward = _Function(library.backward, each[1], self.dtype)

    def forward(self, buffers: Buffers, sizes: Sizes, reverse: bool, mask: Tensor | None) -> None:
        """Run the steps: fills product, operand and state."""
        buffers = self._in_strips(buffers, sizes, back=False)
        self._forward(buffers, self._matrices(buffers), sizes, reverse, mask, self.team(sizes))

    def backward(self, buffers: Buffers, sizes: Sizes, reverse: bool, mask: Tensor | None, team: int) -> None:
        """Run them backward: fills dproduct, dstep and dstate, and adds to dvector."""
        buffers = self._in_strips(buffers, sizes, back=True)
        self._backward(buffers, self._matrices(buffers), sizes, reverse, mask, team)

    def _in_strips(self, buffers: Buffers, sizes: Sizes, back: bool) -> Buffers:
        """The matrices as our own product reads them, where the steps pay for the copy."""
        steps, batch = sizes
        if not self.own or batch < LEAST_ROWS or steps * batch < LEAST_STEPS:
            return buffers
        laid = {}
        for k, m in enumerate(self._matrices(buffers)):
            used = m.t() if back else m
            if used.shape[1] % STRIP == 0:
                laid["matrix", k] = used.unflatten(1, (-1, STRIP)).transpose(0, 1).contiguous()
        return buffers | laid

    def _matrices(self, buffers: Buffers) -> list[Tensor]:
        return [buffers["matrix", k] for k in range(len(self.step.products))]

    def team(self, sizes: Sizes) -> int:
        """How many threads share a step."""
        return torch.get_num_threads() if sizes[1] * self.work >= ONE_THREAD_BELOW else 1


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
        self, buffers: Buffers, matrices: list[Tensor], sizes: Sizes, reverse: bool,
        mask: Tensor | None, team: int,
    ) -> None:  # fmt: skip
        count = max(1, len(matrices))
        turned = (ctypes.c_int * count)(*(int(m.ndim == 2 and by_column(m)) for m in matrices))
        lead = (ctypes.c_int * count)(*map(_lead, matrices))
        before = self.limit(1) if self.limit else 0  # the team's threads are all there are
        self.function(
            *sizes, int(reverse), team, None if mask is None else mask.data_ptr(), self.sizes, self.constants,
            self.pointers(*(buffers[place].data_ptr() for place in self.buffers)), turned, lead, self.gemm,
        )  # fmt: skip
        if self.limit:
            self.limit(before)


def _lead(m: Tensor) -> int:
    """How far apart a matrix's rows lie, or its columns; 0 where it lies in strips."""
    if m.ndim == 3:
        return 0
    return m.stride(1) if by_column(m) else m.stride(0)
