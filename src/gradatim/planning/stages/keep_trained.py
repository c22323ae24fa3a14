"""The eighth stage: all that a run keeps of its network, to be asked again."""

from typing import Any

import numpy as np

from gradatim.planning.draft import Draft
from gradatim.planning.source_encoder import facts_of
from gradatim.runs.asking import ask
from gradatim.runs.forward import count_of
from gradatim.runs.trained import Trained


def keep_trained(draft: Draft) -> None:
    """Put the network beside its problem, encoder and columns; how the outputs of one that came complete are
    read is settled by their number.
    """
    train, encoder, made = draft.train, draft.encoder, draft.made
    trained = draft.trained = Trained(
        made, draft.entry, _class_name(made) if draft.entry is None else None, draft.problem, encoder,
        None if train.shape is None else encoder.raw_shape(train.shape), train.features, train.targets,
        draft.settings.precision, {"parameters": count_of(made), **facts_of(train, encoder)},
    )  # fmt: skip
    if not draft.is_named and draft.loss is None:
        draft.problem = trained.problem = draft.problem.for_outputs(lambda: _outputs_of(trained, train))


def _outputs_of(trained: Trained, train: Any) -> int:
    """How many outputs a network that came complete gives an example; 2 where none is at hand, or where it
    cannot read them, which the engine says.
    """
    if train.shape is None:
        return 2
    try:
        return ask(trained, train.take(np.arange(min(2, len(train))))).a[0].size
    except Exception:
        return 2


def _class_name(module: Any) -> str:
    return f"{type(module).__module__}.{type(module).__qualname__}"
