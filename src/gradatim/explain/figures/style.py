"""How every figure looks: paper, ink, lines told apart without colour, and the formats written."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from gradatim import files
from gradatim.checks import UsageError, one_of, real, whole
from gradatim.printable import legible


class Theme(NamedTuple):
    """The colours of a figure; a colour never says anything that a dash, a mark or a word does not say."""

    paper: str
    ink: str
    faint: str
    lines: tuple[str, ...]


THEMES = {
    "light": Theme(
        "#ffffff", "#1b1f24", "#c9ced6", ("#0072b2", "#b34700", "#00704d", "#8e3b7c", "#6b6100", "#4a5260")
    ),
    "dark": Theme(
        "#14171a", "#e6e8eb", "#454b54", ("#56b4e9", "#e69f00", "#4cc38a", "#e08bc4", "#d8cc4a", "#b4bcc8")
    ),
}
# The second line and those after it, without colour
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1.2)), (0, (8, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P")
HATCHES = ("", "///", "...", "\\\\\\", "xx", "--")
FORMATS = (".png", ".svg")
SIZE = (7.2, 4.4)  # inches
DPI, MOST_DPI = 160, 1200
FONT = "DejaVu Sans"  # comes with matplotlib
LIKE_IT = "Verdana, sans-serif"  # as wide, where a reader of an SVG has not got it


class Picture(NamedTuple):
    """What is drawn on an empty matplotlib figure, how large that is, and what it shows in words."""

    draw: Callable[[Any, Theme], None]
    size: tuple[float, float] = SIZE
    words: str = ""  # for those who do not see it


def short(text: object, most: int = 28) -> str:
    """A name that leaves room for the picture: of a long one the end, which tells paths apart.

    >>> short("runs/digits-1"), short("a-very-long-name-of-a-run", 12)
    ('runs/digits-1', '…e-of-a-run')
    """
    text = legible(str(text))
    return text if len(text) <= most else f"…{text[2 - most :]}"


@contextmanager
def use_theme(theme: str) -> Iterator[Theme]:
    """Matplotlib's settings for a theme, only inside; yields its colours."""
    import matplotlib

    colours = THEMES[one_of("theme", theme, THEMES)]
    paper, ink, faint, _ = colours
    settings: dict[Any, Any] = {
        "figure.facecolor": paper, "axes.facecolor": paper, "savefig.facecolor": paper, "text.color": ink,
        "axes.edgecolor": ink, "axes.labelcolor": ink, "xtick.color": ink, "ytick.color": ink,
        "grid.color": faint, "axes.grid": True, "grid.linewidth": 0.6, "axes.axisbelow": True,
        "axes.spines.top": False, "axes.spines.right": False, "font.size": 11, "axes.titlesize": 13,
        "axes.titlelocation": "left", "lines.linewidth": 2.0, "legend.frameon": False, "svg.fonttype": "none",
        "svg.hashsalt": "gradatim", "font.family": FONT, "hatch.color": faint, "hatch.linewidth": 0.8,
        "axes.formatter.limits": (-4, 5), "axes.formatter.use_mathtext": False, "text.parse_math": False,
    }  # fmt: skip
    with matplotlib.rc_context(settings):
        yield colours


def shorten_ticks(axes: Any) -> None:
    """Write large ticks of both axes in thousands or millions, from a hundred thousand on, as charts do."""
    for axis in (axes.xaxis, axes.yaxis):
        reach = max(map(abs, axis.get_view_interval()))
        if 1e5 <= reach < 1e9:
            axis.set_major_formatter(_thousands if reach < 1e6 else _millions)


def _thousands(value: float, _: int | None = None) -> str:
    """A tick in thousands.

    >>> _thousands(250_000), _thousands(0), _thousands(-50_000)
    ('250k', '0', '−50k')
    """
    return f"{value / 1e3:g}k".replace("-", "−") if value else "0"


def _millions(value: float, _: int | None = None) -> str:
    """A tick in millions.

    >>> _millions(1_500_000), _millions(0)
    ('1.5M', '0')
    """
    return f"{value / 1e6:g}M".replace("-", "−") if value else "0"


def check_format(path: str | Path) -> Path:
    """A path that a figure can be written to, by the end of its name."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"a figure is written to a {' or '.join(FORMATS)} file, not to {path}")
    return path


class Canvas(NamedTuple):
    """What a figure is drawn on: inches, or as much as the picture needs; dots an inch; whether its paper is
    clear.
    """

    size: tuple[float, float] | None = None
    dpi: int = DPI
    transparent: bool = False


def canvas(size: Any = None, dpi: Any = None, transparent: bool = False) -> Canvas:
    """A canvas of checked numbers; `size` is a pair, or a text such as 8x5.

    >>> canvas("8x5", 200)
    Canvas(size=(8.0, 5.0), dpi=200, transparent=False)

    Raises UsageError naming what cannot be.
    """
    dots = DPI if dpi is None else whole("dpi", dpi, 10)
    if dots > MOST_DPI:
        raise UsageError(f"dpi must be at most {MOST_DPI}; it is {dots}")
    if size is None:
        return Canvas(None, dots, transparent)
    parts = size.lower().replace("×", "x").split("x") if isinstance(size, str) else size
    try:
        width, height = (float(part) for part in parts)
    except (TypeError, ValueError) as error:
        raise UsageError(f"size is width x height in inches, such as 8x5; it is {size!r}") from error
    for name, inches in (("width", width), ("height", height)):
        real(name, inches, at_least=1, below=100)
    return Canvas((width, height), dots, transparent)


def write_figure(picture: Picture, path: str | Path, theme: str = "light", on: Canvas | None = None) -> Path:
    """Draw a picture and write it, whole or not at all, as PNG or SVG by the name of the file."""
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    path, on = check_format(path), on or Canvas()
    with use_theme(theme) as colours:
        figure = Figure(figsize=on.size or picture.size, layout="constrained")
        picture.draw(figure, colours)
        for text in figure.findobj(Text):
            text.set_text(legible(text.get_text()))
        drawn = io.BytesIO()
        kind = path.suffix.lower().removeprefix(".")
        words = legible(picture.words)
        metadata = {"Date": None} if kind == "svg" else {"Description": words} if words else {}
        figure.savefig(drawn, format=kind, dpi=on.dpi, metadata=metadata, transparent=on.transparent)
    content = drawn.getvalue()
    if kind == "svg":
        content = content.replace(f"'{FONT}'".encode(), f"'{FONT}', {LIKE_IT}".encode())
        if words:
            content = content.replace(b"<svg ", f'<svg role="img" aria-label="{escape(words)}" '.encode(), 1)
    files.write(path, content)
    return path
