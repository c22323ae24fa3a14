"""F3: the shares and the spread of each noise, and that both engines draw the same."""

import numpy as np
import pytest
import torch

from gradatim.by_hand.layers.corruption import Corruption as ByHand
from gradatim.checks import UsageError
from gradatim.nn.corruption import Corruption

N = 100_000
X = torch.full((N,), 0.5, dtype=torch.float64)


def noisy(kind, amount, x=X, **more):
    layer = Corruption(kind, amount, **more)
    layer.place(3, "0", 7)
    return layer(x)


@pytest.mark.parametrize("amount", [0.1, 0.5, 0.9])
def test_masking_sets_that_share_to_0(amount):
    """Within 4.5 standard errors, √(s(1 − s)/n)."""
    y = noisy("masking", amount)
    assert set(y.unique().tolist()) == {0.0, 0.5}
    assert abs((y == 0).double().mean() - amount) < 4.5 * (amount * (1 - amount) / N) ** 0.5


def test_salt_and_pepper_are_half_the_share_each():
    y = noisy("salt_and_pepper", 0.3, low=-2.0, high=3.0)
    shares = [(y == value).double().mean().item() for value in (-2.0, 0.5, 3.0)]
    assert shares == pytest.approx([0.15, 0.7, 0.15], abs=4.5 * (0.15 * 0.85 / N) ** 0.5)


def test_gaussian_noise_has_its_mean_spread_and_tails():
    n = (noisy("gaussian", 2.0) - 0.5) / 2
    assert abs(n.mean()) < 4.5 / N**0.5 and abs(n.var() - 1) < 4.5 * (2 / N) ** 0.5
    assert (n.abs() > 1.96).double().mean() == pytest.approx(0.05, abs=4.5 * (0.05 * 0.95 / N) ** 0.5)


@pytest.mark.parametrize("kind", ["gaussian", "masking", "salt_and_pepper"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numpy_and_torch_draw_the_same(kind, dtype):
    """Masks to the bit; Φ⁻¹ to the last place of the precision."""
    x = np.random.default_rng(0).normal(size=(7, 3, 5)).astype(dtype)
    layer, twin = Corruption(kind, 0.4), ByHand(kind, 0.4)
    for step in (0, 5):
        layer.place(1, "3", step)
        twin.place(1, "3", step)
        first = twin.forward(x, training=True)
        near = {"rtol": 0, "atol": 4 * np.finfo(dtype).eps}
        np.testing.assert_allclose(first, layer(torch.from_numpy(x)).numpy(), **near)
        again = twin.forward(x, training=True)  # a layer used twice draws other numbers
        np.testing.assert_allclose(again, layer(torch.from_numpy(x)).numpy(), **near)
        assert not np.array_equal(first, again)
    assert twin.forward(x) is x and layer.eval()(torch.from_numpy(x)).numpy() is not None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "poisson"}, "kind must be gaussian or masking or salt_and_pepper"),
        ({"amount": -0.1}, "amount must be a number at least 0"),
        ({"amount": 1.5}, "amount is the share of the elements that masking replaces, at most 1; it is 1.5"),
        ({"low": 2.0}, "low must be at most high; they are 2 and 1"),
    ],
)
@pytest.mark.parametrize("layer", [Corruption, ByHand])
def test_what_cannot_be_is_refused(layer, given, said):
    with pytest.raises(UsageError, match=said):
        layer(**given)
