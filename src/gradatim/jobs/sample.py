"""Sample: what a trained language model writes."""

from typing import Any

from gradatim.checks import UsageError, whole
from gradatim.decoding.generators import generator_for
from gradatim.runs.trained import Trained

LENGTH = 500


def sample(
    trained: Trained, prompt: str = "", length: int = LENGTH, seed: int = 0, temperature: float = 1.0,
    top_k: int | None = None,
) -> Any:  # fmt: skip
    """Characters that go on from a prompt, each drawn from what the network expects and read by it in turn.

        x_t ~ softmax(s_t/τ), over the `top_k` largest of the scores where that is given

    τ is `temperature`: below 1 safer, above 1 more daring, at 0 always the most probable. The same seed gives
    the same characters. The prompt is not repeated.

    Raises UsageError for a network that is no language model, a prompt with characters that it has never
    seen, or a value that cannot be.
    """
    generate = generator_for(trained.problem.kind)
    if generate is None:
        raise UsageError(f"{trained.name} is not a language model; gradatim train book.txt makes one")
    length, seed = whole("length", length, 1), whole("seed", seed, 0, None)
    return generate(trained.module(), trained.problem, prompt, length, seed, temperature, top_k)
