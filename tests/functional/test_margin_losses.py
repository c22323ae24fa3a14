"""B9: hinge and squared hinge against torch's multi_margin_loss, and their twins by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses import margins
from gradatim.functional.margin_losses import Hinge, SquaredHinge

RNG = np.random.default_rng(0)
A, Y = torch.from_numpy(RNG.standard_normal((40, 4)) * 2), torch.from_numpy(RNG.integers(0, 4, 40))
EACH = pytest.mark.parametrize(
    ("loss", "by_hand", "p"), [(Hinge(), margins.Hinge(), 1), (SquaredHinge(), margins.SquaredHinge(), 2)]
)


def slopes(loss, a):
    a = a.clone().requires_grad_()
    return torch.autograd.grad(loss(a).sum(), a)[0]


@EACH
def test_of_classes_it_is_torch_s_multi_margin_loss(loss, by_hand, p):
    """Values and gradients to 1e-13, those by hand too."""
    theirs = F.multi_margin_loss(A, Y, p=p, reduction="none")
    gradient = slopes(lambda a: F.multi_margin_loss(a, Y, p=p, reduction="none"), A)
    torch.testing.assert_close(loss(A, Y), theirs, rtol=1e-13, atol=1e-15)
    torch.testing.assert_close(slopes(lambda a: loss(a, Y), A), gradient, rtol=1e-13, atol=1e-15)
    value, slope = by_hand.both(A.numpy(), Y.numpy())
    np.testing.assert_allclose(value, theirs, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(slope, gradient, rtol=1e-13, atol=1e-15)


@EACH
@pytest.mark.parametrize("shape", [(40,), (40, 1)])
def test_of_one_score_classes_and_signs_are_the_same(loss, by_hand, p, shape):
    """max(0, 1 − s a)^p, to 1e-15."""
    a, y = A[:, 0].reshape(shape), Y % 2
    expected = torch.relu(1 - (2 * y - 1) * A[:, 0]) ** p
    for targets in (y, 2 * y - 1):
        torch.testing.assert_close(loss(a, targets), expected, rtol=1e-15, atol=0)
        value, slope = by_hand.both(a.numpy(), targets.numpy())
        np.testing.assert_allclose(value, expected, rtol=1e-15)
        np.testing.assert_allclose(slope, slopes(lambda a, y=targets: loss(a, y), a), rtol=1e-15)


@EACH
def test_two_scores_are_one_score_of_half_the_weight(loss, by_hand, p):
    """With K = 2 the margin is between a₁ and a₀: l(a, y) = ½ l(a₁ − a₀, y)."""
    a, y = A[:, :2], Y % 2
    torch.testing.assert_close(2 * loss(a, y), loss(a[:, 1] - a[:, 0], y), rtol=1e-13, atol=1e-15)


@EACH
def test_a_lead_of_one_costs_nothing_and_the_kink_is_flat(loss, by_hand, p):
    a, y = torch.tensor([[1.0, 0.0, -3.0]]).double(), torch.tensor([0])
    assert loss(a, y).item() == 0 and not slopes(lambda a: loss(a, y), a).any()
    assert not by_hand.slope(a.numpy(), y.numpy()).any()


@EACH
def test_outputs_are_read_as_by_hand(loss, by_hand, p):
    for a in (A, A[:, :1], A[:, 0]):
        np.testing.assert_allclose(by_hand.probabilities(a.numpy()), loss.probabilities(a), rtol=1e-12)
        np.testing.assert_array_equal(by_hand.decide(a.numpy()), loss.decide(a))
    assert loss.decide(torch.tensor([-1.0, 0.0, 2.0])).tolist() == [0, 0, 1]
    assert [loss.expects(torch.tensor(y)) for y in ([0, 1], [0, 2], [1, 1])] == [1, 3, 1]
    assert by_hand.expects(np.array([0, 4])) == 5
