"""Which of K classes every pixel of a picture is of (curriculum D19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, ClassVar

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.checks import UsageError
from gradatim.data.dataset import pixels_of_classes
from gradatim.data.label_types import as_labels
from gradatim.data.masks import as_pictures
from gradatim.data.question import Question
from gradatim.functional.void import VOID, known_pixels, known_shares
from gradatim.problems.boundary_measure import boundary_f
from gradatim.problems.evidence import ByClass, Confusion, Evidence, MaskPairs
from gradatim.problems.measures import confusion_counts, intersection_over_union
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed

SHOWN = 6  # pictures


@dataclass(frozen=True)
class Masks(Problem):
    """One of K classes, `names`, at every pixel.

        p = softmax(a) at each pixel;   answer = argmax_k p_k
        IoU_k = |answer = k and y = k| / |answer = k or y = k|,   over all known pixels of all pictures

    A pixel that is not known, VOID in y and `void` in the masks, is in no measure, and is no answer.

    Shapes: a (N, K, H, W); y (N, H, W) class numbers.

    >>> scores = np.array([[[[2.0, 0.0]], [[1.0, 3.0]]]])  # of two classes at two pixels
    >>> Masks((0, 255), "cross_entropy").arrays(scores)["prediction"].tolist()
    [[[0, 255]]]
    """

    kind: ClassVar[str] = "masks"
    task: ClassVar[str] = "segmentation"
    losses: ClassVar[tuple[str, ...]] = (
        "cross_entropy", "focal", "dice", "cross_entropy_dice", "boundary_cross_entropy",
    )  # fmt: skip
    deciding: ClassVar[tuple[str, int]] = ("mean_iou", 1)
    form: ClassVar[str] = "pictures with masks"
    says_pictures: ClassVar[bool] = True

    label_type: str = ""  # see `data.label_types`
    void: Any = None  # the value of pixels that are not known: see `data.masks.void_among`

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> "Masks":
        """Masks; where one class of two is thin borders between segments of the other, `Membranes`."""
        from gradatim.problems.membranes import Membranes, border_class

        names, read_by = tuple(question.names), loss or cls.losses[0]
        border = border_class(y) if y is not None and len(y) and len(names) == 2 else None
        if border is None:
            return cls(names, read_by, void=question.void)
        return Membranes(names, read_by, border=border, void=question.void)

    def head(self, examples: int | None = None) -> Head:
        """K scores at every pixel; UsageError for fewer than two classes."""
        k = len(self.names)
        if k < 2:
            found = ", ".join(map(str, self.names)) or "none"
            raise UsageError(f"the masks hold {k} class ({found}); learning needs two")
        said = f"{k} classes of pixels: one softmax output each at every pixel, cross entropy"
        return Head(
            k, said if self.void is None else f"{said}; pixels of {self.void} are not known, and left out"
        )

    def predictions(self, a: Array) -> Array:
        """The probability of each class at every pixel, (N, K, H, W)."""
        return np.moveaxis(softmax(np.moveaxis(a, 1, -1)), -1, 1)

    def answer(self, a: Array) -> Array:
        """The class numbers decided for, (N, H, W), bytes as those of y are."""
        found = np.empty((len(a), *a.shape[2:]), np.uint8)
        for number, scores in enumerate(a):  # one picture at a time, for the scores may lie on disk
            found[number] = scores.argmax(0)
        return found

    def truths(self, y: Array) -> Array:
        """The values of the pixels, those that are not known too."""
        values = np.array([*self.names, VOID if self.void is None else self.void])
        return values[np.where(known_pixels(y), y, len(self.names))]

    def arrays(self, a: Array) -> dict[str, Array]:
        """The values of the pixels, the probability of each class, and the classes."""
        names = as_labels(np.array(self.names), self.label_type)
        return {"prediction": names[self.answer(a)], "probabilities": self.predictions(a), "classes": names}

    def pictures(self, a: Array) -> list[Array]:
        """A mask for each picture, in the values of those that were learned from."""
        return as_pictures(self.answer(a), self.names)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The share of each class among the picture's pixels."""
        answers = self.answer(a).reshape(len(a), -1)
        return {f"share({name})": (answers == k).mean(1).tolist() for k, name in enumerate(self.names)}

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """The share of right pixels, the mean IoU, that of every class; boundary F; mean loss."""
        return {**self._measures_of(self.answer(a), y), "loss": self.mean_loss(a, y)}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The same of the probabilities (N, K, H, W) of any model."""
        return self._measures_of(predictions.argmax(1), y)

    def _measures_of(self, answer: Array, y: Array) -> dict[str, float]:
        each = np.array([boundary_f(*pair) for pair in zip(answer, y, strict=True)])
        boundary = {"boundary_f": float(np.nanmean(each))} if np.isfinite(each).any() else {}
        return {**self._measures(self.counts(answer, y)), **boundary}

    def _measures(self, counts: Array) -> dict[str, float]:
        if not counts.sum():
            raise UsageError("no pixel of the masks is known: there is nothing to compare answers with")
        iou = intersection_over_union(counts)
        known = {f"iou({name})": float(iou[k]) for k, name in enumerate(self.names) if np.isfinite(iou[k])}
        share = float(np.trace(counts) / counts.sum())
        return {"pixel_accuracy": share, "mean_iou": float(np.nanmean(iou)), **known}

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The confusion matrix of every picture's pixels."""
        k = len(self.names)
        pixels = [self._pixels(*pair) for pair in zip(y, self.answer(a), strict=True)]

        def value(sums: Array) -> Array:
            found = [_mean_iou(one) for one in sums.reshape(-1, k, k)]
            return np.array(found).reshape(sums.shape[:-1])

        return Summed(np.array(pixels, np.float64).reshape(len(pixels), -1), value)

    def counts(self, answer: Array, y: Array) -> Array:
        """Pixels (K, K): rows are true classes, columns answers."""
        return sum(self._pixels(*pair) for pair in zip(y, answer, strict=True))  # type: ignore[return-value]

    def _pixels(self, y: Array, answer: Array) -> Array:
        known = known_pixels(y)
        return confusion_counts(y[known].astype(np.int64), answer[known], len(self.names))

    def by_class(self, a: Array, y: Array) -> ByClass:
        """Of the pixels of every class."""
        return ByClass.of_counts(self.counts(self.answer(a), y), self.names, "pixel")

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The share of each class among all known pixels."""
        counts = pixels_of_classes(y, len(self.names))
        return "majority", "the commonest class at every pixel", counts / counts.sum()

    def example_losses(self, a: Array, y: Array) -> Array:
        """The loss of each picture, (N,), most being means over its known pixels; 0 where none is."""
        if self.reader.of_places:
            pairs = zip(a, y, strict=True)
            return np.array([self.reader(one[None].astype(np.float64), true[None])[0] for one, true in pairs])
        return np.array([self._loss_of_pixels(*pair) for pair in zip(a, y, strict=True)])

    def _loss_of_pixels(self, a: Array, y: Array) -> float:
        known = known_pixels(y)
        if not known.any():
            return 0.0
        return float(self.reader(a[:, known].T.astype(np.float64), y[known].astype(np.int64)).mean())

    def mean_loss(self, a: Array, y: Array) -> float:
        """The mean loss over the pictures, each counting by the share of its pixels that are known."""
        shares = known_shares(y)
        if shares is None:
            return super().mean_loss(a, y)
        return fsum(shares * self.example_losses(a, y)) / max(fsum(shares), 1e-300)

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The pictures with the lowest mean IoU beside their masks, and what is taken for what."""
        answer = self.answer(a)
        each = [self._pixels(*pair) for pair in zip(y, answer, strict=True)]
        mean = np.array([_mean_iou(one) for one in each])
        worst = np.argsort(mean, kind="stable")[: min(SHOWN, int(np.isfinite(mean).sum()))]
        counts = self.counts(answer, y)
        shares = counts.sum(1) / max(counts.sum(), 1)
        return (
            MaskPairs(
                worst.tolist(), y[worst], answer[worst], mean[worst].tolist(), self.names, shares, self.void
            ),
            Confusion(counts, self.names, "pixel"),
            ByClass.of_counts(counts, self.names, "pixel"),
        )


def _mean_iou(counts: Array) -> float:
    """The mean over the classes that are there or answered; NaN where none is."""
    iou = intersection_over_union(counts)
    return float(np.nanmean(iou)) if np.isfinite(iou).any() else float("nan")
