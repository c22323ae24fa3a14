"""B12: dropout's mean and scale, and its mask as a function of (seed, layer, step, element)."""

import copy

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn import dropout
from gradatim.nn.dropout import Dropout
from gradatim.nn.dropout_2012 import Dropout2012
from gradatim.random import keep, mix


def placed(p, seed=0, layer="2", step=0):
    layer_ = Dropout(p)
    layer_.place(seed, layer, step)
    return layer_


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_what_is_kept_is_scaled_and_the_mean_stays(p):
    """Elements are 0 or x/(1 − p); the mean of n = 10⁵ ones is 1 within 4.5 √(p/(1 − p)/n)."""
    n = 100_000
    y = placed(p)(torch.ones(n, dtype=torch.float64))
    assert set(y.unique().tolist()) == {0.0, 1 / (1 - p)}
    assert abs(y.mean().item() - 1) < 4.5 * (p / (1 - p) / n) ** 0.5


def test_the_mask_is_the_one_of_random_keep():
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((7, 3, 5)))
    kept = keep(mix(np.arange(105, dtype=np.int32)), 4, "drop", 9, 0.3).reshape(7, 3, 5)
    np.testing.assert_allclose(placed(0.3, 4, "drop", 9)(x).numpy(), x.numpy() * kept / 0.7, rtol=1e-15)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
def test_numpy_and_torch_hash_to_the_same_bits(dtype, p, monkeypatch):
    """Also of an input that is turned, of one example, and of none."""
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((9, 70))).to(dtype)
    inputs = [x, x.T, x[:1], x[:0]]
    in_numpy = [placed(p, 1)(each) for each in inputs]
    monkeypatch.setattr(dropout, "IN_NUMPY_UP_TO", -1)
    in_torch = [placed(p, 1)(each) for each in inputs]
    assert all(torch.equal(a, b) and a.dtype == dtype for a, b in zip(in_numpy, in_torch, strict=True))


def test_half_precision_is_torch_s():
    y = placed(0.5)(torch.ones(100, dtype=torch.bfloat16))
    assert y.dtype == torch.bfloat16
    assert torch.equal(y, placed(0.5)(torch.ones(100)).bfloat16())


def test_evaluation_and_p_0_change_nothing():
    x = torch.randn(20, 20, generator=torch.Generator().manual_seed(0))
    assert placed(0.9).eval()(x) is x
    assert placed(0.0)(x) is x


def test_the_mask_repeats_for_the_same_place_and_only_there():
    x = torch.ones(1000)
    first = placed(0.5, 3, "a", 7)(x)
    assert torch.equal(placed(0.5, 3, "a", 7)(x), first)
    for other in [(4, "a", 7), (3, "b", 7), (3, "a", 8)]:
        assert not torch.equal(placed(0.5, *other)(x), first)


def test_left_alone_it_counts_its_own_calls():
    layer, x = placed(0.5, 3, "a", 7), torch.ones(1000)
    found = [layer(x) for _ in range(3)]
    assert torch.equal(found[0], placed(0.5, 3, "a", 7)(x))
    others = [placed(0.5, 3, "a", step)(x) for step in (8, 9)]  # as a layer used twice must not draw them
    assert not any(torch.equal(y, z) for i, y in enumerate(found) for z in (*found[:i], *others))
    layer.eval()(x)
    assert layer.calls == 3  # evaluation is no call


def test_the_gradient_goes_through_the_same_mask():
    x = torch.ones(500, dtype=torch.float64, requires_grad=True)
    y = placed(0.4)(x)
    y.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, y.detach())  # x is 1, so y is the mask times its scale


def test_a_smaller_or_reordered_input_gets_its_elements_mask():
    """The mask belongs to the element's number in the input, whatever was seen before and however it lies."""
    layer = placed(0.5)
    large = layer(torch.ones(40, 10))
    layer.place(0, "2", 0)
    assert torch.equal(layer(torch.ones(7, 10)), large[:7])
    layer.place(0, "2", 0)
    assert torch.equal(layer(torch.ones(10, 40).T), large)


def test_no_global_state_is_read_or_moved():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = placed(0.5)(torch.ones(100))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert torch.equal(placed(0.5)(torch.ones(100)), first)


def test_it_has_no_state_to_save_and_can_be_copied():
    layer = placed(0.5)
    first = layer(torch.ones(50))
    twin = copy.deepcopy(layer)
    twin.place(0, "2", 0)
    assert not layer.state_dict()
    assert torch.equal(twin(torch.ones(50)), first)


@pytest.mark.parametrize("p", [1, 1.0, -0.1, "a", None, float("nan")])
def test_p_outside_0_1_is_refused(p):
    with pytest.raises(UsageError, match=r"^p must be a number at least 0 and below 1; it is "):
        Dropout(p)


def test_the_form_of_2012_scales_at_test():
    """While training, the inverted form times 1 − p, the same elements dropped; afterwards (1 − p) x."""
    x = torch.randn(50, 20, dtype=torch.float64)
    inverted, first = Dropout(0.3), Dropout2012(0.3)
    for layer in (inverted, first):
        layer.place(3, "1", 4)
    y = first(x)
    torch.testing.assert_close(y, 0.7 * inverted(x), rtol=1e-15, atol=0)
    assert ((y == x) | (y == 0)).all()
    torch.testing.assert_close(first.eval()(x), 0.7 * x, rtol=1e-15, atol=0)
