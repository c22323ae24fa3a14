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
    """Zeros: units of one layer get equal gradients and stay equal for ever.

        W = 0

    >>> zeros(np.random.default_rng(0), (1, 2)).tolist()
    [[0.0, 0.0]]
    """
    return np.zeros(shape)


def uniform(rng: np.random.Generator, shape: Shape, bound: float = 0.1) -> np.ndarray:
    """Uniform in a box.

        W ~ U(−bound, bound)

    >>> float(abs(uniform(np.random.default_rng(0), (100, 100), bound=0.5)).max().round(3))
    0.5
    """
    return bound * (2 * rng.random(shape) - 1)


def normal(rng: np.random.Generator, shape: Shape, std: float = 0.01) -> np.ndarray:
    """Normal with a standard deviation of one's own.

        W ~ N(0, std²)

    >>> float(normal(np.random.default_rng(0), (100, 100), std=0.1).std().round(3))
    0.1
    """
    return std * rng.standard_normal(shape)


def xavier_uniform(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """Glorot & Bengio 2010, eq. 16: a compromise between forward and backward variance.

        W ~ U(−a, a),   a = gain √(6/(fan_in + fan_out))

    >>> float(abs(xavier_uniform(np.random.default_rng(0), (300, 300))).max().round(3))
    0.1
    """
    return uniform(rng, shape, gain * sqrt(6 / sum(fans(shape))))


def xavier_normal(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """Glorot & Bengio 2010, eq. 12, normal.

        W ~ N(0, gain² · 2/(fan_in + fan_out))

    >>> float(xavier_normal(np.random.default_rng(0), (100, 100)).std().round(3))
    0.1
    """
    return normal(rng, shape, gain * sqrt(2 / sum(fans(shape))))


def he_uniform(rng: np.random.Generator, shape: Shape, gain: float = sqrt(2)) -> np.ndarray:
    """Uniform with the variance of He et al. 2015, eq. 10, which ReLU keeps.

        W ~ U(−a, a),   a = gain √(3/fan_in)

    >>> float(abs(he_uniform(np.random.default_rng(0), (100, 600))).max().round(3))
    0.1
    """
    return uniform(rng, shape, gain * sqrt(3 / fans(shape)[0]))


def he_normal(rng: np.random.Generator, shape: Shape, gain: float = sqrt(2)) -> np.ndarray:
    """He et al. 2015, eq. 10: the variance that ReLU keeps.

        W ~ N(0, gain²/fan_in)

    >>> float(he_normal(np.random.default_rng(0), (100, 200)).std().round(2))
    0.1
    """
    return normal(rng, shape, gain / sqrt(fans(shape)[0]))


def lecun_uniform(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Uniform with the variance of LeCun et al. 1998, eq. 16.

        W ~ U(−a, a),   a = √(3/fan_in)

    >>> float(abs(lecun_uniform(np.random.default_rng(0), (100, 300))).max().round(3))
    0.1
    """
    return he_uniform(rng, shape, gain=1.0)


def lecun_normal(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """LeCun et al. 1998, eq. 16: the variance that a linear unit keeps.

        W ~ N(0, 1/fan_in)

    >>> float(lecun_normal(np.random.default_rng(0), (200, 100)).std().round(2))
    0.1
    """
    return he_normal(rng, shape, gain=1.0)


def orthogonal(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """Orthogonal (Saxe, McClelland & Ganguli 2014), uniform over such matrices.

        W = gain · Q,   QᵀQ = I or QQᵀ = I,   W read as (out, in · kernel)

    Q of the QR decomposition of a normal matrix, its columns signed so that R's diagonal is positive, without
    which the distribution is not uniform (Mezzadri 2007).

    >>> Q = orthogonal(np.random.default_rng(0), (2, 3))
    >>> bool(np.allclose(Q @ Q.T, np.eye(2)))
    True
    """
    fans(shape)
    rows, columns = shape[0], prod(shape[1:])
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return gain * (q if rows >= columns else q.T).reshape(shape)
