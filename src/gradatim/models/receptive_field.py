"""How much of the input a unit sees, followed through the operations of a forward pass."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

aten = torch.ops.aten


class Field(NamedTuple):
    """Along each axis the pixels that a unit sees, and how far apart the fields of two neighbours are.

    A unit that sees everything, however large the picture, has `whole` set.
    """

    size: tuple[int, ...]
    step: tuple[float, ...]
    whole: bool = False

    def through(self, kernel: Sequence[int], stride: Sequence[float], dilation: Sequence[int]) -> "Field":
        """The field behind a window:  r ← r + (k − 1) d j,   j ← j s   (Araujo, Norris & Sim 2019, eq. 2)."""
        parts = list(zip(self.size, self.step, kernel, stride, dilation, strict=True))
        size = tuple(r + round((k - 1) * d * j) for r, j, k, _, d in parts)
        return Field(size, tuple(j * s for _, j, _, s, _ in parts), self.whole)

    def everything(self) -> "Field":
        """The field of a unit that reads every pixel."""
        return self._replace(whole=True)


def join_fields(fields: Sequence[Field]) -> Field:
    """The field of what is computed from several: the largest, as all are centred."""
    sizes = zip(*(field.size for field in fields), strict=True)
    steps = zip(*(field.step for field in fields), strict=True)
    whole = any(field.whole for field in fields)
    return Field(tuple(map(max, sizes)), tuple(map(max, steps)), whole)


def behind(operation: Any, arguments: Sequence[Any], field: Field) -> Field:
    """The field behind an operation of torch whose inputs have the field `field`."""
    kind = operation.overloadpacket
    if kind is aten.convolution:
        return _convolved(arguments, field)
    if kind in WINDOWS:
        kernel = _axes(arguments[1], field)
        stride = _axes(arguments[2], field) if len(arguments) > 2 and arguments[2] else kernel
        dilated = kind in (aten.max_pool2d_with_indices, aten.max_pool3d_with_indices)
        dilation = _axes(arguments[4], field) if dilated and len(arguments) > 4 else (1,) * len(kernel)
        return field.through(kernel, stride, dilation)
    if kind in ADAPTIVE:
        return _adapted(arguments[0].shape[-len(field.size) :], arguments[1], field)
    if kind in MATRICES or (kind is aten.mean and arguments[0].ndim == len(field.size) + 2):
        return field.everything()
    if kind is aten.upsample_bilinear2d:
        scale = [n / m for n, m in zip(arguments[1], arguments[0].shape[2:], strict=True)]
        return field.through((2, 2), [1 / s for s in scale], (1, 1))
    return field


WINDOWS = (
    aten.max_pool2d_with_indices, aten.max_pool3d_with_indices, aten.max_pool2d, aten.max_pool3d,
    aten.avg_pool2d, aten.avg_pool3d,
)  # fmt: skip
ADAPTIVE = (aten._adaptive_avg_pool2d, aten._adaptive_avg_pool3d)
MATRICES = (aten.addmm, aten.mm, aten.bmm)


def _convolved(arguments: Sequence[Any], field: Field) -> Field:
    _, weight, _, stride, _, dilation, transposed = arguments[:7]
    kernel = _axes(tuple(weight.shape[2:]), field)
    if not transposed:
        return field.through(kernel, _axes(stride, field), _axes(dilation, field))
    stride = _axes(stride, field)
    read = [-(-k // s) for k, s in zip(kernel, stride, strict=True)]  # inputs that one output reads
    return field.through(read, [1 / s for s in stride], (1,) * len(read))


def _adapted(size: Sequence[int], output: Sequence[int], field: Field) -> Field:
    if tuple(size) == tuple(output):
        return field
    if all(n == 1 for n in output):
        return field.everything()
    kernel = [-(-n // m) for n, m in zip(size, output, strict=True)]
    return field.through(kernel, [n / m for n, m in zip(size, output, strict=True)], (1,) * len(kernel))


def _axes(value: Any, field: Field) -> tuple[Any, ...]:
    """One value for each axis of the picture, which are the last; a window may have more, and one over the
    frames of a clip has fewer: it leaves time alone.
    """
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if len(values) == 1:
        return values * len(field.size)
    return (1,) * (len(field.size) - len(values)) + values[-len(field.size) :]


def is_map(tensor: Tensor, field: Field) -> bool:
    """Whether a tensor still has the axes of a picture."""
    return tensor.ndim == len(field.size) + 2
