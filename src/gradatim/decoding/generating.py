"""A sequence, one choice at a time, each fed back (curriculum E9)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.decoding.sampling import sample

Step = Callable[[Any, Any], tuple[np.ndarray, Any]]  # (token, state) → (scores (K,), state)


def generate(
    step: Step, prompt: Sequence[int], seed: int = 0, temperature: float = 1.0, top_k: int | None = None
) -> Iterator[int]:
    """Tokens without end, behind a prompt: each is sampled from the scores and is the next step's input.

        s_t, state_t = step(token_{t−1}, state_{t−1});   token_t ~ softmax(s_t/τ)

    `step` reads a token and a state, None at first, and gives the scores of what comes next and the new
    state. The same seed gives the same sequence, whatever was drawn before.

    Raises UsageError for an empty prompt.

    >>> from itertools import islice
    >>> def count(token, state): return np.eye(5)[(token + 1) % 5], None
    >>> list(islice(generate(count, [2], temperature=0), 4))
    [3, 4, 0, 1]
    """
    if not len(prompt):
        raise UsageError("a prompt needs one token at least")
    state = None
    for token in prompt:
        scores, state = step(int(token), state)
    position = 0
    while True:
        token = sample(scores, seed, position, temperature, top_k)
        yield token
        position += 1
        scores, state = step(token, state)
