"""What a network attended to while it said some of its answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.problems.evidence import Alignment, Answers, Evidence
from gradatim.runs.attended import attended, attends
from gradatim.runs.trained import Trained

MOST = 3  # answers
LONGEST = 30  # units of either side


def aligned(trained: Trained, pairs: Any, found: Sequence[Evidence]) -> list[Evidence]:
    """The alignment of the likeliest of the answers that are shown, those that are short enough to be drawn;
    nothing of a network that attends to nothing.
    """
    shown = next((one for one in found if isinstance(one, Answers)), None)
    if shown is None or not attends(trained):
        return []
    kept = []
    for row in shown.rows:
        one = attended(trained, pairs.take(np.array([row])))
        if max(one.weights.shape) <= LONGEST:
            kept.append((row, one))
        if len(kept) == MOST:
            break
    if not kept:
        return []
    rows, every = zip(*kept, strict=True)
    read, said = [tuple(one.read) for one in every], [tuple(one.said) for one in every]
    return [Alignment(list(rows), read, said, [one.weights for one in every])]
