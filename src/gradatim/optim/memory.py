"""Where the elements of a tensor lie in memory."""

import torch
from torch import Tensor


def dense_order(x: Tensor) -> tuple[int, ...] | None:
    """The strides of a tensor that fills one stretch of memory, 0 for an axis of one; None for any other.

    >>> x = torch.zeros(4, 3)
    >>> dense_order(x), dense_order(x.t()), dense_order(x[::2]), dense_order(x[:1].expand(4, 3))
    ((3, 1), (1, 3), None, None)
    """
    if not x.numel():
        return (0,) * x.ndim
    axes = [(stride, n) for stride, n in zip(x.stride(), x.shape, strict=True) if n > 1]
    filled = 1
    for stride, n in sorted(axes):
        if stride != filled:
            return None
        filled *= n
    return tuple(stride if n > 1 else 0 for stride, n in zip(x.stride(), x.shape, strict=True))


def span(x: Tensor) -> tuple[int, int]:
    """The address of a tensor's first byte, and that behind its last."""
    start = x.data_ptr()
    if not x.numel():
        return start, start
    last = sum(stride * (n - 1) for stride, n in zip(x.stride(), x.shape, strict=True))
    return start, start + (last + 1) * x.itemsize


Span = tuple[int, int, int]  # of memory: its first byte, the one behind its last, and whose it is


def meetings(written: list[Span], read: list[Span]) -> set[int]:
    """Whose memory meets memory that is written: its own or another's.

    >>> meetings([(0, 8, 0), (8, 16, 1), (16, 24, 2)], [(20, 28, 3), (30, 38, 4), (34, 42, 5)])
    {2, 3}
    """
    met: set[int] = set()
    stretch: list[tuple] = []  # spans, each of which meets an earlier one
    reach = 0
    for each in sorted([(*one, True) for one in written] + [(*one, False) for one in read]):
        if each[0] == each[1]:
            continue
        if each[0] >= reach:
            stretch = []
        stretch.append(each)
        reach = max(reach, each[1])
        if len(stretch) > 1 and any(writes for *_, writes in stretch):
            met |= {whose for _, _, whose, _ in stretch}
    return met


def stretches(spans: list[Span]) -> tuple[list[int], list[int]]:
    """Where memory begins and ends, spans that touch being one.

    >>> stretches([(8, 16, 1), (0, 8, 0), (20, 28, 2)])
    ([0, 20], [16, 28])
    """
    starts: list[int] = []
    stops: list[int] = []
    for start, stop, _ in sorted(spans):
        if stops and start <= stops[-1]:
            stops[-1] = max(stops[-1], stop)
        else:
            starts.append(start)
            stops.append(stop)
    return starts, stops


def repeats_an_element(x: Tensor) -> bool:
    """Whether two places of a tensor are one place in memory.

    >>> repeats_an_element(torch.zeros(1).expand(3)), repeats_an_element(torch.zeros(6)[::2])
    (True, False)
    """
    reach = 0
    for stride, n in sorted((stride, n) for stride, n in zip(x.stride(), x.shape, strict=True) if n > 1):
        if stride <= reach:  # a row begins before the last has ended: look at every place
            start, stop = span(x)
            places = torch.arange((stop - start) // x.itemsize).as_strided(x.shape, x.stride())
            return len(places.unique()) < x.numel()
        reach += stride * (n - 1)
    return False


def shares_memory(x: Tensor, y: Tensor) -> bool:
    """Whether two tensors lie in one storage, where they may meet."""
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
