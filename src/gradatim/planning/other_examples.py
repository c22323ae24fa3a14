"""Examples beside those that a network learns from: their layout, and where they are found again."""

from collections.abc import Mapping
from typing import Any

from gradatim.checks import UsageError
from gradatim.data.sources.source import Examples, Source, source_like

PLACE = ("memory", "stream", "name", "path")  # of a source; the rest of it are options
LAYOUTS = {
    "rows": "rows of a table or of arrays",
    "streams": "a text",
    "foreign": "a loader",
    "padded": "sequences",
    "pairs": "inputs, each with a text",
}


def source_alike(data: Any, whole: Examples, needs: str) -> Source:
    """The source that reads `data` like the examples; UsageError, which `needs` words, for another layout."""
    source = source_like(data, whole, whole.question.task)
    if source.layout != whole.layout:
        raise UsageError(needs.format(LAYOUTS[whole.layout], whole.name))
    return source


def place_of(source: Any) -> Any:
    """Where examples are found: a name, a path, or nothing where they were in memory; a share is itself."""
    return source.get("path") or source.get("name") if isinstance(source, Mapping) else source
