"""The verb `report`."""

from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json


def report(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN...", help="A run folder, or its name under runs/; several are compared."),
    ],
    out: Annotated[Path | None, typer.Option(help="Of several runs: the .html file of their page.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    moved: o.Moved = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Write a run's report.html again, or one page that compares runs on the same data.

    Example: gradatim report runs/digits-1

    Several: gradatim report runs/digits-1 runs/digits-2 --out both.html
    """
    from gradatim.checks import UsageError
    from gradatim.files import refuse_existing
    from gradatim.jobs.report_beside import report_beside
    from gradatim.jobs.run import load

    if len(runs) == 1:
        if out is not None:
            raise UsageError("--out is for several runs; the page of one is report.html in its folder")
        path = load(runs[0], data=moved).report()
        if as_json:
            print_json({"report": str(path)})
        else:
            print(path)
        return
    if out is None:
        raise UsageError("say where the page of several runs goes: --out both.html")
    refuse_existing(out, force)
    found = report_beside([load(run, data=moved) for run in runs], out)
    if as_json:
        print_json(found)
    else:
        print(found["said"])
        print(f"report {found['report']}")
