"""The verb `report`."""

from gradatim.cli import options as o
from gradatim.cli.printing import print_json


def report(
    run: o.Run,
    moved: o.Moved = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Write a run's report.html again.

    Example: gradatim report runs/digits-1
    """
    from gradatim.jobs.run import load

    path = load(run, data=moved).report()
    if as_json:
        print_json({"report": str(path)})
    else:
        print(path)
