"""What is kept of a plan's network when its loop ends, and what validation settles."""

from typing import Any

import numpy as np

from gradatim.planning.plan import Plan
from gradatim.runs.asking import ask
from gradatim.training.loop import Loop


def keep_learned(plan: Plan, loop: Loop) -> str:
    """Put what is to be kept in the plan's network, let go of the examples, and settle what validation
    settles; what that is, in a sentence.
    """
    last = plan.settings.keep == "last" and loop.epoch >= loop.epochs
    plan.trained.facts["epoch"] = loop.keep(last)
    plan.trained.facts |= loop.facts()
    loop.end()
    return settle(plan, loop.unseen_outputs)


def settle(plan: Plan, unseen: np.ndarray | None = None) -> str:
    """Choose by validation how far intervals reach, and the threshold; what they are, in a sentence.

    `unseen` are outputs for the last examples of training and validation, where no part was kept from all.
    """
    trained, valid = plan.trained, plan.data.valid
    if valid is None or not trained.problem.settles(plan.settings.threshold):
        return ""
    a: Any
    if unseen is None:
        a, y = ask(trained, valid)
    else:
        a, y = unseen, np.concatenate([plan.data.train.y, valid.y])[-len(unseen) :]
    trained.problem = trained.problem.settle(a, y, plan.settings.threshold)  # type: ignore[arg-type]
    return trained.problem.settled()
