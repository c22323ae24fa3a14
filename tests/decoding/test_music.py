"""Pieces that are played: draws against their probabilities, seeds, and what is played on from."""

from itertools import islice

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from gradatim.checks import UsageError
from gradatim.data.rolls import NOTES, Roll
from gradatim.decoding.music import compose, frames
from gradatim.models.building import build
from gradatim.problems.next_frame import NextFrame

PROBLEM = NextFrame(NOTES, "multilabel")
SCORES = np.array([-2.0, 0.0, 1.0, 40.0, -800.0])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_notes_are_drawn_with_their_probabilities(temperature):
    drawn = np.stack(list(islice(frames(lambda f, s: (SCORES, s), 5, (), 3, temperature), 2000)))
    p = 1 / (1 + np.exp(-np.clip(SCORES / temperature, -700, 700)))
    for notes, each in zip(drawn.T, p, strict=True):
        assert binomtest(int(notes.sum()), 2000, each).pvalue > 1e-3
    together = np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]
    assert abs(together) < 0.08  # each note is drawn for itself


def test_at_zero_the_notes_above_a_half_sound():
    assert next(frames(lambda f, s: (SCORES, s), 5, temperature=0)).tolist() == [0, 0, 1, 1, 0]


def test_every_frame_is_read_in_turn_behind_those_before():
    seen = []

    def step(frame, state):
        seen.append(frame.tolist())
        return 9 * np.roll(frame, 1) - 4, state

    before = [np.array([1, 0, 0]), np.array([0, 1, 0])]
    found = [one.tolist() for one in islice(frames(step, 3, before, temperature=0), 2)]
    assert found == [[0, 0, 1], [1, 0, 0]]
    assert seen == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_the_same_seed_plays_the_same(tmp_path):
    net = build({"name": "music_rnn", "in_features": 88, "out_features": 88, "hidden_size": 8})
    with torch.no_grad():
        net.head.weight.mul_(30)  # so that what was heard matters
    first, again, other = (compose(net, PROBLEM, length=12, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first.frames, again.frames) and not np.array_equal(first.frames, other.frames)
    assert np.array_equal(compose(net, PROBLEM, length=20, seed=5).frames[:12], first.frames)
    Roll(np.eye(3, 88)).write(tmp_path / "begin.mid")
    assert not np.array_equal(compose(net, PROBLEM, str(tmp_path / "begin.mid"), 12, 5).frames, first.frames)


def test_there_is_no_top_k():
    net = build({"name": "music_rnn", "in_features": 88, "out_features": 88, "hidden_size": 8})
    with pytest.raises(UsageError, match="each note is drawn for itself"):
        compose(net, PROBLEM, top_k=3)
    with pytest.raises(UsageError, match="temperature"):
        compose(net, PROBLEM, temperature=-1.0)
