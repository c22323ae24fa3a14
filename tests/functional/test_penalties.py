"""Penalties: values, gradients against finite differences, proximal maps against their optimum."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.functional.penalties import L1, L2

RNG = np.random.default_rng(0)
W = RNG.standard_normal((4, 3))


@pytest.mark.parametrize(("penalty", "value"), [(L1, 0.3 * abs(W).sum()), (L2, 0.15 * (W**2).sum())])
def test_value_and_gradient(penalty, value):
    """The formula to 1e-14; the gradient against central differences to 1e-8."""
    one = penalty(0.3)
    np.testing.assert_allclose(one(W), value, rtol=1e-14)
    for index in np.ndindex(W.shape):
        above, below = W.copy(), W.copy()
        above[index] += 1e-6
        below[index] -= 1e-6
        np.testing.assert_allclose(one.gradient(W)[index], (one(above) - one(below)) / 2e-6, atol=1e-8)


@pytest.mark.parametrize("penalty", [L1, L2])
@pytest.mark.parametrize("t", [0.1, 2.0])
def test_the_proximal_map_is_optimal(penalty, t):
    """No point near prox(w) has a lower ½‖z − w‖² + t P(z); 0 is in the subdifferential, to 1e-12."""
    one = penalty(0.7)
    z = one.prox(W, t)

    def objective(z):
        return 0.5 * ((z - W) ** 2).sum() + t * one(z)

    for step in RNG.standard_normal((200, *W.shape)) * 1e-3:
        assert objective(z) <= objective(z + step)
    moved = z != 0
    np.testing.assert_allclose((z - W + t * one.gradient(z))[moved], 0, atol=1e-12)
    assert (abs(W[~moved]) <= t * 0.7 + 1e-12).all()


def test_l1_at_its_kink_has_gradient_0():
    assert (L1(2.0).gradient(np.array([0.0, -3.0, 3.0])) == [0, -2, 2]).all()


@pytest.mark.parametrize("penalty", [L1, L2])
def test_numpy_and_torch_read_the_same_text(penalty):
    """Equal to 1e-15; and autograd's gradient of the value is `gradient`."""
    one, w = penalty(0.4), torch.tensor(W, requires_grad=True)
    value = 0.4 * (w.abs().sum() if penalty is L1 else 0.5 * (w * w).sum())
    value.backward()
    np.testing.assert_allclose(one(w.detach()), one(W), rtol=1e-14)
    np.testing.assert_allclose(one.gradient(w.detach()).numpy(), one.gradient(W), rtol=1e-15)
    np.testing.assert_allclose(w.grad.numpy(), one.gradient(W), rtol=1e-15)
    np.testing.assert_allclose(one.prox(w.detach(), 0.5).numpy(), one.prox(W, 0.5), rtol=1e-15)


@pytest.mark.parametrize("penalty", [L1, L2])
def test_a_negative_strength_is_refused(penalty):
    with pytest.raises(UsageError, match=r"^strength must be a number at least 0; it is -1"):
        penalty(-1)
