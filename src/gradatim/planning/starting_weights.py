"""Weights to begin with: a file's, or those that torchvision published."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError
from gradatim.planning.training_options import Settings, tuning_settings

if TYPE_CHECKING:
    from gradatim.planning.source_run import SourceRun

PUBLISHED = "published"  # instead of a file


def begin_with(network: Any, entry: dict[str, Any] | None, weights: str | Path) -> str:
    """Set a network's weights; a sentence on where they came from and what stayed as it was drawn."""
    from gradatim.models.pretrained import published_weights
    from gradatim.models.weights import read_weights, set_weights

    if entry is None:
        raise UsageError("a network of your own comes with its weights; --weights is for the catalogue's")
    path = published_weights(entry["name"]) if weights == PUBLISHED else Path(weights)
    kept = set_weights(network, read_weights(path), f"the weights in {path}")
    return f"{path}; {kept}" if kept else str(path)


def twin_notices(network: Any) -> list[str]:
    """That weights may be of another network, whose names and shapes are the same."""
    from gradatim.models.weights import twin_sentence

    return [said] if (said := twin_sentence(network)) else []


def engine_for(weights: str | Path | None, asked: str) -> str:
    """The engine that was asked for, or torch where there are weights to begin with."""
    if weights is not None and asked == "numpy":
        raise UsageError("the NumPy engine begins with weights of its own; leave out --engine numpy")
    return asked if weights is None else "torch"


def place_of(weights: str | Path | None) -> str | None:
    """What finds them again: PUBLISHED, or a whole path."""
    if weights is None or weights == PUBLISHED:
        return weights and PUBLISHED
    return str(Path(weights).resolve())


def weights_source(weights: str | Path | None, pretrained: bool) -> str | Path | None:
    """The file, or PUBLISHED; UsageError for both."""
    if pretrained and weights is not None:
        raise UsageError("--pretrained and --weights both name weights to begin with: give one")
    return PUBLISHED if pretrained else weights


def refuse_two_beginnings(weights: Any, from_run: Any, grow: Any, model: Any) -> None:
    """Raise UsageError where more than one thing says what a network begins with."""
    named = {"--weights or --pretrained": weights, "--from": from_run, "--grow": grow}
    asked = [name for name, value in named.items() if value is not None]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} both name weights to begin with: give one")
    if model is not None and asked and asked[0] in ("--from", "--grow"):
        raise UsageError(f"{asked[0]} begins with a run's own network: leave out --model")


def source_of_run(from_run: Any, grow: Any, network: Any, settings: Settings) -> "SourceRun | None":
    """The run to begin with, its network grown where that is asked for; None where there is none."""
    from gradatim.planning.source_run import read_source

    if from_run is None and grow is None:
        return None
    if settings.time_budget is not None:
        raise UsageError("--time-budget chooses a network, and a run to begin with has one: leave one out")
    if settings.pretrain is not None:
        raise UsageError("--pretrain is for weights that are drawn, and a run to begin with has its own")
    if grow is not None:
        return read_source(grow, True, network, settings)
    return read_source(from_run)


def check_tuning(settings: Settings, begins_with: Any, model: Any) -> None:
    """Raise UsageError for settings of fine-tuning where all weights would be drawn, or nothing is frozen."""
    asked = tuning_settings(settings)
    if asked and begins_with is None and not callable(getattr(model, "parameters", None)):
        raise UsageError(
            f"--{next(iter(asked)).replace('_', '-')} is for a network that has learned: begin with one, by "
            "--from RUN, --weights FILE or --pretrained"
        )
    if asked and settings.pretrain is not None:
        raise UsageError("--pretrain teaches all layers: leave it out, or the options of fine-tuning")
    if settings.frozen_norm is not None and settings.freeze is None:
        raise UsageError("--frozen-norm is of frozen layers: say which, by --freeze")
