"""What a network begins with: weights of a file, or another run, as it is or grown; one of them at most."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.planning.aid import Aid
from gradatim.planning.training_options import Settings
from gradatim.planning.weights_of_file import WeightsOfFile


def refuse_two_beginnings(weights: Any, from_run: Any, grow: Any, model: Any) -> None:
    """Raise UsageError where more than one thing says what a network begins with."""
    asked = [name for name, value in _named(weights, from_run, grow).items() if value is not None]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} both name weights to begin with: give one")
    if model is not None and asked and asked[0] in ("--from", "--grow"):
        raise UsageError(f"{asked[0]} begins with a run's own network: leave out --model")


def beginning_of(weights: Any, from_run: Any, grow: Any, network: Any, settings: Settings) -> Aid | None:
    """What brings the weights that are asked for; None where all are drawn.

    Raises UsageError for settings of a network whose weights are drawn.
    """
    asked = next((name for name, value in _named(weights, from_run, grow).items() if value is not None), None)
    if asked is not None and settings.word_vectors is not None:
        raise UsageError(
            f"{asked} and --word-vectors both say what words begin with: a network that has learned has its "
            "own vectors; leave one out"
        )
    if from_run is None and grow is None:
        return None if weights is None else WeightsOfFile(weights)
    from gradatim.planning.source_run import read_source

    if settings.time_budget is not None:
        raise UsageError("--time-budget chooses a network, and a run to begin with has one: leave one out")
    if settings.pretrain is not None:
        raise UsageError("--pretrain is for weights that are drawn, and a run to begin with has its own")
    if grow is not None:
        return read_source(grow, True, network, settings)
    return read_source(from_run)


def _named(weights: Any, from_run: Any, grow: Any) -> dict[str, Any]:
    """What can say what a network begins with, as the command line calls it."""
    return {"--weights or --pretrained": weights, "--from": from_run, "--grow": grow}
