"""Which objects are in a picture, and where (curriculum D32)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.problems.average_precision import Objects, average_precision
from gradatim.problems.box_answers import BoxAnswers, hits, true_objects
from gradatim.problems.centers import objects_of_maps
from gradatim.problems.evidence import Evidence
from gradatim.problems.problem import Array, Head, are_numbers


@dataclass(frozen=True)
class Boxes(BoxAnswers):
    """The objects in a picture: a class of K, `names`, a box and a score each.

        answer = the points of the heat maps that none around exceeds, with their boxes, of score ≥ threshold
        AP_k(t) = the mean over 101 recalls of the best precision, a hit being an overlap of t (COCO)
        mAP = the mean over classes and t = 0.5, 0.55, …, 0.95;   mAP 50 = the mean over classes at t = 0.5

    Shapes: a (N, K + 4, h, w); y (N, M, 5), left, top, right, bottom in pixels, class number or −1.

    Validation settles the threshold, by the best F1 at an overlap of 0.5; mAP reads every answer.

    >>> problem = Boxes(("cat",), "center_points", size=(8, 8))
    >>> problem.targets(np.array([[[0.0, 2.0, 4.0, 6.0, 0.0]]])).tolist()
    [[[0.0, 0.25, 0.5, 0.75, 0.0]]]
    """

    kind: ClassVar[str] = "boxes"
    task: ClassVar[str] = "detection"
    losses: ClassVar[tuple[str, ...]] = ("center_points",)
    deciding: ClassVar[tuple[str, int]] = ("map", 1)

    threshold: float = 0.3  # of the score of an answer

    def head(self, examples: int | None = None) -> Head:
        """K scores at every place; UsageError where there is no class."""
        k = len(self.names)
        if not k or len(self.size) != 2:
            raise UsageError("boxes need pictures with objects of one class at least")
        some = "1 class" if k == 1 else f"{k} classes"
        return Head(k, f"objects of {some}: a score of each class and a box at every place")

    def found(self, a: Array) -> list[Objects]:
        """The objects that the maps say, whatever their score."""
        return objects_of_maps(a, (self.size[0], self.size[1]))

    def said(self, a: Array) -> list[Objects]:
        """Those of the threshold's score at least."""
        return [one.take(one.scores >= self.threshold) for one in self.found(a)]

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """MAP, mAP at an overlap of 0.5, and the AP of every class that is there."""
        each = average_precision(list(predictions), true_objects(y), len(self.names))
        there = np.isfinite(each[0])
        if not there.any():
            return {"map": 0.0, "map_50": 0.0}
        by_class = {f"ap({name})": float(each[:, k].mean()) for k, name in enumerate(self.names) if there[k]}
        return {"map": float(each[:, there].mean()), "map_50": float(each[0, there].mean()), **by_class}

    def in_short(self, metrics: dict[str, float]) -> dict[str, float]:
        """Without those of every class."""
        return {name: value for name, value in metrics.items() if not name.startswith("ap(")}

    def settles(self, asked: str | None) -> bool:
        """The threshold, always."""
        return True

    def check_settling(self, asked: str | None, valid: Array | None) -> None:
        """Raise UsageError for a threshold that was asked for: validation settles it."""
        if asked is not None:
            raise UsageError("--threshold is for two classes; the one of boxes is settled by validation")

    def settle(self, a: Array, y: Array, asked: str | None) -> "Boxes":
        """The threshold with the best F1 at an overlap of 0.5, half-way to the next score below."""
        found, truths = self.found(a), true_objects(y)
        objects = sum(len(one.boxes) for one in truths)
        scores = np.concatenate([one.scores for one in found])
        if not objects or not len(scores):
            return self
        right = np.concatenate([hits(one, true) for one, true in zip(found, truths, strict=True)])
        order = np.argsort(-scores, kind="stable")
        f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(order) + 1) + objects)
        best = int(f1.argmax())
        below = float(scores[order[best + 1]]) if best + 1 < len(order) else 0.0
        return replace(self, threshold=(float(scores[order[best]]) + below) / 2)

    def settled(self) -> str:
        """The threshold."""
        return f"boxes with a score of {self.threshold:.2g} or more are answers, which is best on validation"

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The pictures that are answered worst, with their objects; precision and recall of every class."""
        answers, truths = self.said(a), true_objects(y)
        if not any(len(one.boxes) for one in truths):
            return ()
        box, kind = self.mean_box(truths)
        constant = Objects(box[None], np.array([kind]), np.ones(1))
        guess = average_precision([constant] * len(a), truths, len(self.names))[0]
        return self.worst(answers, truths, float(np.nanmean(guess))), self.counted(answers, truths)

    def check(self) -> "Boxes":
        """The problem, or GradatimError naming an entry that cannot be."""
        super().check()
        self.require(are_numbers((self.threshold,), 1), "threshold", "a number")
        return self
