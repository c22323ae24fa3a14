"""A trace as HTML: one page that needs no script, no network and no other file."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from gradatim.checks import one_of
from gradatim.explain.traces.differences import moved_cells, moved_parts, tables_before
from gradatim.explain.traces.mathml import mathml
from gradatim.explain.traces.record import Beside, Group, Part, Table, Trace, numeric, table_text
from gradatim.explain.traces.sums_as_text import short
from gradatim.printable import legible

PAGE = "trace.html.j2"
TEMPLATES = (PAGE, "trace_parts.html.j2", "trace_part.html.j2", "trace_units.html.j2")
SMALL = 10  # numbers along a side of a map that an opened unit shows as numbers; a larger one is a picture
THEMES = ("auto", "light", "dark")
# One letter, an underscore, and an index, w_ij or h_{t−1}: what a page can set lower
LETTER = "[A-Za-zΑ-Ωα-ωŷ]"
PLACE = r"(?:([A-Za-z0-9]{1,3})(?![A-Za-z0-9_])|\{([^{}]{1,5})\})"
INDEX = re.compile(rf"(?<![A-Za-z_])({LETTER})_{PLACE}")


def as_page(trace: Trace, theme: str = "auto") -> str:
    """The whole page, `light`, `dark`, or as the reader's screen is."""
    return _rendered(PAGE, trace, one_of("theme", theme, THEMES))


def as_fragment(trace: Trace) -> str:
    """What stands between the page's head and foot, for a notebook."""
    return _rendered("trace_parts.html.j2", trace)


def _rendered(name: str, trace: Trace, theme: str = "auto") -> str:
    from jinja2 import DictLoader, Environment, StrictUndefined

    here = files("gradatim.explain")
    texts = {file: here.joinpath(file).read_text("utf-8") for file in TEMPLATES}
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        loader=DictLoader(texts),
    )  # fmt: skip
    environment.filters["indexed"] = _indexed
    groups = trace.groups() if trace.groups is not None and name == PAGE else []
    shown = [_group(group, tables_before(trace)) for group in groups]
    page = environment.get_template(name).render(trace=trace, parts=_parts(trace), theme=theme, groups=shown)
    return legible(page)


def _indexed(text: str) -> Any:
    """The text escaped, w_ij with its index set lower."""
    from markupsafe import Markup, escape

    return Markup(INDEX.sub(lambda found: f"{found[1]}<sub>{found[2] or found[3]}</sub>", str(escape(text))))


def _parts(trace: Trace) -> list[dict[str, Any]]:
    """Parts with their kind, and what has moved behind them."""
    return _shown([*trace.parts, *moved_parts(trace)], tables_before(trace))


def _shown(parts: Sequence[Part], old: Mapping[str, Table], small: int | None = None) -> list[dict[str, Any]]:
    """Parts with their kind, equations that follow each other as one; maps beyond `small` as pictures."""
    found: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, Table | Beside):
            tables = [part] if isinstance(part, Table) else part.tables
            shown = [_table(table, old.get(table.caption), small) for table in tables]
            found.append({"kind": "tables", "tables": shown, "captions": [table.caption for table in tables]})
        elif part.text.startswith("  "):
            if found and found[-1]["kind"] == "equation":
                found[-1]["lines"].append(mathml(part.text[2:]))
            else:
                found.append({"kind": "equation", "lines": [mathml(part.text[2:])]})
        else:
            found.append({"kind": "sentence", "text": part.text})
    return found


def _group(group: Group, old: Mapping[str, Table]) -> dict[str, Any]:
    """A block's buttons, each with its picture or the share of the largest value, and what they open."""
    largest = max((abs(one.value) for one in group.openings), default=0.0) or 1.0
    maps = [one.map for one in group.openings if one.map is not None]
    drawn = iter(_pictures(maps))
    units = [
        {"name": one.name, "label": one.label, "value": short(one.value, 3),
         "share": round(one.value / largest, 3), "picture": None if one.map is None else next(drawn),
         "parts": _shown(one.parts, old, SMALL)}
        for one in group.openings
    ]  # fmt: skip
    return {"name": group.name, "words": group.words, "unit": group.unit, "units": units}


def _pictures(maps: Sequence[Any]) -> list[str]:
    """Maps as grey pictures, scaled together."""
    if not maps:
        return []
    import numpy as np

    from gradatim.explain.pictures import pictures

    return [one.uri for one in pictures([np.asarray(one)[None] for one in maps])]


def _table(table: Table, before: Table | None, small: int | None = None) -> dict[str, Any]:
    """A table whose cells know whether they have moved: what is shown differs from what was shown before."""
    if small is not None and not table.columns and min(len(table.rows), len(table.rows[0])) > small:
        flat = [float(cell) for row in table.rows for cell in row]  # type: ignore[arg-type]
        said = f"{table.caption}, {short(min(flat), 3)} black … {short(max(flat), 3)} white"
        return {"caption": said, "picture": _pictures([table.rows])[0]}
    rows, moved = table_text(table), moved_cells(table, before)
    right = numeric(table)
    cells = [list(zip(row, marks, strict=True)) for row, marks in zip(rows, moved, strict=True)]
    return {"caption": table.caption, "columns": table.columns, "rows": cells, "right": right,
            "numbers": not table.columns and all(right)}  # fmt: skip
