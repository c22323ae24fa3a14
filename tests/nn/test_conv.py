"""D5, D6: convolutional layers against torch's own modules and TensorFlow's rule for "same"."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.by_hand.layers.conv import Conv2d as ByHandConv2d
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.conv import Conv1d, Conv2d, Conv3d

TWINS = {Conv1d: nn.Conv1d, Conv2d: nn.Conv2d, Conv3d: nn.Conv3d}
CASES = [
    {"kernel_size": 3},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 2, "dilation": 2, "bias": False},
    {"kernel_size": 3, "groups": 2, "padding": 2, "stride": 3},
]


@pytest.mark.parametrize("layer", TWINS)
@pytest.mark.parametrize("how", CASES, ids=str)
def test_values_names_and_shapes_are_torch_s(layer, how):
    """The same state, the same numbers, in float64 exactly."""
    ours, theirs = layer(4, 6, **how).double(), TWINS[layer](4, 6, **how).double()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 4, *[7, 8, 9][: layer.axes], dtype=torch.float64)
    torch.testing.assert_close(ours(x), theirs(x), rtol=0, atol=0)


def same(x, w, stride, dilation=1):
    """TensorFlow's "SAME", from its documentation: pad ⌊t/2⌋ in front, the rest behind, then no padding."""
    pads = []
    for n, f in zip(x.shape[2:], w.shape[2:], strict=True):
        total = max((int(np.ceil(n / stride)) - 1) * stride + (f - 1) * dilation + 1 - n, 0)
        pads = [total // 2, total - total // 2, *pads]
    return F.conv2d(F.pad(x, pads), w, stride=stride, dilation=dilation)


@pytest.mark.parametrize("size", [(6, 6), (7, 7), (6, 9), (1, 2)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("f", [1, 2, 3, 4])
def test_same_is_tensorflow_s_rule(size, stride, f):
    layer, x = Conv2d(2, 3, f, stride, "same", bias=False), torch.randn(2, 2, *size)
    expected = same(x, layer.weight, stride)
    assert expected.shape[2:] == tuple(-(-n // stride) for n in size)
    torch.testing.assert_close(layer(x), expected)


def test_same_by_a_number_of_tensorflow():
    """x = 1 … 4, w = (1, 1, 1), stride 2: TensorFlow pads behind only and gives (6, 7)."""
    layer = Conv1d(1, 1, 3, 2, "same", bias=False)
    layer.weight.data.fill_(1)
    assert layer(torch.tensor([[[1.0, 2, 3, 4]]])).tolist() == [[[6, 7]]]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_same_at_stride_1_is_torch_s_same():
    layer = Conv2d(2, 3, (3, 4), padding="same", dilation=(2, 1))
    theirs = nn.Conv2d(2, 3, (3, 4), padding="same", dilation=(2, 1))
    theirs.load_state_dict(layer.state_dict())
    x = torch.randn(2, 2, 7, 6)
    torch.testing.assert_close(layer(x), theirs(x))


def test_d5_parameters_and_sizes():
    layer = Conv2d(3, 6, 5)
    assert layer(torch.zeros(1, 3, 32, 32)).shape == (1, 6, 28, 28)
    assert (layer.weight.numel(), layer.bias.numel()) == (450, 6)
    assert 32 * 32 * 3 * 28 * 28 * 6 == 14_450_688
    small = Conv2d(3, 2, 3, stride=2, padding=1)
    assert small(torch.zeros(1, 3, 5, 5)).shape == (1, 2, 3, 3)
    assert sum(p.numel() for p in small.parameters()) == 56


def test_weights_are_drawn_by_seed_and_name_with_the_fan_of_a_window():
    stack = {
        "name": "stack",
        "layers": [{"name": "conv2d", "in_channels": 50, "out_channels": 40, "kernel_size": 5}],
    }
    one, two, other = (build(stack, seed)[0].weight for seed in (1, 1, 2))
    assert torch.equal(one, two) and not torch.equal(one, other)
    assert one.var().item() == pytest.approx(2 / (50 * 25), rel=0.02)


@pytest.mark.parametrize(
    ("make", "shape", "sentence"),
    [
        (lambda: Conv2d(3, 4, 3, groups=2), None,
         "conv2d with 2 groups needs channels in multiples of 2; there are 3 in and 4 out"),
        (lambda: Conv2d(3, 4, 0), None, "kernel_size must be a whole number of at least 1; it is 0"),
        (lambda: Conv2d(3, 4, 5), (1, 3, 4, 4),
         "conv2d with a window of 5×5 needs examples of at least 5×5; these are 4×4"),
        (lambda: Conv2d(3, 4, 5), (1, 1, 8, 8), "conv2d of 3 channels got examples of shape (1, 8, 8)"),
        (lambda: Conv1d(3, 4, 5), (1, 3, 8, 8),
         "conv1d takes batches (N, channels, length); examples of shape (3, 8, 8) are not that"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(make, shape, sentence):
    with pytest.raises(UsageError) as error:
        layer = make()
        layer(torch.zeros(shape))
    assert str(error.value) == sentence


@pytest.mark.parametrize("layer", TWINS)
@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [1, 3, "same"])
def test_padding_modes_are_torch_s_by_hand_too(layer, mode, padding):
    """The same numbers and gradients in float64 exactly; by hand to 1e-12."""
    how = {"kernel_size": 4, "padding": padding, "padding_mode": mode}
    if padding == "same":
        how["kernel_size"] = 5  # of an even one torch puts the odd number elsewhere
    ours, theirs = layer(2, 3, **how).double(), TWINS[layer](2, 3, **how).double()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 2, *[4, 5, 4][: layer.axes], dtype=torch.float64)
    at, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, expected = ours(at), theirs(other)
    torch.testing.assert_close(y, expected, rtol=0, atol=0)
    c = torch.randn_like(y)
    (y * c).sum().backward()
    (expected * c).sum().backward()
    torch.testing.assert_close(at.grad, other.grad, rtol=0, atol=0)
    entry = {"name": f"conv{layer.axes}d", "in_channels": 2, "out_channels": 3, **how}
    network = Network([entry], 0, np.float64)
    network.load_state_dict({f"0.{name}": value.numpy() for name, value in theirs.state_dict().items()})
    np.testing.assert_allclose(network.forward(x.numpy()), y.detach(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(network.backward(c.numpy(), inputs=True), at.grad, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("reflect", "conv2d with padding 2×2, reflect, needs examples of at least 3×3; these are 2×5"),
        ("circular", "conv2d with padding 3×3, circular, needs examples of at least 3×3; these are 2×5"),
    ],
)
def test_pictures_too_small_for_a_mode_are_refused(mode, sentence):
    layer = Conv2d(1, 1, 3, padding=2 if mode == "reflect" else 3, padding_mode=mode)
    with pytest.raises(UsageError) as error:
        layer(torch.zeros(1, 1, 2, 5))
    assert str(error.value) == sentence


def test_a_mode_that_there_is_not_is_refused():
    with pytest.raises(UsageError, match="padding_mode must be zeros or reflect or replicate or circular"):
        Conv2d(1, 1, 3, padding_mode="mirror")


def test_a_layer_says_what_it_is():
    assert repr(Conv2d(3, 4, 3, 2, "same", bias=False)) == (
        "Conv2d(3, 4, kernel_size=3, stride=2, padding=same, bias=False)"
    )


@pytest.mark.parametrize("case", [(3, 2, 1), (2, 1, 1), (4, 3, 1), (2, 1, 3), (5, 2, 2)], ids=str)
@pytest.mark.parametrize("mode", ["zeros", "replicate"])
def test_same_with_the_odd_zero_in_front_is_a_convolution_of_what_is_padded_so(case, mode):
    """Of both engines, values and gradients: torch's own on the padded picture."""
    f, s, d = case
    conv = Conv2d(2, 3, f, s, "same_lower", d, padding_mode=mode).double()
    x = torch.randn(2, 2, 8, 9, dtype=torch.float64, requires_grad=True)
    sizes = []
    for n in (9, 8):
        total = max((-(-n // s) - 1) * s + d * (f - 1) + 1 - n, 0)
        sizes += [total - total // 2, total // 2]
    padded = F.pad(x, sizes, "constant" if mode == "zeros" else mode)
    expected = F.conv2d(padded, conv.weight, conv.bias, s, 0, d)
    y = conv(x)
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)
    by_hand = ByHandConv2d(2, 3, f, s, "same_lower", d, padding_mode=mode)
    values = {name: p.detach().numpy().copy() for name, p in conv.named_parameters()}
    by_hand.hold(values, {name: np.zeros_like(v) for name, v in values.items()})
    np.testing.assert_allclose(by_hand.forward(x.detach().numpy()), y.detach(), rtol=1e-12, atol=1e-12)
    g = torch.randn(y.shape, dtype=torch.float64)
    (dx,) = torch.autograd.grad(expected, x, g)
    np.testing.assert_allclose(by_hand.backward(g.numpy()), dx, rtol=1e-12, atol=1e-12)
