"""The verb `evaluate`."""

import sys
from typing import Annotated

import typer

from gradatim.cli import options as o
from gradatim.cli.printing import print_json


def evaluate(
    run: o.Run,
    data: Annotated[str | None, typer.Option(help="Other examples: a name, or an .npz file.")] = None,
    split: Annotated[str, typer.Option(help="Of the run's own data: train, valid or test.")] = "test",
    metrics: Annotated[
        str | None, typer.Option(help="More scores of scikit-learn: balanced_accuracy,f1_macro.")
    ] = None,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> None:
    """Measure a trained network.

    Example: gradatim evaluate runs/digits-1 --json
    """
    from gradatim.cli.text import beside_text, class_report_text, measures_text
    from gradatim.jobs.run import load

    result = load(run).evaluate(data, split, metrics)
    if as_json:
        print_json(result)
        return
    for notice in result.get("notices", ()):
        print(f"{data}: {notice}", file=sys.stderr)
    shares = ", ".join(f"{name} {share:.2f}" for name, share in result.get("shares", {}).items())
    model = f"a weighed mean ({shares})" if shares else result.get("model")
    by = f", answered by {model}" if model else ""
    print(f"{result['split']} examples {result['n']}{by}")
    if "beside" in result:
        print(beside_text(result["metrics"], result["beside"]))
    else:
        print(measures_text(result["metrics"]))
    if "by_class" in result:
        print(f"\n{class_report_text(result)}")
