"""The verb `doctor`."""

import typer

from gradatim.cli import options as o
from gradatim.cli.folding import fold
from gradatim.cli.printing import print_json


def doctor(as_json: o.Json = False, debug: o.Debug = False) -> None:
    """Say what this machine has and whether everything works.

    Example: gradatim doctor
    """
    from gradatim.jobs.doctor import doctor as job

    result = job()
    if as_json:
        print_json(result)
    else:
        for name, value in result["facts"].items():
            print(fold(f"{name:<14} {value}"))
        for check in result["checks"]:
            said = f": {check['said']}" if check["said"] else ""
            print(fold(f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}{said}"))
    if not all(check["ok"] for check in result["checks"]):
        raise typer.Exit(1)
