"""The second stage: which network learns, and whether that is one or several."""

from gradatim.planning.defaults import BY_CONVOLUTION, recipe_for
from gradatim.planning.draft import Draft
from gradatim.planning.ensembles import is_certain, recipe_form, usual_network, without_mean
from gradatim.planning.option_checks import refuse_useless
from gradatim.planning.picture_recipe import are_convolved


def name_network(draft: Draft) -> None:
    """Name the network, and refuse what does not go with it."""
    data, settings, problem, model = draft.data, draft.settings, draft.problem, draft.model
    form = problem.form or data.train.form
    usual = recipe_form(form, data.train, model if isinstance(model, str | None) else "")
    by_convolution = model is None and are_convolved(draft)
    draft.recipe = recipe_for(BY_CONVOLUTION if by_convolution else usual, draft.size)
    if draft.recipe.fit is not None:
        draft.recipe = draft.recipe.fit(draft.recipe, draft)
    draft.certain = is_certain(model, settings, draft.network) or any(
        aid.is_for_one(draft) for aid in draft.aids
    )
    refuse_useless(settings, draft.given, form, problem.task, f"{data.name} ({form})")
    draft.settings, alone = without_mean(draft.recipe.network, settings, problem)
    draft.reasons |= alone
    draft.named = model
    if model is None:
        draft.named = usual_network(draft.recipe.network, data, draft.settings, draft.loss, draft.certain)
    for aid in draft.aids:
        aid.check(draft)
