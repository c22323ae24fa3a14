"""Faults by count, as SQLite's tests have them: the n-th operation on files fails, kills, or is interrupted.

    with Faults(folder, at=3, fault="EIO") as faults:
        work()

Operations that change something below `folder` are counted, by whatever way Python code asks for them: `open`
for writing, `write`, `flush`, `truncate`, `fsync`, `rename` (and replace), `unlink`, `mkdir`, `rmdir` and
`chmod`. What other programs do, a compiler for one, is theirs. With `at` 0 nothing happens, and
`faults.counted` says which there are. The faults:

    EIO      the operation fails, and later ones do not: a loose cable
    ENOSPC   it fails, of a write the first half is done, and so does every later one that needs space
    KILL     SIGKILL before it
    TORN     SIGKILL after the first half of a write, or after any other operation
    INT, TERM   the signal, then the operation
"""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

NEED_SPACE = ("open", "write", "flush", "fsync", "mkdir")
FAULTS = ("EIO", "ENOSPC", "KILL", "TORN", "INT", "TERM")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
SIGNALS = {"KILL": signal.SIGKILL, "TORN": signal.SIGKILL, "INT": signal.SIGINT, "TERM": signal.SIGTERM}


class Faults:
    """Counts the operations below a folder, and lets the n-th meet a fault; see the head of this file."""

    def __init__(self, folder: Path, at: int = 0, fault: str = ""):
        self.folder, self.at, self.fault = str(folder.absolute()), at, fault
        self.counted: list[str] = []
        self.full = False
        self._paths: dict[int, str] = {}  # of open handles
        self._real: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> "Faults":
        for name, kind in (
            ("replace", "rename"), ("rename", "rename"), ("unlink", "unlink"), ("remove", "unlink"),
            ("mkdir", "mkdir"), ("rmdir", "rmdir"), ("chmod", "chmod"), ("truncate", "truncate"),
        ):  # fmt: skip
            self._patch(os, name, self._of_path(getattr(os, name), kind))
        for name, kind in (("fsync", "fsync"), ("ftruncate", "truncate")):
            self._patch(os, name, self._of_handle(getattr(os, name), kind))
        self._patch(os, "write", self._write(os.write))
        self._patch(os, "open", self._open(os.open))
        real = io.open
        self._patch(os, "fdopen", lambda handle, *a, **k: self._file(real, handle, *a, **k))
        for home in (io, builtins):
            self._patch(home, "open", lambda file, *a, **k: self._file(real, file, *a, **k))
        return self

    def __exit__(self, *_error: object) -> None:
        for home, name, real in reversed(self._real):
            setattr(home, name, real)

    def _patch(self, home: Any, name: str, function: Any) -> None:
        self._real.append((home, name, getattr(home, name)))
        setattr(home, name, function)

    def is_below(self, path: Any) -> bool:
        """Whether an operation on this path, or open handle, is counted."""
        if isinstance(path, int):
            path = self._paths.get(path, "")
        path = _absolute(path)
        return path == self.folder or path.startswith(self.folder + os.sep)

    def meet(self, kind: str, act: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """Count an operation and do it, or let it meet the fault."""
        self.counted.append(kind)
        if len(self.counted) != self.at:
            if self.full and kind in NEED_SPACE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return act()
        if self.fault in ("EIO", "ENOSPC"):
            self.full = self.fault == "ENOSPC"
            if self.full and half is not None:
                half()
            raise OSError(number := getattr(errno, self.fault), os.strerror(number))
        try:
            if self.fault == "TORN":
                (half or act)()
        finally:
            os.kill(os.getpid(), SIGNALS[self.fault])
        return act()

    def _of_path(self, real: Callable, kind: str) -> Callable:
        def operation(path: Any, *arguments: Any, **more: Any) -> Any:
            inside = more.get("dir_fd") is None and self.is_below(path)
            inside = inside or self.is_below(more.get("dir_fd") or "/")
            act = lambda: real(path, *arguments, **more)  # noqa: E731
            return self.meet(kind, act) if inside else act()

        return operation

    def _of_handle(self, real: Callable, kind: str) -> Callable:
        def operation(handle: int, *arguments: Any) -> Any:
            act = lambda: real(handle, *arguments)  # noqa: E731
            return self.meet(kind, act) if self.is_below(handle) else act()

        return operation

    def _write(self, real: Callable) -> Callable:
        def write(handle: int, content: Any) -> int:
            if not self.is_below(handle):
                return real(handle, content)
            return self.meet(
                "write", lambda: real(handle, content), lambda: real(handle, content[: len(content) // 2])
            )

        return write

    def _open(self, real: Callable) -> Callable:
        def open_(path: Any, flags: int, *arguments: Any, **more: Any) -> int:
            act = lambda: real(path, flags, *arguments, **more)  # noqa: E731
            inside = more.get("dir_fd") is None and self.is_below(path)
            handle = self.meet("open", act) if inside and flags & WRITING else act()
            if more.get("dir_fd") is None:
                self._paths[handle] = _absolute(path)
            return handle

        return open_

    def _file(self, real: Callable, file: Any, mode: str = "r", *arguments: Any, **more: Any) -> Any:
        act = lambda: real(file, mode, *arguments, **more)  # noqa: E731
        if not set(mode) & set("wax+") or not self.is_below(file):
            return act()
        opened = act() if isinstance(file, int) else self.meet("open", act)
        if not isinstance(file, int):
            self._paths[opened.fileno()] = _absolute(file)
        return File(opened, self)


def _absolute(path: Any) -> str:
    return str(Path(os.fsdecode(path)).absolute())


class File:
    """An open file whose operations are counted."""

    def __init__(self, file: Any, faults: Faults):
        self.file, self.faults = file, faults

    def write(self, content: Any) -> int:
        """Counted, and torn in half where that is the fault."""

        def half() -> None:
            self.file.write(content[: len(content) // 2])
            self.file.flush()

        return self.faults.meet("write", lambda: self.file.write(content), half)

    def flush(self) -> None:
        """Counted."""
        self.faults.meet("flush", self.file.flush)

    def truncate(self, size: int | None = None) -> int:
        """Counted."""
        return self.faults.meet("truncate", lambda: self.file.truncate(size))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> "File":
        return self

    def __exit__(self, *_error: object) -> None:
        self.file.close()
