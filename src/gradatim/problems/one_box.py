"""What the one object in a picture is, and where (curriculum D32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.functional.box_overlap import box_overlap
from gradatim.problems.average_precision import Objects
from gradatim.problems.box_answers import HIT, BoxAnswers, true_objects
from gradatim.problems.evidence import Evidence, OneBoxPairs
from gradatim.problems.problem import Array, Head

BOX = 4


@dataclass(frozen=True)
class OneBox(BoxAnswers):
    """The class, of K `names`, and the box of the one object in a picture, by regression.

        class = argmax_k a_k,   its score softmax(a)_k;   box = the last four outputs, shares of the sides
        IoU = |box ∩ object| / |box ∪ object|;   localised: the class is right and IoU ≥ 0.5

    Shapes: a (N, K + 4); y (N, M, 5) with one object each, left, top, right, bottom in pixels and its class.

    >>> a = np.array([[2.0, 0.0, 0.25, 0.25, 0.75, 0.75]])
    >>> OneBox(("cat", "dog"), "class_and_box", size=(8, 8)).found(a)[0].boxes.tolist()
    [[2.0, 2.0, 6.0, 6.0]]
    """

    kind: ClassVar[str] = "one box"
    task: ClassVar[str] = "localisation"
    losses: ClassVar[tuple[str, ...]] = ("class_and_box",)
    deciding: ClassVar[tuple[str, int]] = ("mean_iou", 1)
    form: ClassVar[str] = "pictures with one box"

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Any:
        """In pictures of the question's size; UsageError naming the first that has not one object."""
        if y is not None:
            _check(y)
        return super().pose(question, y, loss)

    def head(self, examples: int | None = None) -> Head:
        """K scores and four numbers; UsageError where there is no class."""
        k = len(self.names)
        if not k or len(self.size) != 2:
            raise UsageError("boxes need pictures with objects of one class at least")
        some = "1 class" if k == 1 else f"{k} classes"
        return Head(k + BOX, f"one object of {some}: a score of each class, and four numbers of its box")

    def targets(self, y: Array) -> Array:
        """Boxes as shares of the picture's sides; UsageError naming a picture that has not one object."""
        _check(y)
        return super().targets(y)

    def found(self, a: Array) -> list[Objects]:
        """The one answer to each picture, its edges in their order and inside the picture."""
        a, (height, width) = a.astype(np.float64), self.size
        p = softmax(a[:, :-BOX])
        edges = a[:, -BOX:].reshape(-1, 2, 2)
        sides = [width, height, width, height]
        boxes = np.clip(np.concatenate([edges.min(1), edges.max(1)], 1), 0, 1) * sides
        kinds = p.argmax(1)
        return [
            Objects(box[None], np.array([kind]), np.array([row[kind]]))
            for box, kind, row in zip(boxes, kinds, p, strict=True)
        ]

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The share of right classes, the mean IoU, and the share of pictures where both are right."""
        overlap, right = overlaps(list(predictions), true_objects(y))
        return {
            "mean_iou": float(overlap.mean()), "accuracy": float(right.mean()),
            "localised": float((right & (overlap >= HIT)).mean()),
        }  # fmt: skip

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The pictures that are answered worst; how many objects of every class are found."""
        answers, truths = self.said(a), true_objects(y)
        box, kind = self.mean_box(truths)
        constant = Objects(box[None], np.array([kind]), np.ones(1))
        guess = float(overlaps([constant] * len(a), truths)[0].mean())
        pairs = vars(self.worst(answers, truths, guess))
        return OneBoxPairs(**pairs), self.counted(answers, truths)


def overlaps(answers: Sequence[Objects], truths: Sequence[Objects]) -> tuple[Array, Array]:
    """The IoU of each picture's answer with its object, (N,), and whether the class is right, (N,)."""
    pairs = list(zip(answers, truths, strict=True))
    overlap = [box_overlap(answer.boxes[:1], true.boxes[:1])[0, 0] for answer, true in pairs]
    return np.array(overlap), np.array([answer.classes[0] == true.classes[0] for answer, true in pairs])


def _check(y: Array) -> None:
    """Raise UsageError naming the first picture that has no object, or several."""
    counts = (y[..., 4] >= 0).sum(1)
    if len(other := np.flatnonzero(counts != 1)):
        first = int(other[0])
        raise UsageError(
            f"--task localisation is for pictures with one object each; {len(other):,} of {len(y):,} have "
            f"another number, such as picture {first}, which has {counts[first]}: leave --task out to detect "
            "objects"
        )
