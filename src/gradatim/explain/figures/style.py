"""How every figure looks: paper, ink, lines told apart without colour, and the formats written."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import UsageError, one_of

THEMES = {
    "light": {"paper": "#ffffff", "ink": "#1b1f24", "faint": "#c9ced6"},
    "dark": {"paper": "#14171a", "ink": "#e6e8eb", "faint": "#454b54"},
}
COLOURS = {"light": ("#0072b2", "#b34700", "#00704d"), "dark": ("#56b4e9", "#e69f00", "#4cc38a")}
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)))  # the second and third line, without colour
FORMATS = (".png", ".svg")
SIZE = (7.2, 4.4)  # inches


@contextmanager
def themed(theme: str) -> Iterator[tuple[Any, ...]]:
    """Matplotlib's settings for a theme, only inside; yields its line colours."""
    import matplotlib

    one_of("theme", theme, THEMES)
    paper, ink, faint = THEMES[theme].values()
    settings: dict[Any, Any] = {
        "figure.facecolor": paper, "axes.facecolor": paper, "savefig.facecolor": paper, "text.color": ink,
        "axes.edgecolor": ink, "axes.labelcolor": ink, "xtick.color": ink, "ytick.color": ink,
        "grid.color": faint, "axes.grid": True, "grid.linewidth": 0.6, "axes.axisbelow": True,
        "axes.spines.top": False, "axes.spines.right": False, "font.size": 11, "axes.titlesize": 13,
        "axes.titlelocation": "left", "lines.linewidth": 2.0, "legend.frameon": False, "svg.fonttype": "none",
        "svg.hashsalt": "gradatim", "font.family": "DejaVu Sans",
    }  # fmt: skip
    with matplotlib.rc_context(settings):
        yield COLOURS[theme]


def write_figure(
    draw: Callable[[Any, tuple[Any, ...]], None], path: str | Path, theme: str = "light"
) -> Path:
    """Draw on one pair of axes and write it, whole or not at all, as PNG or SVG by the name of the file."""
    from matplotlib.figure import Figure

    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"a figure is written to a {' or '.join(FORMATS)} file, not to {path}")
    with themed(theme) as colours:
        figure = Figure(figsize=SIZE, layout="constrained")
        draw(figure.add_subplot(), colours)
        content = io.BytesIO()
        kind = path.suffix.lower().removeprefix(".")
        metadata = {"Date": None} if kind == "svg" else None  # the same figure, the same bytes
        figure.savefig(content, format=kind, dpi=160, metadata=metadata)
    files.write(path, content.getvalue())
    return path
