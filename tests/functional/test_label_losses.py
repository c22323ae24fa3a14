"""The loss of several labels: against torch's, and its twin by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses.classes import MultiLabel as ByHand
from gradatim.checks import UsageError
from gradatim.functional.label_losses import MultiLabel

RNG = np.random.default_rng(0)
A = torch.from_numpy(RNG.standard_normal((20, 3)) * 3)
Y = torch.from_numpy(RNG.integers(0, 2, (20, 3)))


@pytest.mark.parametrize("w", [None, torch.from_numpy(RNG.uniform(0, 2, 20))])
def test_values_and_gradients_are_torch_s_and_those_by_hand(w):
    a = A.clone().requires_grad_()
    mean = MultiLabel().mean(a, Y, w)
    mean.backward()
    value, gradient = ByHand().mean_and_gradient(A.numpy(), Y.numpy(), None if w is None else w.numpy())
    assert mean.item() == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(a.grad, gradient, rtol=1e-11, atol=1e-15)
    if w is None:
        torch.testing.assert_close(mean, 3 * F.binary_cross_entropy_with_logits(A, Y.double()))


def test_outputs_are_read_as_by_hand():
    np.testing.assert_allclose(MultiLabel().probabilities(A), ByHand().probabilities(A.numpy()), rtol=1e-12)
    np.testing.assert_array_equal(MultiLabel().decide(A), ByHand().decide(A.numpy()))


def test_labels_must_fit():
    with pytest.raises(UsageError, match=r"outputs of shape \(20, 2\) do not fit labels of shape \(20, 3\)"):
        MultiLabel()(A[:, :2], Y)
