"""What a language model writes: only with a score for each character."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.decoding.writing import write
from gradatim.models.char_lm import CharLM
from gradatim.problems.next_character import NextCharacter


@pytest.mark.parametrize("scores", [3, 5])
def test_a_network_with_other_scores_than_characters_is_refused(scores):
    """The surplus score is the largest, so that it would be drawn; a score too few is told as well."""
    network = CharLM(scores, hidden_size=3)
    with torch.no_grad():
        network.head.bias[-1] = 100.0
    problem = NextCharacter(("a", "b", "c", "d"), "cross_entropy")
    with pytest.raises(UsageError, match=f"the network gives {scores} scores and its text has 4 characters"):
        write(network, problem, "ab", 5)


def test_the_likeliest_character_is_written():
    network = CharLM(4, hidden_size=3)
    with torch.no_grad():
        network.head.bias[2] = 100.0
    assert write(network, NextCharacter(("a", "b", "c", "d"), "cross_entropy"), "ab", 5) == "ccccc"
