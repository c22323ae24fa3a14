"""The fifth stage: the network's entry, as it stands in the catalogue and in config.json."""

from collections.abc import Mapping
from math import prod
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.models.description import network_of, parameters_of
from gradatim.planning.crosses import with_crosses
from gradatim.planning.draft import Draft
from gradatim.planning.ensembles import parts_of, with_members
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.network_arguments import axes_notices, entry_of
from gradatim.planning.training_options import OF_NETWORK
from gradatim.problems.choose import pose
from gradatim.problems.problem import Head

BY_RECIPE = "the default recipe"


def describe_network(draft: Draft) -> None:
    """Describe the network: by its name and all its arguments, as an aid brings it, or as it came whole."""
    brought = (aid.entry_for(draft) for aid in draft.aids)
    if draft.is_named:
        draft.entry = _named_entry(draft)
        draft.notice(*axes_notices(draft.named, draft.train.shape))
    elif (entry := next((one for one in brought if one is not None), None)) is not None:
        draft.named = draft.entry = entry
    else:
        _refuse_arguments(draft)
        draft.entry = network_of(dict(draft.named)) if isinstance(draft.named, Mapping) else None
    draft.notice(*draft.encoder.notices(draft.train.features))


def _named_entry(draft: Draft) -> dict[str, Any]:
    """What recipe, problem, aids and settings make of a network of the catalogue; what was chosen is said."""
    named, settings, problem, encoder, train = (
        draft.named, draft.settings, draft.problem, draft.encoder, draft.train
    )  # fmt: skip
    usual = draft.recipe.arguments if draft.model is None else {}
    head = problem.head(draft.size)
    as_usual = draft.loss is None or draft.loss == pose(train.question).loss
    said = {"head": head.sentence if as_usual else _as_asked(head, draft.loss)}
    if settings.window:
        said["head"] += f"; {encoder.window_in_words(settings.window)}"
    outputs = head.outputs or prod(encoder.shape(train.shape))
    asked = with_members(named, draft.network, settings, encoder, problem, train, parts_of(draft.data))
    said |= {
        name: f"{value}: {draft.recipe.reasons.get(name, BY_RECIPE)}"
        for name, value in usual.items()
        if name not in asked
    }
    of_aids: dict[str, Any] = {}
    for aid in draft.aids:
        of_aids |= aid.arguments(draft, asked)
    asked = {**loop_class(named).arguments_of(problem), **usual, **of_aids, **asked}
    if "crosses" in parameters_of(catalog.find(named, "network").load()):
        asked, chosen = with_crosses(asked, encoder, train)
        said |= chosen
    draft.choices |= said
    return entry_of(named, asked, settings, train, encoder, outputs, head.outputs)


def _refuse_arguments(draft: Draft) -> None:
    """Raise UsageError for what is asked for beside a network that is complete."""
    given = [name for name in OF_NETWORK if getattr(draft.settings, name) is not None]
    if given or draft.network:
        raise UsageError(
            f"{', '.join([*given, *draft.network])} cannot be added to a network that is complete: a "
            "description, or a module of your own"
        )


def _as_asked(head: Head, loss: Any) -> str:
    """The head in a sentence, with the loss that was asked for."""
    name = loss if isinstance(loss, str) else "a loss of its own"
    some = "one output" if head.outputs == 1 else f"{head.outputs} outputs"
    if not head.outputs:  # which the inputs count
        return head.sentence
    return f"{head.sentence.partition(':')[0]}: {some}, {name} as asked"
