"""The first stage: what is asked of the network, and by which loss it learns."""

from gradatim.planning.choose_problem import choose_problem, with_transform
from gradatim.planning.draft import Draft
from gradatim.planning.loop_choice import named_network
from gradatim.planning.text_units import answers_in


def pose_question(draft: Draft) -> None:
    """Choose the problem, its loss, and the transform of its target.

    The network that is asked for takes part, because some ways of learning have a problem of their own; where
    none is, an aid may have a usual network, and a usual loss.
    """
    draft.data = answers_in(draft.data, draft.settings.text_units)
    draft.model = named_network(draft.model, draft.data.task, draft.train)
    for aid in draft.aids:
        if draft.model is None:
            draft.model = aid.usual_model(draft)
    for aid in draft.aids:
        if draft.loss is None:
            draft.loss = aid.usual_loss(draft)
    problem = choose_problem(draft.data, draft.model, draft.loss)
    if isinstance(draft.loss, str):
        draft.loss = problem.loss  # a likelihood by the name that it has as a loss
    draft.problem, transform = with_transform(problem, draft.data, draft.settings)
    draft.reasons = {**draft.data.choices, **transform}
    valid = None if draft.data.valid is None else draft.data.valid.y
    draft.problem.check_settling(draft.settings.threshold, valid)
    draft.problem.check_reach(valid)
