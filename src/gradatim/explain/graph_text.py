"""A network's graph in words: depth, width, and the connections that lead to each layer."""

from itertools import groupby
from textwrap import wrap
from typing import Any

from gradatim.explain.text_table import table

WIDTH = 80
MOST_LAYERS = 12  # listed one by one; of more there is a line for each way of connecting
MOST_WIDTHS = 12


def graph_text(graph: dict[str, Any]) -> str:
    """Depth, width and weights by layer.

    >>> layer = {"name": "0", "connected": "complete bipartite", "inputs": 2, "units": 1, "weights": 2,
    ...          "biases": 1}
    >>> print(graph_text({"depth": 0, "width": [], "layers": [layer], "elsewhere": 0}).splitlines()[0])
    graph           depth 0 (no hidden layer)
    """
    head = wrap(depth_words(graph), WIDTH - 16, break_on_hyphens=False)
    lines = [f"{'graph':<16}{head[0]}", *(" " * 16 + line for line in head[1:])]
    layers = graph["layers"]
    if len(layers) <= MOST_LAYERS:
        rows = [
            [row["name"] or "network", f"{row['inputs']:,} → {row['units']:,}", row["connected"],
             f"{row['weights']:,}", f"{row['biases']:,}"]
            for row in layers
        ]  # fmt: skip
        lines += ["", table(["to layer", "units", "connected", "weights", "biases"], rows)]
    else:
        rows = []
        for words in dict.fromkeys(row["connected"] for row in layers):
            alike = [row for row in layers if row["connected"] == words]
            sums = (sum(row[key] for row in alike) for key in ("weights", "biases"))
            rows.append([words, str(len(alike)), *(f"{one:,}" for one in sums)])
        lines += ["", table(["connected", "layers", "weights", "biases"], rows)]
    if graph["elsewhere"]:
        lines.append(f"{graph['elsewhere']:,} more parameters in normalisations, shortcuts and such")
    return "\n".join(lines)


def depth_words(graph: dict[str, Any]) -> str:
    """Depth and width in one sentence's part; widths that follow each other are counted.

    >>> depth_words({"depth": 3, "width": [64, 64, 8]})
    'depth 3 (hidden layers), width 64 ×2, 8'
    """
    if not graph["width"]:
        return "depth 0 (no hidden layer)"
    runs = [(width, len(list(alike))) for width, alike in groupby(graph["width"])]
    words = [f"{width:,} ×{count}" if count > 1 else f"{width:,}" for width, count in runs]
    if len(words) > MOST_WIDTHS:
        words = [f"{min(graph['width']):,} to {max(graph['width']):,}"]
    return f"depth {graph['depth']:,} (hidden layers), width {', '.join(words)}"
