"""`--adaptation auto`: which way of adapting is best, by reverse validation, without labels of the target."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import Interrupted, UsageError
from gradatim.jobs.domains_beside import LOOK, new_network
from gradatim.planning.adaptation import AUTO, WORDS, adapting_loop, target_of
from gradatim.planning.plan import Plan
from gradatim.runs.asking import ask

CANDIDATES = ("none", "dann", "coral", "mmd")


def choose_adaptation(plan: Plan, stop: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Put the way that finds its way back best into the plan, and why into its choices.

    Each candidate learns S → T, labels T, and learns back from these labels; what it says of the source's
    validation part, which neither learned from, decides (Zhong et al. 2010; Ganin et al. 2016). The first of
    equals is taken, and adapting nothing is the first. It takes eight times as long as the run.

    Raises UsageError without validation examples, for answers that are no classes, and for a network of the
    caller's own; Interrupted.
    """
    if plan.settings.adaptation != AUTO or plan.data.domain is None:
        return
    if plan.data.valid is None or plan.trained.problem.task != "classification":
        raise UsageError(
            "--adaptation auto compares on validation examples of the source, by classes: give --valid, or "
            f"name one of {', '.join(CANDIDATES)}"
        )
    if plan.trained.network is None:
        raise UsageError("--adaptation auto makes the network anew for each way: take one of the catalogue")
    scores = {}
    for name in CANDIDATES:
        scores[name] = _score(plan, name, stop)
        say(f"reverse validation: {name} {scores[name]:.4f}")
    best = max(scores, key=lambda name: scores[name])
    plan.settings = replace(plan.settings, adaptation=best)
    compared = ", ".join(f"{name} {score:.4f}" for name, score in scores.items())
    plan.choices["adaptation"] = (
        f"{best}: {WORDS[best.partition(':')[0]]}; best by reverse validation ({compared})"
    )


def _score(plan: Plan, asked: str, stop: Callable[[], bool]) -> float:
    """The accuracy on the source's validation part of what was learned back."""
    problem, source, target = plan.trained.problem, plan.prepare(plan.data.train), target_of(plan)
    assert plan.data.domain is not None
    there = _learned(plan, source, target, asked, stop)
    labels = np.asarray(problem.answer(ask(there, plan.data.domain.train).a))
    truth = plan.data.valid.y  # type: ignore[union-attr]
    if (labels == labels[0]).all():
        return float((truth == labels[0]).mean())
    back = replace(source, x=target, y=problem.targets(labels), weights=None)
    found = problem.answer(ask(_learned(plan, back, source.x, asked, stop), plan.data.valid).a)
    return float((found == truth).mean())


def _learned(plan: Plan, data: Any, target: Any, asked: str, stop: Callable[[], bool]) -> Any:
    """The run's network as it began, that learned from `data` with `target` beside."""
    network = new_network(plan)
    how = {**plan.settings.of_training(), "patience": None, "max_minutes": None}
    loop = adapting_loop(network, (data, None), target, plan.loss, how, asked)
    while not loop.finished:
        if stop():
            raise Interrupted("interrupted while ways to adapt were compared; nothing was saved yet")
        loop.advance(LOOK)
    loop.keep(True)
    loop.end()
    return replace(plan.trained, model=network, kept=None)
