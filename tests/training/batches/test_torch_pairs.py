"""Batches of pairs: every pair once an epoch, inputs and answers together, no padding among the targets."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.data.pairs import PreparedPairs
from gradatim.data.ragged import Ragged
from gradatim.nn.batch_norm import BatchNorm
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_pairs import TorchPairs

RNG = np.random.default_rng(0)
INPUTS = [RNG.integers(1, 9, n) for n in RNG.integers(1, 8, 20)]
ROWS = np.repeat(np.arange(20), RNG.integers(1, 4, 20))  # an input has one to three answers
ANSWERS = [np.array([*RNG.integers(2, 7, n), 1]) for n in RNG.integers(0, 6, len(ROWS))]


def held(values, size=4, network=None):
    data = PreparedPairs(values, ROWS, Ragged(ANSWERS), 7)
    return TorchPairs(data, BatchSettings(size, 3, torch.device("cpu"), torch.float32, network=network))


def pairs_of(batches):
    """The pairs of some batches, as tuples of numbers without padding."""
    found = []
    for (values, lengths, y, y_lengths), targets, _ in batches:
        parts = targets.split(y_lengths.tolist())
        for k, part in enumerate(parts):
            assert torch.equal(y[k, : y_lengths[k]], part)
            assert not y[k, y_lengths[k] :].any()
            x = values[k] if lengths is None else values[k, : lengths[k]]
            found.append((tuple(x.reshape(-1).tolist()), tuple(part.tolist())))
    return found


@pytest.mark.parametrize("kind", ["symbols", "frames", "pictures"])
def test_every_pair_comes_once(kind):
    pictures = RNG.standard_normal((20, 1, 2, 2)).astype("float32")
    frames = [np.repeat(one[:, None], 2, 1) + 0.5 for one in INPUTS]
    values = {"symbols": Ragged(INPUTS), "frames": Ragged(frames), "pictures": pictures}[kind]
    inputs = {"symbols": INPUTS, "frames": frames, "pictures": pictures}[kind]
    wanted = sorted(
        (tuple(np.ravel(inputs[r]).tolist()), tuple(a.tolist())) for r, a in zip(ROWS, ANSWERS, strict=True)
    )
    batches = held(values)
    assert sorted(pairs_of(batches.epoch(1))) == wanted
    assert sorted(pairs_of(batches.in_order())) == wanted
    assert pairs_of(batches.epoch(1)) != pairs_of(batches.epoch(2))
    assert pairs_of(list(batches.epoch(1))[3:]) == pairs_of(batches.epoch(1, 3))


@pytest.mark.parametrize("norm", [BatchNorm(1), nn.BatchNorm2d(1), nn.LayerNorm(2), None])
def test_a_batch_tells_batch_norm_nothing_of_the_answers_lengths(norm):
    """Where a layer normalises by the batch, pairs stand as drawn; elsewhere short answers come first."""
    network = None if norm is None else nn.Sequential(nn.Conv2d(1, 1, 1), norm)
    pictures = RNG.standard_normal((20, 1, 2, 2)).astype("float32")
    rows, batches = held(pictures, network=network)._order(2)
    drawn = permutation(3, 2, len(ROWS))
    lengths = np.array([len(one) for one in ANSWERS])
    if isinstance(norm, BatchNorm | nn.BatchNorm2d):
        assert rows.tolist() == drawn.tolist()
    else:
        assert lengths[rows].tolist() == sorted(lengths.tolist())
    assert batches.tolist() == permutation(3, "batches 2", len(batches)).tolist()
