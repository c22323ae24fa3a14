"""Attention as a drawing: the steps of the memory in a row, a line from each as thick as its weight."""

from collections.abc import Sequence

from gradatim.explain.traces.sums_as_text import number
from gradatim.explain.traces.svg_parts import BOX, arrow, circle, line, svg, text

HEIGHT, STEP = 330, 140
FADED = 'fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="3 4"'
SHARE = 'stroke="var(--valid, #3b7dc4)" stroke-width="{width:.1f}" fill="none"'


def attention_drawing(weights: Sequence[float], real: Sequence[bool], before: Sequence[float],
                      context: Sequence[float], state: Sequence[float]) -> str:  # fmt: skip
    """h_1 … h_L above, the context in the middle, the state below; padding is dashed.

    >>> drawn = attention_drawing([0.75, 0.25, 0], [True, True, False], [0.5], [1, 0], [0.1])
    >>> drawn.count("stroke-dasharray"), "α = 0.75" in drawn
    (1, True)
    """
    width = max(STEP * len(weights), 420)
    middle, first = width / 2, (width - STEP * (len(weights) - 1)) / 2
    lines, boxes = [], []
    for at, (weight, there) in enumerate(zip(weights, real, strict=True)):
        x = first + STEP * at
        boxes.append(circle(x, 40, 24, BOX if there else FADED) + text(x, 45, f"h{at + 1}"))
        if there:
            lines.append(line(x, 64, middle, 152, SHARE.format(width=0.8 + 11 * weight)))
            boxes.append(text(x + 0.3 * (middle - x), 100, f"α = {number(weight, 3)}", 13, "halo"))
    boxes += [
        circle(middle, 170, 22), text(middle, 175, "c"),
        text(middle + 34, 175, f"({', '.join(number(v) for v in context)})", 13, "dim", "start"),
        arrow(middle, 192, middle, 253), circle(middle, 277, 24), text(middle, 282, "s′"),
        text(middle + 34, 282, f"({', '.join(number(v) for v in state)})", 13, "dim", "start"),
        arrow(middle - 110, 277, middle - 26, 277), circle(middle - 134, 277, 24),
        text(middle - 134, 282, "s"),
        text(middle - 134, 318, f"({', '.join(number(v) for v in before)})", 13, "dim"),
    ]  # fmt: skip
    words = "Every step of the memory, its weight as the thickness of its line, the context, the new state"
    return svg(width, HEIGHT, words, [*lines, *boxes])
