"""D1–D3, D5–D8: every printed number of the curriculum, and what is spelled out adds up."""

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.explain.traces.conv_1d import conv_1d
from gradatim.explain.traces.conv_2d import conv_2d
from gradatim.explain.traces.conv_filters import conv_filters
from gradatim.explain.traces.conv_matrix import as_matrix, conv_matrix, dense_twin, positions
from gradatim.explain.traces.conv_size import conv_size
from gradatim.explain.traces.conv_stride import conv_stride
from gradatim.explain.traces.conv_volume import conv_volume, example
from gradatim.explain.traces.convolving import convolve, unreached_columns
from gradatim.explain.traces.pooling import pooling
from gradatim.explain.traces.sums_as_text import number, product_sum

RNG = np.random.default_rng(0)
TRACES = [conv_1d, conv_2d, conv_filters, conv_stride, conv_volume, conv_matrix]


def value(text):
    """What a spelled-out sum is worth."""
    return eval(re.sub(r"\s", "", text.replace("·", "*").replace("−", "-")))  # our own digits and signs only


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.__name__)
def test_what_is_spelled_out_adds_up(trace):
    sums = 0
    for table in trace().tables():
        for name in ("weight · pixel", "g · pixel", "g · weight"):
            if name in table.columns:
                result = list(table.columns)[-1]
                for text, total in zip(table.column(name), table.column(result), strict=True):
                    sums += bool(text)
                    assert not text or value(text) == pytest.approx(total, abs=1e-9), table.caption
    assert sums > 0 or trace is conv_matrix


def test_d1_both_maps():
    trace = conv_2d()
    assert trace.table("cross-correlation").rows == [[13, 20, 17], [18, 24, 18], [-13, -20, -17]]
    assert trace.table("true convolution").rows == [[-13, -20, -17], [-18, -24, -18], [13, 20, 17]]
    spelled = trace.table("True convolution: the kernel turned around on both axes")
    assert spelled.column("y") == [-13, -20, -17, -18, -24, -18, 13, 20, 17]
    assert spelled.rows[4][2] == "1·1 + 2·2 + 1·3 + 0·4 + 0·5 + 0·6 − 1·7 − 2·8 − 1·9"


def test_d2_maps_strides_pools_and_volume():
    trace = conv_filters()
    assert trace.table("map 1").rows == [[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]
    assert trace.table("map 1, stride 2").rows == [[3, -3], [-3, 0]]
    assert trace.table("map 2").rows == [[-1, -1, -1, -1], [-1, -1, -2, 1], [-1, -1, -2, 1], [-1, 0, -4, 3]]
    assert trace.table("map 1, pooled").rows == [[3, 0], [3, 1]]
    assert trace.table("map 2, pooled").rows == [[-1, 1], [0, 3]]
    assert "a volume of 2×4×4" in str(trace)


def test_d3_both_strides_and_the_last_entry():
    trace = conv_stride()
    expected = [[-14, -1, 10, -1], [-11, -11, 7, 12], [-7, -10, 1, 13], [5, -16, -4, 11]]
    assert trace.table("y at stride 1").rows == expected
    assert trace.table("y at stride 2").rows == [[-14, 10], [-7, 1]]
    assert "= 11; a common course note prints 10" in " ".join(str(trace).split())
    assert "rows 6 and columns 6 are never seen" in " ".join(str(trace).split())
    assert "course note" not in str(conv_stride(strides=(1,), padding=1))


def test_d5_one_axis():
    trace = conv_1d()
    maps = [table.column("y") for table in trace.tables() if "y" in table.columns]
    assert maps == [[-1, -1, -1], [-1, -1, -1, -1, -1], [-1, -1, -1, 6], [1, 5, 9, 6]]
    w = torch.tensor([[[1.0, -1]], [[1, 1]]], dtype=torch.float64, requires_grad=True)
    x = torch.arange(1.0, 7, dtype=torch.float64).view(1, 1, 6).requires_grad_()
    (F.conv1d(x, w, stride=2, padding=1) ** 2).sum().mul(0.5).backward()
    assert trace.table("∂L/∂w").column("∂L/∂w") == w.grad.flatten().tolist()
    assert trace.table("∂L/∂x").column("∂L/∂x") == x.grad.flatten().tolist()


def test_d5_depth_sizes_and_parameters():
    trace = conv_volume()
    table = trace.table("Sizes and parameters")
    assert table.column("output") == ["28×28×6", "3×3×2"]
    assert table.column("weights")[0] == 450 and table.column("biases")[0] == 6
    assert table.column("parameters") == [456, 56]
    assert table.column("dense")[0] == 14_450_688
    x, W = example()
    y = F.conv2d(torch.from_numpy(x)[None], torch.from_numpy(W), torch.tensor([1.0, 0.0]).double(), 2, 1)[0]
    for o in range(2):
        assert trace.table(f"map {o + 1}").rows == y[o].tolist()


def test_d6_sizes_and_dropped_columns():
    table = conv_size().table("Places")
    cases = list(zip(*(table.column(name) for name in ("N", "F", "S", "places")), strict=True))
    assert cases == [(227, 11, 4, 55), (55, 3, 2, 27), (32, 5, 1, 28), (6, 3, 2, 2), (224, 11, 4, 54)]
    assert table.column("never seen") == ["none", "none", "none", "6", "224"]
    own = conv_size(n=7, size=3, stride=3, padding=1).table("Places").rows[0]
    assert own[5:] == [3, "6 … 8", "none"]
    assert conv_size(n=9, size=2, stride=4).table("Places").rows[0][-1] == "7 … 9"
    assert (
        conv_size(n=4, size=2, stride=5, padding=1).table("Places").rows[0][-1] == "2 … 4, 1 of the padding"
    )


@pytest.mark.parametrize(
    ("n", "f", "s", "p"), [(6, 3, 2, 0), (9, 2, 4, 0), (7, 3, 3, 1), (4, 2, 5, 1), (8, 8, 1, 0)]
)
def test_dropped_columns_have_no_gradient(n, f, s, p):
    x = torch.zeros(1, 1, n, requires_grad=True)
    F.conv1d(x, torch.ones(1, 1, f), stride=s, padding=p).sum().backward()
    behind = [i + 1 for i in range(n) if x.grad[0, 0, i] == 0]
    reached = [i for i in unreached_columns(n, f, s, p) if i <= n]
    assert reached == behind[len(behind) - len(reached) :]
    assert not reached or min(reached) == 1 + max(i + 1 for i in range(n) if x.grad[0, 0, i] != 0)


def test_d8_the_matrix():
    index = positions((6, 6), (3, 3))
    assert index.shape == (16, 36) and ((index >= 0).sum(1) == 9).all()
    trace = conv_matrix()
    letters = next(table for table in trace.tables() if table.caption.startswith("M, 16×36")).rows
    assert [len(row) for row in letters] == [36] * 16
    assert all(sorted(set(row) - {"·"}) == list("abcdefghi") for row in letters)
    assert "9 free values of 576" in " ".join(str(trace).split())
    assert trace.table("y = M x").rows == trace.table("y of the convolution").rows
    gradient = trace.table("The gradient")
    assert gradient.column("convolution's ∂L/∂w") == gradient.column("Σ of ∂L/∂M where it stands")
    assert gradient.column("stands in M") == [16] * 9
    assert trace.table("What sparse and shared save").column("weights") == [10**12, 10**8, 10**2]


def test_d8_a_masked_tied_dense_layer_is_a_convolution():
    """Output and tied gradient for random pictures, kernels and gradients, to 1e-12, beside torch's."""
    for shape, size in (((6, 6), (3, 3)), ((5, 7), (2, 4))):
        x, w = RNG.standard_normal(shape), RNG.standard_normal(size)
        index = positions(shape, size)
        dense = dense_twin(w, index)
        np.testing.assert_array_equal(dense.parameters["0.weight"], as_matrix(w, index))
        kernel = torch.from_numpy(w).requires_grad_()
        y = F.conv2d(torch.from_numpy(x)[None, None], kernel[None, None])[0, 0]
        z = dense.forward(x.reshape(1, -1), training=True)
        np.testing.assert_allclose(z[0], y.detach().numpy().ravel(), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(convolve(x, w), y.detach().numpy(), rtol=1e-12, atol=1e-12)
        g = RNG.standard_normal(y.shape)
        y.backward(torch.from_numpy(g))
        dense.backward(g.reshape(1, -1))
        spread = dense.gradients["0.weight"]
        tied = [spread[index == k].sum() for k in range(w.size)]
        np.testing.assert_allclose(tied, kernel.grad.numpy().ravel(), rtol=1e-12, atol=1e-12)
        assert not spread[index < 0].any()


@pytest.mark.parametrize(
    "how", [{}, {"size": 3, "stride": 1}, {"size": 3, "stride": 2, "ceil_mode": True}], ids=str
)
def test_d7_windows_and_gradients_are_torch_s(how):
    trace = pooling(**how)
    f, s, ceil = how.get("size", 2), how.get("stride"), how.get("ceil_mode", False)
    x = torch.tensor(trace.table("x").rows, dtype=torch.float64)[None, None].requires_grad_()
    for word, y in (
        ("largest", F.max_pool2d(x, f, s, ceil_mode=ceil)),
        ("mean", F.avg_pool2d(x, f, s, ceil_mode=ceil)),
    ):
        np.testing.assert_allclose(trace.table(f"y, {word}").rows, y[0, 0].tolist(), rtol=1e-14)
        (gradient,) = torch.autograd.grad(y.sum(), x)
        np.testing.assert_allclose(trace.table(f"∂L/∂x, {word}").rows, gradient[0, 0].tolist(), rtol=1e-14)
    windows = trace.table("Every window")
    for seen, most, mean, total in zip(
        *(windows.column(n) for n in ("its numbers", "largest", "mean", "sum")), strict=True
    ):
        values = [value(text) for text in seen.split("  ")]
        assert (max(values), sum(values)) == (most, total) and mean == pytest.approx(total / len(values))
    assert trace.table("All of the map at once: global pooling").rows == [[3, -14 / 16, -14]]


def test_d2_s_pooled_map_is_pooling_s_first():
    assert (
        pooling().table("y, largest").rows == conv_filters().table("map 1, pooled").rows == [[3, 0], [3, 1]]
    )


def test_numbers_of_one_s_own():
    trace = conv_2d(x=[[0.5, 1], [2, 4], [0, 1]], kernel=[[1, 2]], padding=0)
    assert trace.table("cross-correlation").rows == [[2.5], [10], [2]]
    assert trace.table("true convolution").rows == [[2], [8], [1]]
    assert conv_1d(x=[1, 2, 3], kernels=[[1, 1, 1]], padding=1).tables()[2].column("y") == [3, 6, 5]
    assert conv_volume(size=227, depth=3, filters=96, kernel=11, stride=4).table(
        "Sizes and parameters").rows[0][4:8] == ["55×55×96", 34_848, 96, 34_944]  # fmt: skip


@pytest.mark.parametrize(
    ("trace", "arguments", "sentence"),
    [
        (conv_1d, {"x": [1], "stride": 1},
         "layer 0: conv1d with a window of 2 needs examples of at least 2; these are 1"),
        (conv_1d, {"stride": 0}, "stride must be a whole number of at least 1; it is 0"),
        (conv_2d, {"x": [1, 2]}, "x must be rows of numbers such as [[1,0],[0,1]]; it is [1, 2]"),
        (conv_2d, {"x": [[1]], "padding": 0},
         "layer 0: conv2d with a window of 3×3 needs examples of at least 3×3; these are 1×1"),
        (conv_filters, {"filter1": [[1, 2], [3]]},
         "the rows of filter1 must have one length; theirs are [2, 1]"),
        (conv_stride, {"strides": 2}, "strides must be whole numbers with commas between them; it is 2"),
        (conv_volume, {"kernel": 33},
         "conv2d with a window of 33 needs examples of at least 33; these are 32"),
        (pooling, {"size": 5},
         "layer 0: max_pool2d with a window of 5×5 needs examples of at least 5×5; these are 4×4"),
        (conv_size, {"n": 2}, "conv1d with a window of 3 needs examples of at least 3; these are 2"),
        (conv_matrix, {"x": [[1] * 9] * 9, "kernel": [[1] * 6] * 6},
         "kernel must have at most 26 weights, to be named by letters; it has 36"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(trace, arguments, sentence):
    with pytest.raises(UsageError) as error:
        trace(**arguments)
    assert str(error.value) == sentence


def test_words():
    assert number(0.1 + 0.2) == "0.3" and number(12345678.0) == "12345678" and number(-2.0) == "−2"
    assert product_sum([]) == "0" and product_sum([(-1, -2)]) == "−1·(−2)"
