"""What questions share that are answered with boxes in a picture (curriculum D32)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from gradatim.data.question import Question
from gradatim.functional.box_overlap import box_overlap
from gradatim.problems.average_precision import Objects, hits_of
from gradatim.problems.evidence import BoxPairs, ByClass
from gradatim.problems.problem import Array, Problem, are_numbers

SHOWN = 8  # pictures
HIT = 0.5  # overlap from which on an answer is right
EDGES = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True)
class BoxAnswers(Problem):
    """Objects in pictures of one size: a class of K, `names`, a box and a score each. Abstract.

        a = f(x; θ) → found(a), lists of objects in pixels;   y = shares of the picture's sides

    Shapes: y (N, M, 5), left, top, right, bottom in pixels, class number or −1.
    """

    says_places: ClassVar[bool] = True

    size: tuple[int, ...] = ()  # height and width of a picture

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Any:
        """In pictures of the question's size."""
        return cls(tuple(question.names), loss or cls.losses[0], size=tuple(question.size))

    @property
    def question(self) -> Question:
        """What examples must ask: where things are in pictures of this size."""
        return replace(super().question, size=self.size)

    def targets(self, y: Array) -> Array:
        """Boxes as shares of the picture's sides."""
        height, width = self.size
        return np.concatenate([y[..., :4] / [width, height, width, height], y[..., 4:]], -1)

    def found(self, a: Array) -> list[Objects]:
        """All answers to each picture, whatever their score."""
        raise NotImplementedError

    def said(self, a: Array) -> list[Objects]:
        """Those of them that are decided for."""
        return self.found(a)

    def predictions(self, a: Array) -> Array:
        """Lists of objects, (N,)."""
        return as_array(self.found(a))

    def answer(self, a: Array) -> Array:
        """What is decided for, N lists of objects."""
        return as_array(self.said(a))

    def truths(self, y: Array) -> Array:
        """The objects that are there, N lists of them."""
        return as_array(true_objects(y))

    def arrays(self, a: Array) -> dict[str, Array]:
        """Boxes (N, M, 4), their scores and the names of their classes; beyond a picture's last the score is
        0 and the name empty.
        """
        answers = self.said(a)
        most = max((len(one.boxes) for one in answers), default=0)
        boxes, scores = np.zeros((len(a), most, 4)), np.zeros((len(a), most))
        names = np.zeros((len(a), most), f"U{max(len(str(one)) for one in self.names)}")
        for number, one in enumerate(answers):
            m = len(one.boxes)
            boxes[number, :m], scores[number, :m] = one.boxes, one.scores
            names[number, :m] = [str(self.names[k]) for k in one.classes]
        return {"prediction": names, "boxes": boxes, "scores": scores}

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """How many objects of each class each picture shows."""
        answers = self.said(a)
        return {
            f"objects({name})": [int((one.classes == k).sum()) for one in answers]
            for k, name in enumerate(self.names)
        }

    def listed(self, a: Array, places: Sequence[Any] = ()) -> tuple[list[int], dict[str, list[Any]]]:
        """The picture of every answer, its class, score and box, in the pixels of the picture's file."""
        of: list[int] = []
        columns: dict[str, list[Any]] = {name: [] for name in ("class", "score", *EDGES)}
        for number, one in enumerate(self.said(a)):
            place = places[number] if number < len(places) else None
            boxes = one.boxes if place is None else place.back(one.boxes)
            of += [number] * len(boxes)
            columns["class"] += [self.names[k] for k in one.classes]
            columns["score"] += one.scores.tolist()
            for edge, values in zip(EDGES, boxes.T, strict=True):
                columns[edge] += np.round(values, 2).tolist()
        return of, columns

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """How right the objects are; the mean loss comes last."""
        return {**self.measures_of(self.predictions(a), y), "loss": self.mean_loss(a, y)}

    def by_class(self, a: Array, y: Array) -> ByClass:
        """How many objects of every class are found at an overlap of 0.5."""
        return self.counted(self.said(a), true_objects(y))

    def counted(self, answers: Sequence[Objects], truths: Sequence[Objects]) -> ByClass:
        """The same of lists of objects."""
        k = len(self.names)
        right = np.zeros(k, np.int64)
        for answer, true in zip(answers, truths, strict=True):
            right += np.bincount(answer.classes[hits(answer, true)], minlength=k)
        said, there = (
            np.bincount(np.concatenate([one.classes for one in some]), minlength=k)
            for some in (answers, truths)
        )
        return ByClass(right, said, there, self.names, unit="object")

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The mean box of the commonest class in every picture, (5,), in pixels, and the class's number."""
        box, kind = self.mean_box(true_objects(y))
        return "mean box", "the mean box of the commonest class in every picture", np.append(box, kind)

    def mean_box(self, truths: Sequence[Objects]) -> tuple[Array, int]:
        """The mean box of the commonest class, and its number."""
        kinds = np.concatenate([one.classes for one in truths])
        kind = int(np.bincount(kinds, minlength=len(self.names)).argmax())
        return np.concatenate([one.boxes for one in truths])[kinds == kind].mean(0), kind

    def worst(self, answers: Sequence[Objects], truths: Sequence[Objects], guess: float) -> BoxPairs:
        """The pictures that are answered worst; `guess` is what the best constant answer gets."""
        rows = sorted(range(len(truths)), key=lambda row: rightness(answers[row], truths[row]))[:SHOWN]
        true, said = [truths[row] for row in rows], [answers[row] for row in rows]
        return BoxPairs(
            rows, [one.boxes for one in true], [one.classes for one in true], [one.boxes for one in said],
            [one.classes for one in said], [one.scores for one in said], self.names, guess, self.size,
        )  # fmt: skip

    def check(self) -> Any:
        """The problem, or GradatimError naming an entry that cannot be."""
        super().check()
        whole = are_numbers(self.size, 2) and all(isinstance(n, int) and n > 0 for n in self.size)
        self.require(whole or self.size == (), "size", "two whole numbers above 0")
        return self


def true_objects(y: Array) -> list[Objects]:
    """The objects of targets (N, M, 5), N lists of them."""
    found = []
    for one in y:
        there = one[one[:, 4] >= 0]
        found.append(Objects(there[:, :4], there[:, 4].astype(np.int64), np.ones(len(there))))
    return found


def hits(answer: Objects, true: Objects) -> Array:
    """Which answers to a picture hit an object of their class at an overlap of 0.5, (D,); they come by their
    scores.
    """
    found = np.zeros(len(answer.boxes), bool)
    for k in np.unique(answer.classes):
        rows = answer.classes == k
        found[rows] = hits_of(answer.boxes[rows], true.boxes[true.classes == k], np.array([HIT]))[0]
    return found


def rightness(answer: Objects, true: Objects) -> float:
    """The F1 of the answers to a picture; of equal ones the less exact boxes come first."""
    total = len(answer.boxes) + len(true.boxes)
    if not total:
        return 2.0  # nothing is there, and nothing is said
    right = hits(answer, true)
    exact = box_overlap(answer.boxes[right], true.boxes).max(1).mean() if right.any() else 0.0
    return 2 * float(right.sum()) / total + 1e-3 * float(exact)


def as_array(objects: Sequence[Objects]) -> Array:
    """Lists of objects as an array of them, (N,)."""
    found = np.empty(len(objects), object)
    for number, one in enumerate(objects):
        found[number] = one
    return found
