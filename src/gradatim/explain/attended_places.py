"""Where a network looks on pictures while it says what is on them."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.problems.evidence import AttendedPlaces, Evidence
from gradatim.runs.asking import dtype_of
from gradatim.runs.trained import Trained

MOST = 6  # pictures in a report


class Look(NamedTuple):
    """The words that are said of a picture, and the weights (T, h, w) of its places at each."""

    words: list[str]
    weights: np.ndarray


def looks(trained: Trained, examples: Any) -> list[Look]:
    """Of every picture what is said and where is looked; nothing of a network that does not attend."""
    from gradatim.decoding.answering import say

    network: Any = trained.module()
    problem: Any = trained.problem
    encoder: Any = trained.encoder
    if not hasattr(network, "grid"):
        return []
    prepared = encoder.prepare_to_ask(examples, problem, dtype_of(trained))
    said = say(network, prepared, encoder.most_steps, problem.beam, 1, problem.length_penalty)
    grid = network.grid(*examples.shape[1:])
    found = []
    for best, *_ in said:
        words = encoder.answers.units(best.symbols)
        assert best.attention is not None
        found.append(Look(words, best.attention[: len(words)].reshape(len(words), *grid)))
    return found


def attended_places(trained: Trained, examples: Any) -> list[Evidence]:
    """Where is looked on some pictures, evenly spaced among all."""
    rows = np.unique(np.linspace(0, len(examples) - 1, min(MOST, len(examples))).round().astype(int))
    found = looks(trained, examples.take(rows))
    if not found:
        return []
    words, weights = ([getattr(one, name) for one in found] for name in Look._fields)
    return [AttendedPlaces(rows.tolist(), words, weights)]
