"""The third stage: settings with nothing left open, and why each was chosen."""

from math import prod

from gradatim.checks import UsageError
from gradatim.planning.defaults import complete
from gradatim.planning.draft import Draft
from gradatim.planning.ensembles import one_or_several
from gradatim.planning.loop_choice import loop_class, useless_settings, usual_choices, with_usual
from gradatim.planning.network_arguments import is_sized_by_hidden, units_of
from gradatim.planning.training_options import OF_NETWORK


def complete_settings(draft: Draft) -> None:
    """Choose what is left open: by the way of learning, the recipe, the number of networks, and the aids."""
    asked, named = draft.settings, draft.named
    besides = tuple(draft.network) if draft.is_named and is_sized_by_hidden(named) else OF_NETWORK
    if asked.searches:
        _check_whole(draft)
    settings = with_usual(asked, draft.given, named)
    besides = (*besides, *useless_settings(named), *(OF_NETWORK if loop_class(named).sizes_itself else ()))
    units = units_of(draft.network) if draft.is_named else ()
    settings, choices = complete(
        settings, draft.recipe, draft.size, draft.data.valid is not None, besides, units
    )
    choices |= usual_choices(asked, settings, named)
    cells = draft.size * prod(draft.train.shape or ())
    draft.settings, draft.choices = one_or_several(settings, choices, named, draft.certain, cells)
    for aid in draft.aids:
        aid.complete(draft)


def _check_whole(draft: Draft) -> None:
    """Raise UsageError for batches where the optimizer searches along a line."""
    settings, examples = draft.settings, len(draft.train)
    if settings.batch_size is not None and settings.batch_size * settings.accumulate < examples:
        raise UsageError(
            f"lbfgs needs every example at every step: leave batch_size out; it is {settings.batch_size} of "
            f"{examples}"
        )
