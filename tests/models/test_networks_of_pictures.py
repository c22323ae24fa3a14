"""What single families promise: LeNet's parts, shortcuts, skips, heads; and what no network takes."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.models.building import build, make
from gradatim.models.fcn import FAMILY, MARGIN, WITHIN, Upsampling
from gradatim.models.lenet import RBF, READS, Subsampling, TableConv
from gradatim.models.residual import Padding
from gradatim.nn.initialise import initialise


def on_meta(**entry):
    with torch.device("meta"):
        return make(entry)


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ---- LeNet-5


def test_c3_reads_what_table_i_says():
    layer = initialise(TableConv(READS, 6).double(), 3)
    x = numbers(2, 6, 9, 9)
    out = layer(x)
    for k, (read, weight) in enumerate(zip(READS, layer.weights(), strict=True)):
        expected = F.conv2d(x[:, list(read)], weight[None]) + layer.bias[k]
        torch.testing.assert_close(out[:, k : k + 1], expected, rtol=1e-12, atol=1e-12)
    assert [len(read) for read in READS] == [3] * 6 + [4] * 9 + [6]
    assert [sum(i in read for read in READS) for i in range(6)] == [10] * 6


def test_subsampling_is_a_weighted_sum_and_begins_as_the_mean():
    layer, x = Subsampling(2).double(), numbers(1, 2, 4, 4)
    torch.testing.assert_close(layer(x), F.avg_pool2d(x, 2))
    with torch.no_grad():
        layer.weight[1], layer.bias[1] = 2.0, -1.0
    total = x[0, 1, :2, 2:].sum()
    assert layer(x)[0, 1, 0, 1].item() == pytest.approx(2 * total.item() - 1)


def test_the_rbf_is_minus_the_squared_distance_and_its_cross_entropy_eq_9():
    rbf, x = RBF(10).double(), numbers(3, 84)
    y = -rbf(x)
    expected = ((x[:, None] - rbf.centres) ** 2).sum(2)
    torch.testing.assert_close(y, expected)
    d = torch.tensor([4, 0, 9])
    eq_9 = (y[range(3), d] + torch.log(torch.exp(-y).sum(1))).mean()
    torch.testing.assert_close(F.cross_entropy(-y, d), eq_9)


def test_every_digit_has_a_picture_of_its_own():
    centres = RBF(10).centres
    assert set(centres.unique().tolist()) == {-1.0, 1.0}
    assert len({tuple(row) for row in centres.reshape(10, 84).tolist()}) == 10
    assert RBF(3).centres.shape == (3, 84) and set(RBF(3).centres.unique().tolist()) == {-1.0, 1.0}


def test_a_small_picture_stands_in_the_middle_of_the_field():
    net = build({"name": "lenet5", "input_size": 8}, dtype=torch.float64).eval()
    whole = build({"name": "lenet5"}, dtype=torch.float64).eval()
    x = numbers(2, 1, 8, 8)
    field = torch.zeros(2, 1, 32, 32, dtype=torch.float64)
    field[:, :, 12:20, 12:20] = x
    torch.testing.assert_close(net(x), whole(field))
    assert on_meta(name="lenet5", input_size=[36, 32]).f6.in_features == 120 * 2


# ---- residual networks


def test_shortcut_a_is_every_second_pixel_and_zeros():
    x = numbers(2, 3, 5, 4)
    out = Padding(3, 7, 2)(x)
    assert out.shape == (2, 7, 3, 2)
    assert torch.equal(out[:, :3], x[:, :, ::2, ::2]) and not out[:, 3:].any()


@pytest.mark.parametrize("name", ["resnet50", "resnet101", "resnet152"])
def test_the_stride_s_place_makes_two_functions_of_the_same_weights(name):
    a = build({"name": name, "width": 0.125, "num_classes": 4}, dtype=torch.float64).eval()
    b = build({"name": f"{name}_tv", "width": 0.125, "num_classes": 4}, dtype=torch.float64).eval()
    b.load_state_dict(a.state_dict(), strict=True)
    x = numbers(1, 3, 33, 33)
    assert (a(x) - b(x)).abs().max() > 1e-3 * a(x).abs().max()
    assert (a.layer2[0].conv1.stride, a.layer2[0].conv2.stride) == ((2, 2), (1, 1))
    assert (b.layer2[0].conv1.stride, b.layer2[0].conv2.stride) == ((1, 1), (2, 2))


def test_a_plain_network_is_the_residual_one_without_its_shortcuts():
    """Where F is 0, a residual block passes x on and a plain one nothing."""
    residual = build({"name": "resnet_cifar", "depth": 8}, dtype=torch.float64).eval()
    plain = build({"name": "plain_cifar", "depth": 8}, dtype=torch.float64).eval()
    assert residual.state_dict().keys() == plain.state_dict().keys()
    x = numbers(1, 16, 4, 4).relu()
    for net in (residual, plain):
        torch.nn.init.zeros_(net.layer1[0].bn2.weight)
    assert torch.equal(residual.layer1[0](x), x)
    assert not plain.layer1[0](x).any()


@pytest.mark.slow
def test_the_gradient_reaches_the_first_of_1202_layers():  # D16
    net = build({"name": "resnet1202"})
    x = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    F.cross_entropy(net(x), torch.arange(4)).backward()
    norms = [block.conv1.weight.grad.norm().item() for block in net.layer1]
    assert np.isfinite(norms).all() and net.conv1.weight.grad.norm() > 1e-3 * max(norms)


# ---- heads and skips


def test_googlenet_s_heads_speak_while_training_alone():
    net = build({"name": "googlenet", "num_classes": 5, "input_size": 79, "width": 0.125})
    x = torch.randn(2, 3, 79, 79)
    out = net(x)
    assert [tuple(head.shape) for head in out] == [(2, 5)] * 3 and net.output_weights == (1.0, 0.3, 0.3)
    assert net.eval()(x).shape == (2, 5)
    alone = build({"name": "googlenet", "num_classes": 5, "aux": False, "width": 0.125})
    assert alone(torch.randn(2, 3, 40, 50)).shape == (2, 5)
    assert {name for name in net.state_dict() if not name.startswith("aux")} == set(alone.state_dict())


@pytest.mark.parametrize("scale", [2, 8])
def test_upsampling_begins_as_bilinear_interpolation(scale):
    layer = initialise(Upsampling(2, scale).double(), 0)
    x = numbers(1, 2, 5, 6)
    half = scale // 2
    out = layer(x)[:, :, half:-half, half:-half]
    expected = F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)
    inner = slice(half, -half)  # interpolation repeats the border, a convolution reads zeros beyond it
    torch.testing.assert_close(out[:, :, inner, inner], expected[:, :, inner, inner])


def test_fcn_s_offsets_follow_from_its_layers():
    """The centre of a unit in the picture, layer by layer; upsampling by s puts unit i at s i + s − ½."""
    step, centre, centres = 1, 1.0 - MARGIN, {}
    for pool in range(1, 6):
        centre, step = centre + 0.5 * step, 2 * step
        centres[pool] = centre
    centre += 3 * step  # fc6 is 7×7
    assert (step, centre) == (32, 12.5)
    for pool, within in WITHIN.items():
        step //= 2
        centre -= 1.5 * step  # of the first unit after upsampling twice
        assert within == (centre - centres[pool]) / step
        name = {4: "fcn16s", 3: "fcn8s"}[pool]
        assert FAMILY[name].offset == (step - 0.5) - centre
    assert FAMILY["fcn32s"].offset == 31.5 - 12.5


@pytest.mark.parametrize("name", FAMILY)
@pytest.mark.parametrize("size", [(1, 1), (37, 50)])
def test_fcn_gives_the_classes_of_every_pixel(name, size):
    net = on_meta(name=name, backbone="small").eval()
    assert net(torch.zeros(2, 3, *size, device="meta")).shape == (2, 21, *size)


# ---- what no network takes

SENTENCES = [
    ({"name": "resnet18", "num_classes": 0}, "num_classes must be a whole number of at least 1; it is 0"),
    ({"name": "vgg16", "in_channels": 0}, "in_channels must be a whole number of at least 1; it is 0"),
    ({"name": "vgg16", "input_size": "big"}, "input_size must be a whole number of at least 1; it is 'big'"),
    ({"name": "vgg16", "input_size": [3, 4, 5]}, "input_size must be one whole number or 2 of them; it is "),
    ({"name": "c3d", "input_size": 15}, "c3d needs clips of at least 16×16×16; these are 15×15×15, and"),
    ({"name": "vgg16", "width": 0}, "width must be a number above 0; it is 0"),
    ({"name": "vgg16", "dropout": 1}, "p must be a number at least 0 and below 1; it is 1"),
    ({"name": "resnet_cifar", "depth": 21}, r"depth must be 6n \+ 2, such as 20 or 26; it is 21"),
    ({"name": "resnet_cifar", "depth": 2}, "depth must be a whole number of at least 8; it is 2"),
    ({"name": "resnet20", "depth": 32}, "resnet20 has 20 layers; resnet_cifar takes a depth, depth=32"),
    ({"name": "resnet20", "shortcut": "C"}, "shortcut must be A or B; it is 'C'"),
    ({"name": "wrn", "depth": 20}, r"depth must be 6n \+ 4, such as 16 or 22; it is 20"),
    ({"name": "densenet_cifar", "depth": 41}, r"depth must be 3n \+ 4, such as 40 or 43; it is 41"),
    ({"name": "densenet_bc_cifar", "depth": 3}, r"depth must be 6n \+ 4, such as 10 or 16; it is 3"),
    ({"name": "fcn8s", "backbone": "vgg"}, "unknown backbone 'vgg': did you mean vgg16?"),
    ({"name": "resnet18", "classes": 10}, "resnet18 takes no argument 'classes': did you mean num_classes?"),
    ({"name": "resnet51"}, "unknown layer or network 'resnet51': did you mean "),
    (
        {"name": "vgg16", "input_size": 31},
        "vgg16 needs pictures of at least 32×32; these are 31×31, and nothing is left of them in layer fea",
    ),
    (
        {"name": "googlenet", "input_size": 64},
        "googlenet needs pictures of at least 79×79; these are 64×64, and .* in layer aux1.pool",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "sentence"), SENTENCES, ids=[str(e) for e, _ in SENTENCES])
def test_an_argument_is_refused_in_a_sentence(entry, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        build(entry)


@pytest.mark.parametrize(
    ("name", "shape", "sentence"),
    [
        (
            "resnet18",
            (2, 1, 32, 32),
            "resnet18 takes pictures of 3 channels; these have 1: build it with in_cha",
        ),
        (
            "lenet5",
            (2, 3, 32, 32),
            "lenet5 takes pictures of 1 channel; these have 3: build it with in_channels=3",
        ),
        ("resnet18", (2, 3, 32), r"resnet18 takes pictures \(N, C, H, W\); this has the shape \(2, 3, 32\)"),
        (
            "r3d_18",
            (2, 3, 32, 32),
            r"r3d_18 takes clips \(N, C, T, H, W\); this has the shape \(2, 3, 32, 32\)",
        ),
        (
            "vgg16_tv",
            (2, 3, 31, 40),
            "vgg16_tv needs pictures of at least 32×32; these are 31×40, .* features.30",
        ),
        (
            "vgg16",
            (2, 3, 200, 224),
            "vgg16 is built for pictures of 224×224, which size its first dense layer; these are 200×224: "
            "build it with input_size=200,224",
        ),
    ],
)
def test_a_picture_is_refused_in_a_sentence(name, shape, sentence):
    net = on_meta(name=name)
    with pytest.raises(UsageError, match=f"^{sentence}"):
        net(torch.zeros(shape, device="meta"))


def test_a_refusal_leaves_the_network_as_it_was():
    net = build({"name": "vgg11_tv", "width": 0.05, "num_classes": 2})
    net.train()
    with pytest.raises(UsageError):
        net(torch.zeros(1, 3, 8, 8))
    assert all(module.training for module in net.modules())
    assert not any(module._forward_pre_hooks for module in net.features)
    assert not any(p.is_meta for p in net.parameters())


def test_trying_a_batch_of_one_changes_no_mask():
    entry = {"name": "densenet_cifar", "depth": 10, "growth": 4, "dropout": 0.5, "num_classes": 2}
    x = numbers(1, 3, 16, 16)
    tried, known = (build(entry, dtype=torch.float64) for _ in range(2))
    known.trains_on_one.add((3, 16, 16))
    assert torch.equal(tried(x), known(x)) and (3, 16, 16) in tried.trains_on_one
    assert torch.equal(tried(x), known(x))
    assert int(tried.features.norm.num_batches_tracked) == 2


def test_one_value_a_channel_is_no_batch_to_train_on():
    net = build({"name": "resnet18", "width": 0.05, "num_classes": 2})
    one = torch.zeros(1, 3, 32, 32)
    with pytest.raises(
        UsageError,
        match=r"^resnet18 cannot train on a batch of one example of 32×32: batch norm"
        r" in layer layer4.0.bn1 has one value for each channel; choose a batch size",
    ):
        net(one)
    assert net.training and net.eval()(one).shape == (1, 2)
    assert net.train()(torch.zeros(1, 3, 33, 33)).shape == (1, 2)
    assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 2)
