"""Going on with a run: its folder, its plan, and what may be changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError, UsageError
from gradatim.explain.baselines import has_baselines
from gradatim.jobs.domains_beside import stands_beside
from gradatim.jobs.run_files import check_files, copy_run
from gradatim.planning.aid import Aid
from gradatim.planning.beginnings import beginning_of
from gradatim.planning.find_again import find_again
from gradatim.planning.make_plan import make_plan
from gradatim.planning.plan import Plan
from gradatim.planning.run_config import functions_of
from gradatim.planning.training_options import MAY_CHANGE, OF_NETWORK, OWN, Settings, settings_from
from gradatim.problems.problem import Problem
from gradatim.runs.folder import Folder, create, find
from gradatim.runs.trained import own_network, read_encoder


def plan_again(
    run: str | Path, examples: tuple[Any, Any, Any, Any], model: Any, loss: Any,
    classes: Mapping[str, Callable[[], Any]], options: dict[str, Any], out: str | Path | None,
    optimizer: Any = None,
) -> tuple[Folder, Plan]:  # fmt: skip
    """The folder and the plan of a run that is gone on with; with `out`, a copy of its folder.

    `examples` (training, validation, test, the domain to adapt to), `model` and `loss` are wanted where they
    were objects in memory; the training examples may also be the place where a file is now.
    """
    folder = find(run)
    config = folder.read_config()
    try:
        settings = settings_from({**config["settings"], **options})
        found = find_again(config["data"], *examples)
        own, network = config["network"]["class"], config["network"]["entry"]
        if own is not None:
            arguments = config["network"]["asked"]
            known: dict[str, Any] = {**classes, own: model} if isinstance(model, type) else {**classes}
            network = own_network(own, known, arguments) if isinstance(model, str | type | None) else model
        left_open: dict[str, Any] = dict.fromkeys(OF_NETWORK)  # they stand in the network's entry
        complete = replace(settings, **left_open)
        plan = make_plan(
            found, complete, network, {}, config["loss"] or loss, config["command"],
            encoder=read_encoder(folder, config), optimizer=_same_optimizer(folder, settings, optimizer),
        )  # fmt: skip
        plan.settings = settings  # whatever recipes say today of what was left open
        plan.choices, plan.asked = config["choices"], config["network"]["asked"]
        plan.model = config["network"].get("model")
        if own is not None and plan.asked:
            plan.trained.facts["arguments"] = plan.asked
        plan.extended = config["extended"]
        plan.aids = (*plan.aids, BegunWith(config))
        beside = has_baselines(plan.trained, plan.data.train, plan.data.test) or stands_beside(plan)
        plan.baselines = beside and bool(config.get("baselines", False))
        plan.keep_best_model = bool(config.get("keep_best_model", False))
        if "epochs" in options:
            plan.extended = [*plan.extended, {"from": config["settings"]["epochs"], "to": options["epochs"]}]
    except (KeyError, TypeError, AttributeError) as error:
        raise GradatimError(f"{folder.config} is damaged: {error!r}") from error
    check_files(folder, plan)
    return (folder if out is None else copy_run(folder, create(found.name, out))), plan


class BegunWith(Aid):
    """What a run began with, read again where a network beside it is to begin so too."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.weights, self.run = config.get("weights"), config.get("from")

    def set_weights(self, network: Any, entry: dict[str, Any], problem: Problem) -> str:
        """Set the same again; GradatimError where they are there no more."""
        aid = beginning_of(self.weights, self.run, None, None, Settings())
        return "" if aid is None else aid.set_weights(network, entry, problem)


def _same_optimizer(folder: Folder, settings: Settings, optimizer: Any) -> Any:
    """The optimizer that goes on; UsageError where it must be given again, or cannot be."""
    if settings.method != OWN:
        if optimizer is not None:
            raise refusal("optimizer cannot change")
        return None
    if optimizer is None:
        raise UsageError(
            f"{folder} has an optimizer of its own ({settings.optimizer.removeprefix(f'{OWN}:')}), which no "
            f"file holds: go on in Python with the same one, "
            f"gradatim.train(resume={str(folder)!r}, optimizer=…)"
        )
    return optimizer


def refuse_changes(given: Mapping[str, Any]) -> None:
    """Raise UsageError for anything given that a resumed run cannot change."""
    for name, value in given.items():
        if value is not None and name not in MAY_CHANGE:
            raise refusal(f"{name} cannot change")


def refusal(what: str) -> UsageError:
    """The error for what a resumed run cannot be given."""
    return UsageError(
        f"--resume goes on with the run's own data and settings: {what}; only --epochs, --max-minutes, "
        "--out, --quiet and --tensorboard may be given"
    )


def changes(plan: Plan) -> dict[str, Any]:
    """What going on changes in config.json."""
    return {
        "data": plan.data.reference, "settings": plan.settings.as_dict(), "extended": plan.extended,
        "ended": False, **functions_of(plan),
    }  # fmt: skip
