"""F6: the energies of a restricted Boltzmann machine, by enumeration of every state."""

from itertools import product

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.rbm import RBM

V, H = 6, 4


def machine(visible=V, hidden=H, seed=0):
    rbm = RBM(visible, hidden).double()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(rng.normal(size=tuple(p.shape))))
    return rbm


def states(n):
    return np.array(list(product([0.0, 1.0], repeat=n)))


def joint(rbm):
    """exp(hᵀWv + bᵀv + cᵀh) of every state of both layers, (2^V, 2^H)."""
    W, b, c = (p.detach().numpy() for p in (rbm.weight, rbm.visible_bias, rbm.hidden_bias))
    v, h = states(rbm.visible), states(rbm.hidden)
    return np.exp(v @ W.T @ h.T + (v @ b)[:, None] + h @ c)


def test_free_energy_and_partition_function_are_those_of_the_enumeration():
    """6 × 4 units, 1,024 states, to 1e-12; log Z by the hidden and by the visible layer's states."""
    rbm = machine()
    weights = joint(rbm)
    v = torch.from_numpy(states(V))
    np.testing.assert_allclose(rbm.free_energy(v).detach(), -np.log(weights.sum(1)), rtol=1e-12)
    np.testing.assert_allclose(rbm.log_partition().item(), np.log(weights.sum()), rtol=1e-13)
    wide = machine(3, 5, 1)
    np.testing.assert_allclose(wide.log_partition().item(), np.log(joint(wide).sum()), rtol=1e-13)
    p = torch.exp(-rbm.free_energy(v) - rbm.log_partition())
    np.testing.assert_allclose(p.sum().item(), 1, rtol=1e-12)


def test_conditional_probabilities_are_those_of_the_enumeration():
    rbm = machine()
    weights = joint(rbm)
    of_hidden = weights @ states(H) / weights.sum(1)[:, None]
    of_visible = weights.T @ states(V) / weights.sum(0)[:, None]
    np.testing.assert_allclose(rbm(torch.from_numpy(states(V))).detach(), of_hidden, rtol=1e-12)
    np.testing.assert_allclose(rbm.reconstruct(torch.from_numpy(states(H))).detach(), of_visible, rtol=1e-12)


def test_first_weights_are_small_and_belong_to_seed_and_name():
    a, b, other = (build({"name": "rbm", "visible": 50, "hidden": 40}, seed) for seed in (3, 3, 4))
    assert torch.equal(a.weight, b.weight) and not torch.equal(a.weight, other.weight)
    assert a.weight.std().item() == pytest.approx(0.01, rel=0.05)
    assert not a.visible_bias.any() and not a.hidden_bias.any()


def test_misuse_is_refused():
    with pytest.raises(UsageError, match="hidden must be a whole number of at least 1; it is 0"):
        RBM(3, 0)
    with pytest.raises(UsageError, match=r"a machine of 6 visible units got rows of shape \(2, 5\)"):
        machine()(torch.zeros(2, 5).double())
    with pytest.raises(UsageError, match=r"2\^21 states are too many to go through; log Z is for at most 20"):
        RBM(30, 21).log_partition()
