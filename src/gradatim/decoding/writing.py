"""What a language model writes behind a prompt."""

from itertools import islice
from typing import Any

from gradatim.data.vocabulary import Vocabulary
from gradatim.decoding.generating import generate
from gradatim.decoding.network_step import step_of
from gradatim.problems.problem import Problem

SHOWN = 300  # characters of a sample


def write(
    network: Any, problem: Problem, prompt: str = "", length: int = SHOWN, seed: int = 0,
    temperature: float = 1.0, top_k: int | None = None,
) -> str:  # fmt: skip
    """What the network writes behind a prompt; behind none it starts as a line does, where it knows lines."""
    vocabulary = Vocabulary(problem.names)
    begin = prompt or ("\n" if "\n" in vocabulary.characters else vocabulary.characters[0])
    tokens = vocabulary.encode(begin, "the prompt").tolist()
    written = generate(step_of(network), tokens, seed, temperature, top_k)
    return vocabulary.decode(list(islice(written, length)))
