"""The verb `data`."""

from typing import Annotated, Any

import typer

from gradatim import catalog
from gradatim.cli import options as o
from gradatim.cli.printing import print_entries, print_json
from gradatim.planning.data_options import DataOptions

ASKED = (
    "target", "task", "group", "time", "task_of", "series", "horizon", "known", "step", "vocabulary",
    "ignore", "input_size", "streaming", "void",
)  # fmt: skip


@o.with_options(DataOptions, only=ASKED)
def data(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A name; a table, .npz, text or picture file; a folder of pictures; - for a table on stdin; "
            "leave it out to list names."
        ),
    ] = None,
    schema: Annotated[
        str | None, typer.Option(help="Write what the columns are to this file, or follow it if it is there.")
    ] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
    **options: Any,
) -> None:
    """Describe data: examples, columns, classes, splits, ranges; of a picture its numbers.

    Example: gradatim data customers.csv --target churned --ignore name
    """
    from gradatim.cli.page import print_page
    from gradatim.cli.parse_values import given_options
    from gradatim.jobs.data import data_page

    if name is None:
        print_entries(catalog.DATA, as_json)
        return
    facts, page = data_page(name, schema=schema, **given_options(options))
    if as_json:
        print_json(facts)
    else:
        print_page(page)
