"""What a frame costs, against torch on a plain loop and against counts by hand."""

import numpy as np
import pytest
import torch

from gradatim.checks import GradatimError, UsageError
from gradatim.data.rolls import NOTES, Rolls
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.next_frame import NextFrame

RNG = np.random.default_rng(0)
PROBLEM = NextFrame(NOTES, "multilabel", "16th")


def test_nats_a_frame_are_torch_s_bernoulli_on_a_plain_loop():
    """To 1e-12 in float64."""
    a, y = RNG.normal(size=(30, 88)), (RNG.random((30, 88)) < 0.1) * 1
    total = 0.0
    for scores, notes in zip(torch.tensor(a), torch.tensor(y), strict=True):
        for score, note in zip(scores, notes, strict=True):
            total -= torch.distributions.Bernoulli(logits=score).log_prob(note.double()).item()
    found = PROBLEM.measures(a, y)
    assert (
        found["nll_per_frame"] == pytest.approx(total / 30, rel=1e-12)
        and found["loss"] == found["nll_per_frame"]
    )


def test_accuracy_counts_notes_that_sound_or_are_expected():
    y = np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0]])
    a = np.array([[3.0, -1, 2, -1], [-1, -1, -1, -1], [-2, 4, -3, -1]])
    assert NextFrame(tuple("abcd"), "multilabel").measures(a, y)["accuracy"] == 2 / (2 + 1 + 1)
    assert (
        NextFrame(tuple("abcd"), "multilabel").measures(-np.ones((2, 4)), np.zeros((2, 4)))["accuracy"] == 1
    )


def test_moving_notes_and_scores_alike_changes_no_measure():
    a, y = RNG.normal(size=(30, 88)), (RNG.random((30, 88)) < 0.1) * 1
    moved = PROBLEM.measures(np.roll(a, 3, 1), np.roll(y, 3, 1))
    assert moved == pytest.approx(PROBLEM.measures(a, y), rel=1e-14)


def test_rolls_pose_it_and_it_comes_back_from_its_record():
    found = pose(Rolls([np.eye(3, 88)], step="16th").question)
    assert found == PROBLEM and problem_from(found.as_dict()) == found
    assert found.head().outputs == 88
    with pytest.raises(GradatimError, match="step of next frame must be quarter or"):
        problem_from({**found.as_dict(), "step": "third"})


def test_a_frame_is_written_by_the_names_of_its_notes():
    a = np.where(np.isin(np.arange(88) + 21, (60, 64)), 1.0, -1.0)[None]
    found = PROBLEM.columns(np.concatenate([a, -np.ones((1, 88))]))
    assert found["prediction"] == ["C4 E4", "-"]
    assert found["p(C4)"] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))], abs=1e-6)


def test_there_is_no_threshold():
    with pytest.raises(UsageError, match="notes of music have none"):
        PROBLEM.check_settling("0.3", None)
