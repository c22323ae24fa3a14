"""Examples of two domains in one shape, so that one network reads both."""

from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.picture_examples import as_example

Shape = tuple[int, int, int]


def alike(source: Any, target: Any) -> tuple[Any, Any]:
    """Both domains in one shape: pictures in the source's size, in colours where either has colours.

    Pictures are scaled by means of the pixels around each place and become grey or coloured as `as_example`
    does it; a notice of each domain says what was done. Of other examples the shapes must be the same.

    Raises UsageError for examples that are not rows in memory, and for shapes that cannot be one.
    """
    for name, domain in (("source", source), ("target", target)):
        if not isinstance(domain, Dataset) or not isinstance(domain.x, np.ndarray):
            raise UsageError(
                f"--adapt-to is for rows and pictures in memory; the {name}, {domain.name}, is none"
            )
        if not len(domain):
            raise UsageError(f"the {name}, {domain.name}, has no examples")
    _check_columns(source, target)
    if source.shape == target.shape:
        return source, target
    if not (source.is_pictures and target.is_pictures):
        raise UsageError(
            f"an example of {source.name} has the shape {source.shape}, one of {target.name} {target.shape}: "
            "domains that are no pictures must have the same"
        )
    shape: Shape = (max(source.shape[0], target.shape[0]), *source.shape[1:])
    return in_shape(source, shape), in_shape(target, shape)


def _check_columns(source: Dataset, target: Dataset) -> None:
    """Raise UsageError naming the columns of a table that the other domain does not have."""
    if source.x.ndim != 2 or source.x.dtype.kind != "f" or source.x.shape[1:] != target.x.shape[1:]:
        return
    empty = np.isnan(target.x).all(0) & ~np.isnan(source.x).all(0)
    names = source.features or tuple(map(str, range(source.x.shape[1])))
    if absent := ", ".join(repr(name) for name, gone in zip(names, empty, strict=True) if gone):
        raise UsageError(
            f"{target.name} has nothing in these columns of {source.name}: {absent}; both need the same"
        )


def in_shape(pictures: Dataset, shape: Shape) -> Dataset:
    """Pictures of bytes (N, C, H, W) in the shape (C, H, W), with a notice where that changes them."""
    if pictures.shape == shape:
        return pictures
    if pictures.x.dtype != np.uint8:
        raise UsageError(
            f"the pictures of {pictures.name} are {pictures.shape} numbers of {pictures.x.dtype}; only "
            f"bytes are brought to the shape {shape}"
        )
    x = np.stack([as_example(picture, shape) for picture in pictures.x])
    return replace(pictures, x=x, notices=(*pictures.notices, _sentence(pictures, shape)))


def _sentence(pictures: Dataset, shape: Shape) -> str:
    """What was done to a domain's pictures."""
    channels, height, width = pictures.shape
    done = []
    if (height, width) != shape[1:]:
        done.append(f"scaled from {height}×{width} to {shape[1]}×{shape[2]}")
    if channels != shape[0]:
        done.append("given three channels" if shape[0] == 3 else "made grey")
    return f"pictures of {pictures.name} are {' and '.join(done)}, as the other domain's"
