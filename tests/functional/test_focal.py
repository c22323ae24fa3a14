"""B9: the focal loss against its definition through torch's cross entropies, and its twin by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses.focal import Focal as ByHand
from gradatim.checks import UsageError
from gradatim.functional.focal import Focal
from gradatim.functional.losses import CrossEntropy

RNG = np.random.default_rng(0)
A, Y = torch.from_numpy(RNG.standard_normal((40, 4)) * 3), torch.from_numpy(RNG.integers(0, 4, 40))
GAMMAS = pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 3.7])


def both(loss, a):
    a = a.clone().requires_grad_()
    value = loss(a)
    return value.detach(), torch.autograd.grad(value.sum(), a)[0]


def same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


@GAMMAS
def test_of_classes(gamma):
    """−(1 − p_y)^γ log p_y with p = softmax(a): values and gradients to 1e-11, those by hand too."""

    def defined(a):
        p = torch.softmax(a, 1).gather(1, Y[:, None])[:, 0]
        return -((1 - p) ** gamma) * p.log()

    expected = both(defined, A)
    same(both(lambda a: Focal(gamma)(a, Y), A), expected)
    same(ByHand(gamma).both(A.numpy(), Y.numpy()), expected)


@GAMMAS
@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("shape", [(40,), (40, 1)])
def test_of_one_score_it_is_that_of_the_paper(gamma, alpha, shape):
    """α_t (1 − p_t)^γ times binary cross entropy, as in the paper's code."""
    y = Y % 2

    def defined(a):
        a = a.reshape(40)
        ce = F.binary_cross_entropy_with_logits(a, y.double(), reduction="none")
        p = torch.sigmoid(a)
        p_t = p * y + (1 - p) * (1 - y)
        found = ce * (1 - p_t) ** gamma
        return found if alpha is None else (alpha * y + (1 - alpha) * (1 - y)) * found

    a = A[:, 0].reshape(shape)
    expected = both(defined, a)
    same(both(lambda a: Focal(gamma, alpha)(a, y), a), expected)
    same(ByHand(gamma, alpha).both(a.numpy(), y.numpy()), expected)


def test_without_gamma_it_is_cross_entropy():
    same(both(lambda a: Focal(0)(a, Y), A), both(lambda a: CrossEntropy()(a, Y), A))


def test_two_scores_are_one():
    y = Y % 2
    same([Focal()(A[:, :2], y)], [Focal()(A[:, 1] - A[:, 0], y)])


def test_a_mask_s_loss_is_the_mean_over_its_pixels():
    a, y = (
        torch.from_numpy(RNG.standard_normal((2, 3, 4, 5))),
        torch.from_numpy(RNG.integers(0, 3, (2, 4, 5))),
    )
    flat = Focal()(a.movedim(1, -1).reshape(-1, 3), y.reshape(-1))
    torch.testing.assert_close(Focal()(a, y), flat.reshape(2, -1).mean(1), rtol=1e-13, atol=0)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scores_far_out_give_finite_losses_and_slopes(gamma, dtype):
    """p_y of 0 and of 1: l = −a, or 0; slopes −1, or 0."""
    a, y = np.array([[1e4, 0.0], [0.0, 1e4]], dtype), np.zeros(2, np.int64)
    for found in (
        ByHand(gamma).both(a, y),
        both(lambda a: Focal(gamma)(a, torch.from_numpy(y)), torch.from_numpy(a)),
    ):
        np.testing.assert_allclose(found[0], [0, 1e4], atol=1e-6)
        np.testing.assert_allclose(found[1], [[0, 0], [-1, 1]], atol=1e-6)
    one = np.array([1e4, -1e4], dtype)
    value, slope = ByHand(gamma).both(one, y)
    np.testing.assert_allclose(value, [1e4, 0], atol=1e-6)
    np.testing.assert_allclose(slope, [1, 0], atol=1e-6)


@pytest.mark.parametrize("made_by", [Focal, ByHand])
def test_what_cannot_be_is_refused(made_by):
    with pytest.raises(UsageError, match=r"^gamma must be a number at least 0; it is -1$"):
        made_by(-1)
    with pytest.raises(UsageError, match=r"^alpha must be a number above 0 and below 1; it is 1$"):
        made_by(alpha=1)
    a, y = (A, Y) if made_by is Focal else (A.numpy(), Y.numpy())
    with pytest.raises(
        UsageError, match=r"^alpha is for two classes and one score; the scores have shape \(40, 4\)"
    ):
        made_by(alpha=0.25)(a, y)
