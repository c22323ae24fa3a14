"""Greedy shares: the best of all on a grid, never worse than the best member or the plain mean."""

import numpy as np
import pytest

from gradatim.ensembles.selection import ROUNDS, greedy_shares
from gradatim.functional.ensemble_mean import mean_of_outputs

RNG = np.random.default_rng(0)


def squared(y):
    return lambda a: float(((a[:, 0] - y) ** 2).mean())


def test_two_members_get_the_best_share_of_twentieths():
    """The loss is convex in the share, so greedy steps find what a search over all shares finds."""
    y = RNG.standard_normal(400)
    a = np.stack([y + 0.5 * RNG.standard_normal(400), y + RNG.standard_normal(400)])[:, :, None]
    loss = squared(y)
    found = greedy_shares(a, mean_of_outputs, loss)
    grid = [np.array([k, n - k]) / n for n in range(1, ROUNDS + 1) for k in range(n + 1)]
    best = min(loss(mean_of_outputs(a, share)) for share in grid)
    assert loss(mean_of_outputs(a, found)) == pytest.approx(best, rel=1e-3)
    assert found[0] > found[1] > 0  # about 4 to 1, as their variances


@pytest.mark.parametrize("seed", range(5))
def test_never_worse_than_the_best_member(seed):
    rng = np.random.default_rng(seed)
    y = rng.standard_normal(60)
    a = (y + rng.uniform(0.2, 3, (5, 1)) * rng.standard_normal((5, 60)))[:, :, None]
    loss = squared(y)
    found = greedy_shares(a, mean_of_outputs, loss)
    assert found.sum() == pytest.approx(1) and (found >= 0).all()
    assert loss(mean_of_outputs(a, found)) <= min(loss(one) for one in a) + 1e-12
