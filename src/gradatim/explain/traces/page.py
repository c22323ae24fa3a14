"""A trace as HTML: one page that needs no script, no network and no other file."""

import re
from importlib.resources import files
from typing import Any

from gradatim.checks import one_of
from gradatim.explain.traces.differences import differences, moved_cells, tables_before
from gradatim.explain.traces.mathml import mathml
from gradatim.explain.traces.record import Beside, Line, Table, Trace, numeric, table_text
from gradatim.printable import legible

THEMES = ("auto", "light", "dark")
# One letter, an underscore, and an index, w_ij or h_{t−1}: what a page can set lower
LETTER = "[A-Za-zΑ-Ωα-ωŷ]"
PLACE = r"(?:([A-Za-z0-9]{1,3})(?![A-Za-z0-9_])|\{([^{}]{1,5})\})"
INDEX = re.compile(rf"(?<![A-Za-z_])({LETTER})_{PLACE}")


def as_page(trace: Trace, theme: str = "auto") -> str:
    """The whole page, `light`, `dark`, or as the reader's screen is."""
    return _rendered("trace.html.j2", trace, one_of("theme", theme, THEMES))


def as_fragment(trace: Trace) -> str:
    """What stands between the page's head and foot, for a notebook."""
    return _rendered("trace_parts.html.j2", trace)


def _rendered(name: str, trace: Trace, theme: str = "auto") -> str:
    from jinja2 import DictLoader, Environment, StrictUndefined

    here = files("gradatim.explain")
    texts = {
        file: here.joinpath(file).read_text("utf-8") for file in ("trace.html.j2", "trace_parts.html.j2")
    }
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        loader=DictLoader(texts),
    )  # fmt: skip
    environment.filters["indexed"] = _indexed
    page = environment.get_template(name).render(trace=trace, parts=_parts(trace), theme=theme)
    return legible(page)


def _indexed(text: str) -> Any:
    """The text escaped, w_ij with its index set lower."""
    from markupsafe import Markup, escape

    return Markup(INDEX.sub(lambda found: f"{found[1]}<sub>{found[2] or found[3]}</sub>", str(escape(text))))


def _parts(trace: Trace) -> list[dict[str, Any]]:
    """Parts with their kind, equations that follow each other as one."""
    found: list[dict[str, Any]] = []
    old, moved = tables_before(trace), differences(trace)
    for part in [*trace.parts, *([moved] if moved is not None else [])]:
        if isinstance(part, Table):
            found.append({"kind": "tables", "tables": [_table(part, old.get(part.caption))]})
        elif isinstance(part, Beside):
            found.append(
                {"kind": "tables", "tables": [_table(table, old.get(table.caption)) for table in part.tables]}
            )
        elif isinstance(part, Line) and part.text.startswith("  "):
            if found and found[-1]["kind"] == "equation":
                found[-1]["lines"].append(mathml(part.text[2:]))
            else:
                found.append({"kind": "equation", "lines": [mathml(part.text[2:])]})
        else:
            found.append({"kind": "sentence", "text": part.text})
    return found


def _table(table: Table, before: Table | None) -> dict[str, Any]:
    """A table whose cells know whether they have moved: what is shown differs from what was shown before."""
    rows, moved = table_text(table), moved_cells(table, before)
    cells = [list(zip(row, marks, strict=True)) for row, marks in zip(rows, moved, strict=True)]
    return {"caption": table.caption, "columns": table.columns, "rows": cells, "right": numeric(table)}
