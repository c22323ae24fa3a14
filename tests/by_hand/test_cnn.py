"""D28: whole convolutional networks by hand: torch's trajectory, and digits learned from first to last."""

from functools import partial

import numpy as np
import pytest
import torch
from sklearn.datasets import load_sample_image

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.network import Network
from gradatim.data.digits import digits
from gradatim.data.splits import split
from gradatim.functional import updates
from gradatim.models.building import build
from gradatim.random import permutation
from gradatim.training.training import Training

LENET = [  # LeCun et al. 1998, its modern form at half the width
    {"name": "conv2d", "in_channels": 1, "out_channels": 3, "kernel_size": 5, "padding": 2},
    {"name": "tanh"}, {"name": "avg_pool2d", "kernel_size": 2},
    {"name": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 5},
    {"name": "tanh"}, {"name": "avg_pool2d", "kernel_size": 2}, {"name": "flatten"},
    {"name": "dense", "in_features": 32, "out_features": 24, "init": "xavier_uniform"}, {"name": "tanh"},
    {"name": "dense", "in_features": 24, "out_features": 10, "init": "xavier_uniform"},
]  # fmt: skip
CNN = [  # (conv, ReLU, max pool) twice, flatten, dense: softmax is in the loss
    {"name": "conv2d", "in_channels": 1, "out_channels": 8, "kernel_size": 3, "padding": 1}, {"name": "relu"},
    {"name": "max_pool2d", "kernel_size": 2},
    {"name": "conv2d", "in_channels": 8, "out_channels": 16, "kernel_size": 3, "padding": 1},
    {"name": "relu"}, {"name": "max_pool2d", "kernel_size": 2}, {"name": "flatten"},
    {"name": "dense", "in_features": 64, "out_features": 10},
]  # fmt: skip
NORMALISED = [
    {"name": "conv2d", "in_channels": 1, "out_channels": 6, "kernel_size": 3, "stride": 2, "padding": "same",
     "bias": False},
    {"name": "batch_norm", "num_features": 6}, {"name": "relu"}, {"name": "dropout", "p": 0.2},
    {"name": "max_pool2d", "kernel_size": 3, "stride": 2, "ceil_mode": True},
    {"name": "conv2d", "in_channels": 6, "out_channels": 8, "kernel_size": 3, "groups": 2, "padding": 1},
    {"name": "batch_norm", "num_features": 8}, {"name": "relu"}, {"name": "global_avg_pool"},
    {"name": "dense", "in_features": 8, "out_features": 10},
]  # fmt: skip
ENLARGED = [
    {"name": "conv2d", "in_channels": 1, "out_channels": 8, "kernel_size": 3, "stride": 2, "padding": 1,
     "padding_mode": "reflect"},
    {"name": "group_norm", "num_groups": 2, "num_channels": 8}, {"name": "hard_swish"},
    {"name": "conv_transpose2d", "in_channels": 8, "out_channels": 6, "kernel_size": 2, "stride": 2},
    {"name": "instance_norm", "num_features": 6, "affine": True}, {"name": "mish"},
    {"name": "adaptive_avg_pool2d", "output_size": 3}, {"name": "flatten"},
    {"name": "layer_norm", "normalized_shape": 54}, {"name": "gelu", "approximate": "tanh"},
    {"name": "rms_norm", "normalized_shape": 54}, {"name": "dense", "in_features": 54, "out_features": 10},
]  # fmt: skip


def pictures(n, size):
    """Digits as pictures of size×size, a multiple of 8: pixels repeated."""
    held = digits()
    x = held.x[:n].astype(np.float64).reshape(-1, 1, 8, 8) / 16
    x = x.repeat(size // 8, 2).repeat(size // 8, 3)
    return x, held.y[:n].astype(np.int64)


@pytest.mark.parametrize(
    ("layers", "size"),
    [(LENET, 16), (CNN, 8), (NORMALISED, 8), (ENLARGED, 8)],
    ids=["lenet", "cnn", "norm", "enlarged"],
)
def test_two_engines_one_trajectory(layers, size):
    """48 steps of momentum: each epoch's mean loss to 1e-10 relative, parameters and buffers at the end."""
    x, y = pictures(192, size)
    module = build({"name": "stack", "layers": layers}, 3, torch.float64)
    network, loss = Network(layers, 3, np.float64), loss_by_name("cross_entropy")
    training = Training(module, (x, y), optimizer="momentum", lr=0.05, epochs=8, batch_size=32, seed=5,
                        precision="float64")  # fmt: skip
    momentum, v, t = partial(updates.momentum, lr=0.05, momentum=0.9), np.zeros_like(network.theta), 0
    for epoch, record in enumerate(training):
        total = 0.0
        for rows in np.split(permutation(5, epoch, len(x)), 6):
            network.place(5, t)
            value, grad = loss.mean_and_gradient(network.forward(x[rows], training=True), y[rows])
            network.backward(grad)
            t += 1
            momentum(network.theta, network.gradient, t, v)
            total += value * len(rows)
        np.testing.assert_allclose(total / len(x), record.train_loss, rtol=1e-10)
    assert t == training.step == 48
    assert record.train_loss < 2.2
    for name, value in module.state_dict().items():
        np.testing.assert_allclose(network.state_dict()[name], value.numpy(), rtol=1e-9, atol=1e-10)


def learned(layers, x, y, epochs, lr=0.004):
    """Initialise once; then forward, error, backward and update for all pictures, epoch after epoch."""
    network, loss = Network(layers, seed=0), loss_by_name("cross_entropy")
    adam = partial(updates.adam, lr=lr, beta1=0.9, beta2=0.999, eps=1e-8)
    m, v, t = np.zeros_like(network.theta), np.zeros_like(network.theta), 0
    for epoch in range(epochs):
        order = permutation(0, epoch, len(x))
        for rows in np.split(order, range(32, len(order), 32)):
            network.backward(loss.gradient(network.forward(x[rows], training=True), y[rows]))
            t += 1
            adam(network.theta, network.gradient, t, m, v)
    return network


def test_d28_digits_are_learned_by_hand():
    """≥ 95 % of the test set right after 12 epochs."""
    parts = split(digits())
    train_x, test_x = (
        part.x.astype(np.float32).reshape(-1, 1, 8, 8) / 16 for part in (parts.train, parts.test)
    )
    network = learned(CNN, train_x, parts.train.y, epochs=12)
    accuracy = (network.forward(test_x).argmax(1) == parts.test.y).mean()
    assert accuracy >= 0.95, accuracy


def patches(photograph, size=16):
    """The coloured squares of 16×16 pixels that a photograph is cut into; (N, 3, 16, 16)."""
    whole = load_sample_image(photograph) / 255
    rows, columns = (n // size for n in whole.shape[:2])
    cut = whole[: rows * size, : columns * size].reshape(rows, size, columns, size, 3)
    return cut.transpose(0, 2, 4, 1, 3).reshape(-1, 3, size, size).astype(np.float32)


def test_d28_two_classes_of_real_photographs_by_hand():
    """Squares of a temple and of a flower, every other one to learn from: ≥ 90 % of the others right."""
    two = [patches(name) for name in ("china.jpg", "flower.jpg")]
    x, y = np.concatenate(two), np.repeat([0, 1], [len(squares) for squares in two])
    first = {"name": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 3, "padding": 1}
    layers = [first, *CNN[1:-1], {"name": "dense", "in_features": 256, "out_features": 2}]
    network = learned(layers, x[::2], y[::2], epochs=5)
    accuracy = (network.forward(x[1::2]).argmax(1) == y[1::2]).mean()
    assert accuracy >= 0.9, accuracy
