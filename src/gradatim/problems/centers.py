"""Objects read from maps of their middles: the highest points of every class, and a box at each (curriculum
D32).
"""

import numpy as np

from gradatim.functional.box_overlap import non_maximum_suppression
from gradatim.problems.average_precision import Objects

BOX = 4  # numbers of a box, behind the scores
MOST = 100  # objects in a picture
LEAST = 0.01  # score of an object


def objects_of_maps(
    a: np.ndarray, size: tuple[int, int], most: int = MOST, least: float = LEAST, overlap: float = 0.5
) -> list[Objects]:  # fmt: skip
    """The objects that maps of scores and boxes say, of each picture (Zhou, Wang & Krähenbühl 2019, section
    4): middles are the points that no one of the eight around them exceeds.

        p = σ(a_k),   middle = (place + offset),   box = middle ± (width, height)/2

    The `most` highest of all classes are taken, of them those whose score is `least` at least. The paper
    leaves it there; here greedy non-maximum suppression of every class follows, because two neighbouring
    places may both be highest.

    Shapes: a (N, K + 4, h, w); size (H, W) of the pictures → N lists of objects, the highest score first.
    """
    return [_of_one(one, size, most, least, overlap) for one in a]


def _of_one(
    a: np.ndarray, size: tuple[int, int], most: int, least: float, overlap: float
) -> Objects:  # fmt: skip
    classes, height, width = len(a) - BOX, *a.shape[1:]
    scores = a[:classes].astype(np.float64)
    is_peak = (scores >= _around(scores)) & (scores >= np.log(least / (1 - least)))
    kind, row, column = np.nonzero(is_peak)
    score = 1 / (1 + np.exp(-scores[kind, row, column]))
    order = np.argsort(-score, kind="stable")[:most]
    kind, row, column, score = kind[order], row[order], column[order], score[order]
    wide, high, across, down = a[classes:, row, column].astype(np.float64)
    x, y = column + across, row + down
    unit = np.array([size[1] / width, size[0] / height] * 2)  # pixels of a place
    boxes = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], 1) * unit
    boxes = np.clip(boxes, 0, [size[1], size[0], size[1], size[0]])
    kept = non_maximum_suppression(boxes, score, kind, overlap)
    return Objects(boxes[kept], kind[kept], score[kept])


def _around(scores: np.ndarray) -> np.ndarray:
    """The largest of every place and the eight around it, (K, h, w)."""
    wide = np.pad(scores, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(wide, (3, 3), (1, 2))
    return windows.max((-1, -2))
