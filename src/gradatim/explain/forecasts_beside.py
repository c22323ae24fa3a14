"""What stands beside a network of forecasts: the last value, the last season, a linear autoregression."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.data.forecasting.windows import ForecastWindows
from gradatim.problems.evidence import Forecast
from gradatim.runs.trained import Trained

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
HELD = 0.2  # of the training windows, the latest: the penalty is chosen on them


class ForecastsBeside:
    """The naive forecasts, and a ridge regression of every step ahead on the window's past."""

    def __init__(
        self, train: ForecastWindows, test: ForecastWindows, trained: Trained, class_weight: Any, seed: int
    ):  # fmt: skip
        self.train, self.test, self.encoder = train, test, trained.encoder
        self.problem, self.rows = trained.problem, np.arange(len(train))  # all of them are learned from
        self.cells = len(train) * train.lags

    def measures(self, answers: np.ndarray) -> dict[str, float]:
        """Of forecasts (N, H) of the test windows."""
        assert self.test.y is not None
        return self.problem.measures_of(answers, self.test.y)

    def models(self) -> Iterator[tuple[str, str, Callable[[], np.ndarray]]]:
        """Name, sentence, and what gives the answers (N, H) to the test windows."""
        season, lags = self.test.season, self.test.lags
        yield "last value", "the last value, at every step ahead", lambda: last_value(self.test)
        yield "seasonal naive", f"the value one season of {season} steps before", lambda: seasonal(self.test)
        sentence = f"ridge regression of each step ahead on the last {lags} values, scikit-learn's"
        yield (
            "linear autoregression",
            f"{sentence}; its penalty chosen on the latest fifth of training",
            (self._ridge),
        )

    def _ridge(self) -> np.ndarray:
        from sklearn.linear_model import Ridge

        encoder: Any = self.encoder
        shift, scale = encoder.shift, encoder.scale
        x, y = self.train.series.target[self.train.past()], self.train.y
        x, y = (x - shift) / scale, (y - shift) / scale
        cut = max(1, int(len(x) * (1 - HELD)))
        errors = []
        for penalty in PENALTIES if cut < len(x) else ():
            model = Ridge(alpha=penalty).fit(x[:cut], y[:cut])
            errors.append(np.abs(model.predict(x[cut:]).reshape(y[cut:].shape) - y[cut:]).mean())
        best = PENALTIES[int(np.argmin(errors))] if errors else 1.0
        past = (self.test.series.target[self.test.past()] - shift) / scale
        found = Ridge(alpha=best).fit(x, y).predict(past)
        return found.reshape(len(past), -1) * scale + shift


def last_value(windows: ForecastWindows) -> np.ndarray:
    """ŷ_{t+h} = y_{t−1}, (N, H)."""
    return np.repeat(windows.series.target[windows.origins - 1][:, None], windows.horizon, 1)


def seasonal(windows: ForecastWindows) -> np.ndarray:
    """ŷ_{t+h} = y_{t+h−s}, of the last season of s steps, (N, H); the last value where there is none yet."""
    rows, season = windows.series, windows.season
    back = windows.origins[:, None] - season + np.arange(windows.horizon) % season
    starts = rows.offsets[np.searchsorted(rows.offsets, windows.origins, "right") - 1]
    return np.where(back >= starts[:, None], rows.target[np.maximum(back, 0)], last_value(windows))


def with_past(found: Forecast, windows: ForecastWindows) -> Forecast:
    """The same with what stood before it, and with the naive forecasts' errors by how far ahead."""
    row = windows.take(np.asarray(found.rows, int))
    errors = [np.abs(naive(windows) - windows.y).mean(0) for naive in (last_value, seasonal)]
    past = windows.series.target[row.past()[0]]
    return replace(found, past=past, last_value=errors[0], seasonal=errors[1])
