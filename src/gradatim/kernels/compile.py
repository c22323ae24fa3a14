"""C to machine code on first use, kept in a cache.

The cache is `gradatim/kernels` in XDG_CACHE_HOME, or in ~/.cache; a file there is named after everything it
was made from: source, compiler, its flags and the processor. It is written under another name and renamed,
so processes that compile the same source at the same time do no harm.
"""

import ctypes
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path

from gradatim.checks import GradatimError

FLAGS = ("-O3", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-std=gnu11")
NATIVE = ("-march=native", "-mcpu=native", "")  # of each, the first that the compiler takes
THREADS = ("-fopenmp", "-fopenmp-simd", "")


class NoCompiler(GradatimError):
    """There is no C compiler, or it fails; the sentence says which and how."""


@cache
def compiled(source: str, flags: tuple[str, ...] = (), threads: bool = False) -> ctypes.CDLL:
    """The library made of a C source, with further flags, and with OpenMP where it uses threads.

    Raises NoCompiler.
    """
    cc, version = compiler()
    choices = (NATIVE, THREADS) if threads else (NATIVE,)
    made_from = [source, version, *FLAGS, *flags, repr(choices), processor()]
    library = folder() / f"{sha256(chr(0).join(made_from).encode()).hexdigest()[:32]}.so"
    commands = [[cc, *FLAGS, *flags, *filter(None, chosen)] for chosen in product(*choices)]
    if not library.exists():
        _compile(commands, source, library)
    try:
        return ctypes.CDLL(str(library))
    except OSError:  # damaged, or of another machine: make it again
        _compile(commands, source, library)
        return ctypes.CDLL(str(library))


def _compile(commands: list[list[str]], source: str, library: Path) -> None:
    """The library by the first command that succeeds."""
    try:
        library.parent.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(dir=library.parent, prefix=".compiling-")
    except OSError as error:
        raise NoCompiler(f"the cache {library.parent} cannot be written: {error.strerror}") from error
    with place as work:
        text, made = Path(work) / "kernel.c", Path(work) / "kernel.so"
        text.write_text(source, encoding="utf-8")
        said = ""
        for command in commands:
            whole = [*command, str(text), "-o", str(made), "-lm"]
            done = subprocess.run(whole, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                made.replace(library)
                return
            errors = [line for line in done.stderr.splitlines() if "error" in line]
            said = errors[0] if errors else f"status {done.returncode}"
        raise NoCompiler(f"the compiler {commands[0][0]} fails: {said}")


@cache
def compiler() -> tuple[str, str]:
    """The C compiler, CC or cc, and what it says its version is. Raises NoCompiler."""
    name = os.environ.get("CC") or "cc"
    path = shutil.which(name)
    if path is None:
        raise NoCompiler(f"there is no C compiler {name!r}; install gcc or clang, or set CC")
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoCompiler(f"the compiler {path} does not run: {error}") from error
    return path, f"{path} {done.stdout.splitlines()[0] if done.stdout else ''}"


@cache
def processor() -> str:
    """What -march=native depends on: the processor and its instructions."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    lines = {line.partition(":")[0].strip(): line for line in text.splitlines()}
    told = ("vendor_id", "cpu family", "model name", "flags", "Features")
    return " ".join(lines.get(name, "") for name in told)


def folder() -> Path:
    """Where compiled kernels are kept."""
    home = os.environ.get("XDG_CACHE_HOME")
    base = Path(home) if home and Path(home).is_absolute() else Path.home() / ".cache"
    return base / "gradatim" / "kernels"
