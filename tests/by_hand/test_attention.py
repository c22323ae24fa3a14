"""E12: attention by hand against torch's autograd to 1e-12 and against finite differences, in float64."""

import numpy as np
import pytest
import torch

from gradatim.by_hand import attention as by_hand
from gradatim.functional.attention_scores import SCORES
from gradatim.nn.attention import Attention

N, T, L, Q, M, A = 3, 2, 4, 5, 5, 3
REAL = np.arange(L) < np.array([[4], [2], [1]])
RNG = np.random.default_rng(0)
S, H, DC = RNG.normal(size=(N, T, Q)), RNG.normal(size=(N, L, M)), RNG.normal(size=(N, T, M))


def parameters(score):
    rng = np.random.default_rng(1)
    return {name: rng.normal(size=shape) for name, shape in SCORES[score].shapes(Q, M, A).items()}


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("score", SCORES)
def test_every_value_and_gradient_is_autograds(score, masked):
    p, real = parameters(score), REAL if masked else None
    found = by_hand.forward(score, p, S, H, real)
    d = by_hand.backward(score, p, found, DC)
    layer = Attention(Q, M, score, A).double()
    layer.load_state_dict({name: torch.from_numpy(value) for name, value in p.items()})
    s, h = (torch.from_numpy(x).requires_grad_() for x in (S, H))
    c, alpha = layer(s, h, None if real is None else torch.from_numpy(real))
    (c * torch.from_numpy(DC)).sum().backward()
    np.testing.assert_allclose(found["alpha"], alpha.detach(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found["c"], c.detach(), rtol=1e-12, atol=1e-14)
    wanted = {"s": s, "h": h, **dict(layer.named_parameters())}
    for name, value in wanted.items():
        np.testing.assert_allclose(d[f"d{name}"], value.grad, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("score", SCORES)
def test_gradients_are_those_of_central_differences(score):
    p = parameters(score)
    d = by_hand.backward(score, p, by_hand.forward(score, p, S, H, REAL), DC)
    inputs = {"s": S.copy(), "h": H.copy(), **p}

    def loss():
        given = {name: inputs[name] for name in p}
        return (by_hand.forward(score, given, inputs["s"], inputs["h"], REAL)["c"] * DC).sum()

    for name, x in inputs.items():
        for at in (0, x.size // 2, x.size - 1):
            place = np.unravel_index(at, x.shape)
            kept, step = x[place], 1e-6
            x[place] = kept + step
            above = loss()
            x[place] = kept - step
            below = loss()
            x[place] = kept
            np.testing.assert_allclose(d[f"d{name}"][place], (above - below) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("score", SCORES)
def test_padding_is_never_seen(score):
    p = parameters(score)
    other = np.where(REAL[..., None], H, 50.0)
    one, two = (by_hand.forward(score, p, S, h, REAL) for h in (H, other))
    np.testing.assert_allclose(one["c"], two["c"], rtol=1e-14)
    assert not by_hand.backward(score, p, one, DC)["dh"][~REAL].any()
    nothing = by_hand.forward(score, p, S, H, np.zeros_like(REAL))
    assert not nothing["c"].any() and not nothing["alpha"].any()
