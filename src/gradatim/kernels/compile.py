"""C to machine code on first use, kept in a cache.

A library is named after everything it was made from: source, compiler, its flags and the processor. It is
made in a temporary folder and handed to `kernels.cache`. A compiler that fails, hangs or makes no library is
a reason for the slower path, never for an end.
"""

import ctypes
import os
import platform
import shlex
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError, notice
from gradatim.kernels.cache import WORKING, find, keep
from gradatim.kernels.elf import is_cut

FLAGS = ("-O3", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-std=gnu11")
NATIVE = ("-march=native", "-mcpu=native", "")  # of each, the first that the compiler takes
THREADS = ("-fopenmp", "-fopenmp-simd", "")
PATIENCE = 60.0  # seconds for one kernel, which takes about one
_hanging: dict[str, str] = {}  # compilers that took longer, and the sentence: nobody waits for one twice


class NoCompiler(GradatimError):
    """There is no C compiler, or it fails; the sentence says which and how."""


class Library(ctypes.CDLL):
    """A library, whose functions are asked for by name. Raises NoCompiler for one that is not in it."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError as error:
            if name.startswith("__"):
                raise
            raise _broken(f"the compiler has made a library without the function {name}") from error


@cache
def compile_library(source: str, flags: tuple[str, ...] = (), threads: bool = False) -> Library:
    """The library made of a C source, with further flags, and with OpenMP where it uses threads.

    Raises NoCompiler.
    """
    command, version = compiler()
    choices = (NATIVE, THREADS) if threads else (NATIVE,)
    made_from = [source, version, *FLAGS, *flags, repr(choices), processor()]
    name = f"{sha256(chr(0).join(made_from).encode()).hexdigest()[:32]}.so"
    commands = [[*command, *FLAGS, *flags, *filter(None, chosen)] for chosen in product(*choices)]
    try:
        if (kept := find(name)) is not None:
            try:
                return Library(str(kept))
            except OSError:
                pass  # of another machine: make it again
        library = keep(name, _made(commands, source))
    except OSError as error:
        raise _broken(f"a kernel cannot be kept: {error.strerror or error}") from error
    try:
        return Library(str(library))
    except OSError as error:
        raise _broken(f"the compiler {command[0]} has made what is no library: {error}") from error


def _made(commands: list[list[str]], source: str) -> bytes:
    """The library's bytes by the first command that succeeds. Raises NoCompiler, or OSError."""
    with tempfile.TemporaryDirectory(prefix=WORKING, ignore_cleanup_errors=True) as work:
        text, made = Path(work) / "kernel.c", Path(work) / "kernel.so"
        text.write_text(source, encoding="utf-8")
        said = ""
        for command in commands:
            status, said = _run([*command, str(text), "-o", str(made), "-lm"])
            if status == 0 and made.is_file():
                content = made.read_bytes()
                if is_cut(content):
                    raise _broken(f"the compiler {command[0]} has made what is no library: it is cut")
                return content
            errors = [line for line in said.splitlines() if "error" in line]
            said = errors[0] if errors else f"status {status}" if status else "it makes no file"
        fails = f"the compiler {commands[0][0]} fails: {said}"
        raise (
            NoCompiler(fails) if f"{text.name}:" in said else _broken(fails)
        )  # the text may be too new for it


def _run(command: list[str], patience: float = PATIENCE) -> tuple[int, str]:
    """The exit status of a command and what it says; NoCompiler when it takes too long, now or earlier."""
    if command[0] in _hanging:
        raise NoCompiler(_hanging[command[0]])
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise _broken(f"the compiler {command[0]} does not run: {error}") from error
    try:
        said, _ = process.communicate(timeout=patience)
        return process.returncode, said.decode(errors="replace")
    except subprocess.TimeoutExpired:
        _hanging[command[0]] = f"the compiler {command[0]} takes longer than {patience:g} seconds"
        raise _broken(_hanging[command[0]]) from None
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    """End a process, and what it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, OSError):
        process.kill()
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _broken(sentence: str) -> NoCompiler:
    """The error, said once: whoever has a compiler expects it to serve."""
    notice(f"{sentence}; a slower path runs")
    return NoCompiler(sentence)


@cache
def compiler() -> tuple[tuple[str, ...], str]:
    """The C compiler, CC or cc, as a command, and what it says its version is. Raises NoCompiler."""
    asked = os.environ.get("CC") or "cc"
    try:
        name, *options = shlex.split(asked)
    except ValueError:
        name, options = asked, []
    path = shutil.which(name)
    if path is None:
        raise NoCompiler(f"there is no C compiler {asked!r}; install gcc or clang, or set CC")
    status, said = _run([path, *options, "--version"], PATIENCE / 6)
    if status:
        raise _broken(f"the compiler {path} does not run: --version ends with status {status}")
    command = (path, *options)
    return command, f"{shlex.join(command)} {said.splitlines()[0] if said else ''}"


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
