"""A step's passes on a GPU: row programs in Triton, products by torch's BLAS, a pass as one CUDA graph."""

from contextlib import nullcontext
from functools import partial
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from gradatim.kernels.generated_module import module_of_text
from gradatim.nn.sequence.cell.record import Program
from gradatim.nn.sequence.fused.pass_program import SLOT, Multiply, Place, Rows, memory
from gradatim.nn.sequence.fused.plan import Buffers, Plan, Request
from gradatim.nn.sequence.fused.replay import Launch, Replays
from gradatim.nn.sequence.fused.triton_rows import HEAD, Kernel

SAID = "one Triton kernel a step, matrix products by torch's BLAS"
NAMES = {torch.float32: "tl.float32", torch.float64: "tl.float64"}


class OnGPU(Plan):
    """One Triton kernel a row program, launched for all rows of a step at once."""

    settled = True

    def __init__(self, program: Program):
        super().__init__(program)
        self.said = f"{SAID}, a pass replayed as one CUDA graph"
        self.turns = {"forward": self.passes.forward, "backward": self.passes.backward}
        self.replays = {name: Replays() for name in self.turns}
        self.kernels = {
            (name, i): Kernel(f"{name}{i}", turn, self.passes.widths, NAMES[self.dtype])
            for name, turns in self.turns.items()
            for i, turn in enumerate(turns)
            if isinstance(turn, Rows)
        }
        if find_spec("triton") is None:
            self.why = "Triton, which comes with torch's builds for CUDA, is not installed"
            return
        try:
            self.module = module_of_text("".join([HEAD, *(kernel.text for kernel in self.kernels.values())]))
            self._try()
        except OSError as error:
            self.why = f"the cache of kernels cannot be written: {error.strerror}"
        except Exception as error:  # it wants a C compiler, Python's headers, and a GPU that it knows
            said = str(error).strip() or type(error).__name__
            self.why = f"Triton does not run here: {said.splitlines()[-1]}"

    def _try(self) -> None:
        """Every kernel once, on one row of zeros, which compiles it."""
        device = "cuda" if torch.cuda.is_available() else "cpu"
        for kernel in self.kernels.values():
            widths = [self.passes.widths[at] for at in kernel.buffers]
            given = [torch.zeros(2, width, dtype=self.dtype, device=device) for width in widths]
            self._launch(kernel, given, None, 1, {"t": 0, "prev": 0, "next": 1, "now": 0})()

    def forward(self, buffers: Buffers, asked: Request) -> None:
        """Run the steps: fills product, operand and state."""
        self._run("forward", buffers, asked)

    def backward(self, buffers: Buffers, asked: Request) -> None:
        """Run them backward: fills dproduct, dstep and dstate, and adds to dvector."""
        self._run("backward", buffers, asked)

    def team(self, asked: Request) -> int:
        """Every sequence adds up its own share, so that the order of the sum is always the same."""
        return asked.batch

    def _run(self, name: str, buffers: Buffers, asked: Request) -> None:
        device, replays = next(iter(buffers.values())).device, self.replays[name]
        key = (asked.steps, asked.batch, asked.reverse, *((at, b.data_ptr()) for at, b in buffers.items()))
        with torch.cuda.device(device) if device.type == "cuda" else nullcontext():
            replays.run(key, lambda: self._launches(name, buffers, asked))
        if replays.refused:
            self.said = f"{SAID}, launched one by one, for CUDA records none: {replays.refused}"

    def _launches(self, name: str, buffers: Buffers, asked: Request) -> list[Launch]:
        """Every kernel and product of a pass, in order."""
        steps, reverse, mask = asked.steps, asked.reverse, buffers.get(("mask", 0))
        found: list[Launch] = []
        for i in range(steps):
            s = steps - 1 - i if name == "backward" else i
            t = steps - 1 - s if reverse else s
            slots = {"t": t, "prev": t + reverse, "next": t + 1 - reverse, "now": i & 1, "then": 1 - (i & 1)}
            for at, turn in enumerate(self.turns[name]):
                if isinstance(turn, Multiply):
                    found.append(self._product(turn, buffers, slots, asked.batch))
                else:
                    kernel = self.kernels[name, at]
                    given = [buffers[place] for place in kernel.buffers]
                    found.append(self._launch(kernel, given, mask, asked.batch, slots))
        return found

    def _launch(
        self, kernel: Kernel, given: list[Tensor], mask: Tensor | None, batch: int, slots: dict[str, int]
    ) -> Launch:
        """A kernel for every row of a step."""
        function: Any = getattr(self.module, kernel.name)[(batch, kernel.columns)]
        numbers = (slots[name] for name in ("t", "prev", "next", "now"))
        return partial(function, *given, mask, batch, *numbers, num_warps=kernel.warps)

    def _product(self, turn: Multiply, buffers: Buffers, slots: dict[str, int], batch: int) -> Launch:
        a, out = (self._rows(at, buffers, slots, batch) for at in (turn.operand, turn.out))
        m = buffers["matrix", turn.k]
        m = m.t() if turn.back else m
        return partial(out.addmm_, a, m) if turn.add else partial(torch.mm, a, m, out=out)

    def _rows(self, of: Place, buffers: Buffers, slots: dict[str, int], batch: int) -> Tensor:
        """The rows of a step."""
        whole = buffers[memory(of)].view(-1, self.passes.widths[of])
        first = slots[SLOT[of[0]]] * batch if of[0] in SLOT else 0
        return whole[first : first + batch]
