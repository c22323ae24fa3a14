"""C9: clipping by global norm and by value."""

import numpy as np
import pytest
import torch

from gradatim.functional.clipping import clip_norm, clip_value


def gradients(kind, scale=1.0):
    rng = np.random.default_rng(0)
    made = [scale * rng.normal(size=shape) for shape in ((3, 4), (5,), (2, 2, 2))]
    return [torch.from_numpy(g) for g in made] if kind == "torch" else made


def test_the_worked_example():
    """g = (3, 4), τ = 2.5 → (1.5, 2); the form without the root would give (0.3, 0.4)."""
    g = np.array([3.0, 4.0])
    assert clip_norm([g], 2.5) == 5
    np.testing.assert_allclose(g, [1.5, 2.0], rtol=1e-15)


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_clipping_by_norm_equals_torch(kind, scale):
    twins = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in gradients("torch")]
    for twin, g in zip(twins, gradients("torch", scale), strict=True):
        twin.grad = g.clone()
    norm = torch.nn.utils.clip_grad_norm_(twins, 1.5)
    ours = gradients(kind, scale)
    assert float(clip_norm(ours, 1.5)) == pytest.approx(float(norm), rel=1e-14)
    for g, twin in zip(ours, twins, strict=True):
        np.testing.assert_allclose(
            np.asarray(g), twin.grad.numpy(), rtol=2e-6
        )  # torch divides by norm + 1e-6


@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_a_small_gradient_stays_as_it_is_and_zero_stays_zero(kind):
    ours, before = gradients(kind, 1e-3), gradients("numpy", 1e-3)
    clip_norm(ours, 1.0)
    assert all((np.asarray(g) == b).all() for g, b in zip(ours, before, strict=True))
    zero = [np.zeros(3)]
    assert clip_norm(zero, 1.0) == 0 and not zero[0].any()


@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_clipping_by_value_equals_numpy(kind):
    ours = gradients(kind)
    clip_value(ours, 0.4)
    for g, b in zip(ours, gradients("numpy"), strict=True):
        np.testing.assert_array_equal(np.asarray(g), np.clip(b, -0.4, 0.4))
