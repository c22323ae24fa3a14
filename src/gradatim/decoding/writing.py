"""What a language model writes behind a prompt."""

from itertools import islice
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.vocabulary import Vocabulary
from gradatim.decoding.generating import Step, generate
from gradatim.decoding.network_step import step_of
from gradatim.problems.problem import Problem

SHOWN = 300  # characters of a sample


def write(
    network: Any, problem: Problem, prompt: str = "", length: int = SHOWN, seed: int = 0,
    temperature: float = 1.0, top_k: int | None = None,
) -> str:  # fmt: skip
    """What the network writes behind a prompt; behind none it starts as a line does, where it knows lines.

    Raises UsageError for a network with another number of scores than the problem has characters.
    """
    vocabulary = Vocabulary(problem.names)
    begin = prompt or ("\n" if "\n" in vocabulary.characters else vocabulary.characters[0])
    tokens = vocabulary.encode(begin, "the prompt").tolist()
    step = _of_characters(step_of(network), len(vocabulary))
    written = generate(step, tokens, seed, temperature, top_k)
    return vocabulary.decode(list(islice(written, length)))


def _of_characters(step: Step, characters: int) -> Step:
    """The same step, which refuses scores that are not one of each character."""

    def checked(token: int, state: Any) -> tuple[np.ndarray, Any]:
        scores, state = step(token, state)
        if len(scores) != characters:
            raise UsageError(
                f"the network gives {len(scores)} scores and its text has {characters} characters: train it "
                "again with as many scores as characters"
            )
        return scores, state

    return checked
