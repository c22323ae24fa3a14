"""The entry of a network that goes by its name: what recipe, problem, pretraining and settings make of it."""

from math import prod
from typing import Any

from gradatim import catalog
from gradatim.data.encoders.encoder import Encoder
from gradatim.models.description import parameters_of
from gradatim.planning.crosses import with_crosses
from gradatim.planning.ensembles import parts_of, with_members
from gradatim.planning.find_data import Data
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.network_arguments import entry_of
from gradatim.planning.pretraining import arguments_of_pretraining
from gradatim.planning.training_options import Settings
from gradatim.problems.choose import pose
from gradatim.problems.problem import Head, Problem


def named_entry(
    named: str, network: dict[str, Any], usual: dict[str, Any], settings: Settings, encoder: Encoder,
    problem: Problem, data: Data, loss: Any,
) -> tuple[dict[str, Any], dict[str, str]]:  # fmt: skip
    """The network's entry with all its arguments, and what of them was chosen, and why.

    `network` is what was asked for, `usual` what the recipe gives beside it.
    """
    train = data.train
    head = problem.head(0 if train.shape is None else len(train))
    usual_loss = pose(train.question).loss
    said = {"head": head.sentence if loss is None or loss == usual_loss else _as_asked(head, loss)}
    if settings.window:
        said["head"] += f"; {encoder.window_in_words(settings.window)}"
    outputs = head.outputs or prod(encoder.shape(train.shape))
    asked = with_members(named, network, settings, encoder, problem, train, parts_of(data))
    said |= {name: f"{value}: the default recipe" for name, value in usual.items() if name not in asked}
    pretrained = arguments_of_pretraining(settings, named, asked)
    asked = {**loop_class(named).arguments_of(problem), **usual, **pretrained, **asked}
    if "crosses" in parameters_of(catalog.find(named, "network").load()):
        asked, chosen = with_crosses(asked, encoder, train)
        said |= chosen
    return entry_of(named, asked, settings, train, encoder, outputs, head.outputs), said


def _as_asked(head: Head, loss: Any) -> str:
    """The head in a sentence, with the loss that was asked for."""
    name = loss if isinstance(loss, str) else "a loss of its own"
    some = "one output" if head.outputs == 1 else f"{head.outputs} outputs"
    if not head.outputs:  # which the inputs count
        return head.sentence
    return f"{head.sentence.partition(':')[0]}: {some}, {name} as asked"
