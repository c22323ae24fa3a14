"""Sampling: the hashed states, chains that reach the machine's own distribution, samples by their seed."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.boltzmann_units import states_of
from gradatim.nn.rbm import RBM
from gradatim.random import mix, uniform
from gradatim.unsupervised import hashed_states as home
from gradatim.unsupervised.gibbs import HashedNumbers, gibbs_samples, persistent_steps
from gradatim.unsupervised.hashed_states import hashed_states


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("compiled", [True, False])
def test_states_are_those_of_the_room_s_numbers(dtype, compiled, monkeypatch):
    """Bit for bit NumPy's, with the compiled loop and without a compiler; views too."""
    if not compiled:
        monkeypatch.setattr(home, "_kernel", lambda: None)
    p = torch.rand(71, 33, dtype=dtype, generator=torch.Generator().manual_seed(0)).t()
    numbers = uniform(mix(np.arange(p.numel(), dtype=np.int32)), 5, "hidden 0", 12).reshape(p.shape)
    assert torch.equal(hashed_states(p, 5, "hidden 0", 12), torch.from_numpy(numbers < p.numpy()).to(dtype))
    edges = torch.tensor([0.0, 1.0, 0.0], dtype=dtype)
    assert hashed_states(edges, 1, "v", 0).tolist() == [0, 1, 0]


@torch.no_grad()
def test_chains_reach_the_distribution_of_the_enumeration():
    """20,000 chains of 4 × 3 units after 200 steps: every state of v within 4 standard errors."""
    rbm = RBM(4, 3).double()
    rng = np.random.default_rng(1)
    for p in rbm.parameters():
        p.copy_(torch.from_numpy(rng.normal(size=tuple(p.shape))))
    n = 20_000
    h, numbers = torch.zeros(n, 3).double(), HashedNumbers(0, rbm.weight)
    for step in range(20):
        numbers.step = step
        v, mean, h = persistent_steps(rbm, h, 10, numbers)
    torch.testing.assert_close(mean, rbm(v))
    (states,) = states_of(4, rbm.weight)
    exact = torch.exp(-rbm.free_energy(states) - rbm.log_partition())
    found = torch.bincount((v @ torch.tensor([1, 2, 4, 8]).double()).long(), minlength=16) / n
    assert ((found - exact).abs() < 4 * (exact * (1 - exact) / n).sqrt()).all()


def test_samples_are_a_function_of_the_seed():
    rbm, rows = RBM(6, 4), torch.zeros(3, 6)
    seen = []
    a = gibbs_samples(rbm, rows, 5, seed=1, each=lambda n, p: seen.append(n))
    assert seen == [1, 2, 3, 4, 5]
    assert torch.equal(a, gibbs_samples(rbm, rows, 5, seed=1))
    assert not torch.equal(a, gibbs_samples(rbm, rows, 5, seed=2))
    with pytest.raises(UsageError, match="steps must be"):
        gibbs_samples(rbm, rows, 0)
