"""D19: transposed convolution against torch's modules, and as the transpose of a convolution."""

import pytest
import torch
from torch import nn

from gradatim.by_hand.twins import TWINS
from gradatim.checks import UsageError
from gradatim.nn.conv import Conv2d
from gradatim.nn.conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d

OURS = {1: ConvTranspose1d, 2: ConvTranspose2d, 3: ConvTranspose3d}
THEIRS = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
CASES = [
    {"kernel_size": 3},
    {"kernel_size": 2, "stride": 2, "bias": False},
    {"kernel_size": 3, "stride": 3, "padding": 1, "output_padding": 2},
    {"kernel_size": 2, "stride": 2, "groups": 2},
    {"kernel_size": 3, "dilation": 2, "output_padding": 1},
]


@pytest.mark.parametrize("axes", OURS)
@pytest.mark.parametrize("arguments", CASES, ids=str)
def test_values_gradients_and_state_are_torch_s(axes, arguments):
    """In float64, bit for bit."""
    ours, theirs = OURS[axes](4, 6, **arguments).double(), THEIRS[axes](4, 6, **arguments).double()
    assert {n: v.shape for n, v in ours.state_dict().items()} == {
        n: v.shape for n, v in theirs.state_dict().items()
    }
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 4, *[4, 3, 2][:axes], dtype=torch.float64)
    at, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    y, expected = ours(at), theirs(other)
    torch.testing.assert_close(y, expected, rtol=0, atol=0)
    y.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(at.grad, other.grad, rtol=0, atol=0)
    for one, two in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one.grad, two.grad, rtol=0, atol=0)


def test_arguments_stand_in_torch_s_order():
    arguments = (4, 6, 3, 2, 1, 1, 2, False, 1)
    ours, theirs = ConvTranspose2d(*arguments), nn.ConvTranspose2d(*arguments)
    x = torch.zeros(1, 4, 5, 5)
    assert ours(x).shape == theirs(x).shape
    assert ours.weight.shape == theirs.weight.shape


@pytest.mark.parametrize("more", [0, 1])
def test_it_is_the_transpose_of_the_convolution_with_its_weights(more):
    """⟨conv(y), x⟩ = ⟨y, conv_transpose(x)⟩ for every x and y, to 1e-12; `more` is the output's padding."""
    how = {"kernel_size": 3, "stride": 2, "padding": 1, "bias": False}
    there, back = Conv2d(3, 4, **how).double(), ConvTranspose2d(4, 3, **how, output_padding=more).double()
    back.load_state_dict(there.state_dict())
    x = torch.randn(2, 4, 4, 5, dtype=torch.float64)
    y = torch.randn(2, 3, 7 + more, 9 + more, dtype=torch.float64)
    torch.testing.assert_close((there(y) * x).sum(), (y * back(x)).sum(), rtol=1e-12, atol=1e-12)


def test_by_hand_on_paper():
    """Kernel [1 2 3], stride 2, x = [1 10]: [1 2 3 0 0] + [0 0 10 20 30]."""
    layer = ConvTranspose1d(1, 1, 3, stride=2, bias=False)
    layer.load_state_dict({"weight": torch.tensor([[[1.0, 2, 3]]])})
    assert layer(torch.tensor([[[1.0, 10]]])).tolist() == [[[1, 2, 13, 20, 30]]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"padding": "same"}, "padding must be a whole number of at least 0; it is 'same'"),
        ({"output_padding": 1}, "output_padding must be below the stride or the dilation, 1; it is 1"),
        (
            {"groups": 3},
            "conv_transpose2d with 3 groups needs channels in multiples of 3; there are 4 in and 6 out",
        ),
    ],
)
def test_arguments_are_refused_by_name(arguments, sentence):
    for layer in (ConvTranspose2d, TWINS["conv_transpose2d"]):
        with pytest.raises(UsageError) as error:
            layer(4, 6, 3, **arguments)
        assert str(error.value) == sentence


def test_examples_without_an_output_are_refused():
    with pytest.raises(UsageError) as error:
        ConvTranspose2d(1, 1, 2, padding=1)(torch.zeros(1, 1, 1, 4))
    assert str(error.value) == (
        "conv_transpose2d with a window of 2×2 and padding 1×1 has no output for examples of 1×4"
    )
