"""Whole networks."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry(
        "stack", "network", "gradatim.models.stack:stack", "", 0, "B1 B4",
        "Layers one after the other, each an entry of the catalogue.",
    ),
    Entry(
        "mlp", "network", "gradatim.models.mlp:mlp",
        "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors", 1986,
        "B1 B2 B3 B11 B13",
        "Multilayer perceptron: dense layers with an activation between them, and a linear output.",
    ),
    Entry(
        "char_lm", "network", "gradatim.models.char_lm:CharLM",
        "Sutskever, Martens & Hinton, Generating text with recurrent neural networks", 2011, "E9",
        "Character-level language model: an LSTM reads characters and says after each which comes next.",
    ),
)  # fmt: skip
