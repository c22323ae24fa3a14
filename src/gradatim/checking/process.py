"""Her code in a process of its own, with limits of time and memory."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import numpy as np

from gradatim.checking.case import Arrays, Definition
from gradatim.checking.submission import Submission, imports_torch

GIB = 2**30
START = 60  # seconds for Python and torch to start, before her time begins


@dataclass(frozen=True)
class Outcome:
    """What a process gave: the answers of the cases that ran, and what ended it where something did."""

    answers: list[Arrays]
    numbers: str = ""  # numpy or torch
    failure: str = ""  # a sentence


def run_submission(
    submission: Submission, definition: Definition, timeout: float, memory: float
) -> Outcome:  # fmt: skip
    """Run every case of a definition, `timeout` seconds and `memory` GiB at most."""
    with TemporaryDirectory(prefix="gradatim-check-") as folder:
        here = Path(folder)
        _write(here, submission, definition, timeout, memory)
        status = _run(here, submission, timeout)
        if status is None:
            return Outcome([], failure=f"it did not end within {timeout:g} s{_where(here, submission)}")
        try:
            outcome = json.loads((here / "outcome.json").read_text(encoding="utf-8"))
            with np.load(here / "answers.npz") as arrays:
                answers = _by_case(dict(arrays), len(definition.cases))
        except (OSError, ValueError):
            return Outcome([], failure=_ended(status, memory))
    failure = outcome.get("unfit", "") or _crash(outcome.get("error"))
    return Outcome(answers, outcome.get("numbers", ""), failure)


def _write(here: Path, submission: Submission, definition: Definition, timeout: float, memory: float) -> None:
    request = {
        "file": str(submission.path), "name": submission.name, "kind": definition.kind,
        "settings": [case.settings for case in definition.cases], "timeout": timeout,
        "torch": imports_torch(submission.path), "memory": int(memory * GIB),
    }  # fmt: skip
    (here / "request.json").write_text(json.dumps(request), encoding="utf-8")
    arrays = {
        f"{n}:{key}": value for n, case in enumerate(definition.cases) for key, value in case.arrays.items()
    }
    np.savez(here / "cases.npz", **arrays)  # type: ignore[arg-type]


def _run(here: Path, submission: Submission, timeout: float) -> int | None:
    """Its exit status; None where it was stopped at the limit. What it prints is thrown away."""
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    quiet = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"}
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "gradatim.checking.child", str(here)], cwd=submission.path.parent,
        env=os.environ | quiet, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True,
    )  # fmt: skip
    try:
        started = monotonic()
        while process.poll() is None and not (here / "ready").exists() and monotonic() - started < START:
            sleep(0.02)
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End it, and what it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _by_case(arrays: Arrays, cases: int) -> list[Arrays]:
    found: list[Arrays] = [{} for _ in range(cases)]
    for key, value in arrays.items():
        number, _, name = key.partition(":")
        found[int(number)][name] = value
    return [one for one in found if one]


def _where(here: Path, submission: Submission) -> str:
    """The line at which it was when the time was nearly over."""
    try:
        stack = (here / "stack.txt").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(rf'File "{re.escape(str(submission.path))}", line (\d+) in (\S+)', stack)
    if not found:
        return "; is there a loop without an end?"
    place = "" if found[2] == "<module>" else f" ({found[2]})"
    return f"; it was at line {found[1]}{place}: is there a loop without an end?"


def _ended(status: int, memory: float) -> str:
    if status < 0:
        name = (
            signal.Signals(-status).name if -status in set(map(int, signal.Signals)) else f"signal {-status}"
        )
        return f"its process was ended by {name}; it may have taken more than {memory:g} GiB"
    return f"its process ended by itself with status {status}, before it had answered"


def _crash(error: dict | None) -> str:
    """Her traceback's last line, and where in her file."""
    if not error:
        return ""
    if error["line"] is None:
        return f"{error['text']} (when called as these checks call it)"
    place = "" if error["function"] == "<module>" else f" in {error['function']}"
    code = f": {error['code']}" if error["code"] else ""
    return f"{error['text']} at line {error['line']}{place}{code}"
