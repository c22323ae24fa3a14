"""Parallel tempering: detailed balance by enumeration, and modes that plain Gibbs sampling never leaves."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.boltzmann_units import states_of
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.contrast import contrast
from gradatim.unsupervised.gibbs import HashedNumbers, persistent_steps
from gradatim.unsupervised.rbm import ContrastiveDivergence
from gradatim.unsupervised.tempering import (
    acceptance,
    base_of,
    change_places,
    energy,
    hidden_at,
    inverse_temperatures,
    tempered_steps,
    visible_at,
)

pytestmark = pytest.mark.usefixtures("no_grad")


@pytest.fixture
def no_grad():
    with torch.no_grad():
        yield


def random_machine(visible, hidden, classes=0):
    rbm = RBM(visible, hidden, classes).double()
    rng = np.random.default_rng(3)
    for p in rbm.parameters():
        p.copy_(torch.from_numpy(rng.normal(0, 1.5, tuple(p.shape))))
    return rbm


def two_modes():
    """All units on with probability 0.73, all off with 0.27, and a barrier of 16 nats between them."""
    rbm = RBM(4, 2).double()
    rbm.weight.fill_(8.0)
    rbm.visible_bias.fill_(-8.0)
    rbm.hidden_bias.fill_(-16.0 + 0.5)
    return rbm


def joint_states(rbm):
    """Every v and every h, each pair once."""
    (v,), (h,) = states_of(rbm.visible, rbm.weight), states_of(rbm.hidden, rbm.weight)
    return v.repeat_interleave(len(h), 0), h.repeat(len(v), 1)


def at(rbm, beta, base):
    """P_β of every joint state, from the definition written out."""
    v, h = joint_states(rbm)
    E = -((h @ rbm.weight) * v).sum(1) - v @ rbm.visible_bias - h @ rbm.hidden_bias
    return torch.softmax(-beta * E + (1 - beta) * v @ base, 0)


def test_a_swap_keeps_the_joint_distribution_of_two_temperatures():
    """π(s) T(s → s′) = π(s′) T(s′ → s) for all 16 × 16 pairs of states of 2 + 2 units, to 1e-16."""
    rbm, beta = random_machine(2, 2), torch.tensor([1.0, 0.4], dtype=torch.float64)
    base = torch.tensor([0.7, -1.1], dtype=torch.float64)
    E = energy(rbm, *joint_states(rbm), base)
    i, j = (one.flatten() for one in torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij"))
    forth = acceptance(*beta, E[i], E[j])
    back = acceptance(*beta, E[j], E[i])
    cold, hot = at(rbm, 1.0, base), at(rbm, 0.4, base)
    torch.testing.assert_close(cold[i] * hot[j] * forth, cold[j] * hot[i] * back, rtol=0, atol=1e-16)
    assert forth.min() < 0.2 and forth.max() == 1
    pair = torch.stack([E[i], E[j]])  # the code swaps just where its number is below that
    for drawn in (forth - 1e-9, forth + 1e-9):
        place = change_places(pair, beta, drawn[None])
        assert torch.equal(place[0] == 1, drawn < forth)
        assert (place.sum(0) == 1).all()


@pytest.mark.parametrize("classes", [0, 2])
@pytest.mark.parametrize("beta", [1.0, 0.3, 0.0])
def test_gibbs_sampling_at_a_temperature_keeps_its_distribution(beta, classes):
    """Σ_s P_β(s) P_β(v′ | h) P_β(h′ | v′) = P_β(s′), by every state of 3 + 2 units, to 1e-14."""
    rbm = random_machine(3, 2, classes)
    v, h = joint_states(rbm)
    base = torch.tensor([0.5, -0.5, 1.0], dtype=torch.float64)
    p = at(rbm, beta, base) * (v[:, -classes:].sum(1) == 1 if classes else 1)
    p /= p.sum()
    of_v, of_h = visible_at(rbm, h, beta, base), hidden_at(rbm, v, beta)
    single = rbm.visible - classes

    def bernoulli(mean, state):
        return (mean * state + (1 - mean) * (1 - state)).prod(-1)

    to_v = bernoulli(of_v[:, None, :single], v[None, :, :single])  # (from, to)
    if classes:
        to_v = to_v * (of_v[:, None, single:] * v[None, :, single:]).sum(-1)
        to_v = to_v * (v[None, :, single:].sum(-1) == 1)
    after = p @ (to_v * bernoulli(of_h, h)[None])
    torch.testing.assert_close(after, p, rtol=0, atol=1e-14)


def test_tempered_chains_agree_with_enumeration_where_gibbs_sampling_does_not():
    """200 chains that all begin in the less probable of two modes, 1,000 steps: P(first unit) within 0.1,
    three standard errors of 200 chains; without tempering they stay where they began.
    """
    rbm, n = two_modes(), 200
    (states,) = states_of(4, rbm.weight)
    exact = float(torch.softmax(-rbm.free_energy(states), 0) @ states[:, 0])
    assert exact == pytest.approx(0.73, abs=0.01)
    numbers = HashedNumbers(0, rbm.weight)
    plain = torch.zeros(n, 2).double()
    tempered = torch.zeros(10, n, 2).double()
    for step in range(100):
        numbers.step = step
        stuck, _, plain = persistent_steps(rbm, plain, 10, numbers)
        found, mean, tempered = tempered_steps(rbm, tempered, 10, numbers)
    assert float(stuck.mean()) < 0.05
    assert float(found[:, 0].mean()) == pytest.approx(exact, abs=0.1)
    torch.testing.assert_close(mean, rbm(found))


def test_the_model_s_part_of_the_gradient_is_the_enumeration_s():
    """The mean of 4,000 chains, after 100 steps: every parameter's within 0.04; two modes as above."""
    rbm, n = two_modes(), 4000
    (states,) = states_of(4, rbm.weight)
    p = torch.softmax(-rbm.free_energy(states), 0)
    data = torch.zeros(1, 4).double()
    exact = contrast(rbm, data, rbm(data), states, rbm(states), None, p).gradients()
    chains, numbers = torch.zeros(8, n, 2).double(), HashedNumbers(1, rbm.weight)
    v, h, chains = tempered_steps(rbm, chains, 100, numbers)
    found = contrast(rbm, data, rbm(data), v, h).gradients()
    for name, gradient in exact.items():
        torch.testing.assert_close(found[name], gradient, rtol=0, atol=0.04)


def test_gaussian_units_are_tempered_too():
    """Two groups at ±5 σ: chains that begin in one find both, each half of the probability."""
    rbm = GaussianRBM(2, 1).double()
    rbm.weight.fill_(10.0)
    rbm.visible_bias.fill_(-5.0)
    n, numbers = 400, HashedNumbers(2, rbm.weight)
    plain, tempered = torch.zeros(n, 1).double(), torch.zeros(12, n, 1).double()
    stuck, _, _ = persistent_steps(rbm, plain, 200, numbers)
    found, _, _ = tempered_steps(rbm, tempered, 200, numbers)
    assert float((stuck[:, 0] > 0).double().mean()) == 0
    assert float((found[:, 0] > 0).double().mean()) == pytest.approx(0.5, abs=0.08)


def test_at_beta_0_units_have_the_data_s_rates():
    """(Σ v + ½)/(N + 1) of binary units, of labels as shares; the mean of Gaussian ones."""
    rows = torch.tensor([[1.0, 0, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1]])
    h, expected = torch.ones(1, 2), torch.tensor([[3.5, 1.5]]) / 4
    rbm = RBM(4, 2, classes=2)
    found = visible_at(rbm, h, 0.0, base_of(rbm, rows))
    torch.testing.assert_close(found, torch.cat([expected, torch.tensor([[2.5, 1.5]]) / 4], 1))
    gaussian = GaussianRBM(4, 2)
    gaussian.log_variance.fill_(1.0)
    base = gaussian.units(base_of(gaussian, rows))
    torch.testing.assert_close(visible_at(gaussian, h, 0.0, base)[0], rows.mean(0))


def test_one_chain_alone_is_a_persistent_chain():
    rbm, numbers = random_machine(5, 3), HashedNumbers(4, torch.zeros(1).double())
    h = torch.ones(7, 3).double()
    for ours, theirs in zip(
        persistent_steps(rbm, h, 3, numbers), tempered_steps(rbm, h[None], 3, numbers), strict=True
    ):
        assert torch.equal(ours, theirs.view_as(ours))
    assert inverse_temperatures(5, h).tolist() == [1, 0.75, 0.5, 0.25, 0]


@pytest.mark.parametrize(
    ("machine", "given", "said"),
    [
        (RBM(4, 2), 1, "tempering must be 0 for none, or at least 2 temperatures"),
        (RBM(4, 2), -1, "tempering must be a whole number of at least 0"),
        (RBM(4, 2, hidden_units="relu"), 4, "tempering is for binary hidden units; these are relu"),
    ],
)  # fmt: skip
def test_what_cannot_be_tempered_is_refused(machine, given, said):
    with pytest.raises(UsageError, match=said):
        ContrastiveDivergence(machine, np.eye(4), tempering=given)
