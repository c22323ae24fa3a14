"""D32: a classifier slides over a picture and says of every window what it says of the window alone."""

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.fully_convolutional import fully_convolutional


def _stack(*layers):
    return build({"name": "stack", "layers": list(layers)}, 0, torch.float64)


def _conv(inputs, outputs, **more):
    return {"name": "conv2d", "in_channels": inputs, "out_channels": outputs, "kernel_size": 3, **more}


def _dense(inputs, outputs):
    return {"name": "dense", "in_features": inputs, "out_features": outputs}


POOL, RELU, FLAT = {"name": "max_pool2d", "kernel_size": 2}, {"name": "relu"}, {"name": "flatten"}
DROP = {"name": "dropout", "p": 0.5}
NETWORKS = {  # and the window's height and width
    "pools": (_stack(_conv(2, 4), RELU, POOL, _conv(4, 5), POOL, FLAT, _dense(10, 3)), (10, 14)),
    "two dense layers": (_stack(_conv(2, 4), POOL, FLAT, _dense(36, 7), RELU, _dense(7, 3)), (8, 8)),
    "strides": (_stack(_conv(2, 3, stride=2), RELU, FLAT, DROP, _dense(27, 4)), (7, 8)),
    "pixels are left over": (
        _stack(_conv(2, 3), {"name": "avg_pool2d", "kernel_size": 3}, FLAT, _dense(12, 2)), (9, 10),
    ),
    "torch's own": (
        nn.Sequential(
            nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3)
        ).double(),
        (8, 8),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_scores_are_those_of_every_window_alone(name):
    """In float64, to 1e-12; of pictures whose last windows do not fit, too."""
    network, (height, width) = NETWORKS[name]
    slides = fully_convolutional(network, (height, width))
    down, across = slides.stride
    for size in ((height, width), (23, 31), (24, 33), (26, 29)):
        x = torch.randn(2, 2, *size, dtype=torch.float64)
        with torch.no_grad():
            found = slides(x)
            rows, columns = (size[0] - height) // down + 1, (size[1] - width) // across + 1
            assert found.shape[2:] == (rows, columns)
            for i in range(rows):
                for j in range(columns):
                    window = x[:, :, i * down : i * down + height, j * across : j * across + width]
                    torch.testing.assert_close(found[:, :, i, j], network(window), rtol=0, atol=1e-12)


def test_what_does_not_slide_is_refused_by_its_layer():
    for network, size, sentence in (
        (_stack(_conv(1, 2, padding=1), FLAT, _dense(32, 2)), (4, 4), "layer 0, .*pads its windows"),
        (_stack(_conv(1, 2), {"name": "global_avg_pool"}, _dense(2, 2)), (4, 4), "layer 1, .*does not slide"),
        (_stack(_conv(1, 2), FLAT, _dense(8, 2), {"name": "softmax"}), (4, 4), "layer 3, .*does not slide"),
        (_stack(_conv(1, 2), RELU), (4, 4), r"gives maps \(2, 2, 2\) of a window, not scores"),
        (_stack(_dense(4, 2)), (4, 4), "begins with conv2d"),
    ):
        with pytest.raises(UsageError, match=sentence):
            fully_convolutional(network, size)
    slides = fully_convolutional(NETWORKS["pools"][0], (10, 14))
    with pytest.raises(UsageError, match="a picture of 9×20 has no window of 10×14"):
        slides(torch.zeros(1, 2, 9, 20, dtype=torch.float64))
