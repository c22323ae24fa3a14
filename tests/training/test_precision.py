"""bfloat16 products around float32 parameters, and pictures with their channels last."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.random import permutation
from gradatim.training.training import Training

ENTRY = {"name": "resnet_cifar", "depth": 8, "width": 0.25, "num_classes": 4, "in_channels": 3}
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 3, 8, 8)), np.arange(24) % 4
HOW = {"epochs": 2, "batch_size": 8, "lr": 0.05, "optimizer": "sgd"}


def trained(precision, x=X, **how):
    training = Training(build(ENTRY, 3), (x, Y), precision=precision, **{**HOW, **how})
    return training, [record.train_loss for record in training]


def bare(dtype, low):
    """Torch alone, pictures in its usual order: the network and the losses of its steps."""
    model = build(ENTRY, 3).to(dtype).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=HOW["lr"])
    losses = []
    for epoch in range(HOW["epochs"]):
        for rows in permutation(0, epoch, len(X)).reshape(-1, HOW["batch_size"]):
            x, y = torch.from_numpy(X[rows]).to(dtype), torch.from_numpy(Y[rows])
            if low:
                with torch.autocast("cpu", torch.bfloat16):
                    a = model(x.contiguous(memory_format=torch.channels_last)).float()
            else:
                a = model(x)
            loss = F.cross_entropy(a, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model, np.reshape(losses, (HOW["epochs"], -1)).mean(1)


def test_channels_last_is_the_same_trajectory_and_leaves_parameters_as_they_are():
    """Against torch in its usual order of memory, float64, to 1e-10."""
    training, losses = trained("float64")
    model, expected = bare(torch.float64, low=False)
    np.testing.assert_allclose(losses, expected, rtol=1e-10)
    for ours, theirs in zip(training.model.parameters(), model.parameters(), strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), atol=1e-10)
        assert ours.is_contiguous()


def test_batches_of_pictures_have_their_channels_last_where_convolutions_read_them():
    batches = next(training_data(ENTRY, X))
    assert batches.is_contiguous(memory_format=torch.channels_last)
    dense = {"name": "stack", "layers": [
        {"name": "flatten"}, {"name": "dense", "in_features": 192, "out_features": 4},
    ]}  # fmt: skip
    assert next(training_data(dense, X)).is_contiguous()


def test_of_one_channel_the_strides_say_which_order_is_meant():
    entry = {"name": "lenet5_modern", "input_size": 12, "in_channels": 1, "num_classes": 4}
    x = RNG.normal(size=(24, 1, 12, 12))
    batch = next(training_data(entry, x))
    assert batch.stride() == (144, 1, 12, 1)
    np.testing.assert_array_equal(batch, x[permutation(0, 0, 24)[:8]].astype(np.float32))
    maps = torch.nn.functional.conv2d(batch, torch.ones(6, 1, 3, 3))
    assert maps.is_contiguous(memory_format=torch.channels_last)


def training_data(entry, x):
    training = Training(build(entry), (x, Y), **HOW)
    return (x for x, _, _ in training.data.epoch(0))


def test_bfloat16_is_torch_s_autocast_bit_for_bit():
    training, losses = trained("bfloat16")
    model, expected = bare(torch.float32, low=True)
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    for ours, theirs in zip(training.model.parameters(), model.parameters(), strict=True):
        assert ours.dtype == torch.float32 and torch.equal(ours, theirs)
    _, single = trained("float32")
    assert losses != single
    np.testing.assert_allclose(losses, single, rtol=0.03)  # 8 bits in each factor


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "momentum"])
def test_bfloat16_goes_on_exactly_from_a_checkpoint(optimizer):
    whole, expected = trained("bfloat16", optimizer=optimizer, valid=(X[:8], Y[:8]))
    first = Training(
        build(ENTRY, 3), (X, Y), precision="bfloat16", valid=(X[:8], Y[:8]), **{**HOW, "optimizer": optimizer}
    )
    for _ in range(4):
        first.advance(0)
    again = Training(
        build(ENTRY, 9), (X, Y), precision="bfloat16", valid=(X[:8], Y[:8]), **{**HOW, "optimizer": optimizer}
    )
    again.restore(*first.state())
    assert [record.train_loss for record in again] == expected[1:]
    for a, b in zip(again.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(a, b)


def test_numpy_has_no_bfloat16():
    dense = [{"name": "dense", "in_features": 4, "out_features": 3}]
    with pytest.raises(UsageError, match=r"^a network by hand computes in float32 or float64; bfloat16"):
        Training(Network(dense), (X[:, 0, 0, :4], Y % 3), precision="bfloat16")


@pytest.mark.parametrize("learned", [True, False])
def test_what_is_complex_is_refused_before_it_loses_its_imaginary_part(learned):
    """A parameter, or a buffer such as a table of rotations."""
    model = torch.nn.Sequential(torch.nn.Linear(3, 4))
    value = torch.full((4,), 1 + 2j)
    if learned:
        model[0].turn = torch.nn.Parameter(value)
    else:
        model[0].register_buffer("turn", value)
    with pytest.raises(UsageError, match=(
        r"^0\.turn is complex; in float32, in which Training computes, it has no imaginary part$"
    )):  # fmt: skip
        Training(model, (X[:, 0, 0, :3], Y))
    assert torch.equal(model[0].turn, value)
