"""B10: a mixture's −log p(y), against torch's distributions and the twin by hand."""

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.checks import UsageError
from gradatim.functional.mixture_density import MixtureNLL

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("K", "D"), [(1, 1), (3, 1), (2, 4)])
def test_values_are_those_of_torch_s_mixture_and_gradients_those_by_hand(K, D):
    """In float64, to 1e-11; weighted and not."""
    a = torch.from_numpy(RNG.standard_normal((20, K * (D + 2)))).requires_grad_()
    y, w = torch.from_numpy(RNG.standard_normal((20, D))), torch.from_numpy(RNG.uniform(0, 2, 20))
    z, s, mu = a[:, :K], a[:, K : 2 * K], a[:, 2 * K :].reshape(20, K, D)
    parts = Independent(Normal(mu, s.exp()[:, :, None].expand(20, K, D)), 1)
    expected = -MixtureSameFamily(Categorical(logits=z), parts).log_prob(y)
    torch.testing.assert_close(MixtureNLL(K)(a, y), expected, rtol=1e-12, atol=1e-12)
    twin = loss_by_name("mixture_nll", components=K)
    for weights in (None, w):
        a.grad = None
        mean = MixtureNLL(K).mean(a, y, weights)
        mean.backward()
        value, gradient = twin.mean_and_gradient(
            a.detach().numpy(), y.numpy(), None if weights is None else w.numpy()
        )
        assert mean.item() == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(a.grad, gradient, rtol=1e-11, atol=1e-14)


def test_far_targets_stay_finite():
    a = torch.zeros(2, 9, requires_grad=True)
    loss = MixtureNLL().mean(a, torch.tensor([1e10, -1e10]))
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(a.grad).all()


def test_refusals():
    with pytest.raises(UsageError, match="components must be a whole number of at least 1"):
        MixtureNLL(0)
    with pytest.raises(UsageError, match=r"takes outputs of shape \(4, 9\); they have \(4, 3\)"):
        MixtureNLL()(torch.zeros(4, 3), torch.zeros(4))
