"""What a language model writes behind a prompt."""

from itertools import islice
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.vocabulary import Vocabulary
from gradatim.data.word_vocabulary import WordVocabulary
from gradatim.decoding.generating import Step, generate
from gradatim.decoding.network_step import step_of
from gradatim.problems.problem import Problem

SHOWN = 300  # characters of a sample
WORDS = 60  # words of one


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
