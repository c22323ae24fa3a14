"""G5: what CDAN's classifier of domains reads, all products or drawn ones that agree with them on average."""

import numpy as np
import pytest
import torch

from gradatim.transfer.class_products import DRAWN, ClassProducts


def drawn(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


def test_few_products_are_all_of_them():
    f, a = drawn(5, 4), drawn(5, 3, seed=1)
    p = a.softmax(1)
    expected = torch.stack([torch.outer(one, other).flatten() for one, other in zip(f, p, strict=True)])
    torch.testing.assert_close(ClassProducts(4, 3, 0)(f, a), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize(("features", "size"), [(512, 4096), (513, DRAWN)])
def test_more_than_4096_are_drawn(features, size):
    products = ClassProducts(features, 8, 3)
    assert products.size == products(drawn(2, features), drawn(2, 8)).shape[1] == size
    assert not products.state_dict()  # nothing to be saved: a function of the seed


def test_drawn_products_have_the_inner_products_of_all_on_average():
    """E⟨T, T′⟩ = ⟨f, f′⟩⟨p, p′⟩ (Long et al. 2018): over 200 seeds, within four standard errors."""
    f, a = drawn(4, 600) / 600**0.5, drawn(4, 10, seed=1)
    p = a.softmax(1)
    exact = (f @ f.t()) * (p @ p.t())
    found = torch.stack(
        [one @ one.t() for one in (ClassProducts(600, 10, seed)(f, a) for seed in range(200))]
    )
    error = found.std(0) / 200**0.5
    assert ((found.mean(0) - exact).abs() < 4 * error).all()
    assert (error < 0.02).all()


def test_the_gradient_is_that_of_differences():
    """By features and by scores, through both forms, float64."""
    for features in (3, 2100):
        products = ClassProducts(features, 2, 0)
        f, a = drawn(1, features).requires_grad_(), drawn(1, 2, seed=1).requires_grad_()
        weights = drawn(products.size, seed=2)
        (products(f, a)[0] @ weights).backward()
        step = 1e-6
        for value in (f, a):
            moved = torch.zeros_like(value)
            moved[0, 1] = step
            up, down = (
                products(*(one.detach() + s * moved if one is value else one.detach() for one in (f, a)))[0]
                @ weights
                for s in (1, -1)
            )
            torch.testing.assert_close(value.grad[0, 1], (up - down) / (2 * step), rtol=1e-6, atol=1e-7)
