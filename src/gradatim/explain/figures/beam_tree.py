"""The tree of prefixes that beam search followed, as a picture (curriculum E12)."""

from collections.abc import Sequence
from typing import Any

from gradatim.checks import UsageError
from gradatim.decoding.beam_tree import Node
from gradatim.explain.figures.style import Picture, Theme, short

MOST_STEPS, MOST_BEAM = 24, 10
STEP, RANK = 1.25, 0.5  # inches from step to step, and from rank to rank


def beam_tree_figure(nodes: Sequence[Node], found: set[int], symbols: Sequence[str], title: str) -> Picture:
    """A column for every step, its prefixes from the likeliest down; a line from each to the one that it
    continues. What was found stands in bold, what ended in a frame, and below each symbol log p.

    Raises UsageError for more steps, or a wider beam, than can be read.
    """
    steps = max((node.step for node in nodes), default=0)
    places = _ranks(nodes)
    wide = max(places, default=-1) + 1
    if not 0 < steps <= MOST_STEPS or wide > 2 * MOST_BEAM:
        raise UsageError(
            f"a tree is drawn of 1 to {MOST_STEPS} steps and a beam of at most {MOST_BEAM}; this has {steps} "
            f"steps of up to {wide} prefixes"
        )

    def draw(figure: Any, theme: Theme) -> None:
        axes = figure.add_subplot()
        axes.set_axis_off()
        for k, node in enumerate(nodes):
            x, y = node.step, -places[k]
            before = (0, 0) if node.parent < 0 else (nodes[node.parent].step, -places[node.parent])
            on_way = k in found
            axes.plot(
                [before[0] + (0.36 if before[0] else 0.1), x - 0.36], [before[1] + 0.08, y + 0.08],
                linewidth=2.2 if on_way else 0.9, color=theme.lines[0] if on_way else theme.faint, zorder=1,
            )  # fmt: skip
            frame = {"boxstyle": "round,pad=0.25", "facecolor": theme.paper, "linewidth": 1.1}
            frame["edgecolor"] = theme.ink if node.ends else theme.paper
            weight = "bold" if on_way else "normal"
            axes.text(x, y + 0.08, short(symbols[node.symbol], 12), ha="center", va="center", fontsize=9.5,
                      fontweight=weight, bbox=frame, zorder=2)  # fmt: skip
            axes.text(x, y - 0.34, _written(node.log_p), ha="center", va="center", fontsize=7,
                      color=theme.ink, alpha=0.75, zorder=3)  # fmt: skip
        axes.plot([0], [0.08], "o", color=theme.ink, markersize=5)
        axes.set_xlim(-0.3, steps + 0.6)
        axes.set_ylim(-wide + 0.3, 0.7)
        figure.suptitle(title, fontweight="bold", fontsize=13, x=0.02, ha="left")

    said = " ".join(symbols[nodes[k].symbol] for k in sorted(found, key=lambda k: nodes[k].step))
    size = (max(STEP * (steps + 0.9), 5.0, 0.115 * len(title)), max(RANK * wide + 1.0, 2.4))
    return Picture(draw, size, f"The tree of a beam search of {steps} steps; found: {said}")


def _ranks(nodes: Sequence[Node]) -> list[int]:
    """Of each node its place among those of its step, the likeliest first."""
    found: list[int] = []
    for k, node in enumerate(nodes):
        found.append(sum(one.step == node.step for one in nodes[:k]))
    return found


def _written(log_p: float) -> str:
    """Log p with two digits, and a minus of its own."""
    return f"{log_p:.2f}".replace("-0.00", "0").replace("-", "−")
