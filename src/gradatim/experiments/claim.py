"""A claim: a sentence that can turn out false, and everything about its test, stated before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from operator import ge, gt, le, lt
from typing import Any, ClassVar, NamedTuple

from gradatim.checks import UsageError
from gradatim.explain.charts.chart import Chart
from gradatim.explain.number_format import measure

RELATIONS = {"<": lt, "≤": le, ">": gt, "≥": ge}
SEEDS = 5
Measures = dict[str, Any]  # numbers, and lists of numbers, by name; what one seed gives


@dataclass(frozen=True)
class Threshold:
    """A bound on one number that a seed gives: the part of a claim that can fail."""

    key: str  # of the number among the measures
    words: str
    relation: str
    bound: float

    def holds(self, measures: Measures) -> bool:
        """Whether this seed's number keeps to the bound; one that is not finite does not.

        >>> accuracy = Threshold("accuracy", "test accuracy", "≥", 0.9)
        >>> accuracy.holds({"accuracy": 0.92}), accuracy.holds({"accuracy": None}), str(accuracy)
        (True, False, 'test accuracy ≥ 0.9')
        """
        number = measures[self.key]
        return number is not None and isfinite(number) and RELATIONS[self.relation](number, self.bound)

    def __str__(self) -> str:
        return f"{self.words} {self.relation} {measure(self.bound)}"


@dataclass(frozen=True)
class Table:
    """Numbers beside the verdict: columns under their names, the first of which are texts."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


class Sizes(NamedTuple):
    """The arguments of an experiment by name: of the form that takes two minutes at most, of a larger one."""

    default: dict[str, Any]
    full: dict[str, Any] | None = None


class Claim:
    """A sentence about networks, and the experiment that it has to pass. Abstract.

        measures = run(seed, **size);   a seed passes a threshold whose number keeps to its bound

    A claim states `title`, the sentence `claim`, what the `data` are, what the `measure` is, its `thresholds`
    and its `sizes`. `run` gives the measures of
    one seed, `chart` the figure and `table` the numbers of all seeds.
    """

    title: ClassVar[str]
    claim: ClassVar[str]
    data: ClassVar[str]
    measure: ClassVar[str]
    thresholds: ClassVar[tuple[Threshold, ...]]
    sizes: ClassVar[Sizes]
    seeds: ClassVar[int] = SEEDS

    def run(self, seed: int, *_: Any, **size: Any) -> Measures:
        """Do the experiment with one seed, and return what is measured."""
        raise NotImplementedError

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The figure of all seeds."""
        raise NotImplementedError

    def table(self, results: Sequence[Measures]) -> Table | None:
        """Numbers that belong beside the thresholds; None where there are none."""
        return None

    def sentences(self, results: Sequence[Measures]) -> Sequence[str]:
        """What the numbers say in words, computed from them; nothing where the verdict says all."""
        return ()

    def size(self, full: bool) -> dict[str, Any]:
        """The arguments of `run`. Raises UsageError where a claim has no larger form."""
        if not full:
            return self.sizes.default
        if self.sizes.full is None:
            raise UsageError("this experiment has no larger form: leave --full out")
        return self.sizes.full
