"""The next steps of a series, each with an interval (curriculum B10, E4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.problems.evidence import Evidence, Forecast, Misses
from gradatim.problems.intervals import ENOUGH, LEVEL, REACH, TAIL, Intervals
from gradatim.problems.numbers import MOST_MISSES
from gradatim.problems.problem import Array, Head, Problem, are_numbers
from gradatim.problems.summed import Summed


@dataclass(frozen=True)
class Forecasts(Intervals):
    """H numbers, the next steps of a series, each with the middle and the width of a distribution.

        low_h = scale (μ_h + z_low,h σ_h) + shift,   high_h = scale (μ_h + z_high,h σ_h) + shift

    All steps ahead have one shift and one scale, those of the training targets. `step` is the mean
    |y_{t+1} − y_t| of the training targets, by which MASE is scaled (Hyndman & Koehler 2006).

    Shapes: a (N, 2H), first every μ, then every log b (a Gaussian's log σ²); y (N, H).

    >>> Forecasts(("y +1", "y +2"), "laplace_nll", (5.0, 5.0), (2.0, 2.0)).predictions(np.zeros((1, 4)))
    array([[5., 5.]])
    """

    kind: ClassVar[str] = "forecasts"
    task: ClassVar[str] = "forecasting"
    losses: ClassVar[tuple[str, ...]] = ("laplace_nll", "gaussian_nll")
    deciding: ClassVar[tuple[str, int]] = ("mae", -1)
    learners: ClassVar[str] = "forecasters"
    compares: ClassVar[bool] = True
    form: ClassVar[str] = "forecasts"

    step: float = field(default=1.0, kw_only=True)

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The steps ahead, all scaled by the mean and deviation of all of them."""
        names, H = tuple(question.names), len(question.names)
        if y is None:
            return cls(names, loss or cls.losses[0])
        flat = y.reshape(-1)
        deviation = float(flat.std())
        scale = deviation if deviation > 1e-12 * max(abs(float(flat.mean())), 1e-300) else 1.0
        apart = np.abs(np.diff(y, axis=1)) if H > 1 else np.abs(np.diff(y, axis=0))
        step = float(apart.mean()) if apart.size and apart.mean() > 0 else 1.0
        return cls(names, loss or cls.losses[0], (float(flat.mean()),) * H, (scale,) * H, step=step)

    def check(self) -> Self:
        """The step is a length."""
        found = super().check()
        self.require(are_numbers([self.step], 1) and self.step > 0, "step", "a number above 0")
        return found

    def with_transform(self, asked: str, y: Array | None) -> tuple["Forecasts", str]:
        """Refused: the network scales each window itself."""
        raise UsageError("--target-transform is not for forecasting: each window is scaled by itself")

    def head(self, examples: int | None = None) -> Head:
        """Two outputs for each step ahead."""
        H = len(self.names)
        steps = "one step ahead" if H == 1 else f"{H} steps ahead"
        return Head(2 * H, f"{steps}: of each the middle and the width of a distribution, all at once")

    @property
    def mean_of_members(self) -> str:
        """Of several networks, their outputs."""
        return "outputs"

    def settle(self, a: Array, y: Array, asked: str | None) -> "Forecasts":
        """Where intervals begin and end, in widths from the middle, so that validation's answers lie in them:
        as of other intervals, for each step ahead; where validation has fewer than 100 forecasts, for all
        steps together; where it has fewer than 100 numbers, by the distribution.
        """
        n, H = len(a), len(self.names)
        if n >= ENOUGH:
            return super().settle(a, y, asked)  # type: ignore[return-value]
        reach = REACH[self.loss or self.losses[0]]
        low, high, used = -reach, reach, 0
        if n * H >= ENOUGH:
            mu, width = self.place_and_width(a)
            z = np.sort(((self.targets(y).reshape(n, -1) - mu) / width).reshape(-1))
            k = max(int((len(z) + 1) * TAIL), 1)
            low, high, used = float(z[k - 1]), float(z[len(z) - k]), n
        return replace(
            self, interval={"level": LEVEL, "low": [low] * H, "high": [high] * H, "examples": used}
        )

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """A row for each step ahead, series by series."""
        return {name: values.reshape(-1).tolist() for name, values in self.arrays(a).items()}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """MAE, RMSE and MASE over all steps ahead, and for the first and the last alone."""
        error = predictions - y.reshape(predictions.shape)
        found = self._errors(error)
        for h in self._ends():
            found |= {f"{name}_h{h}": value for name, value in self._errors(error[:, h - 1 : h]).items()}
        return found

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The windows overlap, so that their errors are not independent."""
        return None

    def answers_beside(
        self, problems: Sequence[Problem], outputs: Sequence[Array], y: Array
    ) -> Sequence[Evidence]:
        """Nothing: a forecast is several numbers."""
        return ()

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """The same, the pinball loss of the 5 %, 50 % and 95 % quantiles, and what the intervals hold."""
        low, high = self.ends(a)
        middle, y = self.predictions(a), y.reshape(low.shape)
        quantiles = ((TAIL, low), (0.5, middle), (TAIL + LEVEL, high))
        pinball = np.mean([np.maximum(q * (y - at), (q - 1) * (y - at)) for q, at in quantiles], 0)
        held = (low <= y) & (y <= high)
        found = self._errors(middle - y) | {
            "pinball": float(pinball.mean()), "interval_coverage": float(held.mean())
        }  # fmt: skip
        for h in self._ends():
            of_step = self._errors((middle - y)[:, h - 1 : h])
            of_step |= {
                "pinball": float(pinball[:, h - 1].mean()), "interval_coverage": float(held[:, h - 1].mean())
            }  # fmt: skip
            found |= {f"{name}_h{h}": value for name, value in of_step.items()}
        return {**found, "loss": self.mean_loss(a, y)}

    def _errors(self, error: Array) -> dict[str, float]:
        mae = float(np.abs(error).mean())
        return {"mae": mae, "rmse": float(np.sqrt((error**2).mean())), "mase": mae / self.step}

    def _ends(self) -> tuple[int, ...]:
        """The first and the last step ahead; none where there is one."""
        return (1, len(self.names)) if len(self.names) > 1 else ()

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The errors by how far ahead, the last forecasts as a fan, and the worst."""
        predicted = self.predictions(a)
        if not np.isfinite(predicted).all():
            return ()
        low, high = self.ends(a)
        y = y.reshape(predicted.shape)
        error = np.abs(predicted - y)
        row = len(a) - 1
        held = (low <= y) & (y <= high)
        fan = Forecast(
            [row], mae=error.mean(0), coverage=held.mean(0), true=y[row], predicted=predicted[row],
            low=low[row], high=high[row], name=str(self.names[0]).rpartition(" +")[0],
        )  # fmt: skip
        rows = np.argsort(-error.mean(1), kind="stable")[:MOST_MISSES]
        told = [{"mean error": float(error[k].mean()), "largest": float(error[k].max())} for k in rows]
        return fan, Misses(rows.tolist(), told)
