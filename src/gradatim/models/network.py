"""What the networks of pictures and clips share: what they take, and what they say of anything else."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from gradatim.checks import UsageError, real, whole
from gradatim.nn.initialise import draw_inside
from gradatim.nn.placed import Placed

Size = int | Sequence[int]


class Network(nn.Module):
    """A network of pictures (N, C, H, W), or of clips (N, C, T, H, W) where `axes` is 3. Abstract.

    Every network begins with He's weights in its convolutions and dense layers (fan_in, biases 0), whatever
    its paper drew, unless it says otherwise with `init`: the small constants of 2012 and 2014 need the
    warm starts of their time.

    `smallest` is the size below which a layer has no pixel left to read, `usual` that of the paper's
    pictures. A network that sizes a dense layer from its pictures sets `input_size` and takes no other size.
    `heads` are the layers that the number of classes sizes.
    """

    axes = 2
    smallest: Size = 1
    usual: Size = 224
    heads: tuple[str, ...] = ()
    init = "he_normal"
    input_size: tuple[int, ...] | None = None

    def __init__(self, name: str, num_classes: int, in_channels: int):
        super().__init__()
        self.name = name
        self.num_classes = whole("num_classes", num_classes, 1)
        self.in_channels = whole("in_channels", in_channels, 1)
        self.trains_on_one: set[tuple[int, ...]] = set()  # shapes that have been tried
        self.register_forward_pre_hook(_accept)

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every weight by (seed, its name)."""
        draw_inside(self, self.init, seed, prefix)

    def extra_repr(self) -> str:
        """Its name in the catalogue."""
        return self.name


def sizes(name: str, value: Any, axes: int = 2) -> tuple[int, ...]:
    """A size as one number for each axis: 32 is 32×32."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != axes:
            raise UsageError(f"{name} must be one whole number or {axes} of them; it is {value!r}")
        return tuple(whole(name, one, 1) for one in value)
    return (whole(name, value, 1),) * axes


def scale_channels(channels: int, width: float) -> int:
    """So many channels in a network whose every layer is `width` times as wide; at least one."""
    return max(1, round(channels * real("width", width, above=0)))


def times(size: Sequence[int]) -> str:
    """A size in words: 32×32."""
    return "×".join(map(str, size))


def _accept(network: Network, inputs: tuple[Any, ...]) -> None:
    """Refuse in a sentence what the network cannot take; it runs before every forward pass."""
    x = inputs[0]
    axes, kind = network.axes, "pictures" if network.axes == 2 else "clips"
    shape = tuple(x.shape)
    if x.ndim != axes + 2:
        letters = "(N, C, H, W)" if axes == 2 else "(N, C, T, H, W)"
        raise UsageError(f"{network.name} takes {kind} {letters}; this has the shape {shape}")
    if shape[1] != network.in_channels:
        raise UsageError(
            f"{network.name} takes {kind} of {_channels(network.in_channels)}; these have {shape[1]}: "
            f"build it with in_channels={shape[1]}"
        )
    if network.input_size is not None and shape[2:] != network.input_size:
        raise UsageError(
            f"{network.name} is built for {kind} of {times(network.input_size)}, which size its first dense "
            f"layer; these are {times(shape[2:])}: build it with input_size="
            f"{shape[2] if len(set(shape[2:])) == 1 else ','.join(map(str, shape[2:]))}"
        )
    if any(n < least for n, least in zip(shape[2:], sizes("smallest", network.smallest, axes), strict=True)):
        raise too_small(network.name, network.smallest, shape[2:], _failing(network, shape[1:]))
    if network.training and shape[0] == 1:
        _check_single(network, shape[1:])


def _check_single(network: Network, shape: tuple[int, ...]) -> None:
    """Refuse to train on one example where batch norm would have a single value for each channel."""
    if shape in network.trains_on_one:
        return
    _, layer = try_on_meta(network.forward, network, shape, training=True)
    if layer is not None:
        raise UsageError(
            f"{network.name} cannot train on a batch of one example of {times(shape[1:])}: batch norm in "
            f"layer {layer} has one value for each channel; choose a batch size that leaves no batch of one"
        )
    network.trains_on_one.add(shape)


def _channels(number: int) -> str:
    return f"{number} channel{'' if number == 1 else 's'}"


def too_small(name: str, smallest: Size, size: Sequence[int], layer: str | None) -> UsageError:
    """The error that names the layer and the smallest size."""
    least = times(sizes("smallest", smallest, len(size)))
    where = f"nothing is left of them in layer {layer}" if layer else "they vanish on the way"
    kind = "pictures" if len(size) == 2 else "clips"
    return UsageError(f"{name} needs {kind} of at least {least}; these are {times(size)}, and {where}")


def shape_behind(network: Network, layers: nn.Module, size: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of one example behind some layers of a network, for pictures of a size."""
    out, failed = try_on_meta(layers.forward, layers, (network.in_channels, *size))
    if out is None:
        prefix = next((f"{name}." for name, module in network.named_modules() if module is layers), "")
        raise too_small(network.name, network.smallest, size, f"{prefix}{failed}")
    return tuple(out.shape[1:])


def _failing(network: nn.Module, shape: Sequence[int]) -> str | None:
    """The first layer that cannot compute, for examples of a shape."""
    _, layer = try_on_meta(network.forward, network, shape)
    return layer


def try_on_meta(
    call: Any, module: nn.Module, shape: Sequence[int], training: bool = False
) -> tuple[Tensor | None, str | None]:
    """The output of a module for one example of a shape, without numbers or memory; or the layer that failed.

    Its parameters are replaced by empty ones while it runs.
    """
    last: list[str] = []
    leaves = [(name, layer) for name, layer in module.named_modules() if not any(layer.children())]
    handles = [
        layer.register_forward_pre_hook(lambda _layer, _inputs, name=name: last.append(name))
        for name, layer in leaves
    ]
    modes = [(layer, layer.training) for layer in module.modules()]
    calls = [(layer, layer.calls) for layer in module.modules() if isinstance(layer, Placed)]
    tensors = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    empty = {name: torch.empty_like(tensor, device="meta") for name, tensor in tensors.items()}
    dtype = next((t.dtype for t in tensors.values() if t.is_floating_point()), torch.float32)
    try:
        module.train(training)
        with torch.no_grad():
            held = _Calling(module, call)
            x = torch.empty(1, *shape, dtype=dtype, device="meta")
            return functional_call(held, {f"module.{name}": t for name, t in empty.items()}, (x,)), None
    except (RuntimeError, ValueError):
        return None, last[-1] if last else None
    finally:
        for handle in handles:
            handle.remove()
        for layer, mode in modes:
            layer.training = mode
        for layer, number in calls:  # the masks to come are those that would have come
            layer.calls = number


class _Calling(nn.Module):
    """A module whose forward pass is another call than its own, so that its checks can be passed by."""

    def __init__(self, module: nn.Module, call: Any):
        super().__init__()
        self.module, self.call = module, call

    def forward(self, x: Tensor) -> Any:
        """The call."""
        return self.call(x)
