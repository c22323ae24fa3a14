"""Which loop teaches a network, made for a plan."""

from typing import Any

from gradatim.planning.plan import Plan
from gradatim.training.training import Training


def loop_of(plan: Plan) -> Any:
    """The loop of a plan: what its network's row of the catalogue names, Training's where it names none."""
    s = plan.settings
    return Training(
        plan.trained.model, plan.prepared(plan.data.train), plan.loss, s.method,
        valid=plan.prepared(plan.data.valid), **s.of_training(),
    )  # fmt: skip
