"""The verb `train`."""

from typing import Any

import typer

from gradatim.checks import Interrupted
from gradatim.cli import options as o
from gradatim.cli.printing import print_json, say
from gradatim.files import exists
from gradatim.planning.data_options import DataOptions
from gradatim.planning.training_options import NAMES as SETTINGS
from gradatim.planning.training_options import Settings

NAMES = {
    "network": "key=value",
    "baselines": "--no-baselines",
    "keep_best_model": "--keep-best-model",
    "from_run": "--from",
}  # what is no --name


@o.with_options(DataOptions, Settings)
def train(
    data: o.Data = None, arguments: o.Arguments = None, model: o.Model = None, loss: o.Loss = None,
    weights: o.Weights = None, pretrained: o.Pretrained = False,
    from_run: o.FromRun = None, grow: o.Grow = None, out: o.Out = None, resume: o.Resume = None,
    config: o.Config = None, no_baselines: o.Baselines = False,
    keep_best_model: o.KeepBest = False, sanity: o.Sanity = False,
    tensorboard: o.TensorBoard = False, as_json: o.Json = False, quiet: o.Quiet = False,
    debug: o.Debug = False, **options: Any,
) -> None:  # fmt: skip
    """Train a network and keep everything about it in a run folder.

    Example: gradatim train digits --epochs 20 --hidden 128,64 activation=tanh
    """
    from gradatim.cli.parse_values import given_options, is_setting, network_arguments, read_model
    from gradatim.jobs.train import train as job
    from gradatim.planning.config_file import read_config_file
    from gradatim.planning.starting_weights import weights_source

    if data is not None and is_setting(data) and (resume is not None or not exists(data)):
        arguments, data = [data, *(arguments or [])], None
    given: dict[str, Any] = {
        **given_options(options), "data": data, "model": read_model(model), "loss": loss, "weights": weights,
        "network": network_arguments(arguments or []) or None, "baselines": False if no_baselines else None,
        "keep_best_model": keep_best_model or None, "from_run": from_run, "grow": grow,
    }  # fmt: skip
    if resume is not None:
        again = None if data == "-" else data  # standard input cannot be found again, but given
        _refuse({**given, "data": again, "config": config, "pretrained": pretrained or None})
    given["weights"] = weights_source(weights, pretrained)
    given = {name: value for name, value in given.items() if value is not None}
    if config is not None:
        given = read_config_file(config, given)
    try:
        run = job(
            given.pop("data", None), out=out, resume=resume, quiet=quiet, sanity=sanity,
            tensorboard=tensorboard, **given,
        )  # fmt: skip
    except Interrupted as error:  # typer has its own answer to a KeyboardInterrupt, without our sentence
        say(f"gradatim: {error}")
        raise typer.Exit(130) from None
    if as_json:
        print_json({"run": str(run.path), "metrics": run.metrics, **_on_validation(run)})
        return
    _print(run)


def _print(run: Any) -> None:
    """Its measures, those of other models, and where everything is."""
    from gradatim.cli.text import comparison_text, measures_text

    shown = run.trained.problem.in_short(run.metrics)
    print(measures_text(shown, run.judged_on))
    if len(shown) < len(run.metrics):
        print("the measures of every task are in the report, and printed by gradatim evaluate")
    if on_validation := _on_validation(run).get("valid_metrics"):
        print(measures_text(on_validation, "valid"))
    if run.baselines:
        print(comparison_text(run.trained.problem.in_short(run.network_metrics), run.records, run.baselines))
    print(f"run    {run.path}\nreport {run.folder.report}")


def _on_validation(run: Any) -> dict[str, dict[str, float]]:
    """The metrics that were asked for on validation; nothing where there are none."""
    from gradatim.jobs.report import metric_table

    table = metric_table(run) if run.own else None
    if table is None or run.judged_on == "valid":
        return {}
    pairs = zip(table.names, table.valid, strict=True)
    return {"valid_metrics": {name: value for name, value in pairs if value is not None}}


def _refuse(with_resume: dict[str, Any]) -> None:
    """Whatever was given and belongs to the run; the job refuses its settings."""
    from gradatim.jobs.resume import refusal

    for name, value in with_resume.items():
        if value is not None and name not in ("data", *SETTINGS):
            raise refusal(f"{NAMES.get(name, f'--{name}')} cannot be given")
