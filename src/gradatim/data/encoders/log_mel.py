"""Recordings whose frames are log-mel energies around 0."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Record
from gradatim.data.encoders.sequences import STEPS
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.encoders.steps import Steps
from gradatim.data.series import SeriesFacts
from gradatim.data.sound.log_mel import FORM, LogMel
from gradatim.data.sound.recordings import Recordings
from gradatim.record_checks import RECORD, Entries, Form


@dataclass(frozen=True)
class LogMelEncoder(Steps):
    """x′_tm = (x_tm − μ_m)/σ_m: mean and deviation of each band over all frames of training.

    `sound` says how recordings become frames, at what rate and in which bands.
    """

    name: ClassVar[str] = "log mel"
    form: ClassVar[Form] = Entries({**STEPS.forms, "scaling": RECORD, "sound": FORM})
    for_own: ClassVar[str] = ""
    sound: LogMel

    @classmethod
    def fit(cls, examples: Recordings) -> Self:  # type: ignore[override]
        """Mean and deviation of the training frames."""
        scaling = Standardise.fit(Dataset(examples.values))
        return cls(examples.shape[0], False, Standardise(scaling.shift, scaling.scale), examples.sound)

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Any:
        """The recordings with their frames standardised."""
        if not isinstance(examples, Recordings):
            raise UsageError("the network listens to recordings: give it sound files")
        return super().prepare(examples, problem, dtype)

    def steps_of(self, examples: Recordings, dtype: Any) -> np.ndarray:
        """The frames (S, M) of recordings as the network sees them."""
        return self.steps(examples.values, dtype)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How sound becomes numbers."""
        one = self.sound
        return {
            "frames": f"{one.mels} log-mel energies of {1000 * one.window:g} ms every {1000 * one.hop:g} ms, "
            f"at {one.rate:,} samples a second, each band around 0 with deviation 1 over training"
        }

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Recordings:
        """No recording."""
        frames = np.empty((0, self.width or 0))
        found = Recordings.of_steps(frames, np.zeros(0, int), None, False, SeriesFacts(key="file"))
        return found.changed(sound=self.sound)

    def as_dict(self) -> Record:
        """The scaling's record, and how sound becomes frames."""
        return {**super().as_dict(), "sound": self.sound.as_dict()}

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        scaling, sound = Standardise.from_dict(record["scaling"]), LogMel.from_dict(record["sound"])
        return cls(record["width"], record["per_step"], scaling, sound)
