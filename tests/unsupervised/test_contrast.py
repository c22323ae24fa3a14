"""Gradients of the likelihood: bias of CD-k, centring, sparsity, and one trajectory in NumPy and in torch."""

import numpy as np
import pytest
import torch

from gradatim.by_hand.boltzmann_machine import Machine, cd_step, moved, persistent_step
from gradatim.nn.boltzmann_units import states_of
from gradatim.nn.rbm import RBM
from gradatim.random import mix, uniform
from gradatim.unsupervised.contrast import cd_gradient, centre, contrast, sparsen
from gradatim.unsupervised.gibbs import HashedNumbers
from gradatim.unsupervised.rbm import ContrastiveDivergence

V, H = 6, 4
ROWS = (np.random.default_rng(0).random((40, V)) < np.linspace(0.1, 0.9, V)).astype(float)


def machine(seed=0, spread=1.0):
    rbm = RBM(V, H).double()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(rng.normal(0, spread, tuple(p.shape))))
    return rbm


def hashed(seed, step, dtype=float):
    def draw(name, shape):
        elements = mix(np.arange(shape[0] * shape[1], dtype=np.int32))
        return uniform(elements, seed, name, step).reshape(shape).astype(dtype)

    return draw


def exact(rbm, data):
    """The contrast with the machine's own distribution, by every state."""
    states = torch.cat(list(states_of(V, rbm.weight)))
    p = torch.exp(-rbm.free_energy(states) - rbm.log_partition())
    return contrast(rbm, data, rbm(data), states, rbm(states), None, p)


@pytest.mark.parametrize("seed", [1, 2])
def test_with_the_exact_expectation_it_is_the_finite_difference_of_the_log_likelihood(seed):
    """Every parameter of 6 × 4 units by central differences, to 1e-8."""
    rbm, data = machine(seed), torch.from_numpy(ROWS)
    with torch.no_grad():
        found = exact(rbm, data).gradients()
        for name, p in rbm.named_parameters():
            flat, of = p.view(-1), found[name].reshape(-1)
            for n in range(len(flat)):
                sides = []
                for step in (1e-5, -2e-5):
                    flat[n] += step
                    sides.append((-rbm.free_energy(data) - rbm.log_partition()).mean().item())
                flat[n] += 1e-5
                assert (sides[0] - sides[1]) / 2e-5 == pytest.approx(of[n].item(), abs=1e-8)


@torch.no_grad()
def test_the_bias_of_cd_k_falls_with_k():
    """Mean gradient over 20,000 copies of each row: its distance to the exact one at k = 1, 2, 5, 20."""
    rbm = machine(3, 2.0)
    data = torch.from_numpy(np.repeat(ROWS[:8], 20_000, 0))
    of_exact = exact(rbm, torch.from_numpy(ROWS[:8])).gradients()
    distances = []
    for k in (1, 2, 5, 20):
        found, _ = cd_gradient(rbm, data, None, k, HashedNumbers(0, data))
        distances.append(sum(float(((found[n] - of_exact[n]) ** 2).sum()) for n in found) ** 0.5)
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.3 * distances[0]


@torch.no_grad()
def test_the_centred_gradient_does_not_depend_on_which_state_is_called_1():
    """A machine whose visible units 0, 2 and hidden unit 1 are flipped takes the flipped step, to 1e-12."""
    rbm, other, lr = machine(4), machine(4), 0.3
    sv, sh = torch.ones(V).double(), torch.ones(H).double()
    sv[[0, 2]], sh[1] = -1, -1
    tv, th = (1 - sv) / 2, (1 - sh) / 2  # v → s v + t

    def flip(one, W, b, c):
        flipped = sh[:, None] * W * sv
        one.weight.copy_(flipped)
        one.visible_bias.copy_(sv * (b + W.t() @ th))
        one.hidden_bias.copy_(sh * (c + W @ tv))

    flip(other, rbm.weight.clone(), rbm.visible_bias.clone(), rbm.hidden_bias.clone())
    data = torch.from_numpy(ROWS)
    for one, rows in ((rbm, data), (other, sv * data + tv)):
        found = centre(exact(one, rows)).gradients()
        for name, gradient in found.items():
            one.get_parameter(name).add_(gradient, alpha=lr)
    expected = machine(4)
    flip(expected, rbm.weight, rbm.visible_bias, rbm.hidden_bias)
    for name, p in expected.named_parameters():
        torch.testing.assert_close(other.get_parameter(name), p, rtol=0, atol=1e-12)


@torch.no_grad()
def test_sparsity_adds_the_slope_of_its_penalty():
    rbm, data = machine(5), torch.from_numpy(ROWS)
    found = contrast(rbm, data, rbm(data), data[:3], rbm(data[:3]))
    q = rbm(data).mean(0)
    after, before = sparsen(found, q, 0.1, 2.0).gradients(), found.gradients()
    torch.testing.assert_close(after["hidden_bias"] - before["hidden_bias"], 2 * (0.1 - q))
    torch.testing.assert_close(after["weight"] - before["weight"], torch.outer(2 * (0.1 - q), data.mean(0)))


def test_a_sparse_machine_is_less_active():
    rbms = [RBM(V, 12).double() for _ in range(2)]
    for rbm, how in zip(rbms, ({}, {"sparsity_target": 0.1, "sparsity_cost": 1.0}), strict=True):
        list(ContrastiveDivergence(rbm, ROWS, epochs=200, precision="float64", **how))
    free, sparse = (rbm(torch.from_numpy(ROWS)).mean().item() for rbm in rbms)
    assert free > 0.3 and sparse == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize("k", [1, 3])
def test_numpy_by_hand_and_torch_walk_one_trajectory(k):
    """50 steps of CD-k with the same hashed numbers, double precision, to 1e-12."""
    rbm = machine(6, 0.1)
    by_hand = Machine(*(p.detach().numpy().copy() for p in rbm.parameters()))
    loop = ContrastiveDivergence(
        rbm, ROWS, k=k, epochs=10, batch_size=8, lr=0.2, momentum=0.0, seed=4, precision="float64"
    )  # fmt: skip
    for epoch in range(10):
        for v, _, _ in loop.batches(epoch, 0):
            step = cd_step(by_hand, v.numpy(), k, hashed(4, loop.seen))
            loop.take_step([(v, None, None)])
            loop.seen += 1
            by_hand = moved(by_hand, step, 0.2)
    assert loop.seen == 50
    for p, ours in zip(rbm.parameters(), (by_hand.W, by_hand.b, by_hand.c), strict=True):
        np.testing.assert_allclose(p.detach(), ours, rtol=0, atol=1e-12)


def test_persistent_chains_are_the_same_by_hand():
    rbm = machine(7, 0.1)
    by_hand = Machine(*(p.detach().numpy().copy() for p in rbm.parameters()))
    loop = ContrastiveDivergence(
        rbm, ROWS, epochs=5, batch_size=8, lr=0.2, momentum=0.0, seed=4, precision="float64", persistent=True
    )
    chains = np.zeros((8, H))
    for epoch in range(5):
        for v, _, _ in loop.batches(epoch, 0):
            names = iter(("visible 0", "hidden 0"))
            draw = hashed(4, loop.seen)
            persistent_step(by_hand, v.numpy(), chains, 0.2, lambda shape: draw(next(names), shape))  # noqa: B023
            loop.take_step([(v, None, None)])
            loop.seen += 1
    np.testing.assert_array_equal(loop.chains, chains)
    for p, ours in zip(rbm.parameters(), (by_hand.W, by_hand.b, by_hand.c), strict=True):
        np.testing.assert_allclose(p.detach(), ours, rtol=0, atol=1e-12)
