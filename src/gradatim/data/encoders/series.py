"""Series whose steps are numbers around 0, or the columns of a table as a network sees them."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, encoder_from, fit_encoder
from gradatim.data.encoders.sequences import STEPS, Sequences
from gradatim.data.series import Series, SeriesFacts, rows_of
from gradatim.data.series_tables import template_of
from gradatim.record_checks import RECORD, TEXT, Entries, Form


@dataclass(frozen=True)
class SeriesEncoder(Sequences):
    """x′_t = the rows' encoder over all steps of training: of numbers (x_t − shift)/scale, of a table's
    columns what they become there, with missing values filled and marked and categories one-hot.

    `key` and `time` are the columns of a table that tell series and steps apart.
    """

    name: ClassVar[str] = "series"
    form: ClassVar[Form] = Entries({**STEPS.forms, "rows": RECORD, "key": TEXT, "time": TEXT})
    for_own: ClassVar[str] = ""
    rows: Encoder
    key: str = ""
    time: str = ""

    @classmethod
    def fit(cls, examples: Series) -> Self:  # type: ignore[override]
        """The rows' encoder for the training steps."""
        about = examples.about
        rows = fit_encoder(rows_of(examples))
        return cls(examples.shape[0], examples.per_step, rows, about.key, about.time)

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Any:
        """The series with their steps encoded, targets as the problem's loss reads them."""
        if not isinstance(examples, Series):
            raise UsageError(f"the network reads series of {self.width} numbers a step")
        if examples.shape != (self.width,):
            raise UsageError(f"the network reads {self.width} numbers a step; here are {examples.shape[0]}")
        encoded = self.steps_of(examples, dtype)
        plain = examples.changed(about=replace(examples.about, inputs=()))
        y = None if examples.y is None else problem.targets(examples.y)
        return plain.changed(values=encoded, y=y, classes=())

    def steps_of(self, examples: Series, dtype: Any) -> np.ndarray:
        """The steps (S, …) of series as the network sees them."""
        return self.rows.inputs(rows_of(examples), dtype)

    def names(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """What each of the numbers is that the network sees of a step."""
        return self.rows.names(features)

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """How many numbers the network sees of a step."""
        return self.rows.shape(shape) if shape else ()

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How the numbers of a step are encoded."""
        said = self.rows.in_words((self.width or 0,)) or "each column by its kind"
        return {"steps": f"{said}, over the steps of training", **self.rows.choices(features)}

    def notices(self, features: tuple[str, ...]) -> list[str]:
        """Those of the rows' encoder."""
        return self.rows.notices(features)

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Series:
        """No series."""
        columns = self.rows.columns(Dataset(np.empty((0, self.width or 0))))
        if columns:
            return template_of(columns, self.key, self.time, self.per_step)
        rows = np.empty((0, self.width or 0))
        about = SeriesFacts(key=self.key)
        return Series.of_steps(rows, np.zeros(0, int), None, self.per_step, about)

    def as_dict(self) -> Record:
        """The rows' record, and what tells series and steps apart."""
        return {**super().as_dict(), "rows": self.rows.as_dict(), "key": self.key, "time": self.time}

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        cls.form.check(record, "encoder")
        encoder_from(record["rows"])

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        rows = encoder_from(record["rows"])
        return cls(record["width"], record["per_step"], rows, record["key"], record["time"])
