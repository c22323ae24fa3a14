"""The verb `data`."""

import json
from typing import Annotated, Any

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_entries
from gradatim.planning.data_options import DataOptions


@o.with_options(DataOptions, only=("target", "task", "group", "time", "ignore", "input_size"))
def data(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A name; a table, .npz, text or picture file; a folder of pictures; - for a table on stdin; "
            "nothing lists names."
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
    from gradatim.cli.parse_values import given_options
    from gradatim.cli.pictures import picture_text
    from gradatim.cli.tables import print_schema
    from gradatim.cli.text import data_text
    from gradatim.jobs.data import describe_data

    if name is None:
        print_entries(("dataset", "text"), as_json)
        return
    result = describe_data(name, schema=schema, **given_options(options))
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=None if "pixels" in result else 1))
    elif "pixels" in result:
        print(picture_text(result))
    elif "columns" in result:
        print_schema(result)
    else:
        print(data_text(result))
