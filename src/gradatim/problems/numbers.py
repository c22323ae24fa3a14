"""One number or several (curriculum B11, B20)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.question import Question, default_names
from gradatim.data.tables.outliers import has_outliers, sentence_of_target
from gradatim.data.tables.scaling import fit_scaler
from gradatim.data.target_transforms import check_domain, fit_transform, forward, inverse, is_transform
from gradatim.problems.evidence import AnswersBeside, Evidence, Misses, Residuals
from gradatim.problems.measures import measures_of_numbers
from gradatim.problems.problem import Array, Head, Problem, are_numbers
from gradatim.problems.summed import Summed

MOST_MISSES = 24
MOST_BESIDE = 12  # examples that several networks answer differently
FAR = 1e15  # deviations


@dataclass(frozen=True)
class Numbers(Problem):
    """T numbers, `names`, which the network learns around 0: the training targets' mean and deviation are
    `shift` and `scale`.

        ŷ = T⁻¹(scale · a + shift)

    `transform` holds T of each number (`data.target_transforms`), the identity where there is none; shift and
    scale are then those of T(y), and ŷ is a median.

    Shapes: a (N, T); y (N,) or (N, T), in their own units.

    >>> Numbers(("price",), "squared_error", (100.0,), (20.0,)).predictions(np.array([[0.5]]))
    array([[110.]])
    """

    kind: ClassVar[str] = "numbers"
    task: ClassVar[str] = "regression"
    losses: ClassVar[tuple[str, ...]] = ("squared_error", "half_squared_error", "absolute_error", "huber")
    deciding: ClassVar[tuple[str, int]] = ("rmse", -1)
    learners: ClassVar[str] = "regressors"

    outputs_each: ClassVar[int] = 1  # outputs for each number

    shift: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    transform: tuple[dict[str, Any], ...] = field(default=(), kw_only=True)

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The numbers, scaled by those of training."""
        shift, scale = _shift_and_scale(y)
        return cls(tuple(question.names), loss or cls.losses[0], shift, scale)

    def with_transform(self, asked: str, y: Array | None) -> tuple[Self, str]:
        """The numbers of the transformed training targets y, and what the transforms are."""
        if y is None:
            raise UsageError(
                "a transform is fitted to the training targets, and a loader's are not known before"
            )
        parts = y.reshape(len(y), -1).T
        names = self.names or default_names(len(parts))
        found = [
            fit_transform(asked, part, f"the target {str(name)!r}")
            for name, part in zip(names, parts, strict=True)
        ]
        said = "; ".join(
            one.sentence if len(names) == 1 else f"{name}: {one.sentence}"
            for name, one in zip(names, found, strict=True)
        )
        if all(one.record["name"] == "standard" for one in found):
            return self, said
        new = replace(self, transform=tuple(one.record for one in found))
        shift, scale = _shift_and_scale(new.transformed(y))
        return replace(new, shift=shift, scale=scale), said

    def check_transform(self, asked: str, y: Array) -> None:
        """Every number must be one that the transform is defined for."""
        for name, part in zip(self.names, y.reshape(len(y), -1).T, strict=False):
            check_domain({"name": asked}, part, f"the target {str(name)!r}")

    def transformed(self, y: Array) -> Array:
        """T(y) of each number, in the shape of y; UsageError where it is not defined."""
        for record, name, part in zip(self.transform, self.names, y.reshape(len(y), -1).T, strict=False):
            check_domain(record, part, f"the target {str(name)!r}")
        return self._by_number(forward, y)

    def _by_number(self, function: Callable[[dict[str, Any], Array], Array], y: Array) -> Array:
        """A function of the transform and the values of each number, in the shape of y."""
        if not self.transform:
            return y
        parts = zip(self.transform, y.reshape(len(y), -1).T, strict=True)
        return np.stack([function(record, part) for record, part in parts], 1).reshape(y.shape)

    def learners_targets(self, y: Array) -> Array:
        """The transformed numbers."""
        return self.transformed(y)

    def outputs_of_scores(self, scores: Array) -> Array:
        """Around 0, as the network gives them."""
        return (scores - np.asarray(self.shift)) / np.asarray(self.scale) if self.scale else scores

    def learners_predictions(self, found: Array) -> Array:
        """The numbers in their own units."""
        return self._by_number(inverse, found)

    def check(self) -> Self:
        """As many shifts and scales as names, or none."""
        super().check()
        for entry in ("shift", "scale") if self.shift or self.scale else ():
            fits = are_numbers(getattr(self, entry), len(self.names))
            self.require(fits, entry, "a number for each name")
        self.require(0 not in self.scale, "scale", "other than 0")
        found = self.transform
        fits = (
            isinstance(found, tuple) and all(map(is_transform, found)) and len(found) in (0, len(self.names))
        )
        self.require(fits, "transform", "a transform for each name")
        return self

    def head(self, examples: int | None = None) -> Head:
        """One linear output for each number.

        >>> Numbers(("price",)).head().sentence
        'one number: one linear output, squared error'
        """
        t = len(self.names)
        many = "one number: one linear output" if t == 1 else f"{t} numbers: one linear output each"
        return Head(t, f"{many}, squared error")

    def known_names(self, predictions: Array) -> tuple:
        """The names of predicted numbers (N, T), of which a loader knows none."""
        return self.names or default_names(predictions.shape[1])

    @property
    def unit(self) -> Array:
        """How far the targets deviate, (T,): half of what lies within one deviation of the middle."""
        if not self.transform:
            return np.asarray(self.scale or 1.0)
        around = self.unscale(np.array([[-1.0], [1.0]]) * np.ones(len(self.names)))
        return (around[1] - around[0]) / 2

    def targets(self, y: Array) -> Array:
        """The numbers around 0, in the shape of y."""
        if not self.scale:
            return y
        z = self.transformed(y).reshape(len(y), -1)
        return ((z - np.asarray(self.shift)) / np.asarray(self.scale)).reshape(y.shape)

    def check_reach(self, valid: Array | None) -> None:
        """No validation target may be `FAR` deviations from training's: its square has no 32-bit number."""
        z = (
            np.zeros((0, 1))
            if valid is None or not self.scale
            else self.targets(valid).reshape(len(valid), -1)
        )
        if np.abs(z).max(initial=0) > FAR:
            i, t = np.unravel_index(int(np.abs(z).argmax()), z.shape)
            raise GradatimError(
                f"the target {str(self.names[t])!r} is {valid.reshape(len(z), -1)[i, t]:g} in a row of "  # type: ignore[union-attr]
                f"validation, {abs(z[i, t]):.0e} deviations from the training rows' mean, which no network "
                "can learn: leave that row out, or learn the logarithm: --target-transform log"
            )

    def unscale(self, y: Array) -> Array:
        """Numbers (N, T) around 0 in their own units again."""
        return (
            self._by_number(inverse, y * np.asarray(self.scale) + np.asarray(self.shift)) if self.scale else y
        )

    def predictions(self, a: Array) -> Array:
        """The numbers in their own units, (N, T)."""
        wide = a if a.ndim == 2 else a.reshape(len(a), -1)
        return self.unscale(wide[:, : wide.shape[1] // self.outputs_each].astype(np.float64))

    def answer(self, a: Array) -> Array:
        """The same."""
        return self.predictions(a)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """A column for each number: `prediction`, or `prediction NAME` of several."""
        return self.by_name({"prediction": self.predictions(a)})

    def by_name(self, parts: dict[str, Array]) -> dict[str, list[Any]]:
        """Columns of arrays (N, T): those of a name beside each other."""
        names = self.known_names(next(iter(parts.values())))
        return {
            f"{what} {name}" if len(names) > 1 else what: values[:, t].tolist()
            for t, name in enumerate(names)
            for what, values in parts.items()
        }

    def notices(self, y: Array) -> list[str]:
        """That a few enormous values decide mean and deviation of a target."""
        y = self.transformed(y).reshape(len(y), -1)
        parts = zip(self.known_names(y), y.T, strict=True)
        few = [str(name) for name, part in parts if has_outliers(part)]
        return [sentence_of_target(few)] if few else []

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """RMSE, MAE and R²; of several numbers the means over them."""
        return measures_of_numbers(y, predictions)

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The squared error of every number; the mean over the targets of its root."""
        r = self.predictions(a).reshape(len(y), -1) - y.reshape(len(y), -1)
        parts = np.column_stack([r.astype(np.float64) ** 2, np.ones(len(y))])
        return Summed(parts, lambda sums: np.sqrt(sums[..., :-1] / sums[..., -1:]).mean(-1))

    def answers_beside(
        self, problems: Sequence[Problem], outputs: Sequence[Array], y: Array
    ) -> Sequence[Evidence]:
        """The examples for which the networks say numbers furthest apart, where there is one number."""
        found = np.stack(
            [one.predictions(a).reshape(len(y), -1) for one, a in zip(problems, outputs, strict=True)]
        )
        if found.shape[2] != 1 or not np.isfinite(found).all():
            return ()
        apart = np.ptp(found[..., 0], 0)
        rows = np.argsort(-apart, kind="stable")[:MOST_BESIDE].tolist()
        said = [tuple(map(_in_short, found[:, r, 0].tolist())) for r in rows]
        right = [(_in_short(float(y.reshape(-1)[r])),) for r in rows]
        how = "those for which the predictions are furthest apart, the furthest first"
        return (AnswersBeside(rows, said, right, how),)

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The mean."""
        return "mean", "the mean of the target", y.reshape(len(y), -1).mean(0)

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The residuals, and the largest of them; of several numbers, in the deviations of each.

        Nothing where a number is not finite: the measures say so.
        """
        y, predicted = y.reshape(len(y), -1), self.predictions(a)
        if not np.isfinite(predicted).all():
            return ()
        residual, spread = predicted - y, np.asarray(_shift_and_scale(y)[1])  # of a constant 1
        size, names = np.abs(residual) / spread, self.known_names(predicted)
        rows = np.argsort(-size.max(1), kind="stable")[:MOST_MISSES]
        told = []
        for row in rows:
            t = int(size[row].argmax())
            one: dict[str, Any] = {"target": names[t]} if len(names) > 1 else {}
            one |= {"true": float(y[row, t]), "predicted": float(predicted[row, t])}
            told.append({**one, "off by": float(residual[row, t])})
        return Residuals(y, predicted, names), Misses(rows.tolist(), told)

    def moving(self, moved: Array, most: int) -> list[tuple[str, list[int]]]:
        """Of several numbers, the one that moves most for its deviation."""
        names = self.known_names(moved)
        return [(f"mean predicted {names[t]}", [t]) for t in (moved / self.unit).argmax(1).tolist()]

    def as_dict(self) -> dict[str, Any]:
        """The numbers for JSON, their transforms where there are some."""
        found = super().as_dict()
        return (
            found if self.transform else {name: value for name, value in found.items() if name != "transform"}
        )


def _shift_and_scale(y: Array | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of each number of (N,) or (N, T)."""
    fitted = [fit_scaler(part, "standard") for part in (() if y is None else y.reshape(len(y), -1).T)]
    return tuple(one["shift"] for one in fitted), tuple(one["scale"] for one in fitted)


def _in_short(value: float) -> str:
    """Four digits.

    >>> _in_short(-2.10803), _in_short(123456.0)
    ('−2.108', '123,456')
    """
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}").replace("-", "−")
