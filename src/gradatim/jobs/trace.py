"""Trace: a worked example, a run's network or a person's own, with every number on the table."""

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, shown, unknown_argument
from gradatim.explain.traces.record import Trace

OF_NETWORKS = (
    "example", "split", "member", "input", "target", "lr", "optimizer", "loss", "delta", "unit", "data",
    "classes",
)  # fmt: skip


def trace(name: Any, arguments: dict[str, Any] | None = None, **options: Any) -> Trace:
    """The trace of an example's name, of a run, or of a network in a .json file; `arguments` change numbers.

    A network, whether a run's or one's own, learns one step from one example:

        h_n = f_n(h_{n−1}; θ);   g_n = ∂L/∂h_n;   θ ← update(θ, ∂L/∂θ);   then the next pass

    `name` may also be a Run, or a dict as a file holds it (see docs/traces.md). Of a run the options are
    `example` (counted from 1), `split` (test), `member` (of several, 1), `data` (where its data are now) and
    `classes` (of a network of one's own class); of a file `input`, `target` and `loss`; of both `lr`,
    `optimizer`, `delta` ("dL/da" or "-dL/da", what δ stands for) and `unit` (h1.3: one unit opened).
    `arguments` are the example's numbers, or a network's by their names: {"w13": 2.5}.

    What is returned prints as text, shows itself in a notebook, and gives its tables.
    Raises UsageError for an unknown name, number or option, and for what does not fit.

    >>> trace("backprop-or", {"lr": 0.2}).table("Forward").column("unit")
    [3, 4, 5]
    >>> net = {"units": [1, 1], "weights": {"w02": -1, "w12": 2}}
    >>> trace(net, input=[0.5], target=1).table("Forward, y").column("z")
    [0.0]
    """
    for key in options:
        if key not in OF_NETWORKS:
            raise unknown_argument("trace", key, OF_NETWORKS)
    if not isinstance(name, str | PathLike | dict) and not hasattr(name, "folder"):
        raise UsageError(
            "a trace is of an example's name, a run, or a network as a .json file or a dict; this is "
            f"{shown(name)}"
        )
    asked = {key: value for key, value in options.items() if value is not None}
    if is_example(name) and (name in catalog.names("trace") or not asked):
        return _example(name, arguments, asked)
    from gradatim.jobs.trace_network import trace_network

    return trace_network(name, arguments or {}, asked)


def is_example(name: Any) -> bool:
    """Whether a name is that of a worked example, or may be meant as one: no file, no run, no dict."""
    if not isinstance(name, str):
        return False
    if name in catalog.names("trace"):
        return True
    from gradatim.jobs.trace_network import is_network

    return not is_network(name)


def _example(name: str, arguments: dict[str, Any] | None, asked: dict[str, Any]) -> Trace:
    """A worked example of the catalogue."""
    from gradatim.models.description import arguments_of

    row = catalog.find(name, "trace")
    if asked:
        raise UsageError(
            f"--{next(iter(asked))} is for a run or a network's .json file; the numbers of {name} are "
            "changed as key=value"
        )
    function = row.load()
    found = function(**arguments_of({**(arguments or {}), "name": name}, function))
    return replace(found, before=function()) if arguments else found


def numbers_of(name: str) -> list[tuple[str, str]]:
    """The numbers of a trace that may be changed, each with its own value.

    >>> numbers_of("learning-loop")[0]
    ('x', '2, -1')
    """
    from gradatim.models.description import parameters_of

    taken = parameters_of(catalog.find(name, "trace").load())
    return [(key, _written(one.default)) for key, one in taken.items()]


def _written(value: Any) -> str:
    """A value as it is typed behind key=: rows in brackets, a list with commas."""
    if value is None:
        return "chosen by the example"
    if isinstance(value, str | int | float) or not value:
        return str(value)
    nested = any(isinstance(one, tuple | list) for one in value)
    return str([list(one) for one in value]) if nested else ", ".join(map(str, value))


def write_page(found: Trace, path: str | Path, theme: str = "auto") -> None:
    """Write a trace's page to an .html file, whole or not at all."""
    from gradatim.explain.traces.page import as_page
    from gradatim.files import write

    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"a trace's page is written to an .html file; this is {path}")
    write(path, as_page(found, theme))
