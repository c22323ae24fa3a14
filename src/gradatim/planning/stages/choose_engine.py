"""The sixth stage: which engine computes."""

from dataclasses import replace

from gradatim.checks import UsageError
from gradatim.planning.draft import Draft
from gradatim.planning.training_options import OWN
from gradatim.training.engines.rule import choose_engine


def choose_engine_of(draft: Draft) -> None:
    """Choose the engine by the network, the size of a step and what an aid needs; and say why."""
    settings, shape = draft.settings, draft.train.shape
    needed = next((aid.only_torch for aid in draft.aids if aid.only_torch), "")
    if needed and settings.engine == "numpy":
        raise UsageError("the NumPy engine begins with weights of its own; leave out --engine numpy")
    loss = draft.loss or draft.problem.loss or "cross_entropy"
    engine, why = choose_engine(
        "torch" if needed else settings.engine, draft.entry, loss, settings.device, settings.batch_size or 1,
        None if shape is None else draft.encoder.shape(shape), settings.precision, settings.method == OWN,
    )  # fmt: skip
    if settings.engine == "auto":
        draft.choices["engine"] = f"{engine}: {needed or why}"
    draft.settings = replace(settings, engine=engine)
