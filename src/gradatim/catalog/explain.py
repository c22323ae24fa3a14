"""Traces: worked examples by name."""

from gradatim.catalog.entry import Entry

BACKPROPAGATION = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors"


def _trace(
    name: str, rows: str, sentence: str, paper: str = "", year: int = 0, module: str | None = None
) -> Entry:
    """A trace whose function has its name; several may live in one module."""
    function = name.replace("-", "_")
    home = f"gradatim.explain.traces.{module or function}:{function}"
    return Entry(name, "trace", home, paper, year, rows, sentence)


ENTRIES = (
    _trace("forward-run", "B16", "A forward run through five units, and what two losses send back."),
    _trace("learning-loop", "B8",
           "Forward, loss, backward and update of one ReLU unit by the chain rule."),
    _trace("backprop-or", "B6 B7",
           "Backpropagation unit by unit in a network for OR, until all four answers are right.",
           BACKPROPAGATION, 1986),
)  # fmt: skip
