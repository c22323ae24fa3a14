"""What the same network is worth on the other domain without adapting, and with that domain's own labels."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import perf_counter
from typing import Any

from gradatim.jobs.evaluate import measure
from gradatim.planning.adaptation import adaptation_settings
from gradatim.planning.plan import Plan
from gradatim.training.training import Training

LOOK = 1.0  # seconds between two looks at whether to stop


def stands_beside(plan: Plan) -> bool:
    """Whether there is a test part of another domain, and a network that can be made again."""
    domain = plan.data.domain
    return domain is not None and domain.test is not None and plan.trained.network is not None


def train_beside(plan: Plan, stop: Callable[[], bool]) -> list[dict[str, Any]]:
    """A row for each: name, what it is, measures on the test examples, and seconds to learn.

    Both have the run's network, seed, settings and encoder, and as many epochs, of the domain that they learn
    from. `stop` is asked once a second; a network that is stopped has no row.
    """
    rows = []
    for name, what, examples in _others(plan):
        began = perf_counter()
        network = _trained_on(plan, examples, stop)
        if network is None:
            break
        seconds = perf_counter() - began
        metrics = measure(
            replace(plan.trained, model=network, kept=None), plan.data.test, plan.metrics
        ).metrics
        rows.append({"name": name, "what": what, "metrics": metrics, "seconds": seconds})
    return rows


def _others(plan: Plan) -> Iterator[tuple[str, str, Any]]:
    """Name, sentence and examples of each."""
    domain = plan.data.domain
    assert domain is not None
    if adaptation_settings(plan.settings.adaptation)[0] != "none":
        yield "source only", f"the same network, from the labels of {plan.data.name} alone", plan.data.train
    if domain.labelled is not None:
        yield (
            "target only",
            f"the same network, from the labels of {domain.name}, which the run never sees",
            (domain.labelled),
        )


def new_network(plan: Plan) -> Any:
    """The run's network as it began: drawn, and with the weights that an aid brings."""
    import torch

    from gradatim import device
    from gradatim.models.building import build
    from gradatim.models.description import describe

    entry, settings = plan.trained.network, plan.settings
    assert entry is not None
    network = build(describe(entry), settings.seed, getattr(torch, device.kept_in(settings.precision)))
    for aid in plan.aids:
        aid.set_weights(network, entry, plan.trained.problem)
    return network


def _trained_on(plan: Plan, examples: Any, stop: Callable[[], bool]) -> Any:
    """The run's network as it began, trained on other examples; None where that was stopped."""
    network, how = new_network(plan), plan.settings.of_training()
    if plan.optimizer is not None and not hasattr(plan.optimizer, "param_groups"):
        how["optimizer"] = plan.optimizer
    training = Training(
        network, plan.prepare(examples), plan.loss, **{**how, "patience": None, "max_minutes": None}
    )
    while not training.finished:
        if stop():
            return None
        training.advance(LOOK)
    training.keep(last=True)
    training.end()
    return network
