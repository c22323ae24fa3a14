"""Arrays of NumPy from what can be one, and what inputs and weights must be."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError


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


def check_inputs(x: np.ndarray, features: tuple[str, ...] = ()) -> np.ndarray:
    """Inputs (N, …) that are finite numbers; raises UsageError naming the first that is not."""
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
    return as_pictures(x) if x.dtype == np.uint8 else x


def as_pictures(x: np.ndarray) -> np.ndarray:
    """Bytes that are laid out as pictures in one layout, (N, C, H, W).

    (N, H, W) are grey; (N, H, W, C) with 1 or 3 channels, where H is neither, have their channels last.
    """
    if x.ndim == 3:
        return x[:, None]
    if x.ndim == 4 and x.shape[3] in (1, 3) and x.shape[1] not in (1, 3):
        return np.ascontiguousarray(np.moveaxis(x, 3, 1))
    return x


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
