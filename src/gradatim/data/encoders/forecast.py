"""Windows of series as a network sees them: the target's past, other columns' past, the known future."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, convert
from gradatim.data.forecasting.calendar_inputs import calendar_of, calendar_waves
from gradatim.data.forecasting.series_table import SeriesColumns
from gradatim.data.forecasting.time_step import TimeStep
from gradatim.data.forecasting.windows import ForecastWindows, empty_windows
from gradatim.record_checks import NUMBER, RECORD, TEXT, Entries, Form, ListOf, Maybe, one_in, whole_from

AT_ONCE = 1 << 13  # windows
FAR = 5.0  # deviations beyond which an input's number is cut off
OF_COLUMNS = Entries(
    {"target": TEXT, "time": TEXT, "series": Maybe(TEXT), "known": ListOf(TEXT), "inputs": ListOf(RECORD),
     "time_kind": one_in(("date", "number")), "time_form": TEXT}
)  # fmt: skip
SCALE = Entries({"shift": NUMBER, "scale": NUMBER})
OF_STEP = Entries({"unit": one_in(("second", "month", "month end", "number")), "size": NUMBER})


@dataclass(frozen=True)
class ForecastEncoder(Encoder):
    """z = (y − shift)/scale of the target's L last values; of every other column the same L steps; of the
    columns whose future is known, and of the calendar, the H steps ahead.

        x = [z_{t−L}, …, z_{t−1};  u_{t−L}, …, u_{t−1};  v_t, …, v_{t+H−1}]

    u_t (C,) are numbers around 0, cut off at 5 deviations, a missing one 0, and a category's one-hot code;
    v_t (K,) those of them that are known, and waves over day, week and year. Means, deviations and categories
    are those of the rows up to the last training target. Shapes: (N, L(1 + C) + H K).
    """

    name: ClassVar[str] = "forecast"
    form: ClassVar[Form] = Entries(
        {"columns": OF_COLUMNS, "lags": whole_from(1), "horizon": whole_from(1), "season": whole_from(1),
         "step": OF_STEP, "target": SCALE, "inputs": ListOf(SCALE), "series": ListOf(TEXT)}
    )  # fmt: skip
    of: SeriesColumns
    lags: int
    horizon: int
    season: int
    step: TimeStep
    shift: float
    scale: float
    scalings: tuple[tuple[float, float], ...]  # mean and deviation of each input
    names_of: tuple[str, ...] = ()  # the series that were learned from

    @classmethod
    def fit(cls, examples: ForecastWindows) -> Self:
        """What the training windows hold, and nothing behind their last target."""
        rows = examples.series
        y = examples.series.target[examples.ahead()]
        seen = _rows_seen(examples)
        of, scalings = examples.of, []
        inputs = []
        for one, values in zip(of.inputs, rows.inputs[seen].T, strict=True):
            there = values[~np.isnan(values)]
            if one.kind == "category":
                codes, counts = np.unique(there[there >= 0].astype(int), return_counts=True)
                order = np.argsort(-counts, kind="stable")
                inputs.append((one, tuple(one.categories[k] for k in codes[order])))
                scalings.append((0.0, 1.0))
            else:
                inputs.append((one, ()))
                scalings.append(_mean_and_deviation(there))
        found = tuple(_with_categories(one, names) for one, names in inputs)
        shift, scale = _mean_and_deviation(y.reshape(-1))
        return cls(
            replace(of, inputs=found),
            examples.lags,
            examples.horizon,
            examples.season,
            rows.step,
            shift,
            scale,
            tuple(scalings),
            rows.names,
        )

    @property
    def covariates(self) -> int:
        """C, the numbers a step of the past has beside the target."""
        return sum(_width(one) for one in self.of.inputs)

    @property
    def known(self) -> int:
        """K, the numbers of a step ahead."""
        asked = sum(_width(one) for one in self.of.inputs if one.name in self.of.known)
        return asked + 2 * len(calendar_waves(self.step))

    @property
    def width(self) -> int:
        """The numbers of a window."""
        return self.lags * (1 + self.covariates) + self.horizon * self.known

    @property
    def sizes(self) -> dict[str, int]:
        """What a network of forecasts must know of its inputs."""
        return {
            "lags": self.lags, "horizon": self.horizon, "covariates": self.covariates, "known": self.known,
            "season": self.season,
        }  # fmt: skip

    def raw(self, data: Any) -> np.ndarray:
        """The windows as the network sees them: what stands in a row of it is what stands in several rows of
        the table.
        """
        rows, past, ahead = data.series, data.past(), data.ahead()
        z = (rows.target - self.shift) / self.scale
        u = self._inputs(data)
        known = np.repeat(self.of.is_known, [_width(one) for one in self.of.inputs])
        v = np.concatenate([u[:, known], calendar_of(rows.times, self.step)], 1)
        parts = [z[past], u[past].reshape(len(past), -1), v[ahead].reshape(len(past), -1)]
        return np.concatenate(parts, 1)

    def _inputs(self, data: ForecastWindows) -> np.ndarray:
        """U (S, C)."""
        found = [np.zeros((len(data.series.target), 0))]
        theirs = {one.name: k for k, one in enumerate(data.of.inputs)}
        for one, (shift, scale) in zip(self.of.inputs, self.scalings, strict=True):
            k = theirs[one.name]
            values = data.series.inputs[:, k]
            if one.kind == "category":
                names = np.array([*data.of.inputs[k].categories, ""], object)
                text = names[np.where(np.isnan(values), -1, values).astype(int)]
                found.append(np.stack([text == name for name in one.categories], 1).astype(np.float64))
            else:
                z = np.clip((values - shift) / scale, -FAR, FAR)
                found.append(np.where(np.isnan(z), 0.0, z)[:, None])
        return np.concatenate(found, 1)

    def encode(self, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
        """The same numbers in the network's type."""
        return convert(x, x, dtype)

    def pieces(self, data: Any) -> Iterator[Any]:
        """Some thousand windows at a time."""
        for start in range(0, max(len(data), 1), AT_ONCE):
            yield data.take(np.arange(start, min(start + AT_ONCE, len(data))))

    def prepare(self, examples: ForecastWindows, problem: Any, dtype: Any) -> Dataset:
        """Windows as rows for an engine."""
        y = None if examples.y is None else problem.targets(examples.y)
        return Dataset(self.inputs(examples, dtype), y, name=examples.name)  # type: ignore[arg-type]

    def raw_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """All numbers of a window in a row."""
        return (self.width,)

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The same."""
        return (self.width,)

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How much of the past is seen, the season, the calendar."""
        of = f"the last {self.lags} steps of {self.step.words}"
        waves = list(dict.fromkeys(name for name, _ in calendar_waves(self.step)))
        found = {"past": f"{of}: a season and a step more, or the horizon and one, as far as the rows allow"}
        found["season"] = f"{self.season} steps, by the autocorrelation of the first half of the series"
        if waves or self.of.known:
            named = [*self.of.known, *(f"place in the {name}" for name in waves)]
            found["known"] = f"{', '.join(named)}: of the steps ahead"
        return found

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> ForecastWindows:
        """No window, of such series."""
        return empty_windows(self.of, self.lags, self.horizon, self.season, self.step, self.names_of)

    def as_dict(self) -> Record:
        """The record."""
        return {
            "name": self.name, "columns": self.of.as_dict(), "lags": self.lags, "horizon": self.horizon,
            "season": self.season, "step": {"unit": self.step.unit, "size": self.step.size},
            "target": {"shift": self.shift, "scale": self.scale},
            "inputs": [{"shift": shift, "scale": scale} for shift, scale in self.scalings],
            "series": list(self.names_of),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Record) -> Self:
        """The encoder of a record."""
        step = TimeStep(record["step"]["unit"], record["step"]["size"])
        return cls(
            SeriesColumns.from_dict(record["columns"]), record["lags"], record["horizon"], record["season"],
            step, record["target"]["shift"], record["target"]["scale"],
            tuple((one["shift"], one["scale"]) for one in record["inputs"]),
            tuple(record["series"]),
        )  # fmt: skip


def _rows_seen(examples: ForecastWindows) -> np.ndarray:
    """The rows that the windows and their targets lie in, each once."""
    seen = np.zeros(len(examples.series.target), bool)
    for shift in (*range(-examples.lags, 0), *range(examples.horizon)):
        seen[examples.origins + shift] = True
    return np.flatnonzero(seen)


def _mean_and_deviation(values: np.ndarray) -> tuple[float, float]:
    """Of a constant, or of nothing, the deviation 1."""
    if not len(values):
        return 0.0, 1.0
    deviation = float(values.std())
    mean = float(values.mean())
    return mean, deviation if deviation > 1e-12 * max(abs(mean), 1e-300) else 1.0


def _width(one: Any) -> int:
    return len(one.categories) if one.kind == "category" else 1


def _with_categories(one: Any, names: tuple[str, ...]) -> Any:
    return replace(one, categories=names) if one.kind == "category" else one
