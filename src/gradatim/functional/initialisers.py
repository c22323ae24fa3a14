"""Initial weights: each a function of a NumPy generator and a shape, drawn in float64.

A weight of shape (out, in, *kernel) has fan_in = in · kernel elements and fan_out = out · kernel elements.
The gain that keeps a signal's variance is √2 behind ReLU (He), 1 behind tanh and identity (Glorot, LeCun).

Raises UsageError for a shape without two axes where a fan is needed.
"""

from math import prod, sqrt

import numpy as np

from gradatim.checks import UsageError

Shape = tuple[int, ...]


def fans(shape: Shape) -> tuple[int, int]:
    """fan_in and fan_out of a weight.

    >>> fans((6, 3, 5, 5))
    (75, 150)
    """
    if len(shape) < 2:
        raise UsageError(f"this initialiser needs a weight of two or more axes; the shape is {shape}")
    kernel = prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def zeros(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """0 everywhere. Units of one layer then get equal gradients and stay equal for ever."""
    return np.zeros(shape)


def uniform(rng: np.random.Generator, shape: Shape, bound: float = 0.1) -> np.ndarray:
    """U(−bound, bound)."""
    return bound * (2 * rng.random(shape) - 1)


def normal(rng: np.random.Generator, shape: Shape, std: float = 0.01) -> np.ndarray:
    """N(0, std²)."""
    return std * rng.standard_normal(shape)


def xavier_uniform(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """U(−a, a) with a = gain √(6/(fan_in + fan_out)): Glorot & Bengio 2010, eq. 16."""
    return uniform(rng, shape, gain * sqrt(6 / sum(fans(shape))))


def xavier_normal(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """N(0, gain² · 2/(fan_in + fan_out)): Glorot & Bengio 2010, eq. 12."""
    return normal(rng, shape, gain * sqrt(2 / sum(fans(shape))))


def he_uniform(rng: np.random.Generator, shape: Shape, gain: float = sqrt(2)) -> np.ndarray:
    """U(−a, a) with a = gain √(3/fan_in), of the variance of He et al. 2015, eq. 10."""
    return uniform(rng, shape, gain * sqrt(3 / fans(shape)[0]))


def he_normal(rng: np.random.Generator, shape: Shape, gain: float = sqrt(2)) -> np.ndarray:
    """N(0, gain²/fan_in): He et al. 2015, eq. 10."""
    return normal(rng, shape, gain / sqrt(fans(shape)[0]))


def lecun_uniform(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """U(−a, a) with a = √(3/fan_in), of the variance of LeCun et al. 1998, eq. 16."""
    return he_uniform(rng, shape, gain=1.0)


def lecun_normal(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """N(0, 1/fan_in): LeCun et al. 1998, eq. 16."""
    return he_normal(rng, shape, gain=1.0)


def orthogonal(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """W = gain · Q, uniform over matrices with QᵀQ = I or QQᵀ = I, W read as (out, in · kernel).

    Q of the QR decomposition of a normal matrix, its columns signed so that R's diagonal is positive, without
    which the distribution is not uniform (Mezzadri 2007).
    """
    fans(shape)
    rows, columns = shape[0], prod(shape[1:])
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return gain * (q if rows >= columns else q.T).reshape(shape)
