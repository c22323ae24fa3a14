"""The verb `list`."""

from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.folding import fold
from gradatim.cli.printing import print_json


def list(
    kind: Annotated[str | None, typer.Argument(help="dataset, network, layer, activation, loss, …")] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """List what there is, by name.

    Example: gradatim list optimizer
    """
    from gradatim.cli.text import catalogue_text
    from gradatim.jobs.list import list_entries

    rows = list_entries(kind)
    if as_json:
        print_json({"entries": rows})
        return
    print(fold(catalogue_text(rows)))
