"""B9: the negative log likelihood is torch's, and behind log softmax it is cross entropy."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses.nll import NLL as ByHand
from gradatim.checks import UsageError
from gradatim.functional.losses import CrossEntropy
from gradatim.functional.nll import NLL
from gradatim.problems.classes import Classes

RNG = np.random.default_rng(0)
A, Y = torch.from_numpy(RNG.standard_normal((20, 4))), torch.from_numpy(RNG.integers(0, 4, 20))


def test_values_and_gradients_are_torch_s_and_cross_entropy_s():
    """To 1e-13; by hand too."""
    log_p, scores = torch.log_softmax(A, 1).requires_grad_(), A.clone().requires_grad_()
    loss = NLL()(log_p, Y)
    torch.testing.assert_close(loss, F.nll_loss(log_p, Y, reduction="none"), rtol=0, atol=0)
    torch.testing.assert_close(loss, CrossEntropy()(A, Y), rtol=1e-13, atol=1e-15)
    slope = torch.autograd.grad(loss.sum(), log_p)[0]
    value, by_hand = ByHand().both(log_p.detach().numpy(), Y.numpy())
    np.testing.assert_array_equal(value, loss.detach())
    np.testing.assert_array_equal(by_hand, slope)
    behind = torch.autograd.grad(NLL().mean(torch.log_softmax(scores, 1), Y), scores)[0]
    of_scores = torch.autograd.grad(CrossEntropy().mean(scores, Y), scores)[0]
    torch.testing.assert_close(behind, of_scores, rtol=1e-12, atol=1e-15)


def test_outputs_are_read_as_log_probabilities():
    log_p = torch.log_softmax(A, 1)
    torch.testing.assert_close(NLL().probabilities(log_p), torch.softmax(A, 1), rtol=1e-13, atol=0)
    np.testing.assert_allclose(ByHand().probabilities(log_p.numpy()), torch.softmax(A, 1), rtol=1e-13)
    np.testing.assert_array_equal(ByHand().decide(log_p.numpy()), NLL().decide(log_p))


def test_a_mask_s_loss_is_the_mean_over_its_pixels():
    a, y = torch.log_softmax(torch.randn(2, 3, 4, 5), 1), torch.from_numpy(RNG.integers(0, 3, (2, 4, 5)))
    torch.testing.assert_close(NLL()(a, y), F.nll_loss(a, y, reduction="none").mean((1, 2)))


def test_a_network_by_name_gives_scores():
    with pytest.raises(UsageError, match=r"^the loss nll reads log-probabilities, of a network of your own"):
        Classes(("a", "b", "c"), "nll").head()
