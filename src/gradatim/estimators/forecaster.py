"""Forecasts of series as an estimator."""

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim.checks import Notice, UsageError, real, whole
from gradatim.data.arrays import array
from gradatim.data.forecasting.series_table import SeriesColumns, SeriesRows, series_rows
from gradatim.data.forecasting.windows import ForecastWindows, divide_by_time, windows_ahead, windows_of
from gradatim.data.frames import is_frame
from gradatim.data.sources.forecast import ForecastSource
from gradatim.data.sources.source import request_of
from gradatim.estimators.arguments import argument, keep, seed_of
from gradatim.estimators.plan_training import train_plan
from gradatim.planning.make_plan import make_plan
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import settings_from
from gradatim.runs.asking import ask

OF_ARRAYS = SeriesColumns("y", "time", time_kind="number")


class Forecaster(BaseEstimator):
    """The next steps of a series by the recipe of `gradatim train FILE --time T --horizon H`.

        ŷ_{t+h}, h = 0 … H−1, of the last L values and what else is known at t

    X is a series (N,), a list of several, or a data frame, whose columns `target`, `time`, `series` and
    `known` are named to the constructor; all else in it is an input. Values may be missing (NaN).

    Parameters: `horizon` H; `loss`, `laplace_nll` or `gaussian_nll`; `max_iter` epochs, the recipe's when
    None; `validation_fraction` of the steps, the latest, by which epochs are chosen and intervals are set;
    `random_state`, `n_jobs` threads, `verbose`.

    Learned: `lags_` L, `season_`, `n_iter_`, `loss_curve_`, `choices_`.

    Raises UsageError for an argument or a series that cannot be.

    >>> wave = 10 + np.sin(np.arange(120) * np.pi / 6)
    >>> model = Forecaster(horizon=3, max_iter=2, random_state=0).fit(wave)
    >>> model.predict().round(1).tolist()
    [10.0, 10.5, 10.9]
    """

    def __init__(
        self, horizon: int = 1, *, target: str | None = None, time: str | None = None,
        series: str | None = None, known: Any = None, loss: str = "laplace_nll", max_iter: int | None = None,
        validation_fraction: float = 0.1, random_state: Any = None, n_jobs: int | None = None,
        verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any = None) -> "Forecaster":
        """Learn from the series X; y is not looked at."""
        horizon = whole("horizon", argument(self, "horizon"), 1)
        share = real("validation_fraction", self.validation_fraction, at_least=0, below=1)
        every = self._every(X, horizon)
        for sentence in every.notices:
            warnings.warn(sentence, Notice, stacklevel=2)
        parts = divide_by_time(every, share, 0.0)
        settings = settings_from({
            "epochs": argument(self, "max_iter"), "seed": seed_of(self.random_state),
            "threads": argument(self, "n_jobs"),
        })  # fmt: skip
        data = Data(parts.train, parts.valid, None, every.name, {"judged_on": "valid"})
        plan = make_plan(data, settings, loss=self.loss)
        found = train_plan(plan, self.verbose)
        self._trained, self.choices_ = plan.trained, plan.choices
        self.loss_curve_, self.n_iter_ = found.losses, found.epochs
        self.lags_, self.season_ = every.lags, every.season
        self._several = (isinstance(X, list | tuple) and np.ndim(X[0]) > 0) or self.series is not None
        self._last = self._ahead(X)
        return self

    def predict(self, horizon: int | None = None, X: Any = None) -> np.ndarray:
        """The next steps (H,) of the series that it was fitted to, or of other series X; of several series
        (S, H). `horizon` may be shorter than the estimator's.
        """
        found, steps = self._answers(horizon, X)
        return self._shaped(found["prediction"][:, :steps])

    def predict_interval(self, horizon: int | None = None, X: Any = None) -> np.ndarray:
        """The ends of the 90 % intervals of the same steps, (H, 2), or (S, H, 2)."""
        found, steps = self._answers(horizon, X)
        return self._shaped(np.stack([found["low"], found["high"]], 2)[:, :steps])

    def _answers(self, horizon: int | None, X: Any) -> tuple[dict[str, np.ndarray], int]:
        check_is_fitted(self)
        most = len(self._trained.problem.names)
        steps = most if horizon is None else whole("horizon", horizon, 1, most)
        windows = self._last if X is None else self._ahead(X)
        return self._trained.problem.arrays(ask(self._trained, windows).a), steps

    def _shaped(self, found: np.ndarray) -> np.ndarray:
        return found if self._several or len(found) > 1 else found[0]

    def _every(self, X: Any, horizon: int) -> ForecastWindows:
        """Every window of what is to be learned from."""
        if is_frame(X):
            asked = request_of(
                self.target, "forecasting", time=self.time, series=self.series, horizon=horizon,
                known=self.known,
            )  # fmt: skip
            return ForecastSource().read(X, asked)
        return windows_of(_rows(X), OF_ARRAYS, horizon, "X")

    def _ahead(self, X: Any) -> ForecastWindows:
        """The windows at the ends of series."""
        first = self._trained.template
        if is_frame(X):
            return ForecastSource().read_new(X, first).examples
        if first.of != OF_ARRAYS:
            raise UsageError("the estimator learned from a data frame: give one with the same columns")
        return windows_ahead(_rows(X), first, "X")


def _rows(X: Any) -> SeriesRows:
    """A series (N,), or a list of several, as rows one step apart."""
    several = isinstance(X, list | tuple) and len(X) > 0 and np.ndim(X[0]) > 0
    parts = [_values(one) for one in (X if several else [X])]
    names = [f"X[{k}]" for k, one in enumerate(parts) for _ in one] if several else None
    times = np.concatenate([np.arange(len(one), dtype=np.float64) for one in parts])
    y = np.concatenate(parts)
    return series_rows(OF_ARRAYS, times, y, np.zeros((len(y), 0)), names, "X")


def _values(one: Any) -> np.ndarray:
    found = np.asarray(array(one))
    found = found[:, 0] if found.ndim == 2 and found.shape[1] == 1 else found
    if found.ndim != 1 or found.dtype.kind not in "buif":
        raise UsageError(f"a series is numbers (N,); this one has the shape {found.shape} and {found.dtype}")
    found = found.astype(np.float64)
    if np.isinf(found).any():
        raise UsageError(
            f"a series holds {found[np.isinf(found)][0]} at step {int(np.isinf(found).argmax())}"
        )
    return found
