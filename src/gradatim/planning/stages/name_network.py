"""The second stage: which network learns, and whether that is one or several."""

from gradatim.planning.draft import Draft
from gradatim.planning.ensembles import is_certain, recipe_form, usual_network, without_mean
from gradatim.planning.option_checks import refuse_useless


def name_network(draft: Draft) -> None:
    """Name the network, and refuse what does not go with it."""
    data, settings, problem, model = draft.data, draft.settings, draft.problem, draft.model
    form = problem.form or data.train.form
    draft.usual = recipe_form(form, data.train, model if isinstance(model, str | None) else "")
    draft.certain = is_certain(model, settings, draft.network) or any(
        aid.is_for_one(draft) for aid in draft.aids
    )
    refuse_useless(settings, draft.given, form, problem.task, f"{data.name} ({form})")
    draft.settings, alone = without_mean(draft.usual, data, settings, problem)
    draft.reasons |= alone
    draft.named = model
    if model is None:
        draft.named = usual_network(draft.usual, data, draft.settings, draft.loss, draft.certain)
    for aid in draft.aids:
        aid.check(draft)
