"""The verb `exercise`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say

if TYPE_CHECKING:
    from gradatim.exercises.answers import Mark
    from gradatim.exercises.exercise import Exercise


def exercise(
    kind: Annotated[
        str | None,
        typer.Argument(help="A kind; leave it out to list them; sheet, and behind it kinds, for a class."),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(help="The kinds of a sheet.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Draws the numbers; a new one where none is given.")
    ] = None,
    answer: Annotated[
        str | None, typer.Option(help="Your answers: 0.51,0.489 in the order asked, or y3=0.51,y4=0.489.")
    ] = None,
    solution: Annotated[
        bool, typer.Option("--solution", help="The worked solution, number by number.")
    ] = False,
    count: Annotated[int, typer.Option(help="Exercises on a sheet.")] = 10,
    out: Annotated[Path | None, typer.Option(help="The .html file of a sheet.")] = None,
    title: Annotated[str, typer.Option(help="Of a sheet.")] = "Exercises",
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Set a fresh problem, and check the answers.

    With --answer it says which are right, and exits with 1 where not all are; --solution shows the values. A
    sheet has its solutions in a file of their own.

    Example: gradatim exercise backprop --seed 7
    """
    from gradatim.checks import UsageError
    from gradatim.jobs.exercise import exercise as job

    if kind == "sheet":
        _sheet(more or [], out, count, seed, title, as_json)
        return
    if more:
        raise UsageError(
            f"one kind at a time; several make a sheet: gradatim exercise sheet {kind} {more[0]}"
        )
    if out is not None:
        raise UsageError(f"--out is for a sheet: gradatim exercise sheet {kind or 'backprop'} --out {out}")
    if kind is None:
        _list(as_json)
        return
    if answer is not None and seed is None:
        raise UsageError("to which problem? Give the --seed that the problem was printed with")
    found = job(kind, seed)
    marks = found.check(answer) if answer is not None else None
    if as_json:
        print_json(found.as_json(solution) | ({} if marks is None else {"answers": _as_json(marks)}))
    else:
        _print(found, marks, solution)
    if marks is not None and not all(mark.right for mark in marks):
        raise typer.Exit(1)


def _sheet(
    kinds: list[str], out: Path | None, count: int, seed: int | None, title: str, as_json: bool
) -> None:
    from gradatim.checks import UsageError
    from gradatim.jobs.exercise import write_sheet

    if out is None:
        raise UsageError("a sheet is written to a file: --out sheet.html")
    problems, solutions = write_sheet(kinds, out, count, seed or 0, title)
    if as_json:
        print_json({"problems": str(problems), "solutions": str(solutions)})
    else:
        print(f"problems  {problems}\nsolutions {solutions}")


def _list(as_json: bool) -> None:
    from gradatim.cli.folding import fold
    from gradatim.jobs.exercise import exercise_kinds

    kinds = exercise_kinds()
    if as_json:
        print_json({"exercises": kinds})
        return
    width, short = (max(len(kind[key]) for kind in kinds) for key in ("name", "short"))
    for kind in kinds:
        print(fold(f"{kind['name']:<{width}}  {kind['short']:<{short}}  {kind['sentence']}"))


def _print(found: "Exercise", marks: "list[Mark] | None", solution: bool) -> None:
    from gradatim.exercises.exercise import trace_command
    from gradatim.explain.traces.text import table_lines

    if marks is not None:
        print("\n".join(_judged(marks)))
    elif not solution:
        print(found)
        say(f"\ncheck your answers: {found.command} --answer {found.asked[0].name}=…")
    if solution:
        print(("\n" if marks is not None else "") + "\n".join(table_lines(found.answers())))
        print(f"\n{found.solution}")
        say(f"\nthe same, its numbers yours to change: {trace_command(found)}")


def _judged(marks: "list[Mark]") -> list[str]:
    from gradatim.explain.traces.record import Table
    from gradatim.explain.traces.text import table_lines

    rows = [
        [mark.asked.name, mark.asked.symbol, mark.answer or "", "yes" if mark.right else "no", mark.remark]
        for mark in marks
    ]
    right = sum(mark.right for mark in marks)
    table = Table(
        f"{right} of {len(marks)} right", ["name", "quantity", "your answer", "right", "remark"], rows
    )
    return table_lines(table)


def _as_json(marks: "list[Mark]") -> list[dict[str, Any]]:
    return [
        {"name": mark.asked.name, "answer": mark.answer, "right": mark.right, "remark": mark.remark}
        for mark in marks
    ]
