"""The axis that a layer works along."""

from collections.abc import Sequence

from gradatim.checks import UsageError, plain_number


def axis_of(layer: str, dim: object, shape: Sequence[int]) -> int:
    """`dim` counted from 0; UsageError where a batch of this shape has no such axis.

    A single number has one axis, as in torch.

    >>> axis_of("softmax", -1, (5, 3, 4))
    2
    """
    number, axes = plain_number(dim), max(len(shape), 1)
    if isinstance(number, bool) or not isinstance(number, int) or number not in range(-axes, axes):
        raise UsageError(f"{layer} along axis {number} got examples of shape {tuple(shape[1:])}")
    return number % axes
