"""An experiment as one page of HTML that needs no script, no network and no other file."""

from base64 import b64encode
from html import escape
from importlib.resources import files
from typing import Any

from gradatim.experiments.verdict import rule
from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.number_format import FILTERS
from gradatim.printable import legible

PAGE, PARTS = "experiment.html.j2", "experiment_parts.html.j2"


def as_page(found: Any) -> str:
    """The whole page of a Reproduction, whose style sheet has the colours of its figure."""
    return _rendered(PAGE, found, as_svg(found.chart()))


def as_fragment(found: Any) -> str:
    """What stands between the page's head and foot, for a notebook; the figure is that of the folder."""
    figure = found.folder / "figure.svg"
    if not figure.is_file():
        return _rendered(PARTS, found, [])
    drawn, words = b64encode(figure.read_bytes()).decode(), escape(found.chart().words)
    image = f'<img alt="{words}" style="max-width: 100%" src="data:image/svg+xml;base64,{drawn}">'
    return _rendered(PARTS, found, [image])


def _rendered(name: str, found: Any, pictures: list[str]) -> str:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        loader=FunctionLoader(_template),
    )  # fmt: skip
    environment.filters.update(FILTERS)
    page = environment.get_template(name).render(
        found=found, claim=found.claim, verdict=found.verdict, rule=rule(len(found.results)),
        tables=found.tables(), pictures=[Markup(one) for one in pictures],
    )  # fmt: skip
    return legible(page)


def _template(name: str) -> str:
    """A template of this room, or a style sheet of the reports'."""
    room = "gradatim.experiments" if name in (PAGE, PARTS) else "gradatim.explain"
    return files(room).joinpath(name).read_text("utf-8")
