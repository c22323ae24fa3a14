"""B9: values and gradients of the losses against hand formulas; weights as repetitions."""

import math

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.functional.losses import BinaryCrossEntropy, CrossEntropy, weighted_mean

RNG = np.random.default_rng(3)
A = RNG.standard_normal((12, 4)) * 3
Y = RNG.integers(0, 4, 12)
YB = RNG.integers(0, 2, 12)
CASES = [(CrossEntropy(), A, Y), (BinaryCrossEntropy(), A[:, 0], YB)]
NAMES = ["cross_entropy", "binary_cross_entropy"]


def test_every_loss_is_tested_here():
    rows = [row for row in catalog.entries("loss") if row.home.startswith("gradatim.functional.losses:")]
    assert [type(loss) for loss, _, _ in CASES] == list(dict.fromkeys(row.load() for row in rows))


def tensor(a, **how):
    return torch.tensor(a, **how)


def softmax(a):
    e = np.exp(a - a.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def test_cross_entropy_value():
    """−log p_y, to 1e-13."""
    found = CrossEntropy()(tensor(A), tensor(Y)).numpy()
    np.testing.assert_allclose(found, -np.log(softmax(A)[np.arange(12), Y]), rtol=1e-13)
    assert CrossEntropy().mean(tensor(A), tensor(Y)).item() == pytest.approx(found.mean(), rel=1e-14)


def test_cross_entropy_gradient():
    """∂/∂a_k of the mean is (p_k − [k = y])/N, to 1e-14."""
    a = tensor(A, requires_grad=True)
    CrossEntropy().mean(a, tensor(Y)).backward()
    assert a.grad is not None
    np.testing.assert_allclose(a.grad.numpy(), (softmax(A) - np.eye(4)[Y]) / 12, atol=1e-15)


@pytest.mark.parametrize("shape", [(12,), (12, 1)])
def test_binary_cross_entropy_value_and_gradient(shape):
    """−y log p − (1 − y) log(1 − p), and p − y, to 1e-13."""
    a = tensor(A[:, 0].reshape(shape), requires_grad=True)
    p = 1 / (1 + np.exp(-A[:, 0]))
    found = BinaryCrossEntropy()(a, tensor(YB))
    expected = -(YB * np.log(p) + (1 - YB) * np.log(1 - p))
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12)
    BinaryCrossEntropy().mean(a, tensor(YB)).backward()
    assert a.grad is not None
    np.testing.assert_allclose(a.grad.numpy().reshape(12), (p - YB) / 12, atol=1e-15)


def test_a_uniform_guess_costs_log_k():
    zeros, y = torch.zeros(5, 8, dtype=torch.float64), torch.tensor([0, 1, 1, 0, 1])
    assert CrossEntropy().mean(zeros, y).item() == pytest.approx(math.log(8), rel=1e-15)
    assert BinaryCrossEntropy().mean(zeros[:, 0], y).item() == pytest.approx(math.log(2), rel=1e-15)


@pytest.mark.parametrize(("loss", "a", "y"), CASES, ids=NAMES)
def test_integer_weights_are_repeated_examples(loss, a, y):
    """Value and gradient of the weighted mean, to 1e-13."""
    w = np.array([0, 1, 2, 3, 1, 0, 5, 1, 1, 2, 1, 1])
    weighted, repeated = tensor(a, requires_grad=True), tensor(a, requires_grad=True)
    of_weights = loss.mean(weighted, tensor(y), tensor(w.astype(float)))
    rows = torch.from_numpy(np.repeat(np.arange(12), w))
    of_rows = loss.mean(repeated[rows], tensor(y)[rows])
    assert of_weights.item() == pytest.approx(of_rows.item(), rel=1e-13)
    of_weights.backward()
    of_rows.backward()
    torch.testing.assert_close(weighted.grad, repeated.grad, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize(("loss", "a", "y"), CASES, ids=NAMES)
def test_weights_count_only_relative_to_each_other(loss, a, y):
    plain = loss.mean(tensor(a), tensor(y))
    for scale in (1e-200, 1.0, 1e200):
        same = loss.mean(tensor(a), tensor(y), torch.full((12,), scale, dtype=torch.float64))
        torch.testing.assert_close(same, plain, rtol=1e-12, atol=0)


@pytest.mark.parametrize(("loss", "a", "y"), CASES, ids=NAMES)
def test_a_batch_without_weight_costs_nothing_and_moves_nothing(loss, a, y):
    a = tensor(a, requires_grad=True)
    value = loss.mean(a, tensor(y), torch.zeros(12, dtype=torch.float64))
    value.backward()
    assert value.item() == 0
    assert (a.grad == 0).all()


@pytest.mark.parametrize(("loss", "a", "y"), CASES, ids=NAMES)
def test_far_outputs_stay_finite(loss, a, y):
    a = tensor(a * 1e4, requires_grad=True)
    value = loss.mean(a, tensor(y))
    value.backward()
    assert value.isfinite()
    assert a.grad.isfinite().all()


@pytest.mark.parametrize(("loss", "a", "y"), CASES, ids=NAMES)
def test_gradcheck(loss, a, y):
    """Finite differences, to torch's 1e-5."""
    weights = torch.linspace(0.1, 2, 12, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda a: loss.mean(a, tensor(y), weights), tensor(a, requires_grad=True))


def test_two_class_softmax_is_the_sigmoid_of_the_difference():
    """B9: p_1 = σ(a_1 − a_0): two softmax outputs and one sigmoid output lose alike, to 1e-12."""
    two = tensor(A[:, :2])
    one = two[:, 1] - two[:, 0]
    y = tensor(YB)
    softmax_p, sigmoid_p = CrossEntropy().probabilities(two), BinaryCrossEntropy().probabilities(one)
    torch.testing.assert_close(softmax_p, sigmoid_p, rtol=1e-13, atol=1e-15)
    torch.testing.assert_close(CrossEntropy()(two, y), BinaryCrossEntropy()(one, y), rtol=1e-12, atol=1e-15)
    assert torch.equal(CrossEntropy().decide(two), BinaryCrossEntropy().decide(one))


@pytest.mark.parametrize(("loss", "a", "y"), CASES, ids=NAMES)
def test_decisions_are_the_most_probable(loss, a, y):
    p = loss.probabilities(tensor(a))
    torch.testing.assert_close(p.sum(1), torch.ones(12, dtype=p.dtype), rtol=1e-14, atol=0)
    assert torch.equal(loss.decide(tensor(a)), p.argmax(1))


def test_how_many_outputs_targets_need():
    assert CrossEntropy().expects(torch.tensor([0, 3, 1])) == 4
    assert BinaryCrossEntropy().expects(torch.tensor([0, 1])) == 1


def test_weighted_mean():
    found = weighted_mean(torch.tensor([1.0, 5.0]).double(), torch.tensor([3.0, 1.0]).double())
    assert found.item() == pytest.approx((3 * 1 + 1 * 5) / 4, rel=1e-15)
