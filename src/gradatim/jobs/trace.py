"""Trace: a worked example with every number on the table."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.explain.traces.record import Trace


def trace(name: str, arguments: dict[str, Any] | None = None) -> Trace:
    """The trace of this name, its numbers changed by `arguments`.

    What is returned prints as text, shows itself in a notebook, and gives its tables.
    Raises UsageError for an unknown name or argument.

    >>> trace("backprop-or", {"lr": 0.2}).table("Forward").column("unit")
    [3, 4, 5]
    """
    from gradatim.models.description import arguments_of

    row = catalog.find(name, "trace")
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
