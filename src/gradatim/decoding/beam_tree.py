"""What beam search looked at on its way: a tree of prefixes (curriculum E12)."""

from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from gradatim.decoding.beam_search import Said, beam_search


class Node(NamedTuple):
    """A prefix at a step, from 1: its last symbol, log p of all of it, the place of the prefix that it
    continues among all nodes (−1 for none), and whether it ends.
    """

    step: int
    symbol: int
    log_p: float
    parent: int
    ends: bool


def beam_tree(
    network: Any, values: Any, lengths: Any, symbols: int, most_steps: int, beam: int = 5,
    length_penalty: float = 1.0,
) -> tuple[list[Node], Said]:  # fmt: skip
    """The prefixes that went on or ended at each step of the search for one input (1, …), the likeliest of a
    step first, and what was found.
    """
    nodes: list[Node] = []
    live = [-1] * beam  # the node that each of the B prefixes ends with

    def watch(prefix: np.ndarray, symbol: np.ndarray, log_p: np.ndarray, ends: np.ndarray) -> None:
        step = nodes[-1].step + 1 if nodes else 1
        before, after = list(live), []
        columns = zip(prefix.tolist(), symbol.tolist(), log_p.tolist(), ends.tolist(), strict=True)
        for place, one, p, end in columns:
            if not end:
                after.append(len(nodes) if isfinite(p) else -1)
            if isfinite(p):
                nodes.append(Node(step, one, p, before[place], end))
        live[:] = after + [-1] * (beam - len(after))

    ((found, *_),) = beam_search(
        network, values, lengths, symbols, most_steps, beam, 1, length_penalty, watch
    )  # fmt: skip
    return nodes, found


def path_of(nodes: list[Node], found: Said) -> set[int]:
    """The places of the nodes of what was found."""
    here, at = -1, set()
    for step, symbol in enumerate(found.symbols, 1):
        fits = [
            k for k, node in enumerate(nodes)
            if node.step == step and node.symbol == symbol and node.parent == here
        ]  # fmt: skip
        if not fits:
            break
        here = fits[0]
        at.add(here)
    return at
