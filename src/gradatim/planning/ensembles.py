"""Whether one network learns from a table or several, and what each of several reads."""

from collections.abc import Collection
from dataclasses import replace
from math import prod
from typing import Any

from gradatim.data.encoders.encoder import Encoder
from gradatim.data.tables.inputs import encoded_as
from gradatim.models.description import parameters_of
from gradatim.models.ensemble import ensemble
from gradatim.planning.defaults import recipe_for
from gradatim.planning.find_data import Data
from gradatim.planning.training_options import Settings
from gradatim.problems.problem import Problem


def recipe_form(form: str, train: Any) -> str:
    """What recipes call the training examples: a table whose columns have names has its own."""
    return "named columns" if form == "tables" and train.encoder == "table" else form


def usual_network(form: str, data: Data, settings: Settings, asked: Collection[str], loss: Any) -> str:
    """The network that the recipe names; a single one where the members of several could not be weighed,
    and where a certain one was asked for.
    """
    usual = recipe_for(form, 0 if data.train.shape is None else len(data.train)).network
    if usual != "ensemble" or settings.members == 1:
        return "mlp" if usual == "ensemble" else usual
    certain = (
        settings.hidden is not None or settings.searches or not set(asked) <= set(parameters_of(ensemble))
    )
    can = data.valid is not None and (loss is None or isinstance(loss, str))
    return "mlp" if (certain and settings.members is None) or not can else usual


def one_or_several(
    settings: Settings, choices: dict[str, str], named: Any
) -> tuple[Settings, dict[str, str]]:
    """The settings of a single network where one learns: it reads numbers piecewise."""
    if named == "ensemble":
        return settings, choices
    if "members" in choices or "numbers" in choices:
        why = "of one network, the better on validation of the tables that the recipe was chosen on"
        numbers = "piecewise" if "numbers" in choices else settings.numbers
        settings = replace(settings, members=1, numbers=numbers)
        choices = {**choices, "members": "1: one network was asked for"}
        if "numbers" in choices:
            choices["numbers"] = f"piecewise: {why}"
    return settings, choices


def numbers_as(train: Any, numbers: str | None) -> Any:
    """The training examples, the encoding of their numbers set where none is."""
    if numbers in (None, "auto") or train.encoder != "table":
        return train
    return replace(train, columns=encoded_as(train.columns, numbers))


def with_members(
    named: str, network: dict[str, Any], settings: Settings, encoder: Encoder, problem: Problem, train: Any
) -> dict[str, Any]:
    """The arguments of an ensemble beside those that were asked for: kinds of members, folds, their mean."""
    if named != "ensemble":
        return network
    views = encoder.views(prod(encoder.shape(train.shape)))
    members = settings.members or len(views)
    if train.times is not None:  # what is later tells nothing of what is earlier
        members = min(members, len(views))
    if members % len(views):
        views = views[-1:]
    return {
        "kinds": [{"columns": one} for one in views], "folds": max(1, members // len(views)),
        "mean": problem.mean_of_members, **network,
    }  # fmt: skip
