"""The verb `trace`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_entries, print_json

NETWORK = "Network"


def _of_networks(help_text: str, *flags: str) -> typer.models.OptionInfo:
    return typer.Option(*flags, help=help_text, rich_help_panel=NETWORK)


def trace(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A worked example (leave it out to list them; NAME --help: its numbers), a run, or a .json."
        ),
    ] = None,
    settings: Annotated[list[str] | None, typer.Argument(help="key=value: its numbers, changed.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A number changed, w13=2.5, h1.weight.3.2=0, x2=1, target=yes; both columns are printed.",
        ),
    ] = None,
    example: Annotated[int | None, _of_networks("Of a run: which example, counted from 1.")] = None,
    split: Annotated[str | None, _of_networks("Of a run: of its test, valid or train part.")] = None,
    member: Annotated[int | None, _of_networks("Of a run that is several networks' mean: which.")] = None,
    data: o.Moved = None,
    given: Annotated[str | None, _of_networks("Of a file: 1,0 or rows [[1,0],[0,1]].", "--input")] = None,
    target: Annotated[str | None, _of_networks("Of a file: 1, or 0,1, or a class number.")] = None,
    loss: Annotated[str | None, _of_networks("Of a file: gradatim list loss.")] = None,
    lr: Annotated[float | None, _of_networks("The learning rate η of the step.")] = None,
    optimizer: Annotated[str | None, _of_networks("Another than sgd, or than the run's own.")] = None,
    delta: Annotated[str | None, _of_networks("What δ stands for: dL/da, or -dL/da.")] = None,
    unit: Annotated[
        str | None, _of_networks("Open one: h1.3 a unit or filter, h1.3.2.4 its place, h1.t2 a step.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the page to this .html file.")] = None,
    theme: Annotated[
        str, typer.Option(help="Of the page: auto, as the reader's screen is; light or dark.")
    ] = "auto",
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Work an example through, every number on the table: one of the course's, or a step of any network.

    Example: gradatim trace backprop-or lr=0.2 --out or.html

    Of a run: gradatim trace digits-1 --example 3 --unit h1.3

    Of your own network: gradatim trace net.json --input 1,0 --target 1 --set w13=2.5
    """
    from gradatim.cli.parse_values import network_arguments
    from gradatim.jobs.trace import trace as job
    from gradatim.jobs.trace import write_page

    if name is None:
        print_entries(("trace",), as_json)
        return
    numbers = network_arguments([*(settings or []), *(changes or [])])
    typed = {
        key: value for text, key in ((given, "input"), (target, "target")) if text is not None
        for value in network_arguments([f"{key}={text}"]).values()
    }  # fmt: skip
    found = job(
        name, numbers, example=example, split=split, member=member, data=data, loss=loss, lr=lr,
        optimizer=optimizer, delta=delta, unit=unit, **typed,
    )  # fmt: skip
    if out is not None:
        write_page(found, out, theme)
        print(f"the trace is in {out}", file=sys.stderr)
    if as_json:
        print_json(found.as_json())
    elif out is None:
        print(found)
