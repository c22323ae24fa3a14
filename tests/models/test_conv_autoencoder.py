"""F5: pictures of any size come back in their size; the parts are torch's."""

import itertools

import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.functional.number_losses import SquaredError
from gradatim.models.building import build
from gradatim.models.conv_autoencoder import ConvAutoencoder
from gradatim.unsupervised.autoencoders import AutoencoderTraining


def conv(size, **arguments):
    entry = {"name": "conv_autoencoder", "in_channels": 1, "input_size": list(size), **arguments}
    return build(entry, 0, torch.float64)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (2, 3), (8, 8), (9, 14), (28, 28), (31, 17), (32, 5)])
@pytest.mark.parametrize(("stages", "code"), [*itertools.product((1, 2, 3), (0, 4))])
def test_pictures_come_back_in_their_size(size, stages, code):
    net = conv(size, in_channels=3, channels=[4, 5, 6][:stages], code=code)
    x = torch.randn(2, 3, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    a = net(x)
    assert a.outputs.shape == (2, 3 * size[0] * size[1])
    assert a.code.flatten(1).shape[1] == net.code_size
    assert (a.code.ndim == 2) == bool(code)
    assert torch.equal(net.decode(net.encode(x)), a.outputs)


def test_the_stages_are_torch_s_convolutions():
    net = conv((9, 6), channels=[4, 5], code=3, activation="tanh")
    x = torch.randn(2, 1, 9, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    E, D = net.encoder, net.decoder
    h = torch.tanh(F.conv2d(x, E[0].weight, E[0].bias, stride=2, padding=1))  # 5 × 3
    h = torch.tanh(F.conv2d(h, E[2].weight, E[2].bias, stride=2, padding=1))  # 3 × 2
    code = F.linear(h.flatten(1), E[5].weight, E[5].bias)
    torch.testing.assert_close(net.encode(x), code, rtol=1e-12, atol=1e-12)
    h = torch.tanh(F.linear(code, D[0].weight, D[0].bias)).view(2, 5, 3, 2)
    h = F.conv_transpose2d(h, D[3].weight, D[3].bias, stride=2, padding=1, output_padding=(0, 0))  # 5 × 3
    h = F.conv_transpose2d(torch.tanh(h), D[5].weight, D[5].bias, stride=2, padding=1, output_padding=(0, 1))
    torch.testing.assert_close(net.decode(code), h.flatten(1), rtol=1e-12, atol=1e-12)


def test_noise_and_penalties_are_those_of_the_dense_one():
    x = torch.rand(6, 1, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    net = conv((8, 8), channels=[3], code=0, code_l1=0.2, corruption="masking")
    net.corruption.place(0, "corruption", 2)
    a = net(x)
    expected = (a.outputs - x.flatten(1)).square().sum(1).mean() + 0.2 * a.code.abs().sum((1, 2, 3)).mean()
    found = net.full_loss(SquaredError()).mean(a, x.flatten(1))
    assert found.item() == pytest.approx(expected.item(), rel=1e-12)
    net.corruption.place(0, "corruption", 2)
    assert torch.equal(a.code, net.encode(net.corruption(x)))


@pytest.mark.slow
def test_it_learns_bars_it_has_not_seen():
    """A code of 4 keeps where a bar is: nine tenths of the variance of new ones."""
    g = torch.Generator().manual_seed(0)
    x = torch.zeros(300, 1, 8, 9)
    for picture, (row, column) in zip(x, torch.randint(1, 7, (300, 2), generator=g).tolist(), strict=True):
        picture[0, row] = picture[0, :, column] = 1.0
    net = build(
        {"name": "conv_autoencoder", "in_channels": 1, "input_size": [8, 9], "channels": [16, 32], "code": 8},
        0,
    )
    loop = AutoencoderTraining(net, x[:200].numpy(), epochs=30, batch_size=20, lr=0.01, schedule="cosine")
    list(loop)
    new = x[200:].flatten(1)
    error = (net.answers(x[200:]) - new).square().mean() / new.var(0).mean()
    assert error < 0.1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"channels": []}, "channels must be a list of whole numbers"),
        ({"code": -1}, "code must be a whole number of at least 0"),
        ({"sparsity_target": 0.1, "code": 0}, "sparsity_target is of a dense code"),
        ({"activation": "softmax"}, "unknown activation"),
        ({"input_size": [8]}, "input_size must be one whole number or 2 of them"),
        ({"corruption": "rain"}, "corruption must be none or"),
    ],
)
def test_what_cannot_be_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        ConvAutoencoder(**{"in_channels": 1, "input_size": 8, **given})


def test_pictures_of_another_size_are_refused():
    with pytest.raises(
        UsageError, match=r"pictures of 1 channels and 8×8; these have the shape \(2, 1, 8, 9\)"
    ):
        conv((8, 8)).encode(torch.zeros(2, 1, 8, 9))
