"""C9: clipping by global norm and by value."""

import numpy as np
import pytest
import torch

from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.functional import clipping, norms
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


def of_kind(kind, arrays):
    return [torch.from_numpy(g.copy()) if kind == "torch" else g.copy() for g in arrays]


BEYOND = {  # numbers whose squares are beyond the type, and the limit
    "large": ([np.full(4, 2e19, "float32")], 2.0),
    "large, in double precision": ([np.full(3, 1e200), np.full((2, 2), -2e200)], 5.0),
    "one of them huge": ([np.full(4, 1e-3, "float32"), np.full(4, 3e38 / 4, "float32")], 1.0),
    "one number": ([np.array(-3e38, "float32")], 1.0),
    "the largest there is": ([np.array([np.finfo("float32").max])], 1e30),
    "the largest there is, to a small one": ([np.array([3e38, 1e38], "float32")], 1e-5),
    "small": ([np.full(4, 2e-30, "float32")], 1e-30),
    "small, in double precision": ([np.full(4, 2e-200)], 1e-200),
    "subnormal": ([np.full(4, 1e-310)], 1e-310),
    "half precision": ([np.full(70_000, 300.0, "float16")], 1.0),
    "large and nothing": ([np.full(4, 2e19, "float32"), np.zeros((0, 3), "float32")], 2.0),
    "in two precisions": ([np.full(4, 1e30, "float32"), np.full(4, 1e200)], 2.0),
}


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize("case", BEYOND)
def test_the_direction_is_kept_where_squares_are_beyond_the_type(kind, case):
    """‖g‖ = s‖g/s‖, computed in extended precision: norm and numbers to the rounding of the type."""
    arrays, limit = BEYOND[case]
    ours = of_kind(kind, arrays)
    wide = [g.astype(np.longdouble) for g in arrays]
    length = sum((g * g).sum() for g in wide) ** 0.5
    norm = float(clip_norm(ours, limit))
    eps = max(float(np.finfo(g.dtype).eps) for g in arrays)
    assert norm == pytest.approx(float(length), rel=max(8 * eps, 1e-12) if case != "half precision" else 1e-5)
    for g, before in zip(ours, wide, strict=True):
        expected = (before * (limit / length)).astype(np.asarray(g).dtype)
        g_type = np.finfo(expected.dtype)
        tiny = 4 * g_type.smallest_subnormal
        np.testing.assert_allclose(np.asarray(g), expected, rtol=8 * g_type.eps, atol=tiny)


@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_what_is_small_and_below_the_limit_stays(kind):
    ours = of_kind(kind, [np.full(4, 2e-30, "float32")])
    assert float(clip_norm(ours, 1.0)) == pytest.approx(4e-30)
    assert (np.asarray(ours[0]) == np.float32(2e-30)).all()


@pytest.mark.parametrize("kind", ["numpy", "torch"])
def test_a_norm_beyond_the_type_is_said_and_nothing_is_changed(kind):
    ours = of_kind(kind, [np.full(4, 3e38, "float32"), np.ones(2, "float32")])
    with pytest.raises(NonFiniteLoss) as raised:
        clip_norm(ours, 1.0)
    assert str(raised.value) == (
        "the norm of the gradient is beyond float32: its largest number is 3e+38; scale the loss down"
    )
    assert (np.asarray(ours[0]) == np.float32(3e38)).all() and (np.asarray(ours[1]) == 1).all()


@pytest.mark.parametrize("kind", ["numpy", "torch"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_said_and_nothing_is_changed(kind, bad):
    ours = of_kind(kind, [np.ones(2), np.array([1.0, bad])])
    with pytest.raises(
        NonFiniteLoss, match=r"^the gradient is not finite, and cannot be clipped to a norm of 2$"
    ):
        clip_norm(ours, 2.0)
    assert (np.asarray(ours[0]) == 1).all()


@pytest.mark.parametrize("clip", [clip_norm, clip_value])
@pytest.mark.parametrize("limit", [0.0, 0, -1.0, np.nan, np.inf, "1", None])
def test_a_limit_is_above_0_as_in_training(clip, limit):
    """Also of a zero gradient, which came out as 0/0."""
    for g in (np.zeros(3), torch.zeros(3)):
        with pytest.raises(UsageError, match=f"^limit must be a number above 0; it is {limit!r}$"):
            clip([g], limit)
        assert not np.asarray(g).any()


def test_no_gradient_has_no_norm():
    assert clip_norm([], 1.0) == 0
    assert clip_norm([np.zeros((0, 2))], 1.0) == 0


def test_a_complex_gradient_s_norm_is_of_its_sizes():
    """‖g‖² = Σ |g_i|²: 3 + 4i has the size 5."""
    for g in (np.array([3 + 4j]), torch.tensor([3 + 4j])):
        assert float(clip_norm([g], 2.5)) == 5
        assert complex(g[0]) == 1.5 + 2j


def test_without_a_look_at_the_norm_it_is_the_same(monkeypatch):
    """As on a GPU, whose queue nobody waits for: one formula for every case, nan for what is not finite."""
    for case, (arrays, limit) in BEYOND.items():
        if case in ("subnormal", "the largest there is, to a small one"):  # in two steps at hand
            continue
        at_hand, queued = of_kind("torch", arrays), of_kind("torch", arrays)
        norm = clip_norm(at_hand, limit)
        with monkeypatch.context() as patch:
            patch.setattr(clipping, "at_hand", lambda arrays: False)
            patch.setattr(norms, "at_hand", lambda arrays: False)
            torch.testing.assert_close(clip_norm(queued, limit), norm, rtol=1e-6, atol=0)
            for g in queued:
                before = g.clone()
                clip_norm([g], 1e38)
                assert torch.equal(g, before)
        for a, b in zip(at_hand, queued, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3 if a.dtype == torch.float16 else 1e-6, atol=0)
    monkeypatch.setattr(clipping, "at_hand", lambda arrays: False)
    monkeypatch.setattr(norms, "at_hand", lambda arrays: False)
    for bad in (torch.inf, torch.nan, 3e38):
        g = torch.tensor([bad, 3e38, 1.0])
        clip_norm([g], 1.0)
        assert g.isnan().all() or bad == torch.inf
    zero = torch.zeros(3)
    assert clip_norm([zero], 1.0) == 0 and not zero.any()
