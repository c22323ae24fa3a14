"""The process in which her code runs: `python -m gradatim.checking.child FOLDER`.

FOLDER holds request.json and cases.npz; answers.npz and outcome.json are written into it. Nothing of hers is
handed on but arrays of numbers.
"""

import faulthandler
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checking.calls import call
from gradatim.checking.her_code import Numbers, Unfit, load, takes_torch


def main(folder: Path) -> None:
    """Run every case until one fails."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    limit_memory(request["memory"])
    if request["torch"]:
        with suppress(ImportError):
            import torch  # noqa: F401  so that its start is not of her time
    (folder / "ready").touch()
    with (folder / "stack.txt").open("w") as stack:
        faulthandler.dump_traceback_later(request["timeout"] * 0.85, file=stack)
        outcome, answers = _run(request, np.load(folder / "cases.npz"))
        faulthandler.cancel_dump_traceback_later()
    np.savez(folder / "answers.npz", **answers)  # type: ignore[arg-type]
    written = folder / "outcome.json.new"
    written.write_text(json.dumps(outcome), encoding="utf-8")
    written.replace(folder / "outcome.json")
    os._exit(0)  # threads of hers may still run


def limit_memory(most: int) -> None:
    """No more memory than this, where the system can say so."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if hard == resource.RLIM_INFINITY or hard > most:
        with suppress(ValueError, OSError):  # a system that has no such limit
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _run(request: dict[str, Any], cases: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    path = Path(request["file"])
    answers: dict[str, np.ndarray] = {}
    outcome: dict[str, Any] = {"done": 0}
    try:
        module = load(path)
        thing = vars(module)[request["name"]]
        numbers = Numbers(takes_torch(thing, module))
        outcome["numbers"] = "numpy" if numbers.torch is None else "torch"
        for n, settings in enumerate(request["settings"]):
            arrays = {key[len(f"{n}:") :]: cases[key] for key in cases.files if key.startswith(f"{n}:")}
            with np.errstate(all="ignore"):
                found = call(request["kind"], thing, request["name"], module, arrays, settings, numbers)
            answers |= {f"{n}:{key}": np.asarray(value) for key, value in found.items()}
            outcome["done"] = n + 1
    except Unfit as error:
        outcome["unfit"] = str(error)
    except BaseException as error:  # what her code raises, sys.exit too
        outcome["error"] = _as_record(error, path)
    return outcome, answers


def _as_record(error: BaseException, path: Path) -> dict[str, Any]:
    """Her traceback's last line, and the last place in her own file."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    place = own[-1] if own else None
    text = f"{type(error).__name__}: {str(error)[:300]}".rstrip(": ")
    return {"text": text, "line": place and place.lineno, "function": place and place.name,
            "code": place and place.line}  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
