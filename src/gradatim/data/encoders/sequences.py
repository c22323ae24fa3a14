"""Sequences of different lengths, as they are."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder, Record, convert
from gradatim.data.ragged import Ragged
from gradatim.record_checks import TRUTH, Entries, Form, Maybe, whole_from

STEPS = Entries({"width": Maybe(whole_from(1)), "per_step": TRUTH})  # of a record


@dataclass(frozen=True)
class Sequences(Encoder):
    """x′ = x: for a network of the user's own, which was made for the data as they are.

    `width` is how many numbers a step has, None of whole numbers; `per_step` says whether each step has an
    answer, or the sequence.
    """

    name: ClassVar[str] = "sequences"
    form: ClassVar[Form] = STEPS
    width: int | None
    per_step: bool

    @classmethod
    def fit(cls, examples: Ragged) -> Self:
        """What the training sequences are like."""
        return cls(examples.shape[0] if examples.shape else None, examples.per_step)

    def steps(self, values: np.ndarray, dtype: Any) -> np.ndarray:
        """The steps (S, …) as the network sees them."""
        return values if self.width is None else convert(values, values, dtype)

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The sequences with their steps encoded, targets as the problem's loss reads them."""
        if not problem.reads_target:
            raise UsageError(f"{problem.task} is for rows; sequences of different lengths need targets")
        if examples.shape != self._step:
            raise UsageError(
                f"the network reads {_steps(self._step)} a step; here are {_steps(examples.shape)}"
            )
        y = None if examples.y is None else problem.targets(examples.y)
        return examples.changed(values=self.steps(examples.values, dtype), y=y, classes=())

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The same; where there are no targets they are 0, and not looked at."""
        found = self.prepare(examples, problem, dtype)
        if found.y is not None and found.per_step == self.per_step:
            return found
        answers = len(found.values) if self.per_step else len(found)
        return found.changed(y=np.zeros(answers, np.int64), per_step=self.per_step)

    def raw_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """(): a sequence has no fixed one."""
        return ()

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Ragged:
        """No sequence."""
        return Ragged.empty(self._step, self.per_step)

    def as_dict(self) -> Record:
        """What the sequences are like."""
        return {"name": self.name, "width": self.width, "per_step": self.per_step}

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        return cls(record["width"], record["per_step"])

    @property
    def _step(self) -> tuple[int, ...]:
        return () if self.width is None else (self.width,)


def _steps(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} numbers" if shape else "one whole number"
