"""Where there is more than a picture holds: which points are drawn, and how names keep apart."""

from collections.abc import Sequence

import numpy as np


def thin(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most so many points of a line: the ends, and the lowest and highest of each stretch, so that no peak
    is lost.

    >>> thin(np.arange(7), np.array([0, 5, 1, 0, 9, 2, 3]), most=4)
    (array([0, 3, 4, 6]), array([0, 0, 9, 3]))
    """
    if len(x) <= most:
        return x, y
    stretches = np.array_split(np.arange(1, len(x) - 1), (most - 2) // 2)
    peaks = [stretch[f(y[stretch])] for stretch in stretches for f in (np.argmin, np.argmax)]
    kept = np.unique([0, *peaks, len(x) - 1])
    return x[kept], y[kept]


def rows_to_draw(n: int, most: int) -> np.ndarray:
    """The rows that are drawn of n: all, or as many as fit, evenly spread.

    >>> rows_to_draw(3, 5), rows_to_draw(9, 3)
    (array([0, 1, 2]), array([0, 4, 8]))
    """
    return np.unique(np.linspace(0, n - 1, most).astype(int))


def spread_apart(places: Sequence[float], least: float) -> list[float]:
    """The places, moved as little as their order allows until they are `least` apart.

    >>> spread_apart([0.0, 5.0, 5.0, 9.0], 2.0)
    [0.0, 4.0, 6.0, 9.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    for i in order:
        groups.append([i])
        while len(groups) > 1 and _top(groups[-2], places, least) + least > _bottom(
            groups[-1], places, least
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = list(places)
    for group in groups:
        for step, i in enumerate(group):
            moved[i] = _bottom(group, places, least) + step * least
    return moved


def _bottom(group: list[int], places: Sequence[float], least: float) -> float:
    return sum(places[i] for i in group) / len(group) - least * (len(group) - 1) / 2


def _top(group: list[int], places: Sequence[float], least: float) -> float:
    return _bottom(group, places, least) + least * (len(group) - 1)


SIDES = {1: ("", 0.0), -1: ("end", 1.0), 0: ("middle", 0.5)}  # which end of a name stands there; its share
ROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
Beside = tuple[float, float, str]  # to the right, downwards, and which end of the name stands there


def beside_points(
    points: Sequence[tuple[float, float]], widths: Sequence[float], height: float, gap: float = 4.0,
    but: Sequence[tuple[float, float]] = (),
) -> list[Beside | None]:  # fmt: skip
    """Where names of these widths and this height stand beside their points: right of each, left, above,
    below or between two of these, the first where it covers no other name, no point, and none of the places
    `but`; None where all do.

    >>> beside_points([(0, 0), (5, 0), (40, 0)], [20, 20, 20], 10)
    [(-4.0, 0.0, 'end'), (4.0, 0.0, ''), (4.0, 0.0, '')]
    """
    places = np.array([*points, *but], float).reshape(-1, 2)
    taken = np.empty((0, 4))  # left, top, right, bottom
    found: list[Beside | None] = []
    for (x, y), width in zip(points, widths, strict=True):
        tries = [(gap * dx, (height / 2 + gap) * dy, *SIDES[dx]) for dx, dy in ROUND]
        chosen = None
        for dx, dy, side, share in tries:
            left = x + dx - share * width
            box = np.array([left, y + dy - height / 2, left + width, y + dy + height / 2])
            covers = (taken[:, :2] < box[2:]).all(1) & (taken[:, 2:] > box[:2]).all(1)
            hides = (places > box[:2]).all(1) & (places < box[2:]).all(1)
            if not covers.any() and not hides.any():
                chosen, taken = (dx, dy, side), np.concatenate([taken, box[None]])
                break
        found.append(chosen)
    return found
