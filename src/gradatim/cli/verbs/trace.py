"""The verb `trace`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_entries, print_json


def trace(
    name: Annotated[
        str | None,
        typer.Argument(help="A trace; nothing lists them; NAME --help its numbers."),
    ] = None,
    settings: Annotated[list[str] | None, typer.Argument(help="key=value: its numbers, changed.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the page to this .html file.")] = None,
    theme: Annotated[
        str, typer.Option(help="Of the page: auto, as the reader's screen is; light or dark.")
    ] = "auto",
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Work an example through, every number on the table.

    Example: gradatim trace backprop-or lr=0.2 --out or.html
    """
    from gradatim.cli.parse_values import network_arguments
    from gradatim.jobs.trace import trace as job
    from gradatim.jobs.trace import write_page

    if name is None:
        print_entries(("trace",), as_json)
        return
    found = job(name, network_arguments(settings or []))
    if out is not None:
        write_page(found, out, theme)
        print(f"the trace is in {out}", file=sys.stderr)
    if as_json:
        print_json(found.as_json())
    elif out is None:
        print(found)
