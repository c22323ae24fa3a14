"""Sanity: a network that cannot overfit one batch will not learn the rest."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.windows import Windows
from gradatim.jobs.plan import Plan
from gradatim.random import permutation
from gradatim.training.training import Training

BATCH, STEPS = 32, 500
ENOUGH = 0.1  # of the loss at the start


def overfit_one_batch(plan: Plan) -> str:
    """Train a copy of the network, without dropout and decay, on one batch until it knows it by heart.

    Returns the sentence that says so; raises GradatimError when 500 steps do not bring the loss of that batch
    to a tenth, with every example right. The plan's own network is left as it is.
    """
    s = plan.settings
    model, examples = _without_dropout(deepcopy(plan.trained.model)), _one_batch(plan)
    training = Training(
        model, examples, plan.loss, s.optimizer, epochs=STEPS, batch_size=BATCH, lr=s.lr, seed=s.seed,
        weight_decay=0.0, device=s.device, precision=s.precision,
    )  # fmt: skip
    start = now = training.evaluate(examples)
    for record in training:
        now = training.evaluate(examples)
        if now["loss"] <= ENOUGH * start["loss"] and now.get("accuracy", 1.0) == 1.0:
            return (
                f"sanity: one batch of {_size(examples)} is learned by heart in {record.step} steps, loss "
                f"{start['loss']:.3g} → {now['loss']:.3g}"
            )
    right = f", accuracy {now['accuracy']:.3g}" if "accuracy" in now else ""
    raise GradatimError(
        f"sanity: {STEPS} steps do not teach the network one batch of {_size(examples)}: loss "
        f"{start['loss']:.3g} → {now['loss']:.3g}{right}; look at the learning rate ({s.lr:g}), the "
        "targets, and whether equal inputs have different ones"
    )


def _one_batch(plan: Plan) -> Any:
    """The first batch of a shuffled epoch; of a loader, its first."""
    examples = plan.prepared(plan.data.train)
    if isinstance(examples, Dataset):
        return examples.take(np.sort(permutation(plan.settings.seed, "sanity", len(examples))[:BATCH]))
    if isinstance(examples, Windows):  # its first, one stream of it
        return replace(examples, text=examples.text.part(0, examples.length + 1))
    x, y, *_ = next(iter(examples))
    return x, y


def _size(examples: Any) -> int:
    if isinstance(examples, Windows):
        return examples.length
    return len(examples if isinstance(examples, Dataset) else examples[0])


def _without_dropout(model: Any) -> Any:
    """Every dropout in it drops nothing."""
    if isinstance(model, Network):
        layers = [layer for _, layer in model.dropouts]
    else:
        layers = [layer for layer in model.modules() if "Dropout" in type(layer).__name__]
    for layer in layers:
        if hasattr(layer, "p"):
            layer.p = 0.0
    return model
