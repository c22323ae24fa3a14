"""E9: which character comes next: bits, the best guess, what an epoch's record says."""

import numpy as np
import pytest
import sklearn.metrics as theirs
from scipy.special import softmax

from gradatim.checks import UsageError
from gradatim.problems.evidence import Samples
from gradatim.problems.next_character import NextCharacter

RNG = np.random.default_rng(0)
A, Y = RNG.normal(0, 2, (300, 4)), RNG.integers(0, 4, 300)
PROBLEM = NextCharacter(tuple("\nabc"), "cross_entropy")


def test_the_head_has_a_score_for_each_character():
    assert PROBLEM.head() == (4, "softmax over the characters")


def test_measures_are_scikit_learn_s_in_nats_and_in_bits():
    p = softmax(A, axis=1)
    loss = theirs.log_loss(Y, p)
    assert PROBLEM.measures(A, Y) == pytest.approx(
        {
            "bits_per_character": loss / np.log(2),
            "loss": loss,
            "accuracy": theirs.accuracy_score(Y, p.argmax(1)),
        },
        rel=1e-9,
    )
    np.testing.assert_allclose(PROBLEM.predictions(A), p, rtol=1e-12)


def test_the_uniform_network_needs_the_logarithm_of_the_vocabulary():
    assert PROBLEM.measures(np.zeros((300, 4)), Y)["bits_per_character"] == pytest.approx(2, rel=1e-12)


def test_a_record_says_bits_where_there_is_validation():
    assert PROBLEM.of_record({"loss": np.log(2)}) == pytest.approx({"valid_bits_per_character": 1.0})
    assert PROBLEM.of_record({}) == {}


def test_there_is_no_threshold():
    PROBLEM.check_settling(None, None)
    with pytest.raises(
        UsageError, match=r"^a threshold decides between two classes; a language model has none$"
    ):
        PROBLEM.check_settling("f1", Y)


def test_evidence_is_what_it_wrote_which_its_records_hold():
    (samples,) = PROBLEM.evidence(A, Y)
    assert type(samples) is Samples and list(samples.stages) == []
