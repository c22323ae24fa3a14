"""Trace of a network: of a run, with its optimizer and its state, or of a person's own JSON."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradatim.checks import UsageError
from gradatim.explain.traces.networks.step import Setup
from gradatim.explain.traces.record import Trace
from gradatim.files import read_any_json
from gradatim.runs.folder import RUNS, Folder

OF_RUNS = ("example", "split", "data", "classes", "member")
OF_FILES = ("input", "target", "loss")


def is_network(name: str) -> bool:
    """Whether this names a .json file or a run's folder."""
    return name.endswith(".json") or any(
        (place / "config.json").exists() for place in (Path(name), RUNS / name)
    )


def trace_network(what: Any, changes: dict[str, Any], asked: dict[str, Any]) -> Trace:
    """The trace of one step; with `changes` also what it is without them, in `before`."""
    from gradatim.explain.traces.networks.trace_of_step import trace_of

    unit = asked.pop("unit", None)
    make = _maker(what, asked)
    found = trace_of(make(changes), unit)
    return replace(found, before=trace_of(make({}), unit)) if changes else found


def _maker(what: Any, asked: dict[str, Any]) -> Callable[[dict[str, Any]], Setup]:
    """What makes the setup, given the numbers that are changed."""
    own = isinstance(what, dict) or str(what).endswith(".json")
    for name in OF_RUNS if own else OF_FILES:
        if name in asked:
            kind = "a run; a network's file takes --input and --target" if own else (
                "a network's .json file; of a run --example says which, and its loss is its own")  # fmt: skip
            raise UsageError(f"--{name} is for {kind}")
    if own:
        from gradatim.explain.traces.networks.asking import setup_of_json

        content = what if isinstance(what, dict) else read_any_json(what, "network")
        return lambda changes: setup_of_json(content, asked, changes)
    from gradatim.jobs.run import Run, load
    from gradatim.jobs.trace_run import setup_of_run

    run = (
        what
        if isinstance(what, Run)
        else load(_place(what), asked.pop("classes", None), asked.pop("data", None))
    )
    return lambda changes: setup_of_run(run, asked, changes)


def _place(what: Any) -> Any:
    return what.path if isinstance(what, Folder) else what
