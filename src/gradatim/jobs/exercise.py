"""Exercise: a fresh problem with nice numbers, a student's answers checked, and sheets for a class."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.exercises.exercise import Exercise

FRESH = 10_000  # seeds from which one is taken where none is given


def exercise(kind: str, seed: int | None = None) -> "Exercise":
    """A problem of a kind, its numbers drawn by a seed; without one a seed that nobody has chosen.

    What is returned prints as the problem; `check("0.51,0.489")` judges answers, `solution` is the trace.

    >>> exercise("pooling", seed=7).asked[0].name
    'm11'

    Raises UsageError for an unknown kind; `exercise_kinds` names all.
    """
    from secrets import randbelow

    from gradatim.exercises.exercise import make_exercise

    return make_exercise(kind, randbelow(FRESH) if seed is None else seed)


def exercise_kinds() -> list[dict[str, Any]]:
    """Every kind: its name, its short name, the rows of the curriculum, and a sentence."""
    from gradatim import catalog
    from gradatim.exercises.kinds import all_kinds

    rows = {row.name: row for row in catalog.entries("trace")}
    return [
        {"name": name, "short": kind.short, "rows": rows[name].rows, "sentence": rows[name].sentence}
        for name, kind in all_kinds().items()
    ]


def write_sheet(
    kinds: Sequence[str], out: str | Path, count: int = 10, seed: int = 0, title: str = "Exercises"
) -> tuple[Path, Path]:
    """Write a page of problems, and beside it NAME-solutions.html; where both are.

    Raises UsageError for an unknown kind, and for what is no .html file.
    """
    from gradatim.exercises.sheet import as_pages, make_sheet, solutions_path
    from gradatim.files import write

    apart = solutions_path(out)
    problems, solutions = as_pages(make_sheet(kinds, count, seed), title)
    write(apart, solutions)
    write(out, problems)
    return Path(out), apart
