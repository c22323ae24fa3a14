"""Which of K classes an example is of (curriculum B11, B20)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError, one_of
from gradatim.data.label_types import as_labels, written
from gradatim.data.question import Question
from gradatim.data.targets import imbalance
from gradatim.problems.class_report import LEAST, TOP, top_k_accuracy
from gradatim.problems.evidence import (
    Agreement,
    AnswersBeside,
    ByClass,
    Calibration,
    Confusion,
    Evidence,
    Mistakes,
    Ranking,
)
from gradatim.problems.measures import confusion_counts, f1, mean_log_loss, measures_of_classes
from gradatim.problems.problem import Array, Head, Problem, are_numbers
from gradatim.problems.ranked import rankings
from gradatim.problems.summed import Summed, mean_of
from gradatim.problems.thresholds import MEASURES, choose_threshold

MOST_MISTAKES = 24
MOST_BESIDE = 12  # examples that several networks answer differently
ONE_OUTPUT = ("binary_cross_entropy", "hinge", "squared_hinge", "focal")  # of two classes


@dataclass(frozen=True)
class Classes(Problem):
    """One of K classes, `names`; of two, the second is decided for from a `threshold` on, ½ when None.

        p = softmax(a), or (1 − σ(a), σ(a)) of a single output;   answer = argmax_k p_k

    Shapes: a (N, K) or (N, 1); y (N,) class numbers.

    >>> Classes(("no", "yes"), "binary_cross_entropy").columns(np.array([[1.0]]))["prediction"]
    ['yes']
    """

    kind: ClassVar[str] = "classes"
    task: ClassVar[str] = "classification"
    losses: ClassVar[tuple[str, ...]] = (
        "cross_entropy", "binary_cross_entropy", "hinge", "squared_hinge", "focal", "nll",
    )  # fmt: skip
    deciding: ClassVar[tuple[str, int]] = ("accuracy", 1)
    learners: ClassVar[str] = "classifier"

    threshold: dict[str, Any] | None = None  # value, by which measure it was chosen, and what it had then
    label_type: str = ""  # see `data.label_types`

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """Two classes are told apart by one output, more by one each."""
        usual = "binary_cross_entropy" if len(question.names) == 2 else "cross_entropy"
        k = len(question.names)
        if loss == "binary_cross_entropy" and k > 2:
            raise UsageError(f"the loss {loss} tells two classes apart, and here are {k}: take cross_entropy")
        return cls(tuple(question.names), loss or usual)

    def check(self) -> Self:
        """The threshold has a value, and says what it was chosen by."""
        chosen = self.threshold
        fits = chosen is None or (
            isinstance(chosen, dict)
            and len(self.names) == 2
            and chosen.get("by") in MEASURES
            and are_numbers([chosen.get("value"), chosen.get("valid")], 2)
        )
        super().check().require(
            fits, "threshold", "a value, its measure on validation, and by which it was chosen"
        )
        return self

    def head(self, examples: int | None = None) -> Head:
        """Two classes: one sigmoid output; K > 2 classes: K softmax outputs.

        Raises UsageError for fewer than two, when nearly every one of the `examples` is a class of its own,
        and for a loss that scores do not fit.

        >>> Classes(("no", "yes"), "binary_cross_entropy").head().outputs
        1
        """
        classes = self.names
        if self.loss == "nll":
            raise UsageError(
                "the loss nll reads log-probabilities, of a network of your own that ends in log softmax; a "
                "network by name gives scores: take cross_entropy"
            )
        if len(classes) < 2:
            found = ", ".join(map(str, classes)) or "none"
            raise UsageError(f"the target has {len(classes)} class ({found}); learning needs two")
        if examples is not None and len(classes) > max(50, examples // 2):
            raise UsageError(
                f"the target has {len(classes)} distinct values in {examples} examples: too many to be "
                "classes; if it is a number, ask for --task regression"
            )
        if len(classes) == 2:
            return Head(
                1, f"two classes ({classes[0]}, {classes[1]}): one sigmoid output, binary cross entropy"
            )
        return Head(len(classes), f"{len(classes)} classes: one softmax output each, cross entropy")

    def for_outputs(self, count: Callable[[], int]) -> Self:
        """One output tells two classes apart; more are one for each class."""
        return replace(self, loss="binary_cross_entropy" if count() == 1 else "cross_entropy")

    @property
    def mean_of_members(self) -> str:
        """The probabilities, where the loss has some."""
        if self.loss == "focal":
            return self.mean_beside
        means = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}
        return means.get(self.loss or "", "outputs")

    @property
    def mean_beside(self) -> str:
        """The probabilities, which other models have whatever the network's loss."""
        return "sigmoid" if self.has_one_output else "softmax"

    @property
    def has_one_output(self) -> bool:
        """Whether one output tells two classes apart."""
        return len(self.names) == 2 and self.loss in ONE_OUTPUT

    def predictions(self, a: Array) -> Array:
        """The probability of each class, (N, K)."""
        return self.reader.probabilities(a)  # type: ignore[attr-defined]

    def outputs_of_scores(self, scores: Array) -> Array:
        """Log-probabilities; of a single output the log of the odds."""
        return scores[:, 1:] - scores[:, :1] if self.has_one_output else scores

    def decide(self, p: Array) -> Array:
        """The class numbers (N,) decided for: the likeliest, or by the threshold."""
        if self.threshold is None:
            return p.argmax(1)
        return (p[:, 1] >= float(self.threshold["value"])).astype(np.int64)

    def answer(self, a: Array) -> Array:
        """The class numbers decided for, (N,)."""
        return self.decide(self.predictions(a))

    def known_names(self, p: Array) -> tuple:
        """The classes, or their numbers where they have no names."""
        return self.names or tuple(range(p.shape[1]))

    def truths(self, y: Array) -> Array:
        """The names of the classes."""
        return self._named(self.names)[y] if self.names else y

    def arrays(self, a: Array) -> dict[str, Array]:
        """The classes decided for, the probability of each class, and the classes."""
        p = self.predictions(a)
        classes = self.known_names(p)
        names = as_labels(self._named(classes), self.label_type)
        return {"prediction": names[self.decide(p)], "probabilities": p, "classes": names}

    @staticmethod
    def _named(classes: tuple) -> Array:
        """The classes as one array, as texts where they are of several types."""
        alike = len({type(name) for name in classes}) == 1
        return np.array(classes if alike else list(map(str, classes)))

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The class, its probability, and that of every class."""
        found = self.arrays(a)
        p = np.round(found["probabilities"].astype(np.float64), 6)
        best = p.max(1).tolist() if len(p) else []
        shares = {f"p({name})": p[:, k].tolist() for k, name in enumerate(self.known_names(p))}
        return {"prediction": written(found["prediction"]), "probability": best, **shares}

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Accuracy, balanced accuracy, of two classes AUC, of more than ten top-5 accuracy; mean loss; F1
        where the threshold goes by it.
        """
        p = self.predictions(a)
        found = {**self._measures(p, y, self.decide(p)), "loss": self.mean_loss(a, y)}
        by_f1 = self.threshold is not None and self.threshold["by"] == "f1"
        return {**found, "f1": f1(self.decide(p), y)} if by_f1 else found

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The same of probabilities (N, K) of any model, whose likeliest class is decided for."""
        p = predictions / predictions.sum(1, keepdims=True)
        return {**self._measures(p, y, p.argmax(1)), "loss": mean_log_loss(p, y)}

    def loss_beside(self, a: Array, y: Array) -> float:
        """The mean log loss: few examples tell accuracies apart by chance."""
        p = self.predictions(a)
        return mean_log_loss(p / p.sum(1, keepdims=True), y)

    def probability_of(self, y: Array, a: Array) -> Array:
        """That of the right class, (N, 1)."""
        p = self.predictions(a)
        return p[np.arange(len(y)), y][:, None] / p.sum(1, keepdims=True)

    def _measures(self, p: Array, y: Array, decided: Array) -> dict[str, float]:
        many = p.shape[1] > LEAST
        top = {f"top_{TOP}_accuracy": top_k_accuracy(p, y)} if many else {}
        return {**measures_of_classes(p, y, decided), **top}

    def by_class(self, a: Array, y: Array) -> ByClass | None:
        """Of every class, where they have names."""
        if not self.names:
            return None
        return ByClass.of_counts(confusion_counts(y, self.answer(a), len(self.names)), self.names)

    def summed(self, a: Array, y: Array) -> Summed | None:
        """Whether each example's class is right."""
        return mean_of(self.answer(a) == y)

    def answers_beside(
        self, problems: Sequence[Problem], outputs: Sequence[Array], y: Array
    ) -> Sequence[Evidence]:
        """Where the networks are right together and alone; examples that they take for different classes."""
        if not self.names or not len(y):
            return ()
        decided = np.stack([one.answer(a) for one, a in zip(problems, outputs, strict=True)])
        right = Agreement(decided == y)
        apart = np.flatnonzero((decided != decided[0]).any(0))
        rows = apart[np.unique(np.linspace(0, len(apart) - 1, MOST_BESIDE).round().astype(int))]
        if not len(apart):
            return (right,)
        names = [str(name) for name in self.names]
        said = [tuple(names[k] for k in decided[:, r]) for r in rows]
        how = f"among the {len(apart):,} that are taken for different classes, spread over the file"
        return right, AnswersBeside(rows.tolist(), said, [(names[y[r]],) for r in rows], how)

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The share of each class."""
        return "majority", "the commonest class", np.bincount(y, minlength=len(self.names)) / len(y)

    def check_settling(self, asked: str | None, valid: Array | None) -> None:
        """A threshold needs two classes, and validation examples of both."""
        if asked is None:
            return
        one_of("threshold", asked, MEASURES)
        if len(self.names) != 2:
            raise UsageError(f"a threshold decides between two classes; the target has {len(self.names)}")
        if valid is None or len(np.unique(valid)) < 2:
            raise UsageError("a threshold is chosen on validation examples of both classes; there are none")

    def settle(self, a: Array, y: Array, asked: str | None) -> "Classes":
        """The threshold with the best measure `asked` for on validation."""
        if not asked:
            return self
        return replace(self, threshold=choose_threshold(self.predictions(a)[:, 1], y, asked))

    def settled(self) -> str:
        """The threshold."""
        if self.threshold is None:
            return ""
        return (
            f"{self.names[1]} is decided for from a probability of {self.threshold['value']:.4f} on: "
            f"{self.threshold['by']} {self.threshold['valid']:.4f} on validation, the best"
        )

    def notices(self, y: Array) -> list[str]:
        """That classes are very uneven."""
        said = imbalance(np.bincount(y, minlength=len(self.names)).tolist()) if self.names else ""
        return [said] if said else []

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The confusion matrix, rates by class, curves by the scores, calibration, and the worst mistakes."""
        if not self.names or not len(y):
            return ()
        p = self.predictions(a)
        decided = self.decide(p)
        counts = confusion_counts(y, decided, len(self.names))
        found: list[Evidence] = [Confusion(counts, self.names), ByClass.of_counts(counts, self.names)]
        if np.isfinite(p).all():
            found += self.ranking(p, y)
            found.append(self.calibration(p, y, decided))
        wrong = np.flatnonzero(decided != y)
        worst = wrong[np.argsort(-self.example_losses(a, y)[wrong], kind="stable")][:MOST_MISTAKES]
        names = np.array([str(name) for name in self.names], dtype=object)
        found.append(Mistakes(
            worst.tolist(), names[y[worst]].tolist(), names[decided[worst]].tolist(),
            p[worst, decided[worst]].tolist(), p[worst, y[worst]].tolist(), len(wrong),
        ))  # fmt: skip
        return found

    def ranking(self, p: Array, y: Array) -> list[Evidence]:
        """Of two classes the second one's probability, of more each against the rest."""
        two = p.shape[1] == 2
        threshold = float(self.threshold["value"]) if self.threshold else 0.5
        places = [1] if two else range(p.shape[1])
        is_class = np.stack([y == k for k in places], 1)
        found = rankings(p[:, list(places)], is_class, [self.names[k] for k in places])
        return [Ranking(found, threshold if two else None)] if found else []

    def calibration(self, p: Array, y: Array, decided: Array) -> Calibration:
        """Of two classes the second one's probability, of more that of the class decided for."""
        if p.shape[1] == 2:
            return Calibration(p[:, 1], y == 1, f"probability of {self.names[1]}", True)
        chosen = np.take_along_axis(p, decided[:, None], 1)[:, 0]
        return Calibration(chosen, decided == y, "probability of the answer", False)

    def moving(self, moved: Array, most: int) -> list[tuple[str, list[int]]]:
        """Of two classes the second one's probability."""
        if len(self.names) == 2:
            return [(f"mean probability of {self.names[1]}", [1])] * len(moved)
        return super().moving(moved, most)
