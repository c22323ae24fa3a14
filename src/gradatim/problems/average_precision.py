"""The average precision of boxes by COCO's rule (curriculum D32)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradatim.functional.box_overlap import box_overlap

THRESHOLDS = np.linspace(0.5, 0.95, 10)  # of overlap
RECALLS = np.linspace(0.0, 1.0, 101)
MOST = 100  # boxes of a class in a picture, those of the highest scores
TINY = float(np.spacing(1))


class Objects(NamedTuple):
    """The objects in one picture, true or answered: boxes (M, 4), class numbers (M,), scores (M,)."""

    boxes: np.ndarray
    classes: np.ndarray
    scores: np.ndarray

    def of(self, number: int) -> "Objects":
        """Those of a class, the highest score first, 100 at most."""
        rows = np.flatnonzero(self.classes == number)
        rows = rows[np.argsort(-self.scores[rows], kind="stable")]
        return self.take(rows[:MOST])

    def take(self, rows: np.ndarray) -> "Objects":
        """Some of them, by their numbers or by truth values."""
        return Objects(self.boxes[rows], self.classes[rows], self.scores[rows])


def average_precision(
    answers: Sequence[Objects], truths: Sequence[Objects], classes: int, thresholds: np.ndarray = THRESHOLDS
) -> np.ndarray:  # fmt: skip
    """The average precision of every class at every threshold of overlap, by the rule of COCO's evaluation
    (Lin et al. 2014; pycocotools' COCOeval), over objects of all sizes, 100 answers of a class in a picture.

        the boxes of all pictures by their scores;   precision = hits/(hits + others),   recall = hits/objects
        AP = (1/101) Σ_r max over recall ≥ r of precision,   r = 0, 0.01, …, 1

    An answer is a hit where it overlaps by the threshold with an object of its class that no answer with a
    higher score in the picture has got; of several objects it gets the one that it overlaps with most.

    Shapes: answers and truths are N lists of objects → (T, K); NaN for a class without objects.

    >>> one = Objects(np.array([[0.0, 0.0, 4.0, 4.0]]), np.array([0]), np.array([0.9]))
    >>> average_precision([one], [one], 1)[:2].round(6).ravel().tolist()
    [1.0, 1.0]
    """
    found = np.full((len(thresholds), classes), np.nan)
    for k in range(classes):
        of_class = [true.boxes[true.classes == k] for true in truths]
        objects = sum(map(len, of_class))
        if not objects:
            continue
        said = [one.of(k) for one in answers]
        hits = [hits_of(one.boxes, true, thresholds) for one, true in zip(said, of_class, strict=True)]
        scores = np.concatenate([one.scores for one in said])
        order = np.argsort(-scores, kind="stable")
        found[:, k] = _areas(np.concatenate(hits, 1)[:, order], objects)
    return found


def hits_of(boxes: np.ndarray, objects: np.ndarray, thresholds: np.ndarray = THRESHOLDS) -> np.ndarray:
    """Which boxes (D, 4) of one class in one picture hit an object (G, 4) at every threshold, (T, D); they
    come by their scores, the highest first.

    Of objects that a box overlaps with alike it gets the last, as COCO's program does.
    """
    hits = np.zeros((len(thresholds), len(boxes)), bool)
    if not len(boxes) or not len(objects):
        return hits
    overlap = box_overlap(boxes, objects)
    free = np.ones((len(thresholds), len(objects)), bool)
    for d in np.flatnonzero(overlap.max(1) >= thresholds.min() - 1e-9):
        usable = np.where(free, overlap[d], -1.0)
        best = usable.shape[1] - 1 - usable[:, ::-1].argmax(1)  # the last of the largest
        each = np.arange(len(thresholds))
        hits[:, d] = usable[each, best] >= np.minimum(thresholds, 1 - 1e-10)
        free[each[hits[:, d]], best[hits[:, d]]] = False
    return hits


def _areas(hits: np.ndarray, objects: int) -> np.ndarray:
    """The mean over 101 recalls of the best precision from there on, (T,), of hits (T, D) by their scores."""
    right, wrong = np.cumsum(hits, 1, dtype=float), np.cumsum(~hits, 1, dtype=float)
    recall, precision = right / objects, right / (right + wrong + TINY)
    best = np.maximum.accumulate(precision[:, ::-1], 1)[:, ::-1]
    found = []
    for one, most in zip(recall, best, strict=True):
        at = np.searchsorted(one, RECALLS, side="left")
        found.append(np.append(most, 0.0)[np.minimum(at, len(most))].mean())
    return np.array(found)
