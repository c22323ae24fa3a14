"""What attention is over: steps of so many numbers, cut into heads."""

from collections.abc import Sequence

from gradatim.checks import UsageError, whole


def check_heads(embed_dim: object, num_heads: object) -> tuple[int, int]:
    """Both numbers, if the heads divide the width.

    >>> check_heads(8, 2)
    (8, 2)
    """
    width, heads = whole("embed_dim", embed_dim, 1), whole("num_heads", num_heads, 1)
    if width % heads:
        fit = [n for n in range(1, width + 1) if width % n == 0]
        nearest = min(fit, key=lambda n: (abs(n - heads), n))
        raise UsageError(
            f"{width} numbers a step cannot be shared by {heads} heads equally; take {nearest} heads"
        )
    return width, heads


def check_steps(layer: str, width: int, shape: Sequence[int]) -> None:
    """UsageError unless a batch is sequences of steps (N, T, width)."""
    if len(shape) != 3 or shape[-1] != width:
        raise UsageError(
            f"{layer} of width {width} reads (sequences, steps, {width}); it got examples of shape "
            f"{tuple(shape[1:])}"
        )
