"""An exercise: a problem with numbers of its own, what is asked, and the trace that solves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checks import whole
from gradatim.exercises.kind import Asked, Numbers, as_written, decimals_of, named
from gradatim.exercises.kinds import kind_of
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace, matrix
from gradatim.random import generator

FORMAT = 1  # of an exercise's JSON


@dataclass(frozen=True)
class Exercise:
    """A problem, what is asked, and its solution; printed it is the problem.

    >>> make_exercise("conv-size", 7).asked[0].name
    'places'
    """

    kind: str
    seed: int
    numbers: Numbers
    problem: Trace  # its title and parts, without what is asked
    asked: Sequence[Asked]
    solution: Trace

    @property
    def command(self) -> str:
        """The command that prints this exercise."""
        return f"gradatim exercise {self.kind} --seed {self.seed}"

    def sheet(self, title: str | None = None, blanks: bool = False) -> Trace:
        """Problem and questions as one record, which prints as text and page; with blanks to write into."""
        rows: list[list[Cell]] = [[one.name, one.symbol, one.decimals] for one in self.asked]
        names = ["name", "quantity", "decimals"]
        if blanks:
            names, rows = [*names, "answer"], [[*row, ""] for row in rows]
        asked = Table("What is asked, in this order", names, rows, 0)
        return Trace(
            title or self.problem.title, self.problem.rows, "", [*self.problem.parts, asked],
            self.problem.drawing,
        )  # fmt: skip

    def answers(self) -> Table:
        """What is asked with its value, rounded as it is asked."""
        from gradatim.explain.traces.record import cell_text

        rows: list[list[Cell]] = [
            [one.name, one.symbol, cell_text(float(one.value), one.decimals)] for one in self.asked
        ]
        return Table("Answers", ["name", "quantity", "value"], rows)

    def check(self, answer: Any) -> list:
        """Each answer with whether it is right: a text such as "0.51,0.489" or "y3=0.51", or a dictionary."""
        from gradatim.exercises.answers import check_answers

        return check_answers(self.asked, answer)

    def __str__(self) -> str:
        """The problem for a terminal."""
        return str(self.sheet())

    def as_json(self, solved: bool = False) -> dict[str, Any]:
        """Problem and questions; values and the trace only where it is to be solved."""
        asked = [{"name": one.name, "symbol": one.symbol, "decimals": one.decimals} for one in self.asked]
        found = {
            "format": FORMAT, "kind": self.kind, "seed": self.seed, "command": self.command,
            "title": self.problem.title, "numbers": self.numbers, "asked": asked,
        }  # fmt: skip
        if solved:
            for shown, one in zip(asked, self.asked, strict=True):
                shown["value"] = one.value
            found["solution"] = self.solution.as_json()
        return found

    def _repr_html_(self) -> str:
        from gradatim.explain.traces.page import as_fragment

        return as_fragment(self.sheet())


def make_exercise(name: str, seed: int) -> Exercise:
    """The exercise of a kind that a seed draws; the same seed gives the same one everywhere.

    >>> make_exercise("backprop", 7).numbers == make_exercise("backprop-or", 7).numbers
    True

    Raises UsageError for an unknown kind and a seed that is no whole number from 0.
    """
    kind = kind_of(name)
    seed = whole("seed", seed, 0, None)
    row = catalog.find(kind.trace, "trace")
    numbers = kind.draw(generator(seed, f"exercise {kind.trace}"))
    solution: Trace = row.load()(**numbers)
    parts: list[Part] = [
        Line(kind.task),
        *(_equations(row.home) if kind.equations else ()),
        *_given(numbers, kind.unsaid),
    ]
    parts += kind.shown(solution, numbers)
    problem = Trace(f"Exercise {kind.trace}, seed {seed}", row.rows, "", parts, kind.drawing(numbers))
    return Exercise(kind.trace, seed, numbers, problem, kind.asked(solution, numbers), solution)


def _equations(home: str) -> list[Part]:
    """The equations of the trace's docstring."""
    lines = parts_of(source_of(home).doc).equation.splitlines()
    return [Line(f"  {line.strip()}") for line in lines if line.strip()]


def _given(numbers: Numbers, unsaid: Sequence[str]) -> list[Part]:
    """The numbers: those alone and short lists in a sentence, rows of numbers as matrices."""
    grids = {name: value for name, value in numbers.items() if _is_grid(value)}
    rest = {name: value for name, value in numbers.items() if name not in grids and name not in unsaid}
    found: list[Part] = [Line(f"Given: {named(rest)}.")] if rest else []
    return found + ([Beside([_matrix(name, value) for name, value in grids.items()])] if grids else [])


def _matrix(name: str, rows: list[list[float]]) -> Table:
    """A matrix with as many decimals as its numbers have."""
    return matrix(name, rows, max(decimals_of(value) for row in rows for value in row))


def _is_grid(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def trace_command(exercise: Exercise) -> str:
    """The command that prints the solution as a trace.

    >>> trace_command(make_exercise("conv-size", 7)).startswith("gradatim trace conv-size n=")
    True
    """
    return " ".join(
        ["gradatim trace", exercise.kind, *map(_setting, *zip(*exercise.numbers.items(), strict=True))]
    )


def _setting(name: str, value: Any) -> str:
    if _is_grid(value):
        return f"{name}={str(value).replace(' ', '')}"
    text = as_written(value).replace("−", "-").strip("()").replace(", ", ",")
    return f"{name}=[{text}]" if isinstance(value, list) and len(value) == 1 else f"{name}={text}"
