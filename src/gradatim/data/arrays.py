"""Arrays of NumPy from what can be one, and what inputs and weights must be."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError

COLOURS = (1, 3)  # how many channels a picture has


def array(data: Any) -> np.ndarray:
    """An array of NumPy from whatever can be one."""
    if hasattr(data, "detach"):  # a torch tensor
        data = data.detach().cpu()
        data = data.float() if str(data.dtype) == "torch.bfloat16" else data
        return (data.to_dense() if str(data.layout) != "torch.strided" else data).numpy()
    if hasattr(data, "to_numpy"):  # pandas, polars
        return np.asarray(data.to_numpy())
    try:
        return np.asarray(data)
    except ValueError as error:
        raise UsageError(
            "the rows are not all of one length (sequences of different lengths are a Ragged(x, y), of "
            f"gradatim.data.ragged): {error}"
        ) from error


def stack(parts: list[np.ndarray]) -> np.ndarray:
    """The examples as one array; UsageError naming the first of another shape."""
    for i, part in enumerate(parts):
        if part.shape != parts[0].shape:
            raise UsageError(f"example 0 has shape {parts[0].shape}, but example {i} has {part.shape}")
    return np.stack(parts)


def check_inputs(x: np.ndarray, features: tuple[str, ...] = (), as_given: bool = False) -> np.ndarray:
    """Inputs (N, …) that are finite numbers; raises UsageError naming the first that is not.

    Pictures get their channels first, unless their axes are to stay `as_given`; those of bytes always do.
    """
    if x.ndim < 2:
        raise UsageError(f"inputs need an axis of examples and one of features; their shape is {x.shape}")
    if x.dtype.kind not in "buif":
        raise UsageError(f"inputs must be numbers; their type is {x.dtype}")
    if not x.size:
        raise UsageError(f"there is nothing to learn from: the inputs have shape {x.shape}")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        row, *rest = (int(i) for i in np.argwhere(~np.isfinite(x))[0])
        column = repr(features[rest[0]]) if features and len(rest) == 1 else ", ".join(map(str, rest))
        raise UsageError(f"the inputs hold {x[(row, *rest)]} at example {row}, feature {column}")
    x = x.astype(np.float64) if x.dtype == np.longdouble else x  # whose padding has no fixed fingerprint
    if x.dtype == np.uint8:
        return x[:, None] if x.ndim == 3 else channels_first(x)  # (N, H, W) are grey pictures
    return x if as_given else channels_first(x)


def has_channels_last(shape: tuple[int, ...]) -> bool:
    """Whether examples of this shape are pictures (H, W, C): C is 1 or 3, H is neither, and both are larger.

    >>> has_channels_last((8, 9, 3)), has_channels_last((3, 8, 9)), has_channels_last((2, 3, 3))
    (True, False, False)
    """
    if len(shape) != 3 or shape[2] not in COLOURS or shape[0] in COLOURS:
        return False
    return min(shape[:2]) > shape[2]


def channels_first(x: np.ndarray) -> np.ndarray:
    """Pictures in one layout, (N, C, H, W), whatever the type of their numbers; anything else as it is."""
    return np.ascontiguousarray(np.moveaxis(x, 3, 1)) if has_channels_last(x.shape[1:]) else x


def with_axes_of(x: np.ndarray, shape: tuple[int, ...] | None) -> np.ndarray:
    """Pictures (N, C, H, W) with their channels last where a network learned from examples of that shape.

    >>> with_axes_of(np.zeros((2, 3, 8, 9)), (8, 9, 3)).shape
    (2, 8, 9, 3)
    """
    last = x.shape[2:] + x.shape[1:2]
    if x.ndim != 4 or shape is None or x.shape[1:] == tuple(shape) or last != tuple(shape):
        return x
    return np.ascontiguousarray(np.moveaxis(x, 1, 3))


def check_weights(weights: np.ndarray, n: int) -> np.ndarray:
    """Weights (n,) that are finite and at least 0; raises UsageError naming the first that is not."""
    if weights.shape != (n,):
        raise UsageError(f"{n} examples but weights of shape {weights.shape}")
    if weights.dtype.kind not in "buif":
        raise UsageError(f"weights must be numbers; their type is {weights.dtype}")
    fits = np.isfinite(weights) & (weights >= 0)
    if not fits.all():
        first = int(fits.argmin())
        raise UsageError(f"weights must be finite and at least 0; example {first} has {weights[first]}")
    if not weights.any():
        raise UsageError("the weights are all 0: there is nothing to learn from")
    return weights.astype(np.float64)
