"""The loop of a plan, ready to begin."""

from typing import Any

from gradatim.checks import NonFiniteLoss
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.plan import Plan


def loop_of(plan: Plan) -> Any:
    """What teaches the network of a plan, with its examples and settings."""
    data, settings = plan.data, plan.settings.of_training()
    if plan.optimizer is not None:
        settings["optimizer"] = plan.optimizer
    loop = loop_class(plan.trained.network).of_settings(
        plan.trained.model, plan.prepare(data.train), plan.prepare(data.valid), plan.loss,
        settings,
    )  # fmt: skip
    if found := loop.bad_parameter():
        raise NonFiniteLoss(f"the network begins with {found}")
    return loop
