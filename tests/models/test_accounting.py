"""D21: what a network costs, by published numbers, by gradients, and by what autograd says on the CPU."""

import gc

import pytest
import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from gradatim.models.accounting import account, training_bytes
from gradatim.models.building import build, make
from gradatim.nn.dropout import Dropout


def on_meta(**entry):
    with torch.device("meta"):
        return make(entry)


# ---- activations and bytes


@pytest.mark.parametrize(
    ("name", "with_sums"), [("resnet50_tv", 16_633_344), ("resnet50", 16_106_496)], ids=["tv", "paper"]
)
def test_fifty_layers_have_d21_s_numbers(name, with_sums):
    found = account(on_meta(name=name), (3, 224, 224))
    assert (found.parameters, found.sums) == (25_557_032, 5_519_360)
    assert found.convolutions + found.sums == with_sums
    if name == "resnet50_tv":
        assert found.convolutions == 11_113_984
        assert round(4 * (found.parameters + with_sums) / 1e6, 1) == 168.8


KEPT = [  # batch norm, residual sums, dropout, LRN, concatenation, three axes, upsampling
    ("resnet20", (3, 32, 32), {}),
    ("resnet50_tv", (3, 64, 64), {}),
    ("vgg11", (3, 32, 32), {"input_size": 32, "width": 0.25}),
    ("alexnet", (3, 67, 67), {"input_size": 67, "width": 0.25}),
    ("googlenet", (3, 96, 80), {"input_size": [96, 80]}),
    ("densenet121", (3, 64, 64), {}),
    ("lenet5", (1, 32, 32), {}),
    ("c3d", (3, 16, 16, 16), {"input_size": 16, "width": 0.25}),
    ("fcn8s", (3, 20, 20), {"backbone": "small"}),
]


@pytest.mark.parametrize(
    ("name", "shape", "arguments"),
    [pytest.param(*row, id=row[0], marks=[pytest.mark.slow] * (row[0] == "densenet121")) for row in KEPT],
)
def test_bytes_kept_are_those_autograd_saves_on_the_cpu(name, shape, arguments):
    entry = {"name": name, "num_classes": 10, **arguments}
    found = account(on_meta(**entry), shape, batch=2)
    net = build(entry)
    parameters = {p.untyped_storage().data_ptr() for p in net.parameters()}
    saved, held = {}, []

    def pack(tensor):
        storage = tensor.untyped_storage()
        held.append(storage)
        if storage.data_ptr() not in parameters:
            saved[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        outputs = net(torch.zeros(2, *shape))
    assert outputs is not None
    assert found.kept == sum(saved.values())
    assert all(row.kept >= 0 for row in found.rows)
    assert sum(row.kept for row in found.rows) <= found.kept


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("resnet20", (3, 32, 32)),
        pytest.param("densenet121", (3, 64, 64), marks=pytest.mark.slow),
        pytest.param("resnet50_tv", (3, 64, 64), marks=pytest.mark.slow),
    ],
)
def test_what_training_holds_is_what_the_allocator_gave(name, shape):
    """The CPU allocator's balance over a forward pass: what is kept, without what was there before it (the
    input, batch norm's statistics), and with the output.
    """
    entry = {"name": name, "num_classes": 10}
    net, x = build(entry), torch.zeros(4, *shape)
    net(x)
    gc.collect()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        out = net(x)
    held = sum(event.self_cpu_memory_usage for event in found.events())
    before = x.nbytes + sum(b.nbytes for b in net.buffers() if b.is_floating_point())
    assert account(on_meta(**entry), shape, batch=4).kept == held + before - out.nbytes


def test_bytes_kept_by_hand():
    """Convolution: its input. ReLU in place: its output. Pool: that again, and an int64 a window. Dense: its
    input.
    """
    net = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 5)
    ).to("meta")
    found = account(net, (2, 6, 6), batch=7)
    assert [row.kept for row in found.rows] == [7 * n for n in (4 * 72, 4 * 48, 8 * 12, 0, 4 * 12)]
    assert found.kept == 7 * (4 * 72 + 4 * 48 + 8 * 12 + 4 * 12)
    assert [row.multiply_adds for row in found.rows] == [48 * 18, 0, 0, 0, 60]
    assert found.weights == 4 * found.parameters == 4 * (57 + 65)
    held = training_bytes(found, optimizer_states=2, element=4)
    assert held["total"] == 3 * 4 * found.parameters + found.worst


def test_a_step_s_tensors_at_its_worst_moment_by_hand():
    """x (4) → h (8) → o (6) → y (1). The worst is the backward pass of the second layer: x and h are kept,
    o is gone, y and its gradient are held by who called, and the gradients of o, h, W₃ and W₂ are there.
    """
    net = nn.Sequential(nn.Linear(4, 8, False), nn.Linear(8, 6, False), nn.Linear(6, 1, False)).to("meta")
    gc.collect()
    x, h, o, y = (4 * 300 * k for k in (4, 8, 6, 1))
    assert account(net, (4,), batch=300).worst == x + h + 2 * y + o + h + 4 * (6 + 48)


def test_tensors_alive_at_the_worst_moment_by_hand():
    """Input and output of the widest layer: x (4) → 8 → 6 → 1, and nothing older."""
    net = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 6), nn.Linear(6, 1)).to("meta")
    gc.collect()
    # x is held by the caller; nn.Sequential lets go of a layer's input when it has its output
    assert account(net, (4,), batch=3).live == 3 * 4 * (4 + 8 + 6)


def test_the_batch_multiplies_what_is_kept_and_not_the_weights():
    one, ten = (account(on_meta(name="resnet20"), (3, 32, 32), batch) for batch in (1, 10))
    statistics = (
        4 * 4 * sum(m.num_features for m in on_meta(name="resnet20").modules() if hasattr(m, "momentum"))
    )
    assert ten.kept - statistics == 10 * (one.kept - statistics)
    assert (ten.weights, ten.multiply_adds, ten.live) == (one.weights, one.multiply_adds, 10 * one.live)


def test_a_shared_layer_s_parameters_count_once():
    layer = nn.Linear(4, 4)
    found = account(nn.Sequential(layer, layer).to("meta"), (4,))
    assert (found.parameters, [row.multiply_adds for row in found.rows]) == (20, [16, 16])


# ---- multiply-adds


@pytest.mark.parametrize(
    ("name", "shape", "giga"),
    [  # as torchvision publishes them with its weights, in units of 10⁹
        ("alexnet_tv", (3, 224, 224), 0.714), ("vgg16", (3, 224, 224), 15.470),
        ("googlenet_tv", (3, 224, 224), 1.498), ("resnet18", (3, 224, 224), 1.814),
        ("resnet50_tv", (3, 224, 224), 4.089),
        pytest.param("densenet121", (3, 224, 224), 2.834, marks=pytest.mark.slow),
        ("wide_resnet50_2", (3, 224, 224), 11.398), ("r3d_18", (3, 16, 112, 112), 40.697),
    ],
)  # fmt: skip
def test_multiply_adds_are_those_published(name, shape, giga):
    assert round(account(on_meta(name=name), shape).multiply_adds / 1e9, 3) == giga


def test_a_transposed_convolution_multiplies_every_input_with_its_kernel():
    net = nn.ConvTranspose2d(3, 5, 4, stride=2, bias=False).to("meta")
    found = account(nn.Sequential(net), (3, 6, 7))
    assert found.multiply_adds == 3 * 6 * 7 * 5 * 16


# ---- receptive fields


def field(name, shape, layer, **arguments):
    rows = account(on_meta(name=name, **arguments), shape).rows
    return next(row for row in reversed(rows) if row.name == layer).field


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [  # Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks", Table 1
        ("alexnet_tv", "features.12", 195), ("vgg16", "features.30", 212),
        ("resnet50", "layer4.2.relu", 483),
        pytest.param("resnet101", "layer4.2.relu", 1027, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_receptive_fields_are_those_published(name, layer, size):
    assert field(name, (3, 224, 224), layer).size == (size, size)


def ones(net):
    """A network whose every path is open: positive weights, and nothing that switches off."""
    for p in net.parameters():
        nn.init.constant_(p, 0.01)
    return net.double().eval()


@pytest.mark.parametrize(
    ("name", "size", "stop", "arguments"),
    [
        ("resnet_cifar", 100, "layer3", {"depth": 14, "shortcut": "B"}),
        ("wrn", 120, "group3", {"depth": 10, "width": 0.25}),
        ("densenet_bc_cifar", 60, "features", {"depth": 10, "growth": 2}),
        ("googlenet", 230, "inception4a", {"aux": False, "width": 0.05}),
    ],
)
def test_receptive_fields_are_where_the_gradient_is(name, size, stop, arguments):
    """The pixels that move one unit in the middle, by autograd on average pools and open gates."""
    entry = {"name": name, "in_channels": 1, "num_classes": 2, **arguments}
    net = ones(build(entry, dtype=torch.float64))
    for parent in list(net.modules()):
        for key, child in parent.named_children():
            if isinstance(child, nn.MaxPool2d):
                pool = nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode)
                setattr(parent, key, pool)
    outputs = []
    net.get_submodule(stop).register_forward_hook(lambda _layer, _x, out: outputs.append(out))
    x = torch.ones(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    net(x)
    out = outputs[0]
    out[0, :, out.shape[2] // 2, out.shape[3] // 2].sum().backward()
    moved = x.grad[0, 0].abs() > 0
    seen = tuple(int(moved.any(axis).sum()) for axis in (1, 0))
    assert max(seen) < size  # it does not reach the border, which would cut it
    rows = account(on_meta(**entry), (1, size, size)).rows
    inside = [row.field.size for row in rows if row.name.startswith(f"{stop}.") or row.name == stop]
    assert seen == max(inside)


def test_a_unit_behind_a_dense_layer_or_a_mean_sees_everything():
    assert field("resnet18", (3, 64, 64), "fc").whole
    assert field("resnet18", (3, 64, 64), "avgpool").whole
    assert not field("resnet18", (3, 64, 64), "layer4.1.relu").whole
    assert field("c3d", (3, 16, 112, 112), "features.2").size == (3, 4, 4)


def test_convolutions_of_each_frame_of_a_clip_leave_time_alone():
    """3×3 with stride 2: 3, then 3 + 2·2 = 7 pixels, of one frame; three windows of 8 frames of 16."""
    rows = account(on_meta(name="lrcn", window=8, num_classes=4), (3, 16, 64, 64)).rows
    fields = {row.name: row.field.size for row in rows if row.field is not None}
    assert fields["frame.0"] == (1, 3, 3) and fields["frame.3"] == (1, 7, 7)
    work = account(on_meta(name="lrcn", window=8, num_classes=4), (3, 16, 64, 64)).multiply_adds
    frame = 16 * 27 * 32**2 + 32 * 144 * 16**2 + 64 * 288 * 8**2 + 64 * 576 * 4**2 + 1024 * 64
    assert work == 3 * (8 * (frame + 2 * 4 * 64 * 64) + 64 * 4)


def test_dropout_keeps_a_mask_and_not_its_input():
    net = nn.Sequential(nn.Linear(4, 4), Dropout(0.5)).to("meta")
    assert [row.kept for row in account(net, (4,), batch=2).rows] == [32, 32]


@pytest.mark.parametrize("batch", [1, 2])
def test_what_is_kept_stands_in_the_rows(batch):
    """The rows' bytes sum to all that is kept, but for 1 %; also for a batch of one."""
    found = account(on_meta(name="resnet20"), (3, 32, 32), batch)
    assert found.rows[0].kept == batch * 3 * 32 * 32 * 4  # the first convolution's input
    assert 0.99 * found.kept <= sum(row.kept for row in found.rows) <= found.kept
