"""Which notes the next frame of a piece of music has (curriculum E10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.data.rolls import STEP, STEPS, FrameQuestion, names_of
from gradatim.problems.evidence import Evidence, PieceRolls, RollSamples
from gradatim.problems.problem import Array, Head, Problem


@dataclass(frozen=True)
class NextFrame(Problem):
    """The notes, of K `names`, of every frame of a piece, from the frames before it (Boulanger-Lewandowski,
    Bengio & Vincent 2012).

        p(f_t | f_1 … f_{t−1}) = Π_k p_tk^{f_tk} (1 − p_tk)^{1 − f_tk},   p_t = σ(a_t)
        NLL       = −(1/S) Σ_t log p(f_t | f_1 … f_{t−1})     nats a frame
        accuracy  = TP / (TP + FP + FN)                       of the notes that are said: p > ½

    over all S frames of all pieces, the first of a piece included, which is predicted from none. TP, FP and
    FN are summed over all frames, too; silence that is predicted counts for nothing (Bay, Ehmann & Downie
    2009).

    Shapes: a (S, K); y (S, K) of 0 and 1, one piece behind the other.

    >>> y = np.array([[1, 0], [1, 1]])
    >>> found = NextFrame(("C4", "E4"), "multilabel").measures(np.array([[9.0, -9], [9, -9]]), y)
    >>> {name: round(value, 3) for name, value in found.items()}
    {'accuracy': 0.667, 'nll_per_frame': 4.5, 'loss': 4.5}
    """

    kind: ClassVar[str] = "next frame"
    task: ClassVar[str] = "music"
    losses: ClassVar[tuple[str, ...]] = ("multilabel",)
    deciding: ClassVar[tuple[str, int]] = ("nll_per_frame", -1)

    shows_samples: ClassVar[bool] = False

    step: str = STEP  # what a frame lasts

    @property
    def question(self) -> Question:
        """The notes, and what a frame lasts."""
        return FrameQuestion(self.task, self.names, step=self.step)

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The notes, and what a frame lasts."""
        return cls(tuple(question.names), loss or cls.losses[0], getattr(question, "step", STEP))

    def check(self) -> Self:
        """The step is one of those that there are."""
        super().check().require(self.step in STEPS, "step", " or ".join(STEPS))
        return self

    def head(self, examples: int | None = None) -> Head:
        """One sigmoid output for each note."""
        k = len(self.names)
        return Head(k, f"the next frame's {k} notes: one sigmoid output each, binary cross entropy")

    def targets(self, y: Array) -> Array:
        """0 and 1 as numbers, so that they need no memory for whole ones."""
        return y.astype(np.float32)

    def predictions(self, a: Array) -> Array:
        """The probability of each note, (S, K)."""
        return self.reader.probabilities(a)  # type: ignore[attr-defined]

    def answer(self, a: Array) -> Array:
        """The notes whose probability is above ½, (S, K) of 0 and 1."""
        return self.reader.decide(a)  # type: ignore[attr-defined]

    def arrays(self, a: Array) -> dict[str, Array]:
        """The notes, their probabilities, and what they are called."""
        return {"prediction": self.answer(a), "probabilities": self.predictions(a),
                "classes": np.array(self.names)}  # fmt: skip

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The notes of each frame in one cell, then the probability of each note."""
        p = np.round(self.predictions(a).astype(np.float64), 6)
        said = [names_of(frame) for frame in self.answer(a)]
        return {"prediction": said, **{f"p({name})": p[:, k].tolist() for k, name in enumerate(self.names)}}

    def check_settling(self, asked: str | None, valid: Array | None) -> None:
        """Every note is said from ½ on."""
        if asked is not None:
            raise UsageError("a threshold decides between two classes; the notes of music have none")

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Accuracy, and the negative log-likelihood of a frame in nats, which is the loss."""
        loss = self.mean_loss(a, y)
        return {**self.measures_of(self.answer(a), y), "nll_per_frame": loss, "loss": loss}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The accuracy of answers (S, K) of 0 and 1."""
        said, true = predictions.astype(bool), np.asarray(y, bool)
        either = int((said | true).sum())
        return {"accuracy": int((said & true).sum()) / either if either else 1.0}

    def of_epoch(self, valid: dict[str, float]) -> dict[str, float]:
        """The loss: nearly all of the 88 notes are right at any time, since they are silent."""
        return {name: value for name, value in valid.items() if name != "accuracy"}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """What a frame of each piece costs, a piece beside what was expected, and what it plays itself."""
        losses = self.example_losses(a, y)
        return (PieceRolls(losses, np.asarray(y, np.uint8), self.predictions(a)), RollSamples(()))
