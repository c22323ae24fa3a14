"""Recordings as log-mel frames around 0, and what is said in them as symbols."""

from dataclasses import dataclass
from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.log_mel import LogMelEncoder
from gradatim.data.encoders.pairs import OF_ANSWERS, PairEncoder, of_answers
from gradatim.data.pairs import Kind, Pairs
from gradatim.data.sound.recordings import Recordings
from gradatim.data.sound.transcripts import SPEECH
from gradatim.data.text_units import Units
from gradatim.record_checks import RECORD, Entries, Form


@dataclass(frozen=True)
class TranscriptEncoder(PairEncoder):
    """The frames of a recording, as `LogMelEncoder` has them, and the symbols of its transcript."""

    name: ClassVar[str] = "transcribed recordings"
    form: ClassVar[Form] = Entries({**OF_ANSWERS, "frames": RECORD})
    kind: ClassVar[Kind] = SPEECH
    frames: LogMelEncoder

    @classmethod
    def fit(cls, examples: Pairs) -> "TranscriptEncoder":
        """The bands' means and deviations, and the symbols of training transcripts."""
        return cls(*of_answers(examples), LogMelEncoder.fit(examples.inputs))

    @property
    def sizes(self) -> dict[str, int]:
        """The symbols of answers, and the numbers of a frame: a recording has no shape that says so."""
        return {"num_symbols": len(self.answers), "in_features": self.frames.width or 0}

    def values(self, examples: Pairs, dtype: Any) -> Recordings:
        """The recordings, their frames standardised."""
        found = examples.inputs
        if not isinstance(found, Recordings) or found.shape != (self.frames.width,):
            raise UsageError(f"the network listens to recordings in {self.frames.width} bands")
        return found.changed(values=self.frames.steps(found.values, dtype))

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What recordings and answers are made of."""
        return {**self.frames.choices(features), **super().choices(features)}

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Pairs:
        """No recording."""
        return Pairs(self.frames.template(shape, features), (), SPEECH)

    def as_dict(self) -> Record:
        """The record of the frames' encoder, and the symbols."""
        return {**super().as_dict(), "frames": self.frames.as_dict()}

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        cls.form.check(record, "encoder")
        LogMelEncoder.check(record["frames"])

    @classmethod
    def from_dict(cls, record: Record) -> "TranscriptEncoder":
        """The encoder of a record."""
        answers, frames = Units.from_dict(record["answers"]), LogMelEncoder.from_dict(record["frames"])
        return cls(answers, record["longest"], frames)
