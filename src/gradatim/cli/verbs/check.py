"""The verb `check`."""

from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say


def check(
    files: Annotated[
        list[str] | None, typer.Argument(help="Your code: file.py:Name, or several files.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="The definition: lstm, conv2d, adam, …; without it all are listed.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that a file may take.")] = 10,
    memory: Annotated[float, typer.Option(help="GiB of memory that a file may take.")] = 4,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Run your own cell, layer, loss, activation or optimizer beside the definition.

    It runs the code of these files, each in a process of its own with limits of time and memory: hand in only
    files that you would run yourself. It exits with 1 where not all are right.

    Example: gradatim check my_lstm.py:LSTM --against lstm
    """
    from gradatim.checks import UsageError

    if against is None:
        if files:
            raise UsageError(f"against which definition? gradatim check {files[0]} --against lstm")
        _list(as_json)
        return
    from gradatim.checking.verdict import RIGHT, table_of
    from gradatim.jobs.check import check_all

    names = files or []
    checked = check_all(names, against, timeout=timeout, memory=memory)
    say(f"this runs the code of {names[0] if len(names) == 1 else f'{len(names)} files'}")
    verdicts = list(checked)
    if as_json:
        print_json({"verdicts": [one.as_json() for one in verdicts]})
    else:
        print(verdicts[0] if len(verdicts) == 1 else table_of(verdicts))
    if any(one.status != RIGHT for one in verdicts):
        raise typer.Exit(1)


def _list(as_json: bool) -> None:
    from gradatim.checking.definitions import checkable
    from gradatim.cli.folding import fold

    kinds = checkable()
    if as_json:
        print_json({"definitions": kinds})
        return
    for kind, names in kinds.items():
        print(fold(f"{kind:<10}  {', '.join(names)}"))
