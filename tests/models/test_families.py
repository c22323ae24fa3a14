"""The families of picture networks: the counts of the curriculum, and the sweep over all of them."""

import json
from functools import cache
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.models.building import build, load_weights, make
from gradatim.models.description import describe, parameters_of
from gradatim.models.network import Network, sizes, try_on_meta
from gradatim.nn.dropout import Dropout
from gradatim.runs.tensors import read_tensors, write_tensors

FAMILIES = [
    row
    for row in catalog.entries("network")
    if isinstance(row.load(), type) and issubclass(row.load(), Network)
]
EACH = pytest.mark.parametrize("row", FAMILIES, ids=lambda row: row.name)
DEEPEST = {  # whose shallower kin run the same code
    "resnet101", "resnet152", "resnet101_tv", "resnet152_tv", "resnet1202", "densenet161", "densenet169",
    "densenet201", "densenet121", "densenet_bc_cifar", "resnet110", "plain110",
    "plain34", "plain18", "resnet18", "resnet34", "resnet50", "resnet50_tv", "resnet34_tv", "googlenet",
    "vgg19", "vgg16", "vgg13", "resnet56", "plain56", "resnet44", "plain44",
    "plain32", "resnet32", "plain20", "fcn32s", "fcn16s", "wide_resnet50_2", "vgg19_tv",
    "vgg16_tv", "vgg13_tv", "vgg19_bn", "vgg16_bn", "vgg13_bn",
}  # fmt: skip
EACH_LEARNS = pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=pytest.mark.slow) if row.name in DEEPEST else row for row in FAMILIES],
    ids=lambda row: row.name,
)
MOST = 20_000_000  # parameters in the sweep
SLIM: dict[str, dict[str, Any]] = {"wrn": {"width": 1, "depth": 16}}


def on_meta(**entry) -> Any:
    with torch.device("meta"):
        return make(entry)


def count(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


@cache
def small(name: str) -> dict[str, Any]:
    """The entry of a network at its smallest size, with ten classes, and slim where it would be large."""
    takes = parameters_of(catalog.find(name, "network").load())
    entry = {"name": name, "num_classes": 10}
    smallest = on_meta(**entry).smallest
    if "input_size" in takes:
        entry["input_size"] = list(smallest) if isinstance(smallest, tuple) else smallest
    if count(on_meta(**entry)) > MOST:
        entry |= SLIM.get(name, {"width": 0.125})
        assert count(on_meta(**entry)) <= MOST
    return entry


def inputs(network: Any, n: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    """Examples of the smallest size, and their classes: one each, or one a pixel."""
    numbers = torch.Generator().manual_seed(0)
    size = sizes("smallest", network.smallest, network.axes)
    x = torch.randn(n, network.in_channels, *size, generator=numbers)
    shape = (n, *size) if "fcn" in network.name or network.name in ("unet", "small_detector") else (n,)
    return x, torch.randint(0, network.num_classes, shape, generator=numbers)


# ---- counts

COUNTS = {  # curriculum D11 to D20
    "lenet5": 60_000, "lenet5_modern": 61_706,
    "alexnet": 60_965_224, "alexnet_ungrouped": 62_378_344, "alexnet_tv": 61_100_840, "zfnet": 62_357_608,
    "vgg11": 132_863_336, "vgg11_lrn": 132_863_336, "vgg13": 133_047_848, "vgg16_c": 133_638_952,
    "vgg16": 138_357_544, "vgg19": 143_667_240,
    "googlenet": 13_378_280, "googlenet_tv": 13_004_888,
    "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032, "resnet101": 44_549_160,
    "resnet152": 60_192_808, "resnet50_tv": 25_557_032, "resnet101_tv": 44_549_160,
    "resnet152_tv": 60_192_808,
    "resnet20": 269_722, "resnet32": 464_154, "resnet44": 658_586, "resnet56": 853_018,
    "resnet110": 1_727_962, "resnet1202": 19_421_274, "plain20": 269_722, "plain56": 853_018,
    "wrn": 36_479_194, "wide_resnet50_2": 68_883_240,
    "densenet121": 7_978_856, "densenet161": 28_681_000, "densenet169": 14_149_480,
    "densenet201": 20_013_928, "densenet_bc_cifar": 769_162,
    "fcn_resnet50_tv": 32_957_013, "c3d": 79_991_015, "r3d_18": 33_371_472,
}  # fmt: skip


@pytest.mark.parametrize(("name", "parameters"), COUNTS.items(), ids=COUNTS)
def test_counts_are_the_papers(name, parameters):
    assert count(on_meta(name=name)) == parameters


@pytest.mark.parametrize(
    ("entry", "parameters"),
    [
        ({"name": "googlenet", "aux": False}, 6_998_552),
        ({"name": "wrn", "depth": 16, "width": 8}, 10_961_370),
        ({"name": "resnet_cifar", "depth": 110}, 1_727_962),
        ({"name": "densenet_bc_cifar", "depth": 100, "growth": 12}, 769_162),
        # shortcut B: 1×1 convolutions 16 → 32 → 64 with batch norm
        ({"name": "resnet20", "shortcut": "B"}, 269_722 + 16 * 32 + 64 + 32 * 64 + 128),
    ],
)
def test_counts_of_other_arguments(entry, parameters):
    assert count(on_meta(**entry)) == parameters


def test_lenet5_has_the_counts_of_every_layer():  # D11
    net = on_meta(name="lenet5")
    layers = [net.c1, net.s2, net.c3, net.s4, net.c5, net.f6]
    assert [count(layer) for layer in layers] == [156, 12, 1516, 32, 48_120, 10_164]


def test_alexnet_s_layers_have_the_sizes_and_weights_published():  # D12
    net = on_meta(name="alexnet")
    assert net.features[0].weight.numel() == 34_848
    shapes = []
    x = torch.zeros(1, 3, 227, 227, device="meta")
    for layer in net.features:
        x = layer(x)
        if isinstance(layer, torch.nn.Conv2d | torch.nn.MaxPool2d):
            shapes.append(tuple(x.shape[1:]))
    assert shapes[:2] == [(96, 55, 55), (96, 27, 27)]
    neurons = [c * h * w for c, h, w in (shapes[i] for i in (0, 2, 4, 5, 6))]
    assert neurons == [290_400, 186_624, 64_896, 64_896, 43_264]


def test_three_3x3_see_as_much_as_one_7x7_with_fewer_weights():  # D14
    c = 64
    three, one = 3 * 9 * c * c, 49 * c * c
    assert (three, one) == (27 * c * c, 49 * c * c)
    x = torch.zeros(1, 1, 7, 7, dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(3):
        y = F.conv2d(y, torch.ones(1, 1, 3, 3, dtype=torch.float64))
    y.sum().backward()
    assert y.shape == (1, 1, 1, 1) and (x.grad > 0).all()


# ---- the sweep


@pytest.mark.parametrize("row", {row.home: row for row in FAMILIES}.values(), ids=lambda row: row.home[16:])
def test_drawing_sets_every_parameter_and_buffer(row):
    """Made on meta, filled with NaN, drawn: nothing is left of them, and batch norm begins as it should."""
    net = on_meta(**small(row.name)).to_empty(device="cpu")
    for tensor in net.state_dict().values():
        if tensor.is_floating_point():
            tensor.fill_(torch.nan)
        else:
            tensor.fill_(77)
    for name, module in net.named_modules():
        if hasattr(module, "draw_parameters"):
            module.draw_parameters(0, f"{name}." if name else "")
    for name, tensor in net.state_dict().items():
        assert tensor.isfinite().all(), name
        last = name.rpartition(".")[2]
        if last in ("running_mean", "running_var", "num_batches_tracked"):
            assert (tensor == (last == "running_var")).all(), name


@EACH_LEARNS
def test_every_network_trains_a_step_saves_loads_and_repeats(row, tmp_path):
    entry = small(row.name)

    def trained() -> Any:
        net: Any = build(entry, seed=7)
        for name, module in net.named_modules():
            if isinstance(module, Dropout):
                module.place(7, name, 0)
        x, y = inputs(net)
        before = {name: p.detach().clone() for name, p in net.named_parameters()}
        out = net(x)
        outputs, weights = (out, net.output_weights) if isinstance(out, tuple) else ((out,), (1.0,))
        loss = sum(w * F.cross_entropy(o, y) for w, o in zip(weights, outputs, strict=True))
        loss.backward()
        torch.optim.Adam(net.parameters(), lr=1e-3).step()
        assert all(p.grad is not None for p in net.parameters())
        moved = [name for name, p in net.named_parameters() if not torch.equal(p, before[name])]
        assert len(moved) > len(before) / 2
        return net.eval()

    net = trained()
    x, _ = inputs(net)
    with torch.no_grad():
        out = net(x)
    assert out.shape[:2] == (3, 14 if row.name == "small_detector" else 10)  # four of them a box
    assert out.isfinite().all()
    again = trained()
    assert all(torch.equal(p, q) for p, q in zip(net.parameters(), again.parameters(), strict=True))
    write_tensors(tmp_path / "weights", net.state_dict(), {})
    loaded = build(json.loads(json.dumps(describe(net.description))), seed=8).eval()
    load_weights(loaded, read_tensors(tmp_path / "weights", "model")[0], "the file")
    with torch.no_grad():
        assert torch.equal(loaded(x), out)


@pytest.mark.parametrize(
    ("entry", "shape"),
    [
        ({"name": "wrn", "depth": 10, "width": 0.5, "dropout": 0.3}, (3, 8, 8)),
        ({"name": "densenet_cifar", "depth": 10, "dropout": 0.2}, (3, 8, 8)),
        ({"name": "densenet_bc_cifar", "depth": 10, "growth": 3, "dropout": 0.2}, (1, 8, 9)),
        ({"name": "resnet_cifar", "depth": 8, "shortcut": "B", "width": 0.5}, (2, 7, 9)),
        ({"name": "fcn16s", "backbone": "small", "num_classes": 3}, (1, 9, 12)),
        ({"name": "googlenet", "aux": False, "width": 0.1}, (3, 31, 40)),
        ({"name": "lenet5", "input_size": [40, 36], "num_classes": 4, "in_channels": 2}, (2, 40, 36)),
        ({"name": "lenet5_modern", "input_size": [20, 44]}, (1, 20, 44)),
        ({"name": "c3d", "input_size": [16, 20, 33], "width": 0.05}, (3, 16, 20, 33)),
        ({"name": "r3d_18", "width": 0.05, "in_channels": 1}, (1, 3, 10, 5)),
        ({"name": "small_c3d", "num_classes": 3, "width": 0.5}, (2, 18, 21, 30)),
        ({"name": "frame_cnn", "num_classes": 3, "units": 5}, (1, 7, 21, 30)),
        ({"name": "lrcn", "num_classes": 3, "hidden_size": 5, "num_layers": 2}, (1, 7, 21, 30)),
        ({"name": "alexnet", "input_size": [67, 80], "width": 0.1}, (3, 67, 80)),
        ({"name": "vgg16_c", "input_size": [32, 64], "width": 0.1}, (3, 32, 64)),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_other_arguments_and_sizes_compute_and_every_parameter_has_a_gradient(entry, shape):
    net: Any = build({**entry, "in_channels": shape[0]})
    out = net(torch.randn(2, *shape, generator=torch.Generator().manual_seed(0)))
    assert out.shape[1] == net.num_classes and out.isfinite().all()
    out.square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


# ---- what cannot be taken


@EACH_LEARNS
def test_the_smallest_size_is_the_smallest(row):
    """One pixel less, and a layer has nothing to read; the sentence names it and the smallest size."""
    entry = small(row.name)
    net = on_meta(**entry).eval()
    smallest = sizes("smallest", net.smallest, net.axes)
    shape = (net.in_channels, *smallest)
    assert try_on_meta(net.forward, net, shape)[1] is None
    for axis, least in enumerate(smallest):
        if least == 1:
            continue
        size = list(smallest)
        size[axis] -= 1
        with pytest.raises(
            UsageError, match=r"^\S+ needs \S+ of at least (\d+×?)+; these are .* in layer "
        ) as e:
            if "input_size" in entry and net.input_size is not None:
                on_meta(**{**entry, "input_size": size})
            else:
                net(torch.zeros(2, net.in_channels, *size, device="meta"))
        layer = str(e.value).rpartition(" ")[2]
        assert layer in dict(net.named_modules()), e.value
