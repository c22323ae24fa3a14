"""Sanity: a network that cannot overfit one batch will not learn the rest."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.planning.optimizer_settings import optimizer_settings
from gradatim.planning.plan import Plan
from gradatim.random import permutation
from gradatim.training.training import Training

BATCH, STEPS = 32, 500
ENOUGH = 0.1  # of the loss at the start
RIGHT, RIGHT_PIXELS = 1.0, 0.99  # the share of answers; where masks are drawn by hand, edges differ


def overfit_one_batch(plan: Plan) -> str:
    """Train a copy of the network, without dropout and decay, on one batch until it knows it by heart.

    Returns the sentence that says so; raises GradatimError when 500 steps do not bring the loss of that batch
    to a tenth, with every example right, or 99 % of the pixels of masks. The plan's own network stays as it
    is.
    """
    s = plan.settings
    model, examples = _without_dropout(deepcopy(plan.trained.model)), _one_batch(plan)
    own = plan.optimizer
    method = "adam" if hasattr(own, "param_groups") else own or s.method  # one that is made is of the network
    settings = optimizer_settings(s.optimizer) if own is None else {}
    training = Training(
        model, examples, plan.loss, method, epochs=STEPS, batch_size=BATCH, lr=s.lr, seed=s.seed,
        weight_decay=0.0 if own is None else None, device=s.device, precision=s.precision, settings=settings,
    )  # fmt: skip
    right = RIGHT_PIXELS if plan.trained.problem.task == "segmentation" else RIGHT
    start = now = training.evaluate(examples)
    for record in training:
        now = training.evaluate(examples)
        if now["loss"] <= ENOUGH * start["loss"] and now.get("accuracy", 1.0) >= right:
            return (
                f"sanity: one batch of {_size(examples)} is learned by heart in {record.step} steps, loss "
                f"{start['loss']:.3g} → {now['loss']:.3g}"
            )
    reached = f", accuracy {now['accuracy']:.4g}" if "accuracy" in now else ""
    raise GradatimError(
        f"sanity: {STEPS} steps do not teach the network one batch of {_size(examples)}: loss "
        f"{start['loss']:.3g} → {now['loss']:.3g}{reached}; look at the learning rate ({training.lr:g}), the "
        "targets, and whether equal inputs have different ones"
    )


def _one_batch(plan: Plan) -> Any:
    """The first batch of a shuffled epoch; of a loader, its first; of a text, one stream of one window."""
    return FIRST[plan.data.train.layout](plan.prepare(plan.data.train), plan.settings.seed)


def _some_rows(examples: Any, seed: int) -> Any:
    some = examples.take(np.sort(permutation(seed, "sanity", len(examples))[:BATCH]))
    x = getattr(some, "x", None)
    return replace(some, x=x.read()) if isinstance(x, StreamedExamples) else some  # seen again at every step


def _first_batch(examples: Any, seed: int) -> Any:
    x, y, *_ = next(iter(examples.batches))
    return Dataset(np.asarray(x), np.asarray(y))


def _first_window(examples: Any, seed: int) -> Any:
    return replace(examples, text=examples.text.part(0, examples.length + 1))


FIRST: dict[str, Callable[[Any, int], Any]] = {
    "rows": _some_rows, "padded": _some_rows, "foreign": _first_batch, "streams": _first_window,
    "pairs": _some_rows,
}  # fmt: skip


def _size(examples: Any) -> int:
    """How many answers there are to know."""
    return len(examples.text) - 1 if examples.layout == "streams" else len(examples)


def _without_dropout(model: Any) -> Any:
    """Every dropout in it drops nothing, and its inputs are without noise."""
    if isinstance(model, Network):
        layers = [layer for _, layer in model.dropouts]
    else:
        layers = [one for one in model.modules() if _is_noisy(type(one).__name__)]
    for layer in layers:
        for share in ("p", "amount"):
            if hasattr(layer, share):
                setattr(layer, share, 0.0)
    return model


def _is_noisy(name: str) -> bool:
    """Whether a layer of this class, ours or torch's, draws while training."""
    return "Dropout" in name or name == "Corruption"
