"""G5: the gradient reversal layer, to the bit."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.gradient_reversal import GradientReversal


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("strength", [0.0, 1.0, 0.3, 7.25])
def test_forward_is_the_identity_and_backward_is_minus_lambda_to_the_bit(dtype, strength):
    numbers = torch.Generator().manual_seed(0)
    x = torch.randn(5, 3, generator=numbers, dtype=dtype, requires_grad=True)
    g = torch.randn(5, 3, generator=numbers, dtype=dtype)
    out = GradientReversal(strength)(x)
    out.backward(g)
    assert torch.equal(out, x) and x.grad is not None
    assert torch.equal(x.grad, -strength * g)


def test_a_network_behind_it_learns_as_without_it_and_one_before_it_the_other_way():
    """∂L/∂θ behind is the plain gradient; ∂L/∂θ before is −λ times it (eq. 8–10 of Ganin & Lempitsky)."""
    torch.manual_seed(0)
    before, behind = torch.nn.Linear(3, 4).double(), torch.nn.Linear(4, 1).double()
    x = torch.randn(6, 3, dtype=torch.float64)
    grads = []
    for between in (torch.nn.Identity(), GradientReversal(0.7)):
        for part in (before, behind):
            part.zero_grad()
        behind(between(before(x))).square().mean().backward()
        grads.append([p.grad.clone() for part in (before, behind) for p in part.parameters()])
    for k, (plain, reversed_) in enumerate(zip(*grads, strict=True)):
        torch.testing.assert_close(reversed_, (-0.7 if k < 2 else 1.0) * plain, rtol=1e-14, atol=1e-15)


def test_twice_is_lambda_squared_the_right_way_round():
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    layer = GradientReversal(0.5)
    layer(layer(x)).sum().backward()
    assert x.grad.tolist() == [0.25, 0.25]


def test_it_can_be_built_and_refuses_a_strength_below_zero():
    stack = build({"name": "stack", "layers": [{"name": "gradient_reversal", "strength": 2.0}]})
    assert "strength=2" in repr(stack)
    with pytest.raises(UsageError, match="strength must be"):
        GradientReversal(-1)
