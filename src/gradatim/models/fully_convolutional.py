"""A classifier of windows as a fully convolutional network: every window of a picture at once (curriculum
D32).
"""

from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError

CONVOLUTIONS = ("Conv2d", "TrueConv2d")
POOLS = ("MaxPool2d", "AvgPool2d", "SumPool2d")
ALIKE = ("Dropout", "Identity", "BatchNorm2d", "ReLU", "Tanh", "Sigmoid", "ELU", "GELU", "SiLU")  # everywhere
OVER_CLASSES = ("softmax", "log_softmax", "maxout", "softmin")  # which no place is alone in


class FullyConvolutional(nn.Module):
    """A classifier that slides over pictures, its dense layers being convolutions (Sermanet et al. 2014,
    section 3.5; Long, Shelhamer & Darrell 2015, figure 2).

        a[:, :, i, j] = f(x[:, :, S i : S i + h, S j : S j + w])      of a classifier f of windows h × w

    S is the product of the strides. What neighbouring windows share is computed once.

    Shapes: x (N, C, H, W) → (N, K, ⌊(H − h)/S⌋ + 1, ⌊(W − w)/S⌋ + 1).
    """

    def __init__(self, layers: list[nn.Module], size: tuple[int, int], stride: tuple[int, int]):
        super().__init__()
        self.layers, self.size, self.stride = nn.ModuleList(layers), size, stride

    def forward(self, x: Tensor) -> Tensor:
        """The scores of every window."""
        if any(n < least for n, least in zip(x.shape[2:], self.size, strict=True)):
            raise UsageError(f"a picture of {_by(x.shape[2:])} has no window of {_by(self.size)}")
        of_each = zip(x.shape[2:], self.size, self.stride, strict=True)
        rows, columns = ((n - window) // step + 1 for n, window, step in of_each)
        for layer in self.layers:
            x = layer(x)
        return x[:, :, :rows, :columns]


@torch.no_grad()
def fully_convolutional(network: nn.Module, size: tuple[int, int]) -> FullyConvolutional:
    """A classifier of windows of this height and width, a stack of layers, as a network of larger pictures.

    It shares its layers with the classifier, but for the dense ones, whose weights are copied; it is put into
    evaluation mode. Raises UsageError for a layer that does not say the same of a window wherever it is: a
    padded convolution or pool sees zeros at the borders of a window, but its neighbours in the picture; a
    global pool sees all of it.

    >>> from gradatim.models.building import build
    >>> layers = [{"name": "conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": 3}, {"name": "relu"},
    ...           {"name": "flatten"}, {"name": "dense", "in_features": 8, "out_features": 3}]
    >>> fully_convolutional(build({"name": "stack", "layers": layers}), (4, 4))(torch.zeros(1, 1, 8, 9)).shape
    torch.Size([1, 3, 5, 6])
    """
    given: list[Any] = list(network.eval().children())
    found: list[nn.Module] = []
    channels: Any = next((one.weight.shape[1] for one in given if _kind(one) in CONVOLUTIONS), None)
    if channels is None:
        raise UsageError("a network slides over pictures if it is a stack of layers that begins with conv2d")
    like, flat, stride = next(network.parameters()), False, (1, 1)
    x = torch.zeros(1, channels, *size, dtype=like.dtype, device=like.device)
    for number, layer in enumerate(given):
        kind = _kind(layer)
        _check(layer, kind, number)
        if kind == "Flatten":
            flat = True
            continue
        if kind in ("Dense", "Linear"):
            if not flat:
                raise UsageError(f"layer {number}, {layer}, reads maps that are not flattened")
            layer = _as_convolution(layer, tuple(x.shape[1:]))
        elif kind in (*CONVOLUTIONS, *POOLS):
            stride = tuple(a * b for a, b in zip(stride, _steps(layer), strict=True))  # type: ignore[assignment]
        found.append(layer)
        x = layer(x)
    if tuple(x.shape[2:]) != (1, 1):
        maps = tuple(x.shape[1:])
        raise UsageError(f"the network gives maps {maps} of a window, not scores: it has no dense layer")
    return FullyConvolutional(found, (size[0], size[1]), stride).eval()


def _as_convolution(dense: Any, shape: tuple[int, ...]) -> nn.Conv2d:
    """A dense layer that reads maps (C, h, w), flattened, as a convolution with a window of h × w."""
    outputs, (channels, height, width) = len(dense.weight), shape
    found = nn.Conv2d(channels, outputs, (height, width), bias=dense.bias is not None)
    found.weight = nn.Parameter(dense.weight.detach().reshape(outputs, *shape))
    if dense.bias is not None:
        found.bias = nn.Parameter(dense.bias.detach())
    return found


def _kind(layer: nn.Module) -> str:
    return type(layer).__name__


def _check(layer: nn.Module, kind: str, number: int) -> None:
    """Raise UsageError for a layer that does not say the same of a window wherever it is."""
    if kind in (*CONVOLUTIONS, *POOLS):
        window = getattr(layer, "window", layer)
        padding = getattr(window, "padding", 0)
        if padding not in (0, (0, 0), "valid") or getattr(window, "ceil", getattr(layer, "ceil_mode", False)):
            raise UsageError(
                f"layer {number}, {layer}, pads its windows: at a window's border it sees zeros, in a larger "
                "picture its neighbours; slide a network without padding"
            )
        return
    name = getattr(layer, "name", "")
    is_alike = kind == "Activation" and name not in OVER_CLASSES
    if not is_alike and kind not in ("Flatten", "Dense", "Linear", *ALIKE):
        raise UsageError(
            f"layer {number}, {layer}, does not slide: a stack of conv2d, pools, activations, flatten and "
            "dense does"
        )


def _steps(layer: Any) -> tuple[int, int]:
    """How many pixels a window moves down and across."""
    stride = getattr(layer, "window", layer).stride
    return (stride, stride) if isinstance(stride, int) else (stride[0], stride[1])


def _by(size: Any) -> str:
    return "×".join(map(str, size))
