"""The verb `reproduce`."""

from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.folding import fold
from gradatim.cli.printing import print_entries, print_json


def reproduce(
    name: Annotated[str | None, typer.Argument(help="An experiment; leave it out to list them.")] = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many, from 0 on; as many as the claim states when not given.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="The larger form, which may take long.")] = False,
    out: Annotated[Path | None, typer.Option(help="The folder; reproduced/NAME when not given.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Run seeds again that are kept.")] = False,
    quiet: o.Quiet = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Test a claim about networks by its experiment: several seeds, a table, a figure, a verdict.

    Example: gradatim reproduce vanishing-gradients --seeds 5
    """
    if name is None:
        print_entries(("experiment",), as_json)
        return
    from gradatim.experiments.reproduce import reproduce as job

    def show(text: str) -> None:
        if not as_json:
            print(fold(text), end="\n\n", flush=True)

    found = job(name, seeds=seeds, full=full, out=out, force=force, quiet=quiet, before=show)
    if as_json:
        print_json(found.as_json())
        return
    print(fold(found.result_text()))
    print(f"folder     {found.folder}")
    print(f"report     {found.folder / 'report.html'}")
