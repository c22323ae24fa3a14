"""G5: CORAL, MMD and the course of λ, beside NumPy and closed forms, in float64."""

from math import exp, tanh

import numpy as np
import pytest
import torch

from gradatim.transfer.discrepancies import FACTORS, coral_loss, mmd_loss
from gradatim.transfer.strength import strength

NUMBERS = np.random.default_rng(0)
S, T = NUMBERS.normal(size=(7, 3)), NUMBERS.normal(1.0, 2.0, size=(5, 3))


def tensors():
    return torch.tensor(S, requires_grad=True), torch.tensor(T, requires_grad=True)


def test_coral_is_the_distance_of_numpys_covariances():
    expected = ((np.cov(S.T) - np.cov(T.T)) ** 2).sum() / (4 * 3 * 3)
    assert coral_loss(*tensors()).item() == pytest.approx(expected, rel=1e-12)


def test_mmd_is_the_double_sum_of_its_definition():
    both = np.concatenate((S, T))
    squares = [((x - y) ** 2).sum() for i, x in enumerate(both) for y in both[:i]]
    gamma = np.sort(squares)[(len(squares) - 1) // 2]

    def k(x, y):
        return np.mean([exp(-((x - y) ** 2).sum() / (u * gamma)) for u in FACTORS])

    def mean(xs, ys):
        return np.mean([[k(x, y) for y in ys] for x in xs])

    expected = mean(S, S) + mean(T, T) - 2 * mean(S, T)
    assert mmd_loss(*tensors()).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("distance", [coral_loss, mmd_loss])
def test_what_is_the_same_is_not_apart_and_gradients_are_those_of_finite_differences(distance):
    source, target = tensors()
    assert distance(source, source).item() == pytest.approx(0, abs=1e-15)
    assert distance(source, target) > 0
    if distance is coral_loss:  # the median's place may move with a step, so that mmd has its own test
        assert torch.autograd.gradcheck(distance, (source, target))


def test_mmds_gradient_is_that_of_fixed_widths():
    source, target = tensors()
    mmd_loss(source, target).backward()
    both = torch.cat((source, target)).detach()
    squares = (both[:, None] - both[None]).square().sum(2)
    gamma = squares[tuple(torch.triu_indices(12, 12, 1))].median()

    def fixed(s, t):
        both = torch.cat((s, t))
        squares = (both[:, None] - both[None]).square().sum(2)
        kernel = torch.stack([torch.exp(-squares / (u * gamma)) for u in FACTORS]).mean(0)
        return kernel[:7, :7].mean() + kernel[7:, 7:].mean() - 2 * kernel[:7, 7:].mean()

    s, t = tensors()
    assert torch.autograd.gradcheck(fixed, (s, t))
    fixed(s, t).backward()
    torch.testing.assert_close(source.grad, s.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("distance", [coral_loss, mmd_loss])
def test_one_example_and_examples_that_are_all_the_same_have_a_finite_distance(distance):
    for s, t in ((torch.zeros(1, 2), torch.zeros(3, 2)), (torch.ones(4, 2), torch.ones(4, 2))):
        assert distance(s, t).item() == 0


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 1.0])
def test_the_strength_is_the_published_one(p):
    """2/(1 + e^{−10p}) − 1 = tanh 5p."""
    assert strength(p) == pytest.approx(2 / (1 + exp(-10 * p)) - 1, abs=1e-15)
    assert strength(p, 0.3, 4.0) == pytest.approx(0.3 * tanh(2 * p), abs=1e-15)
