"""What a normalisation is over: the last axes of a batch, or groups of its channels."""

from collections.abc import Sequence

from gradatim.checks import UsageError, plain_numbers, whole
from gradatim.functional.windows import times


def last_axes(normalized_shape: object) -> tuple[int, ...]:
    """The sizes of the last axes, from one number or a list.

    >>> last_axes(3), last_axes([2, 3])
    ((3,), (2, 3))
    """
    sizes = plain_numbers(normalized_shape)
    if not isinstance(sizes, Sequence) or isinstance(sizes, str):
        sizes = (sizes,)
    if not sizes:
        raise UsageError("normalized_shape must be one size or more, of the last axes; it is empty")
    return tuple(whole("normalized_shape", size, 1) for size in sizes)


def check_last_axes(layer: str, sizes: Sequence[int], shape: Sequence[int]) -> None:
    """UsageError unless a batch of this shape ends in these sizes."""
    if tuple(shape[-len(sizes) :]) != tuple(sizes):
        raise UsageError(f"{layer} over {times(sizes)} got examples of shape {tuple(shape[1:])}")


def check_channels(layer: str, channels: int, shape: Sequence[int], axes: int = 2) -> None:
    """UsageError unless a batch has this many channels, and so many axes at least."""
    if len(shape) < axes or shape[1] != channels:
        raise UsageError(f"{layer} of {channels} channels got examples of shape {tuple(shape[1:])}")


def check_divided(num_groups: object, num_channels: object) -> tuple[int, int]:
    """Both numbers, if the groups divide the channels."""
    groups, channels = whole("num_groups", num_groups, 1), whole("num_channels", num_channels, 1)
    if channels % groups:
        raise UsageError(
            f"group_norm of {groups} groups needs channels in multiples of {groups}; there are {channels}"
        )
    return groups, channels


def check_places(shape: Sequence[int]) -> None:
    """UsageError where a channel of an example is one number: its mean is itself."""
    if all(n == 1 for n in shape[2:]):
        raise UsageError("instance_norm needs more than one number per channel; it got one")
