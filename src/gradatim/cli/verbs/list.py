"""The verb `list`."""

from typing import Annotated

import typer

from gradatim.checks import UsageError
from gradatim.cli import options as o
from gradatim.cli.folding import fold
from gradatim.cli.printing import print_json


def list(
    kind: Annotated[
        str | None, typer.Argument(help="dataset, network, layer, activation, loss, …; or runs.")
    ] = None,
    folder: Annotated[str | None, typer.Argument(help="Of runs: where they are; runs/ if not given.")] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """List what there is, by name; or the runs in a folder, the newest first.

    Example: gradatim list optimizer
    """
    if kind == "runs":
        from gradatim.explain.run_summary import runs_text
        from gradatim.jobs.list_runs import list_runs

        found = list_runs(folder)
        if as_json:
            print_json({"runs": found})
        else:
            print(runs_text(found))
        return
    if folder is not None:
        raise UsageError(f"a folder is for gradatim list runs; {kind} is of the catalogue")
    from gradatim.cli.text import catalogue_text
    from gradatim.jobs.list import list_entries

    rows = list_entries(kind)
    if as_json:
        print_json({"entries": rows})
        return
    print(fold(catalogue_text(rows)))
