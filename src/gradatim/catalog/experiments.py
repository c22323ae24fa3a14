"""Claims that an experiment tests, by name."""

from gradatim.catalog.entry import Entry

BACKPROPAGATION = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors"


def _claim(name: str, rows: str, sentence: str, paper: str = "", year: int = 0) -> Entry:
    """A claim whose file and class have its name."""
    module = name.replace("-", "_")
    attribute = "".join(part.capitalize() for part in name.split("-"))
    home = f"gradatim.experiments.claims.{module}:{attribute}"
    return Entry(name, "experiment", home, paper, year, rows, sentence)


ENTRIES = (
    _claim("zero-initialisation", "B13",
           "Weights that all begin at zero: hidden units that never move, or stay copies of each other.",
           BACKPROPAGATION, 1986),
    _claim("linear-layers", "B1", "Linear layers on each other are one linear layer, trained or not."),
)  # fmt: skip
