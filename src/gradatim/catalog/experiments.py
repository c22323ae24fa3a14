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
    _claim("loss-surface", "B15",
           "The loss around trained networks in filter-normalised directions, and three learning rates.",
           "Li et al., Visualizing the loss landscape of neural nets", 2018),
    _claim("optimizer-paths", "C10",
           "Every optimiser of the catalogue on a bowl, a saddle, two minima and a noisy bowl.",
           "Polyak, Some methods of speeding up the convergence of iteration methods", 1964),
    _claim("leaving-saddles", "C12",
           "How often full-batch descent, SGD and momentum leave a poor minimum and a saddle; step decay.",
           "Robbins & Monro, A stochastic approximation method", 1951),
    _claim("one-hyper-parameter", "C13",
           "Nine hyper-parameters, each changed alone: learning curves and errors.",
           "Bengio, Practical recommendations for gradient-based training of deep architectures", 2012),
    _claim("timeline", "I6",
           "Machines from the threshold unit to the support-vector machine on the same small data.",
           "Minsky & Papert, Perceptrons", 1969),
    _claim("four-generations", "B23",
           "Digits by rules, on designed features, on learned features, and end to end.",
           "LeCun et al., Backpropagation applied to handwritten zip code recognition", 1989),
    _claim("zero-initialisation", "B13",
           "Weights that all begin at zero: hidden units that never move, or stay copies of each other.",
           BACKPROPAGATION, 1986),
    _claim("linear-layers", "B1", "Linear layers on each other are one linear layer, trained or not."),
)  # fmt: skip
