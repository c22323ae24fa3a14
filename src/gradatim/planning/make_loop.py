"""The loop of a plan, ready to begin."""

from dataclasses import replace
from typing import Any

from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.planning.adaptation import adapting_loop
from gradatim.planning.class_scores import check_scores
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.plan import Plan
from gradatim.planning.pretraining import OF_LAYERS, has_opposite_layers, pretraining_settings
from gradatim.planning.training_options import tuning_settings
from gradatim.runs.asking import dtype_of
from gradatim.training.batches.layout import SingleExample
from gradatim.training.training import Training


def loop_of(plan: Plan) -> Any:
    """What teaches the network of a plan, with its examples and settings.

    A batch size that nobody asked for becomes the nearest that suits the network, and the plan says so.
    """
    try:
        loop = _loop(plan)
    except SingleExample as error:
        if error.better is None or "batch_size" not in plan.choices:
            raise
        why = f"{plan.settings.batch_size} leaves one example, which cannot be normalised, in its own batch"
        plan.choices["batch_size"] = f"{error.better}: {why}"
        plan.settings = replace(plan.settings, batch_size=error.better)
        loop = _loop(plan)
    check_scores(plan.trained.problem, loop)
    if found := loop.bad_parameter():
        raise NonFiniteLoss(f"the network begins with {found}")
    return loop


def _loop(plan: Plan) -> Any:
    data, settings = plan.data, plan.settings.of_training()
    if plan.optimizer is not None:
        settings["optimizer"] = plan.optimizer
    parts = plan.prepare(data.train), plan.prepare(data.valid)
    if plan.weights is None and hasattr(plan.trained.model, "begin_from"):
        plan.trained.model.begin_from(parts[0])
    if plan.settings.pretrain is not None:
        return _pretraining(plan, parts, settings)
    tuning = tuning_settings(plan.settings)
    if data.domain is not None:
        if tuning:
            raise UsageError(f"--{_option(tuning)} does not go with --adapt-to: leave one of them out")
        loop = adapting_loop(
            plan.trained.model, parts, target_of(plan), plan.loss, settings, plan.settings.adaptation or ""
        )
        loop.threads = plan.settings.threads or 1
        return loop
    way = loop_class(plan.trained.network)
    if tuning:
        if way is not Training:
            raise UsageError(
                f"--{_option(tuning)} is for networks that learn one loss by "
                f"backpropagation; {plan.trained.name} has its own way to learn"
            )
        from gradatim.transfer.fine_tuning import fine_tuning

        loop = fine_tuning(plan.trained.model, parts[0], plan.loss, valid=parts[1], **tuning, **settings)
        loop.threads = plan.settings.threads or 1
        return loop
    if getattr(way, "in_stages", False):
        settings |= {name: getattr(plan.settings, name) for name in OF_LAYERS}
    loop = way.of_settings(plan.trained.model, *parts, plan.loss, settings)
    loop.threads = plan.settings.threads or 1
    return loop


def _option(asked: dict[str, Any]) -> str:
    """The first of the settings, as the command line has it."""
    return next(iter(asked)).replace("_", "-")


def target_of(plan: Plan) -> Any:
    """The examples of the domain to adapt to as the network sees them, without labels."""
    assert plan.data.domain is not None
    unlabelled = plan.data.domain.train
    return plan.trained.encoder.inputs(unlabelled, dtype_of(plan.trained))


def _pretraining(plan: Plan, parts: tuple[Any, Any], settings: dict[str, Any]) -> Any:
    """Each hidden layer's learning, then that of the whole."""
    from gradatim.unsupervised.autoencoder_pretraining import AutoencoderPretraining
    from gradatim.unsupervised.pretraining import Pretraining

    way = AutoencoderPretraining if has_opposite_layers(plan.trained.network) else Pretraining
    kind, how = pretraining_settings(plan.settings.pretrain)
    train, valid = parts
    return way(
        plan.trained.model, train, plan.loss, kind=kind, how=how, valid=valid,
        pretrain_epochs=plan.settings.pretrain_epochs or 1, pretrain_lr=plan.settings.pretrain_lr, **settings,
    )  # fmt: skip
