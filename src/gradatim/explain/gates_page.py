"""Gates over a text as one page of HTML that needs no script, no network and no other file."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from gradatim.explain.figures.gates import Panel
from gradatim.printable import legible

PAGE, STYLE = "gates.html.j2", "report_page.css.j2"


def gates_page(panels: Sequence[Panel], title: str, rows: Sequence[dict[str, Any]], said: str) -> str:
    """The page: the whole text once for each panel, and a table of what units follow."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    room = files("gradatim.explain")
    texts = {name: room.joinpath(name).read_text("utf-8") for name in (PAGE, STYLE)}
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        loader=DictLoader(texts),
    )  # fmt: skip
    shown = [{"title": panel.title, "ends": panel.ends, "pieces": _coloured(panel)} for panel in panels]
    page = environment.get_template(PAGE).render(title=title, panels=shown, rows=rows, said=said)
    return legible(page)


def _coloured(panel: Panel) -> list[tuple[str, str, str, str]]:
    """Each piece with the colour it is mixed with, how much of it, and its value in words."""
    levels = [panel.level(value) for value in panel.values.tolist()]
    return [
        ("right" if level > 0 else "wrong", f"{0.75 * abs(level):.2f}", f"{value:.2f}", piece)
        for piece, level, value in zip(panel.pieces, levels, panel.values.tolist(), strict=True)
    ]
