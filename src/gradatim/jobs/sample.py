"""Sample: what a trained language model writes."""

from typing import TYPE_CHECKING

from gradatim.checks import UsageError, whole
from gradatim.data.text import Vocabulary
from gradatim.jobs.text_plan import sampled

if TYPE_CHECKING:
    from gradatim.jobs.run import Run

LENGTH = 500


def sample(
    run: "Run", prompt: str = "", length: int = LENGTH, seed: int = 0, temperature: float = 1.0,
    top_k: int | None = None,
) -> str:  # fmt: skip
    """Characters that go on from a prompt, each drawn from what the network expects and read by it in turn.

        x_t ~ softmax(s_t/τ), over the `top_k` largest of the scores where that is given

    τ is `temperature`: below 1 safer, above 1 more daring, at 0 always the most probable. The same seed gives
    the same characters. The prompt is not repeated.

    Raises UsageError for a run that is no language model, a prompt with characters that it has never seen, or
    a value that cannot be.
    """
    if not run.is_text:
        raise UsageError(f"{run.path} is not a language model; gradatim train book.txt makes one")
    whole("length", length, 1)
    whole("seed", seed, 0, None)
    return sampled(run.model, Vocabulary(run.trained.classes), prompt, length, seed, temperature, top_k)
