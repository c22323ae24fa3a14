"""Sample: what a trained language model writes, or a network of music plays."""

from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import UsageError, whole
from gradatim.decoding.generators import generator_for
from gradatim.runs.trained import Trained

LENGTH = 500


def sample(
    trained: Trained, prompt: str = "", length: int = LENGTH, seed: int = 0, temperature: float = 1.0,
    top_k: int | None = None,
) -> Any:  # fmt: skip
    """Characters that go on from a prompt, or frames of music that go on from a MIDI file, each drawn from
    what the network expects and read by it in turn; a text, or a Roll.

        x_t ~ softmax(s_t/τ), over the `top_k` largest of the scores where that is given

    τ is `temperature`: below 1 safer, above 1 more daring, at 0 always the most probable. The same seed gives
    the same characters. The prompt is not repeated.

    Raises UsageError for a network that is no model of texts or music, a prompt with characters that it has
    never seen, or a value that cannot be.
    """
    generate = generator_for(trained.problem.kind)
    if generate is None:
        raise UsageError(
            f"{trained.name} is not a language model; gradatim train book.txt makes one, and "
            "gradatim train jsb-chorales one of music; gradatim predict --sample draws texts that belong to "
            "an input"
        )
    length, seed = whole("length", length, 1), whole("seed", seed, 0, None)
    return generate(trained.module(), trained.problem, prompt, length, seed, temperature, top_k)


def write_sample(found: Any, path: Path) -> None:
    """Write a sample to a file, whole or not at all: a text as it is, music as MIDI."""
    if isinstance(found, str):
        files.write(path, found)
    else:
        found.write(path)
