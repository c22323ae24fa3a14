"""Compile the kernels of layers for GPUs that need not be here; prints how many: run by test_on_gpu.py."""

import importlib.util
import sys
from pathlib import Path

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from gradatim.nn.sequence import scan
from gradatim.nn.sequence.fused.on_gpu import OnGPU

ROOM = Path(__file__).parent
GENERATIONS = (80, 90)  # A100, H100


class Planned(OnGPU):
    """Makes the kernels; what they would compute is not asked for."""

    def forward(self, *_):
        pass


def tests():
    """The module test_cells, of a package that is not one."""
    for name in ("cells", "test_cells"):
        spec = importlib.util.spec_from_file_location(f"room.{name}", ROOM / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        module.__package__ = "room"
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return module


def compile_all(plan, dtype):
    """Every kernel of a plan, with a mask and without."""
    number, count = {torch.float32: "fp32", torch.float64: "fp64"}[dtype], 0
    for kernel in plan.kernels.values():
        function = getattr(plan.module, kernel.name)
        pointers = {f"b{i}": f"*{number}" for i in range(len(kernel.buffers))}
        integers = dict.fromkeys(("N", "t", "prev", "next", "now"), "i32")
        for mask, constants in ((f"*{number}", {}), ("constexpr", {"mask": None})):
            source = ASTSource(function, {**pointers, "mask": mask, **integers}, constants)
            for generation in GENERATIONS:
                target = GPUTarget("cuda", generation, 32)
                triton.compile(source, target=target, options={"num_warps": kernel.warps})
            count += 1
    return count


def main(names):
    scan.FUSED = {"cpu": Planned}
    made, total = tests(), 0
    for name in names:
        for dtype in (torch.float32, torch.float64):
            scan._PLANS.clear()
            scan._KNOWN.clear()
            with torch.no_grad():
                made.make(name, 20, 300, dtype)(made.data(1, 1, 20, dtype))
            total += sum(compile_all(plan, dtype) for plan in scan._PLANS.values())
    print(total)


if __name__ == "__main__":
    main(sys.argv[1:])
