"""D7: pooling against torch's own operators and, where it has none, against windows cut out one by one."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from gradatim.by_hand.layers import pooling as pooling_by_hand
from gradatim.checks import UsageError
from gradatim.nn import pooling as p

NAMES = ("MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d")
CASES = [(2, None, 0, False), (3, 2, 0, False), (3, 2, 1, True), (2, 3, 1, True), (3, 1, 1, False)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_are_torch_s_modules(name, case):
    ours, theirs = getattr(p, name)(*case), getattr(nn, name)
    size, stride, padding, ceil = case
    x = torch.randn(2, 3, *[7, 8, 6][: ours.axes], dtype=torch.float64)
    torch.testing.assert_close(ours(x), theirs(size, stride, padding, ceil_mode=ceil)(x), rtol=0, atol=0)
    if name.startswith("Avg"):
        ours = getattr(p, name)(*case, count_include_pad=False)
        expected = theirs(size, stride, padding, ceil_mode=ceil, count_include_pad=False)(x)
        torch.testing.assert_close(ours(x), expected, rtol=0, atol=0)


def windows(x, layer):
    """Every window of a picture, its numbers outside left out, and how many of them are padding."""
    w = layer.window
    (before, _), (left, _) = w.pads(x.shape)
    for m, n in product(*map(range, w.places(x.shape))):
        rows, columns = (
            range(max(i * s - b, 0), min(i * s - b + f, size))
            for i, s, b, f, size in zip((m, n), w.stride, (before, left), w.size, x.shape, strict=True)
        )
        yield m, n, x[rows.start : rows.stop, columns.start : columns.stop]


@settings(max_examples=60)
@given(
    st.tuples(st.integers(3, 8), st.integers(3, 8)), st.integers(1, 3), st.integers(1, 4),
    st.sampled_from([0, 1, "same"]), st.booleans(), st.integers(0, 10**6),
)  # fmt: skip
def test_every_window_by_itself(size, f, s, padding, ceil, seed):
    if padding == 1 and f == 1:
        return
    x = torch.randn(size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    for pool, value in ((p.MaxPool2d, torch.max), (p.SumPool2d, torch.sum), (p.AvgPool2d, torch.mean)):
        layer = pool(f, s, padding, ceil)
        if pool is p.AvgPool2d:
            layer = pool(f, s, padding, ceil, count_include_pad=False)
        y = layer(x[None, None])[0, 0]
        for m, n, part in windows(x, layer):
            assert y[m, n].item() == pytest.approx(value(part).item(), abs=1e-12)


def test_sums_along_one_axis_over_the_edge():
    x = torch.arange(1.0, 6).view(1, 1, 5)
    assert p.SumPool1d(2, ceil_mode=True)(x).tolist() == [[[3, 7, 5]]]
    assert p.SumPool1d(3, 2, 1)(x).tolist() == [[[3, 9, 9]]]
    assert p.MaxPool1d(2, 2, "same")(-x).tolist() == [[[-1, -3, -5]]]
    assert p.AvgPool1d(2, 2, "same", count_include_pad=False)(x).tolist() == [[[1.5, 3.5, 5]]]
    assert p.AvgPool1d(2, 2, "same")(x).tolist() == [[[1.5, 3.5, 2.5]]]


def test_d2_pooled_maps():
    maps = [[[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]],
            [[-1, -1, -1, -1], [-1, -1, -2, 1], [-1, -1, -2, 1], [-1, 0, -4, 3]]]  # fmt: skip
    pooled = p.MaxPool2d(2)(torch.tensor([maps], dtype=torch.float32))
    assert pooled.tolist() == [[[[3, 0], [3, 1]], [[-1, 1], [0, 3]]]]


def test_all_of_a_picture():
    x = torch.randn(2, 3, 4, 5)
    torch.testing.assert_close(p.GlobalAvgPool()(x), x.mean((2, 3)))
    torch.testing.assert_close(p.GlobalMaxPool()(x), x.amax((2, 3)))
    torch.testing.assert_close(p.GlobalSumPool()(x), x.sum((2, 3)))
    with pytest.raises(UsageError, match=r"pooling over all of a picture takes batches \(N, channels, …\)"):
        p.GlobalAvgPool()(torch.zeros(2, 3))


def test_gradients_go_to_the_first_of_the_largest():
    for layer in (p.MaxPool2d(2), p.GlobalMaxPool()):
        x = torch.ones(1, 1, 2, 2, requires_grad=True)
        layer(x).sum().backward()
        assert x.grad.tolist() == [[[[1, 0], [0, 0]]]]


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match=r"^max_pool2d: padding must be at most half of the window"):
        p.MaxPool2d(3, padding=2)
    with pytest.raises(UsageError) as error:
        p.AvgPool2d(3)(torch.zeros(1, 2, 2, 9))
    assert str(error.value) == "avg_pool2d with a window of 3×3 needs examples of at least 3×3; these are 2×9"


DILATED = [
    (2, 1, 0, False, 2),
    (3, 2, 1, False, 2),
    (2, None, 0, True, 3),
    (3, 2, 1, True, 3),
    (3, 1, 1, True, 1),
]


@pytest.mark.parametrize("name", NAMES[:3])
@pytest.mark.parametrize("case", DILATED, ids=str)
def test_windows_whose_numbers_lie_apart_and_the_places_of_the_largest_are_torch_s(name, case):
    size, stride, padding, ceil, dilation = case
    axes = int(name[-2])
    theirs = getattr(nn, name)(size, stride, padding, dilation, return_indices=True, ceil_mode=ceil)
    x = torch.randn(2, 3, *[9, 8, 7][:axes], dtype=torch.float64)
    y, indices = theirs(x)
    torch.testing.assert_close(getattr(p, name)(*case)(x), y, rtol=0, atol=0)
    found, places = getattr(p, name)(*case, return_indices=True)(x)
    assert torch.equal(found, y) and torch.equal(places, indices)
    by_hand = getattr(pooling_by_hand, name)(*case)
    np.testing.assert_array_equal(by_hand.forward(x.numpy()), y)
    np.testing.assert_array_equal(by_hand.indices(), indices)


@pytest.mark.parametrize("kind", ["Max", "Sum", "Avg"])
@pytest.mark.parametrize("padding", [0, 1, "same", "same_lower"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_every_window_number_by_number(kind, padding, stride, dilation):
    """Of both engines, values and gradients, against each window written out."""
    x = torch.randn(2, 3, 11, 8, dtype=torch.float64, requires_grad=True)
    more = {"count_include_pad": False} if kind == "Avg" else {}
    layer = getattr(p, f"{kind}Pool2d")(3, stride, padding, dilation=dilation, **more)
    by_hand = getattr(pooling_by_hand, f"{kind}Pool2d")(3, stride, padding, dilation=dilation, **more)
    pads, places = layer.window.pads(x.shape[2:]), layer.window.places(x.shape[2:])
    rows = []
    for place in product(*map(range, places)):
        seen = [
            [i for k in range(3) if 0 <= (i := m * stride + k * dilation - before) < n]
            for m, (before, _), n in zip(place, pads, x.shape[2:], strict=True)
        ]
        part = x[:, :, seen[0]][..., seen[1]].flatten(2)
        rows.append(
            {"Max": lambda q: q.amax(-1), "Sum": lambda q: q.sum(-1), "Avg": lambda q: q.mean(-1)}[kind](part)
        )
    expected = torch.stack(rows, -1).reshape(2, 3, *places)
    y = layer(x)
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_hand.forward(x.detach().numpy()), expected.detach(), rtol=1e-12, atol=1e-12)
    g = torch.randn(y.shape, dtype=torch.float64)
    (dx,) = torch.autograd.grad(expected, x, g)
    torch.testing.assert_close(torch.autograd.grad(y, x, g)[0], dx, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_hand.backward(g.numpy()), dx, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("padding", ["same", "same_lower"])
def test_places_of_the_largest_inside_what_is_padded_on_one_side_more(padding):
    x = torch.randn(2, 3, 6, 8, dtype=torch.float64)
    y, places = p.MaxPool2d(3, 2, padding, return_indices=True)(x)
    assert torch.equal(x.flatten(2).gather(2, places.flatten(2)).view_as(y), y)
    by_hand = pooling_by_hand.MaxPool2d(3, 2, padding)
    by_hand.forward(x.numpy())
    np.testing.assert_array_equal(by_hand.indices(), places)
    torch.nn.functional.max_unpool2d(y, places, 3, 2, output_size=(6, 8))


def test_the_odd_one_of_the_padding_stands_behind_or_in_front():
    """ONNX's SAME_UPPER and SAME_LOWER: by hand, 1 2 3 4 in windows of 2."""
    x = torch.arange(1.0, 5).view(1, 1, 4)
    assert p.SumPool1d(2, 1, "same")(x).tolist() == [[[3, 5, 7, 4]]]
    assert p.SumPool1d(2, 1, "same_lower")(x).tolist() == [[[1, 3, 5, 7]]]
    assert p.MaxPool1d(2, 1, "same_lower")(-x).tolist() == [[[-1, -1, -2, -3]]]
    assert p.AvgPool1d(2, 1, "same_lower", count_include_pad=False)(x).tolist() == [[[1, 1.5, 2.5, 3.5]]]


def test_padding_beyond_half_of_what_a_window_reaches_over():
    p.MaxPool2d(3, padding=2, dilation=2)
    with pytest.raises(UsageError, match=r"padding must be at most half of the window \(5, 5\)"):
        p.MaxPool2d(3, padding=3, dilation=2)
    with pytest.raises(UsageError, match="whole numbers, 'same' or 'same_lower'; it is 'valid'"):
        p.MaxPool2d(3, padding="valid")
