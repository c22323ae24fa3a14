"""Annealed importance sampling against the exact log Z."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.data.digits import digits
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.annealing import annealed_log_partition
from gradatim.unsupervised.rbm import ContrastiveDivergence


def random_machine(kind, *sizes, spread=1.0, **how):
    rbm = kind(*sizes, **how).double()
    rng = np.random.default_rng(0)
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(rng.normal(0, spread, tuple(p.shape))))
    return rbm


@pytest.mark.parametrize(
    "rbm",
    [
        random_machine(RBM, 30, 10), random_machine(RBM, 12, 8, classes=4),
        random_machine(GaussianRBM, 10, 8, spread=0.4),
    ],
    ids=("bernoulli", "softmax", "gaussian"),
)  # fmt: skip
def test_it_lies_within_3_standard_errors_of_the_exact_value(rbm):
    exact = rbm.log_partition().item()
    found = annealed_log_partition(rbm, runs=200, distributions=500)
    assert 0 < found.standard_error < 0.3
    assert abs(found.log_z - exact) < 3 * found.standard_error


def test_of_a_machine_trained_on_digits():
    """64–10, persistent chains, 20 epochs; from the data's base rates."""
    x = digits().x.reshape(-1, 64) / 16
    rbm = RBM(64, 10)
    list(ContrastiveDivergence(rbm, x, epochs=20, batch_size=20, lr=0.05, persistent=True))
    found = annealed_log_partition(rbm, runs=100, distributions=1000, data=torch.from_numpy(x))
    exact = rbm.double().log_partition().item()
    assert 0 < found.standard_error < 0.2
    assert abs(found.log_z - exact) < 3 * found.standard_error


@pytest.mark.slow
def test_of_a_784_15_machine_trained_on_mnist():
    """10,000 pictures, 5 epochs of CD-1; log Z by 32,768 states."""
    from gradatim.data.mnist import mnist

    x = mnist().x[:10_000].reshape(-1, 784).astype(np.float32) / 255
    rbm = RBM(784, 15)
    list(ContrastiveDivergence(rbm, x, epochs=5, batch_size=20, lr=0.05))
    found = annealed_log_partition(rbm, runs=100, distributions=5000, data=torch.from_numpy(x))
    exact = rbm.double().log_partition().item()
    assert 0 < found.standard_error < 0.5
    assert abs(found.log_z - exact) < 3 * found.standard_error


def test_the_standard_error_is_the_spread_of_repetitions():
    """Over 40 seeds the estimates spread about as their own errors say, within a factor of 2."""
    rbm = random_machine(RBM, 20, 6)
    found = [annealed_log_partition(rbm, 50, 50, seed=seed) for seed in range(40)]
    spread = np.std([one.log_z for one in found])
    assert 0.5 < spread / np.mean([one.standard_error for one in found]) < 2


def test_it_is_a_function_of_its_seed_and_leaves_the_machine_alone():
    rbm = random_machine(RBM, 9, 5)
    before = [p.detach().clone() for p in rbm.parameters()]
    a, b, other = (annealed_log_partition(rbm, 20, 30, seed=seed).log_z for seed in (1, 1, 2))
    assert a == b != other
    assert all(torch.equal(x, y) for x, y in zip(before, rbm.parameters(), strict=True))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: annealed_log_partition(RBM(4, 3), runs=1), "runs must be .* at least 2"),
        (lambda: annealed_log_partition(RBM(4, 3, hidden_units="relu")), "binary hidden units"),
        (lambda: annealed_log_partition(GaussianRBM(4, 3), data=torch.zeros(2, 4)), "leave data out"),
        (
            lambda: RBM(30, 21).log_partition(),
            "at most 20 units, and gradatim.unsupervised.annealed_log_part",
        ),
    ],
)
def test_misuse_is_refused(call, said):
    with pytest.raises(UsageError, match=said):
        call()
