"""The loop of a plan, ready to begin."""

from dataclasses import replace
from typing import Any

from gradatim.checks import NonFiniteLoss
from gradatim.planning.class_scores import check_scores
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.plan import Plan
from gradatim.planning.pretraining import OF_LAYERS
from gradatim.training.batches.layout import SingleExample
from gradatim.training.loop import Loop


def loop_of(plan: Plan) -> Any:
    """What teaches the network of a plan, with its examples and settings.

    A batch size that nobody asked for becomes the nearest that suits the network, and the plan says so.
    """
    try:
        loop = _loop(plan)
    except SingleExample as error:
        if error.better is None or "batch_size" not in plan.choices:
            raise
        why = f"{plan.settings.batch_size} leaves one example, which cannot be normalised, in its own batch"
        plan.choices["batch_size"] = f"{error.better}: {why}"
        plan.settings = replace(plan.settings, batch_size=error.better)
        loop = _loop(plan)
    check_scores(plan.trained.problem, loop)
    if found := loop.bad_parameter():
        raise NonFiniteLoss(f"the network begins with {found}")
    return loop


def _loop(plan: Plan) -> Loop:
    """The loop of the first aid that has one, else the network's own."""
    settings = plan.settings.of_training()
    if plan.optimizer is not None:
        settings["optimizer"] = plan.optimizer
    parts = plan.prepare(plan.data.train), plan.prepare(plan.data.valid)
    _begin_from(plan, parts[0])
    of_aids = (aid.loop(plan, parts, settings) for aid in plan.aids)
    loop = next((loop for loop in of_aids if loop is not None), None) or _own_loop(plan, parts, settings)
    loop.threads = plan.settings.threads or 1
    return loop


def _begin_from(plan: Plan, train: Any) -> None:
    """What a network takes from its training examples before the first step, and no aid has brought."""
    model, entry = plan.trained.model, plan.trained.network
    if not hasattr(model, "begin_from"):
        return
    model.begin_from(train)
    if plan.begins and entry is not None:
        for aid in plan.aids:
            aid.set_weights(model, entry, plan.trained.problem)


def _own_loop(plan: Plan, parts: tuple[Any, Any], settings: dict[str, Any]) -> Loop:
    """What the network's row of the catalogue names, else Training."""
    way: Any = loop_class(plan.trained.network)
    if getattr(way, "in_stages", False):
        settings |= {name: getattr(plan.settings, name) for name in OF_LAYERS}
    return way.of_settings(plan.trained.model, *parts, plan.loss, settings)
