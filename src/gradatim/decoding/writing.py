"""What a language model writes behind a prompt."""

from itertools import islice
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.vocabulary import Vocabulary
from gradatim.data.word_vocabulary import WordVocabulary
from gradatim.decoding.generating import generate
from gradatim.decoding.network_step import step_of
from gradatim.problems.problem import Problem

SHOWN = 300  # characters of a sample
WORDS = 60  # words of one


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


def write_words(
    network: Any, problem: Problem, prompt: str = "", length: int = WORDS, seed: int = 0,
    temperature: float = 1.0, top_k: int | None = None,
) -> str:  # fmt: skip
    """So many words behind a prompt, whose unknown words are read as that; it writes none itself.

    Raises UsageError for a prompt that has no words.
    """
    vocabulary = WordVocabulary(problem.names[1:])
    line = vocabulary.numbers.get("\n", 1)
    tokens = vocabulary.encode(prompt).tolist() if prompt else [line]
    if not tokens:
        raise UsageError("the prompt has no words to go on from")
    ask = step_of(network)

    def step(token: int, state: Any) -> tuple[np.ndarray, Any]:
        """Of the words that are known: number n is that of token n + 1."""
        scores, state = ask(token + 1, state)
        return scores[1:], state

    written = generate(step, [token - 1 for token in tokens], seed, temperature, top_k)
    found = [token + 1 for token in islice(written, length)]
    whole = vocabulary.decode([*tokens, *found])
    return whole[len(vocabulary.decode(tokens)) :]
