"""How much each pixel of a mask counts, so that gaps between touching cells are learned (curriculum I10)."""

from functools import lru_cache
from math import ceil

import numpy as np

from gradatim.functional.void import known_pixels

REACH = 5.0  # how many σ lie within d₁ + d₂ of what is not taken for 0; w₀ e^(−12.5) is 4e-5
KEPT = 64  # masks whose weights are not computed again


def boundary_weights(
    y: np.ndarray, w0: float = 10.0, sigma: float = 5.0, background: int = 0
) -> np.ndarray:  # fmt: skip
    """The weight of every pixel of a mask, U-Net's (Ronneberger, Fischer & Brox 2015, eq. 2).

        w(x) = w_c(x) + w₀ exp(−(d₁(x) + d₂(x))² / 2σ²)
        w_c(x) = P / (K n_k) where x is one of the n_k pixels of class k, of K classes and P pixels in all

    d₁ and d₂ are the distances of a background pixel from the nearest cell and the second nearest, the
    connected components of the other classes; the second term is 0 inside cells and where d₁ + d₂ > 5σ. A
    pixel that is not known is neither cell nor background: it is none of the P, and its weight is 0.

    Shapes: y (H, W) class numbers; gives (H, W). Its time grows with the number of cells.

    >>> w = boundary_weights(np.array([[1, 0, 1, 1, 0, 0]]), sigma=1.0)
    >>> w.round(3).tolist()  # a gap of one pixel: 1 + 10 exp(−(1 + 1)²/2)
    [[1.0, 2.353, 1.0, 1.0, 1.0, 1.0]]
    """
    content = np.ascontiguousarray(y)
    return _weights(content.tobytes(), content.shape, content.dtype.str, w0, sigma, background).copy()


@lru_cache(maxsize=KEPT)
def _weights(
    content: bytes, shape: tuple[int, ...], dtype: str, w0: float, sigma: float, background: int
) -> np.ndarray:  # fmt: skip
    y = np.frombuffer(content, dtype).reshape(shape)
    classes, place, counts = np.unique(y, return_inverse=True, return_counts=True)
    counted = known_pixels(classes)
    balance = np.where(counted, counts[counted].sum() / (max(counted.sum(), 1) * counts), 0.0)
    gap = np.sum(_two_distances(y, REACH * sigma, background), 0)
    near = (y == background) & (gap <= REACH * sigma)
    return balance[place.reshape(shape)] + np.where(near, w0 * np.exp(-(gap**2) / (2 * sigma**2)), 0.0)


def _two_distances(y: np.ndarray, reach: float, background: int) -> np.ndarray:
    """The distances (2, …) from the nearest cell and the second nearest; infinite beyond `reach`."""
    from scipy import ndimage

    found = np.full((2, *y.shape), np.inf)
    for k in np.unique(y[(y != background) & known_pixels(y)]):
        numbers, _ = ndimage.label(y == k)
        for number, box in enumerate(ndimage.find_objects(numbers), 1):
            around = tuple(
                slice(max(0, one.start - ceil(reach)), one.stop + ceil(reach)) for one in box
            )  # fmt: skip
            d = ndimage.distance_transform_edt(numbers[around] != number)
            first, second = found[0][around], found[1][around]
            np.minimum(second, np.maximum(first, d), out=second)
            np.minimum(first, d, out=first)
    return found
