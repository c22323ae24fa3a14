"""How boxes overlap, and which of several around one object is kept (curriculum D32)."""

import numpy as np

from gradatim.checks import UsageError, real

OVERLAP = 0.5


def box_overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The intersection over union of every box of one list and every box of another (Jaccard's index).

        IoU(a, b) = |a ∩ b| / |a ∪ b|,   0 for two boxes without area

    Shapes: a (N, 4), b (M, 4), left, top, right and bottom edge → (N, M).

    Raises UsageError for another shape.

    >>> box_overlap(np.array([[0.0, 0.0, 2.0, 2.0]]), np.array([[1.0, 0.0, 3.0, 2.0], [5.0, 5.0, 6.0, 6.0]]))
    array([[0.33333333, 0.        ]])
    """
    a, b = _boxes("a", a), _boxes("b", b)
    wide = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    high = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    shared = np.where((wide > 0) & (high > 0), wide * high, 0.0)
    union = _areas(a)[:, None] + _areas(b)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def non_maximum_suppression(
    boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray | None = None, overlap: float = OVERLAP
) -> np.ndarray:
    """Which boxes are kept, the highest score first: greedy non-maximum suppression (Felzenszwalb, Girshick,
    McAllester & Ramanan 2010, section 5).

        keep the box of the highest score;   drop every other of its class with IoU > overlap;   repeat

    Boxes of equal scores come in the order in which they are given.

    Shapes: boxes (N, 4), scores (N,), classes (N,) or None, where all are of one → numbers of boxes (n,).

    Raises UsageError for numbers that do not fit, and an overlap outside [0, 1].

    >>> boxes = np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 1.0, 4.0, 5.0], [8.0, 8.0, 9.0, 9.0]])
    >>> non_maximum_suppression(boxes, np.array([0.6, 0.9, 0.3])).tolist()
    [1, 2]
    """
    boxes, scores = _boxes("boxes", boxes), np.asarray(scores)
    real("overlap", overlap, at_least=0, at_most=1)
    if scores.shape != (len(boxes),) or (classes is not None and np.shape(classes) != scores.shape):
        raise UsageError(f"{len(boxes)} boxes need as many scores and classes; scores are {scores.shape}")
    order = np.argsort(-scores, kind="stable")
    near = box_overlap(boxes[order], boxes[order]) > overlap
    if classes is not None:
        near &= np.equal.outer(np.asarray(classes)[order], np.asarray(classes)[order])
    keeps = np.ones(len(order), bool)
    for i in range(len(order)):
        if keeps[i]:
            keeps[i + 1 :] &= ~near[i, i + 1 :]
    return order[keeps]


def _areas(boxes: np.ndarray) -> np.ndarray:
    return np.maximum(boxes[:, 2] - boxes[:, 0], 0) * np.maximum(boxes[:, 3] - boxes[:, 1], 0)


def _boxes(name: str, boxes: np.ndarray) -> np.ndarray:
    boxes = np.asarray(boxes, np.float64)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise UsageError(f"{name} must be boxes (N, 4), left, top, right, bottom; the shape is {boxes.shape}")
    return boxes
