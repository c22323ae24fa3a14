"""D19, I10: Dice and weighted cross entropy of masks against definitions, differences and each other."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.by_hand.losses.by_name import MASK_LOSSES, loss_by_name
from gradatim.checks import UsageError
from gradatim.functional.boundary_weights import boundary_weights

RNG = np.random.default_rng(1)
N, K, PLACES = 3, 3, (4, 5)
A, Y = 1.5 * RNG.standard_normal((N, K, *PLACES)), RNG.integers(0, K, (N, *PLACES))
Y[1] = 0  # a picture of one class


def dice(a, y, epsilon=1.0):
    """Milletari's D of each class of each picture, written out in loops over pixels."""
    p = torch.softmax(a, 1)
    found = []
    for one, true in zip(p, y, strict=True):
        each = []
        for k in range(K):
            above = below = torch.tensor(epsilon, dtype=a.dtype)
            for i, j in np.ndindex(*PLACES):
                g = float(true[i, j] == k)
                above = above + 2 * one[k, i, j] * g
                below = below + one[k, i, j] ** 2 + g**2
            each.append(above / below)
        found.append(1 - sum(each) / K)
    return torch.stack(found)


def cross_entropy(a, y):
    return F.cross_entropy(a, y, reduction="none").mean((1, 2))


def boundary(a, y):
    w = torch.from_numpy(np.stack([boundary_weights(one.numpy(), 4.0, 1.5) for one in y]))
    return (w * F.cross_entropy(a, y, reduction="none")).mean((1, 2))


CASES = {  # arguments, and the losses of the pictures
    "dice": ({"epsilon": 0.7}, lambda a, y: dice(a, y, 0.7)),
    "cross_entropy_dice": ({"weight": 0.4}, lambda a, y: cross_entropy(a, y) + 0.4 * dice(a, y)),
    "boundary_cross_entropy": ({"w0": 4.0, "sigma": 1.5}, boundary),
}


def test_every_loss_of_masks_has_a_case():
    assert set(CASES) == set(MASK_LOSSES) <= set(catalog.names("loss"))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_values_and_gradients_are_those_of_the_definition(name, weighted):
    """By hand and in torch, to 1e-12; weights are of pictures."""
    arguments, defined = CASES[name]
    w = RNG.uniform(0, 2, N) if weighted else None
    at, y = torch.from_numpy(A).requires_grad_(), torch.from_numpy(Y)
    expected = defined(at, y)
    mean = expected.mean() if w is None else (expected * torch.from_numpy(w)).sum() / w.sum()
    (gradient,) = torch.autograd.grad(mean, at)
    by_hand = loss_by_name(name, **arguments)
    np.testing.assert_allclose(by_hand(A, Y), expected.detach(), rtol=1e-12)
    assert by_hand.mean(A, Y, w) == pytest.approx(mean.item(), rel=1e-12)
    np.testing.assert_allclose(by_hand.gradient(A, Y, w), gradient, rtol=1e-10, atol=1e-14)
    twin = catalog.find(name, "loss").load()(**arguments)
    again = torch.from_numpy(A).requires_grad_()
    value = twin.mean(again, y, None if w is None else torch.from_numpy(w))
    assert value.item() == pytest.approx(mean.item(), rel=1e-12)
    np.testing.assert_allclose(torch.autograd.grad(value, again)[0], gradient, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(by_hand.probabilities(A), twin.probabilities(at.detach()), rtol=1e-12)
    np.testing.assert_array_equal(by_hand.decide(A), twin.decide(at))
    assert by_hand.expects(Y) == twin.expects(y) == K and twin.expects(y * 0) == 2


@pytest.mark.parametrize("name", CASES)
def test_gradients_by_central_differences(name):
    """To 1e-7 relative, 1e-9 absolute."""
    loss, h = loss_by_name(name, **CASES[name][0]), 1e-5
    slope = np.empty_like(A)
    for index in np.ndindex(A.shape):
        change = np.zeros_like(A)
        change[index] = h
        slope[index] = (loss.mean(A + change, Y) - loss.mean(A - change, Y)) / (2 * h)
    np.testing.assert_allclose(loss.gradient(A, Y), slope, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_single_precision_stays_single_and_far_scores_stay_finite(name):
    loss = loss_by_name(name)
    a = A.astype(np.float32)
    assert loss(a, Y).dtype == loss.gradient(a, Y).dtype == np.float32
    np.testing.assert_allclose(loss(a, Y), loss(A, Y), rtol=2e-5)
    assert np.isfinite(loss(np.sign(A) * 1e4, Y)).all() and np.isfinite(loss.slope(np.sign(A) * 1e4, Y)).all()


def test_the_dice_of_a_perfect_mask_is_nothing_and_that_of_halves_is_known():
    right = 60.0 * np.moveaxis(np.eye(K)[Y], -1, 1)
    np.testing.assert_allclose(loss_by_name("dice")(right, Y), 0, atol=1e-12)
    even = loss_by_name("dice", epsilon=1e-9)(np.zeros((1, 2, 1, 4)), np.array([[[0, 0, 1, 1]]]))
    np.testing.assert_allclose(even, 1 - 2 / 3, rtol=1e-8)  # 2 · 2 · ½ / (4 · ¼ + 2) of either class


def test_what_they_cannot_read_is_refused():
    with pytest.raises(UsageError, match="epsilon"):
        loss_by_name("dice", epsilon=0)
    with pytest.raises(UsageError, match="sigma"):
        loss_by_name("boundary_cross_entropy", sigma=0)
    for loss in (
        loss_by_name("boundary_cross_entropy"),
        catalog.find("boundary_cross_entropy", "loss").load()(),
    ):
        y = np.zeros(4, int) if loss.__module__.startswith("gradatim.by_hand") else torch.zeros(4, dtype=int)
        with pytest.raises(UsageError, match="is for masks"):
            loss(A[:4, :, 0, 0] if isinstance(y, np.ndarray) else torch.zeros(4, 3), y)
