"""F6: the energies of a restricted Boltzmann machine, by enumeration of every state."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.gibbs import HashedNumbers

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


def test_a_softmax_group_is_a_sum_over_its_one_hot_states():
    """Four pixels and a label of three classes: F, log Z, both conditionals, P(class | pixels), to 1e-12."""
    rbm = RBM(7, 5, classes=3).double()
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(np.random.default_rng(5).normal(size=tuple(p.shape))))
    W, b, c = (p.detach().numpy() for p in rbm.parameters())
    v = np.array([[*x, *label] for x in states(4) for label in np.eye(3)])
    weights = np.exp(v @ W.T @ states(5).T + (v @ b)[:, None] + states(5) @ c)
    rows = torch.from_numpy(v)
    np.testing.assert_allclose(rbm.free_energy(rows).detach(), -np.log(weights.sum(1)), rtol=1e-12)
    assert rbm.log_partition().item() == pytest.approx(np.log(weights.sum()), rel=1e-13)
    of_visible = weights.T @ v / weights.sum(0)[:, None]
    np.testing.assert_allclose(rbm.reconstruct(torch.from_numpy(states(5))).detach(), of_visible, rtol=1e-12)
    by_class = weights.sum(1).reshape(16, 3)
    found = rbm.class_probabilities(torch.from_numpy(states(4))).detach()
    np.testing.assert_allclose(found, by_class / by_class.sum(1, keepdims=True), rtol=1e-12)
    p = torch.tensor([[0.5, 0.5, 0.5, 0.5, 0.2, 0.3, 0.5]]).double().expand(100_000, -1)
    drawn = rbm.draw_visible(p, lambda name, shape: torch.rand(shape).double(), 0)
    assert (drawn[:, 4:].sum(1) == 1).all()
    np.testing.assert_allclose(drawn.mean(0), p[0], atol=0.01)


def test_gaussian_hidden_units_have_a_density_of_mean_x_and_the_energy_of_its_integral():
    """P(h | v) = N(c + W v, 1), and F = −log of the integral of exp(−E) over h, by quadrature, to 1e-9."""
    rbm = RBM(3, 1, hidden_units="gaussian").double()
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(np.random.default_rng(1).normal(size=tuple(p.shape))))
    W, b, c = (p.detach().numpy() for p in (rbm.weight, rbm.visible_bias, rbm.hidden_bias))
    for v in states(3):
        exponent = lambda h: h * (W @ v)[0] + b @ v + c[0] * h - h * h / 2  # noqa: B023, E731
        total = quad(lambda h: np.exp(exponent(h)), -30, 30, epsabs=1e-12)[0]  # noqa: B023
        mean = quad(lambda h: h * np.exp(exponent(h)), -30, 30, epsabs=1e-12)[0] / total  # noqa: B023
        rows = torch.from_numpy(v)[None]
        assert rbm.free_energy(rows).item() == pytest.approx(-np.log(total), abs=1e-9)
        assert rbm(rows).item() == pytest.approx(mean, abs=1e-9)
    v = torch.zeros(20_000, 3, dtype=torch.float64)
    h = rbm.draw_hidden(rbm(v), v, HashedNumbers(0, v), 0)
    assert (
        abs(h.mean().item() - c[0]) < 4.5 / 20_000**0.5
        and abs(h.var().item() - 1) < 4.5 * (2 / 20_000) ** 0.5
    )


def test_relu_units_have_the_moments_of_the_paper_and_the_energy_whose_slope_is_their_mean():
    """max(0, x + N(0, σ(x))) of many draws; −∂F/∂θ by differences against ⟨h vᵀ⟩, to 1e-7."""
    rbm = RBM(3, 2, hidden_units="relu").double()
    with torch.no_grad():
        rbm.weight.copy_(torch.tensor([[0.5, -1, 2], [-4.0, 1, 0]]))
        rbm.hidden_bias.copy_(torch.tensor([4.0, -0.5]))
        v = torch.tensor([[1.0, 0, 1]]).double()
        x = np.array([6.5, -4.5])
        np.testing.assert_allclose(rbm(v)[0], np.log1p(np.exp(x)), rtol=1e-12)
        many = v.expand(200_000, -1)
        drawn = rbm.draw_hidden(rbm(many), many, lambda name, shape: torch.rand(shape).double(), 0)
        assert drawn[:, 0].mean().item() == pytest.approx(6.5, abs=0.01)
        assert drawn[:, 0].var().item() == pytest.approx(1 / (1 + np.exp(-6.5)), rel=0.02)
        for i, j in ((0, 0), (1, 2)):
            energies = []
            for step in (1e-5, -2e-5):
                rbm.weight[i, j] += step
                energies.append(rbm.free_energy(v).item())
            rbm.weight[i, j] += 1e-5
            slope = -(energies[0] - energies[1]) / 2e-5
            assert slope == pytest.approx(rbm(v)[0, i].item() * v[0, j].item(), abs=1e-7)
    with pytest.raises(UsageError, match="log Z is of a machine of binary hidden units; these are relu"):
        rbm.log_partition()


def test_log_partition_goes_through_many_states_in_blocks():
    """16 hidden units, 65,536 states, beside the sum over 2^4 visible ones."""
    rbm = machine(4, 16, 3)
    v = torch.from_numpy(states(4))
    by_visible = torch.logsumexp(-rbm.free_energy(v), 0).item()
    rbm._sums_visible = lambda: False
    assert rbm.log_partition().item() == pytest.approx(by_visible, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": 0}, "k must be a whole number of at least 1; it is 0"),
        ({"hidden_units": "tanh"}, "hidden_units must be bernoulli or relu or gaussian"),
        ({"momentum": 1}, "momentum must be .* below 1"),
        ({"classes": 8}, "classes must be a whole number of at most 7"),
    ],
)
def test_arguments_out_of_their_bounds_are_refused(given, said):
    with pytest.raises(UsageError, match=said):
        RBM(7, 3, **given)
