"""The map of learning: what is learned from what, and where every entry of the catalogue stands on it."""

from collections.abc import Iterable

from gradatim import catalog
from gradatim.explain.traces.record import Line, Table, Trace

# Ways of learning: what they are given, what is asked, and the problems of the catalogue that ask it
WAYS = (
    ("supervised: regression", "x and a number y", "how much?",
     ("numbers", "intervals", "mixtures", "counts", "forecasts")),
    ("supervised: classification", "x and a class y", "which one?",
     ("classes", "labels", "shares", "masks", "membranes", "tags", "next character", "next word",
      "next frame", "translation", "caption", "transcript")),
    ("supervised: detection", "x and boxes around the objects in it", "which are there, and where?",
     ("boxes", "one box")),
    ("supervised: several tasks", "x and a y of each task", "how much, and which one?", ("tasks",)),
    ("unsupervised: compression", "x alone", "what describes x in fewer numbers?",
     ("reconstruction", "word contexts")),
    ("unsupervised: density", "x alone", "how probable is x?", ("variational",)),
    ("unsupervised: clustering", "x alone", "which belong together?", ("best unit",)),
    ("reinforcement", "x, an action, a reward later", "what to do next?", ()),
)  # fmt: skip
# Parts of y = f(x; θ): which kinds of entries they are
PARTS = (
    ("x, y", "examples", ("dataset", "text", "music", "sound", "source")),
    ("the question", "what y is, and what an output means", ("problem",)),
    ("x′", "codes of x that were learned without y", ("encoding",)),
    ("x, y", "what else x may be while y stays", ("augmentation",)),
    ("f", "a network", ("network",)),
    ("f", "its layers", ("layer",)),
    ("f", "what bends between them", ("activation",)),
    ("θ at the start", "initial weights", ("initialiser",)),
    ("L(f(x; θ), y)", "how wrong an answer is", ("loss",)),
    ("L + penalty", "what else θ is to be", ("penalty",)),
    ("θ ← θ − …", "how θ is found", ("optimizer",)),
    ("θ ← θ − …", "how long a step is", ("schedule", "clipping")),
    ("f(x; θ)", "how an output becomes an answer", ("decoding",)),
    ("all of it", "with the face of scikit-learn", ("estimator",)),
    ("all of it", "worked through, every number on the table", ("trace",)),
    ("all of it", "claims, each with its verdict", ("experiment",)),
    ("all of it", "pages to read", ("page",)),
)  # fmt: skip
# Losses that measure a number or the distribution of one; the others measure classes
OF_NUMBERS = ("squared_error", "half_squared_error", "absolute_error", "huber", "gaussian_nll", "laplace_nll",
              "poisson_nll", "mixture_nll")  # fmt: skip


def learning_map() -> Trace:
    """The ways of learning θ of y = f(x; θ), and every entry of the catalogue at its place.

    A model is parametric where θ has a fixed number of entries, whatever the number of examples; networks
    are. What keeps examples, as nearest neighbours do, or grows with them, as trees do, is not.
    """
    return Trace("A map of learning", "B19", "", [
        Line("  y = f(x; θ)"),
        Line("f is a form that a person chooses: layers, and how they are connected. θ are its numbers, and "
             "they are learned: from examples, so that f(x; θ) comes near y. With a fixed number of entries "
             "in θ, however many examples there are, the model is parametric, as every network is; nearest "
             "neighbours keep the examples, trees grow with them, and are not."),
        Table("Ways of learning", ["way", "given", "asked", "here"], [
            [way, given, asked, ", ".join(problems) or "nothing yet"] for way, given, asked, problems in WAYS
        ]),
        Table("Losses by what they measure", ["of", "losses"], [
            ["a number", _listed(row.name for row in catalog.entries("loss") if row.name in OF_NUMBERS)],
            ["a class", _listed(row.name for row in catalog.entries("loss") if row.name not in OF_NUMBERS)],
        ]),
        Table("Every entry of the catalogue", ["part", "what it is", "entries", "names"], [
            [part, what, len(names), _listed(names)]
            for part, what, names in placed()
        ]),
    ])  # fmt: skip


def placed() -> list[tuple[str, str, list[str]]]:
    """Each part of the map with the names of its entries, parts without any left out."""
    kinds: dict[str, list[str]] = {}
    for row in catalog.entries():
        kinds.setdefault(row.kind, []).append(row.name)
    found = [(part, what, [name for kind in of for name in kinds.get(kind, ())]) for part, what, of in PARTS]
    return [(part, what, names) for part, what, names in found if names]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
