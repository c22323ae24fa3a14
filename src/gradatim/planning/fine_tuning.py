"""`--freeze`, `--unfreeze`, `--layer-decay`: what of a network that has learned goes on to learn, and how."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.planning.aid import Aid
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.plan import Plan
from gradatim.planning.training_options import Settings, tuning_settings
from gradatim.training.loop import Loop
from gradatim.training.training import Training


class FineTuning(Aid):
    """Layers that stay as they are, come later, or learn more slowly."""

    def loop(self, plan: Plan, parts: tuple[Any, Any], settings: dict[str, Any]) -> Loop | None:
        """The loop that freezes, brings back and slows; UsageError for another way of learning."""
        tuning = tuning_settings(plan.settings)
        if not tuning:
            return None
        if loop_class(plan.trained.network) is not Training:
            raise UsageError(
                f"{first_option(plan.settings)} is for networks that learn one loss by "
                f"backpropagation; {plan.trained.name} has its own way to learn"
            )
        from gradatim.transfer.fine_tuning import fine_tuning

        train, valid = parts
        return fine_tuning(plan.trained.model, train, plan.loss, valid=valid, **tuning, **settings)


def first_option(settings: Settings) -> str:
    """The first option of fine-tuning that is asked for, as the command line has it; empty where none is."""
    asked = tuning_settings(settings)
    return f"--{next(iter(asked)).replace('_', '-')}" if asked else ""


def check_tuning(settings: Settings, begins_with: Any, model: Any) -> None:
    """Raise UsageError for settings of fine-tuning where all weights would be drawn, or nothing is frozen."""
    asked = first_option(settings)
    if asked and begins_with is None and not callable(getattr(model, "parameters", None)):
        raise UsageError(
            f"{asked} is for a network that has learned: begin with one, by "
            "--from RUN, --weights FILE or --pretrained"
        )
    if asked and settings.pretrain is not None:
        raise UsageError("--pretrain teaches all layers: leave it out, or the options of fine-tuning")
    if settings.frozen_norm is not None and settings.freeze is None:
        raise UsageError("--frozen-norm is of frozen layers: say which, by --freeze")
