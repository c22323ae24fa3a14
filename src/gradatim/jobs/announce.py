"""What a run is about to do, said in a few lines."""

from typing import Any

from gradatim.device import allowed_threads
from gradatim.jobs.display import Display
from gradatim.planning.plan import Plan
from gradatim.planning.versions import versions
from gradatim.runs.folder import Folder
from gradatim.training.loop import Loop

NOTICES = 12  # that are shown before training


def say_plan(folder: Folder, plan: Plan, config: dict[str, Any], loop: Loop, display: Display) -> None:
    """What is about to happen, in a few lines."""
    data, s = plan.data, plan.settings
    if sizes := data.reference.get("splits"):
        counts = ", ".join(f"{n:,} {part}" for part, n in sizes.items() if n)
        display.say(f"{data.name}: {counts} {data.train.unit}")
    for notice in data.notices[:NOTICES]:
        display.say(f"note: {notice}")
    if len(data.notices) > NOTICES:
        display.say(f"note: and {len(data.notices) - NOTICES:,} more; gradatim data shows them all")
    if data.train.y is not None and not (s.class_weight or s.threshold):
        for notice in plan.trained.problem.notices(data.train.y):
            display.say(f"note: {notice}")
    name = plan.trained.name
    head = plan.choices.get("head", plan.trained.problem.loss or "a loss of its own")
    update = loop.update or s.optimizer
    display.say(
        f"{name}: {plan.trained.facts['parameters']:,} parameters; {head}; {update}, learning rate "
        f"{s.lr or loop.lr:g}, {loop.rate_in_words or s.schedule}; {s.engine}, {s.device}, {s.threads} "
        f"thread{'' if s.threads == 1 else 's'}"
        f"{_limit(plan)}"
    )
    if "weights" in plan.choices and not loop.begun:
        display.say(f"weights: {plan.choices['weights']}")
    if "target" in plan.choices:
        display.say(f"target: {plan.choices['target']}")
    now = versions(s.engine)
    for what, began in config["versions"].items():
        if now.get(what, began) != began:
            display.say(
                f"{what} was {began} when this run began and is {now[what]} now: equal bits are not promised"
            )
    if not loop.begun:
        return
    display.say(f"{folder}: going on {_place(loop)}")
    if loop.finished:
        display.say(f"it has finished; --epochs {2 * loop.epochs} would extend it")
    elif plan.extended:
        again = (
            f"; the schedule {s.schedule} is now that of {s.epochs} epochs"
            if s.schedule not in ("constant", None) and not s.schedule.startswith("plateau")
            else ""
        )
        display.say(f"extended to {loop.epochs} epochs{again}")


def _place(loop: Loop) -> str:
    """From where it goes on."""
    at = loop.course
    if at.stage and not at.epoch:
        return f"with {at.stage}"
    return f"after {at.epoch} of {at.epochs} epochs" + (f" of {at.stage}" if at.stage else "")


def _limit(plan: Plan) -> str:
    """What in the environment allows no more threads, where that decided."""
    by = allowed_threads()[1]
    return f" ({by})" if by and by in plan.choices.get("threads", "") else ""
