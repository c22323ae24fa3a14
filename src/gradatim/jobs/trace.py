"""Trace: a worked example with every number on the table."""

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
    return function(**arguments_of({**(arguments or {}), "name": name}, function))


def write_page(found: Trace, path: str | Path) -> None:
    """Write a trace's page to an .html file, whole or not at all."""
    from gradatim.explain.traces.page import as_page
    from gradatim.files import write

    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"a trace's page is written to an .html file; this is {path}")
    write(path, as_page(found))
