"""What a run's numbers depend on beside its settings, and the command that began it."""

import platform
import shlex
import sys
from pathlib import Path

from gradatim.kernels.compile import NoCompiler, compiler

PROGRAM = "gradatim"


def versions(engine: str) -> dict[str, str]:
    """What the run's numbers depend on beside its settings; of torch, and of the compiler of the kernels
    that stand beside it, only where its engine runs.
    """
    import numpy as np

    found = {"python": platform.python_version(), "numpy": np.__version__}
    if engine == "torch":
        import torch

        found |= {"torch": torch.__version__, "compiler": _compiler()}
    return {**found, "system": platform.platform(), "processor": _processor()}


def _compiler() -> str:
    try:
        return compiler()[1]
    except NoCompiler:
        return "none"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def command_line() -> str:
    """The command that was typed, or the fact that Python called."""
    if sys.argv and Path(sys.argv[0]).name == PROGRAM:
        return shlex.join([PROGRAM, *sys.argv[1:]])
    return "gradatim.train(…) in Python"
