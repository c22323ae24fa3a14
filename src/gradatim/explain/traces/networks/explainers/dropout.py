"""Dropout: its mask."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Cell, Line, Part, Table

SHOWN = 60  # elements of a mask that are listed


class Dropout(Explainer):
    """h = x ⊙ m/(1 − p), with the mask that training would draw at this step."""

    equations = ("h = x ⊙ m / (1 − p)    m_i = 1 with probability 1 − p",)
    backward_equations = ("∂L/∂x = ∂L/∂h ⊙ m / (1 − p)",)

    def whole(self, view: View) -> list[Part]:
        """Every element with its mask."""
        mask = mask_of(view)
        rows: list[list[Cell]] = [
            [n + 1, float(x), int(m), float(h)]
            for n, (x, m, h) in enumerate(zip(view.x.ravel(), mask.ravel(), view.z.ravel(), strict=True))
        ]
        wide = [0, digits(view.x), 0, digits(view.z)]
        caption = f"{view.block.name}: its mask"
        return [self._said(view, mask), Table(caption, ["unit", "x", "m", "h"], rows[:SHOWN], wide)]

    def summary(self, view: View) -> list[Part]:
        """How many it drops, and what the rest are like."""
        return [self._said(view, mask_of(view)), *super().summary(view)]

    def _said(self, view: View, mask: np.ndarray) -> Line:
        dropped, setup = int(mask.size - mask.sum()), view.step.setup
        p = getattr(view.layer, "p", 0)
        return Line(
            f"p = {p:g}: {dropped:,} of {mask.size:,} are dropped by the mask of seed {setup.seed} at step "
            f"{setup.t}; the next pass has the same mask. When the network answers, nothing is dropped."
        )


def mask_of(view: View) -> np.ndarray:
    """1 where the layer keeps an element, otherwise 0."""
    with view.as_before() as layer:
        held = layer._m  # type: ignore[attr-defined]
        return np.ones(view.x.shape, int) if held is None else (np.asarray(held) != 0).astype(int)
