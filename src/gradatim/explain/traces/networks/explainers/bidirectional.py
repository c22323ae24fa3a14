"""Cells that read a sequence in both directions, each shown as what it is, and the vector of a sequence."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from gradatim.by_hand.layers.bidirectional import BACKWARDS
from gradatim.by_hand.layers.bidirectional import Bidirectional as Layer
from gradatim.explain.traces.networks.explainers.explainer import Explainer
from gradatim.explain.traces.networks.explainers.recurrent import Recurrent
from gradatim.explain.traces.networks.explainers.steps import is_step, step_number
from gradatim.explain.traces.networks.step import Arrays
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Line, Part

CELL = Recurrent()


class Bidirectional(Explainer):
    """h_t = [h→_t; h←_t]: the first half of the units reads from the first step, the other from the last."""

    word = "unit"
    steps = True  # which can be opened, too
    said: ClassVar[str] = "  h_t = [h→_t; h←_t]    h→ reads from the first step on, h← from the last one back"

    def lines(self, view: View) -> list[Part]:
        """How the directions stand together, and the cell's equations."""
        return [Line(self.said), *CELL.lines(halves(view)[0])]

    def whole(self, view: View) -> list[Part]:
        """Every unit of both directions, every step."""
        return [part for half in halves(view) for part in CELL.whole(half)]

    def backward(self, view: View, whole: bool) -> list[Part]:
        """∂L/∂h_t and ∂L/∂a_t, each direction's last step first."""
        if whole:
            return [part for half in halves(view) for part in CELL.backward(half, whole)]
        norms = [CELL.norms_back(half) for half in halves(view)]
        return [*CELL.formulas_back(halves(view)[0]), *super().backward(view, whole), *norms]

    def opened_at(self, view: View, tail: list[str]) -> list[Part]:
        """t2 is step 2 of all units of both directions; 3 is unit 3 at all steps, 3.2 at step 2."""
        if is_step(tail[0]):
            place = step_number(view, tail[0][1:])
            ahead, behind = (CELL.at_step(half, place) for half in halves(view))
            return [Line(self.said), *ahead, behind[-1]]
        return super().opened_at(view, tail)

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit, of the direction that it belongs to."""
        half = halves(view)[n // (view.count // 2)]
        return [Line(self.said), *CELL.opened(half, n % half.count, rest)]


class StepPooling(Explainer):
    """The vector of a sequence."""

    equations = ("h = [h→_T; h←_1], or their mean over the steps",)

    def lines(self, view: View) -> list[Part]:
        """What becomes of the steps."""
        last = view.layer.pooling == "last"  # type: ignore[attr-defined]
        text = "h = [h→_T; h←_1]    the last step of each direction" if last else "h = 1/T Σ_t h_t"
        back = "∂L/∂h→_T, ∂L/∂h←_1 from ∂L/∂h, 0 at the other steps" if last else "∂L/∂h_t = 1/T ∂L/∂h"
        return [Line(f"  {text}"), Line(f"  {back}")]


@dataclass(frozen=True)
class Half(View):
    """One direction of a block, its steps in the order in which it reads them."""

    backwards: bool = False

    def _half(self, array: np.ndarray) -> np.ndarray:
        ahead, behind = np.split(array, 2, axis=-1)
        return behind[::-1] if self.backwards else ahead

    @property
    def x(self) -> np.ndarray:
        """What it reads, the first step that it reads in front."""
        return super().x[::-1] if self.backwards else super().x

    @property
    def z(self) -> np.ndarray:
        """What it gives."""
        return self._half(super().z)

    @property
    def h(self) -> np.ndarray:
        """The same: no activation follows a cell."""
        return self._half(super().h)

    @property
    def delta(self) -> np.ndarray:
        """±∂L/∂h of its units, of what reads them."""
        return self._half(super().delta)

    def own(self, arrays: Arrays) -> Arrays:
        """Its own of arrays by parameter, by the names that the cell has for them."""
        every = super().own(arrays)
        if not self.backwards:
            return {name: a for name, a in every.items() if not name.endswith(BACKWARDS)}
        return {name.removesuffix(BACKWARDS): a for name, a in every.items() if name.endswith(BACKWARDS)}

    def label(self, n: int) -> Any:
        """A unit's name: those that read backwards are counted on."""
        return super().label(n + self.count if self.backwards else n)

    def time(self, t: int) -> int:
        """The number of the step that it reads as number t."""
        return len(self.z) - t if self.backwards else t + 1

    @property
    def direction(self) -> str:
        """How it reads."""
        return ", reading backwards" if self.backwards else ", reading forwards"


def halves(view: View) -> tuple[Half, Half]:
    """Both directions of a block."""
    layer = view.layer
    assert isinstance(layer, Layer)
    ahead, behind = (
        Half(view.step, replace(view.block, kind=layer.cell, layer=cell), view.names, backwards)
        for cell, backwards in ((layer.forwards, False), (layer.backwards, True))
    )
    return ahead, behind
