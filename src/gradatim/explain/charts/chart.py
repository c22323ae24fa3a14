"""A chart as a record: axes, and marks that say what they are. How they look is the renderers' business.

`as_svg` draws it for a page, `as_figure` with matplotlib; every kind of mark has a function in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradatim.explain.axes import Axis


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through points (n,), (n,). `role` is `training`, `validation`, `share` or `class`; a name is
    written where the line ends, or in the panel's key. `series` tells runs or classes apart.
    """

    role: str
    x: np.ndarray
    y: np.ndarray
    name: str = ""
    series: int = 0


@dataclass(frozen=True, eq=False)
class Dots:
    """Points (n,), (n,): `example`s, of which many lie on each other, or `bin`s, each worth a look; those of
    `hollow` (n,) stand for little.
    """

    role: str
    x: np.ndarray
    y: np.ndarray
    hollow: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Contour:
    """A line of one height of a surface, through points (n,), (n,): ground that paths are drawn on."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True, eq=False)
class Band:
    """What lies between two lines (n,), (n,) over x (n,), such as an interval."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, eq=False)
class Bars:
    """Counts (n,) of the stretches from `low` to `high`, what each stands for in words, and what is written
    above it.
    """

    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    words: tuple[str, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Tiles:
    """Small grey pictures (n, h, w) of numbers from −1, black, to 1, white, in rows over the whole panel."""

    pictures: np.ndarray

    def page(self) -> np.ndarray:
        """All of them side by side, white between them, as bytes (H, W)."""
        from gradatim.explain.figures.filters import montage

        shares = np.nan_to_num(montage(self.pictures), nan=1.0)
        return np.rint(127.5 * (shares.clip(-1, 1) + 1)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Labels:
    """Points (n,), (n,), each with its name beside it, where there is room for one."""

    x: np.ndarray
    y: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Arrows:
    """Arrows from points (n, 2) to others (n, 2)."""

    start: np.ndarray
    end: np.ndarray

    def along(self, places: int = 30) -> np.ndarray:
        """So many places (n · places, 2) on each arrow, which names keep free."""
        share = np.linspace(0.05, 0.95, places)[:, None, None]
        return ((1 - share) * self.start + share * self.end).reshape(-1, 2)


@dataclass(frozen=True)
class Reference:
    """A straight line that the marks are compared with, from one point to another."""

    start: tuple[float, float]
    end: tuple[float, float]
    name: str = ""


@dataclass(frozen=True, eq=False)
class Best:
    """The best epoch, and the values (n,) of the curves there."""

    epoch: int
    y: np.ndarray
    name: str


@dataclass(frozen=True)
class Caption:
    """Words about the whole panel."""

    words: str


Mark = Curve | Dots | Contour | Band | Bars | Tiles | Labels | Arrows | Reference | Best | Caption


@dataclass(frozen=True)
class Panel:
    """One pair of axes, its marks in the order in which they are drawn, and what they show in words."""

    x_axis: Axis
    y_axis: Axis
    marks: tuple[Mark, ...]
    words: str  # for those who do not see it
    height: float = 0.65  # for a width of 1
    key: bool = False  # whether its curves are named below it, not where they end

    def captions(self) -> list[str]:
        """What is written above the plot: what the dashed line is, and what else is to be known."""
        named = [f"dashed: {mark.name}" for mark in self.marks if isinstance(mark, Reference) and mark.name]
        return named + [mark.words for mark in self.marks if isinstance(mark, Caption)]

    def taken(self) -> np.ndarray:
        """Places (n, 2) of arrows, which names keep free."""
        found = [mark.along() for mark in self.marks if isinstance(mark, Arrows)]
        return np.concatenate([np.empty((0, 2)), *found])

    def curves(self) -> Iterator[Curve]:
        """Those of its marks that are curves."""
        return (mark for mark in self.marks if isinstance(mark, Curve))

    def names(self) -> list[Curve]:
        """The curves whose name is written where they end."""
        return [] if self.key else [curve for curve in self.curves() if curve.name]

    def keyed(self) -> list[Curve]:
        """The curves whose name stands below the panel."""
        return [curve for curve in self.curves() if curve.name and self.key]


@dataclass(frozen=True)
class Chart:
    """Panels in rows of `columns`, or on each other above one lower axis where they are `stacked`."""

    title: str
    panels: tuple[Panel, ...]
    columns: int = 1
    stacked: bool = False

    @property
    def words(self) -> str:
        """What it shows, for those who do not see it."""
        return "; ".join(panel.words for panel in self.panels if panel.words)

    @property
    def compares(self) -> bool:
        """Whether its curves are those of several runs."""
        return len({curve.series for panel in self.panels for curve in panel.curves()}) > 1
