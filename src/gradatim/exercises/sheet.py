"""A sheet of exercises for a class: one page with the problems, one with the solutions."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from gradatim.checks import UsageError, whole
from gradatim.exercises.exercise import Exercise, make_exercise, trace_command
from gradatim.exercises.kinds import kind_of
from gradatim.printable import legible

MOST = 200  # exercises on a sheet


def make_sheet(names: Sequence[str], count: int = 10, seed: int = 0) -> list[Exercise]:
    """Exercises of these kinds in turn, the first with this seed, each next with the next.

    >>> [(one.kind, one.seed) for one in make_sheet(["conv-size", "pooling"], 3, 7)]
    [('conv-size', 7), ('pooling', 8), ('conv-size', 9)]

    Raises UsageError for an unknown kind, no kind, or a count outside 1 … 200.
    """
    if not names:
        raise UsageError(
            "a sheet needs kinds of exercises, such as: gradatim exercise sheet backprop lstm conv"
        )
    kinds = [kind_of(name).trace for name in names]
    first = whole("seed", seed, 0, None)
    return [make_exercise(kinds[k % len(kinds)], first + k) for k in range(whole("count", count, 1, MOST))]


def as_pages(sheet: Sequence[Exercise], title: str) -> tuple[str, str]:
    """The page of problems, which gives no answer away, and the page of solutions."""
    return _page("problems", sheet, title), _page("solutions", sheet, title)


def solutions_path(out: str | Path) -> Path:
    """Where the solutions of a sheet go.

    >>> solutions_path("week/sheet.html").as_posix()
    'week/sheet-solutions.html'

    Raises UsageError for what is no .html file.
    """
    path = Path(out)
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"a sheet is written to an .html file; this is {path}")
    return path.with_name(f"{path.stem}-solutions{path.suffix}")


def _page(what: str, sheet: Sequence[Exercise], title: str) -> str:
    from jinja2 import Environment, StrictUndefined

    from gradatim.explain.traces.page import as_fragment
    from gradatim.explain.traces.record import Trace

    solved = what == "solutions"
    problems = []
    for number, one in enumerate(sheet, 1):
        name = f"{number}. {one.kind}"
        answers = Trace(name, "", "", [one.answers()])
        shown = (
            as_fragment(answers) + as_fragment(one.solution)
            if solved
            else as_fragment(one.sheet(name, blanks=True))
        )
        problems.append({"shown": shown, "command": trace_command(one) if solved else one.command})
    source = files("gradatim.exercises").joinpath("sheet.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    page = environment.from_string(source).render(title=title, solved=solved, problems=problems)
    return legible(page)
