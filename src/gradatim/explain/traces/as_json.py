"""A trace as JSON: everything, in full precision."""

from typing import Any

from gradatim.explain.traces.record import Beside, Line, Table, Trace, plain

FORMAT = 1  # of a trace


def as_json(trace: Trace) -> dict[str, Any]:
    """The trace as a dictionary that `json.dumps` writes; a number that is not finite is its name.

    >>> as_json(Trace("Sums", "B1", "", [Line("1 + 1 = 2")]))["parts"]
    [{'text': '1 + 1 = 2'}]
    """
    parts = [_part(part) for part in trace.parts]
    found: dict[str, Any] = {
        "format": FORMAT, "title": trace.title, "rows": trace.rows.split(), "source": trace.source, "parts":
        parts,
    }  # fmt: skip
    if trace.values is not None:
        found["values"] = plain(trace.values)
    if trace.before is not None:
        found["before"] = as_json(trace.before)
    return found


def _part(part: Line | Table | Beside) -> dict[str, Any]:
    if isinstance(part, Line):
        return {"text": part.text}
    if isinstance(part, Beside):
        return {"beside": [_part(table) for table in part.tables]}
    return {"caption": part.caption, "columns": list(part.columns), "rows": plain(part.rows)}
