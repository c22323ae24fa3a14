"""Whether one network learns from a table or several, and what each of several reads."""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder
from gradatim.data.tables.inputs import Input, encoded_as
from gradatim.data.tables.piecewise import MOST
from gradatim.models.description import parameters_of
from gradatim.models.ensemble import ensemble
from gradatim.planning.network_class import network_class
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import Settings
from gradatim.problems.problem import Problem

FOLDS = 5  # of small tables
HELD = {"hidden": [64], "dropout": 0.25, "settings": {"weight_decay": 2.0}}  # a kind held tightly
LONG = 120.0  # seconds that members are given, at most, as they are estimated
# Seconds on one core of 2023: docs/log/planning.md, "How long members take"
OF_A_STEP, OF_A_PRODUCT, OF_AN_UPDATE = 1e-4, 2.5e-11, 4e-9
MOST_NUMBERS = 1 << 29  # of encoded examples, 2 GiB
CERTAIN = "a certain network is asked for"
ALONE = "members are weighed on validation examples, by a loss that has a name"
NO_MEAN = "the outputs of several networks have no mean where each has a mixture of its own"
NONE = "members are weighed on validation examples, and there are none"
ONE = "of one network, the better on validation of most tables that the recipe was chosen on"
LARGE = "in bins the table would fill the memory"


def recipe_form(form: str, train: Any, model: Any) -> str:
    """What recipes call the training examples: rows of columns, with names or without, for a perceptron; a
    network may have recipes of its own.
    """
    own = getattr(network_class(model), "recipes", {})
    if form in own:
        return own[form]
    if model not in (None, "mlp", "ensemble"):
        return form
    rows = train.shape is not None and len(train.shape) == 1
    return "columns" if form == "tables" and rows and train.encoder in ("table", "standardise") else form


def is_certain(model: Any, settings: Settings, asked: Collection[str]) -> bool:
    """Whether a certain network is asked for, by its name, its units or another argument for it."""
    takes = set(asked) <= set(parameters_of(ensemble))
    named = model is not None or settings.hidden is not None
    return named or settings.searches or not takes


def usual_network(usual: str, data: Data, settings: Settings, loss: Any, certain: bool) -> str:
    """The network that the recipe names as `usual`; a single one where the members of several could not be
    weighed, and where a certain one is asked for.
    """
    if usual != "ensemble":
        return usual
    unnamed = loss is not None and not isinstance(loss, str)
    can = data.valid is not None and not unnamed
    if not can and settings.members not in (None, 1):
        raise UsageError(f"--members {settings.members} cannot be: {ALONE if unnamed else NONE}")
    several = settings.members != 1 and can and (settings.members is not None or not certain)
    return "ensemble" if several else "mlp"


def without_mean(usual: str, settings: Settings, problem: Problem) -> tuple[Settings, dict[str, str]]:
    """One network, and why, where the recipe has several whose outputs have no mean; UsageError where several
    are asked for.
    """
    if problem.mean_of_members or usual != "ensemble":
        return settings, {}
    if settings.members not in (None, 1):
        raise UsageError(f"--members {settings.members} cannot be: {NO_MEAN}")
    return replace(settings, members=1), {} if settings.members else {"members": f"1: {NO_MEAN}"}


def one_or_several(
    settings: Settings, choices: dict[str, str], named: Any, certain: bool, cells: int
) -> tuple[Settings, dict[str, str]]:
    """The settings that suit the network: a single one reads numbers piecewise, a certain one as they are;
    and of a table that would be too large, as `cells` of it say, numbers are standard.
    """
    choices = dict(choices)
    if named == "ensemble":
        if "numbers" in choices and cells * MOST > MOST_NUMBERS:
            settings, choices["numbers"] = replace(settings, numbers="auto"), f"auto: {LARGE}"
        return settings, choices
    if "members" in choices:
        settings, choices["members"] = replace(settings, members=1), f"1: {CERTAIN if certain else ALONE}"
    if "numbers" in choices:
        numbers, why = ("auto", CERTAIN) if certain or cells * MOST > MOST_NUMBERS else ("piecewise", ONE)
        settings, choices["numbers"] = replace(settings, numbers=numbers), f"{numbers}: {why}"
    return settings, choices


def parts_of(data: Data) -> int:
    """Into how many parts the examples of training and of validation can be dealt out: rows, or groups."""
    both = [part for part in (data.train, data.valid) if part is not None]
    if any(getattr(part, "groups", None) is None for part in both):
        return sum(len(part) for part in both if part.shape is not None)
    return len(np.unique(np.concatenate([part.groups for part in both])))


def members_in_time(
    named: Any, settings: Settings, choices: dict[str, str], encoder: Encoder, train: Any, parts: int
) -> tuple[Settings, dict[str, str]]:
    """Fewer members where the recipe's would take long, or more folds than `parts` of the examples: one of
    each kind, and then a single one.
    """
    if named != "ensemble" or "members" not in choices or settings.members is None:
        return settings, choices
    views = encoder.views(prod(encoder.shape(train.shape)))
    if len(views) == 1:  # the recipe counts several kinds; of one there is a member a fold, or a single one
        members = FOLDS if settings.members > 2 else 1
        settings = replace(settings, members=members)
        choices = {**choices, "members": f"{members}: no number has two encodings here"}
    if parts < FOLDS and (settings.members or 1) > len(views):
        settings = replace(settings, members=len(views))
        why = f"the examples or their groups are {parts}, fewer than {FOLDS} folds"
        choices = {**choices, "members": f"{len(views)}: {why}"}
    one_each = sum(_seconds(settings, sum(b - a for a, b in view), len(train)) for view in views)
    seconds = one_each * (settings.members or 1) / len(views)
    if seconds <= LONG:
        return settings, choices
    members = len(views) if one_each <= LONG else 1
    why = f"{settings.members} would take about {max(round(seconds / 60), 1)} minutes"
    return replace(settings, members=members), {**choices, "members": f"{members}: {why}"}


def members_of(entry: dict[str, Any] | None) -> int:
    """How many networks learn side by side in a network of this entry."""
    if entry is None or entry.get("name") != "ensemble":
        return 1
    return len(entry.get("kinds", [{}])) * int(entry.get("folds", 1))


def _seconds(settings: Settings, width: int, examples: int) -> float:
    """About how long a member of so many inputs learns, to the end of its epochs, on one core."""
    sizes = (width, *(settings.hidden or ()), 1)
    weights = sum(a * b for a, b in pairwise(sizes))
    batch = settings.batch_size or 1
    updates = (settings.epochs or 1) * -(-examples // batch)
    return updates * (OF_A_STEP + weights * (6 * batch * OF_A_PRODUCT + OF_AN_UPDATE))


def encoder_of_numbers(train: Any, numbers: str | None) -> str | None:
    """The encoder of arrays whose numbers have an encoding; None for others."""
    return "numbers" if train.encoder == "standardise" and numbers not in (None, "auto") else None


def numbers_as(train: Any, numbers: str | None) -> Any:
    """The training examples, the encoding of their numbers set where none is."""
    if numbers in (None, "auto") or train.encoder not in ("table", "standardise"):
        return train
    columns = train.columns or tuple(Input(str(i), "number") for i in range(train.shape[0]))
    return replace(train, columns=encoded_as(columns, numbers))


def with_members(
    named: str, network: dict[str, Any], settings: Settings, encoder: Encoder, problem: Problem, train: Any,
    parts: int,
) -> dict[str, Any]:  # fmt: skip
    """The arguments of an ensemble beside those that were asked for: kinds of members, folds, their mean.

    Raises UsageError for more folds than `parts` into which the examples can be dealt out.
    """
    if named != "ensemble":
        return network
    views = encoder.views(prod(encoder.shape(train.shape)))
    kinds: list[dict[str, Any]] = [{"columns": one} for one in views]
    members = settings.members or len(views)
    if members % 3 == 0 and len(views) == 2:
        kinds.append({"columns": views[0], **HELD})
    if train.times is not None:  # what is later tells nothing of what is earlier
        members = min(members, len(kinds))
    if members % len(kinds):
        kinds = kinds[-1:]
    folds = max(1, members // len(kinds))
    if folds > parts:
        raise UsageError(
            f"--members {members} cannot be: their folds are {folds}, and the examples or their groups only "
            f"{parts}; leave it out, or give --members {len(kinds)}"
        )
    return {
        "kinds": kinds, "folds": folds,
        "mean": problem.mean_of_members or "outputs", **network,
    }  # fmt: skip
