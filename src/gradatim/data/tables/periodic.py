"""A number as waves of several lengths (Gorishniy, Rubachev & Babenko 2022; PBLD of Holzmüller et al. 2024).

    sin(2π w_k x), cos(2π w_k x),   k = 1 … K

x is the number scaled robustly and bent towards ±3. PBLD learns w and the phases and has a linear layer of
its own behind them; here w is fixed, sine and cosine hold every phase, and the linear layer is the network's
first.
"""

from typing import Any

import numpy as np

WAVES = 16
SIGMA = 1.0  # of the frequencies


def frequencies(waves: int = WAVES, sigma: float = SIGMA) -> list[float]:
    """w_k, spread as |w| of a normal distribution is: its quantiles at (k − ½)/K.

    >>> [round(w, 3) for w in frequencies(4)]
    [0.157, 0.489, 0.887, 1.534]
    """
    from scipy.special import ndtri

    shares = (np.arange(waves) + 0.5) / waves
    return [float(w) for w in sigma * ndtri(0.5 + shares / 2)]


def waves(x: np.ndarray, w: list[float], out: np.ndarray) -> None:
    """Sines, then cosines, of x (N,) into out (N, 2K)."""
    angle = 2 * np.pi * x[:, None] * np.asarray(w)
    np.sin(angle, out=out[:, : len(w)], casting="same_kind")
    np.cos(angle, out=out[:, len(w) :], casting="same_kind")


def wave_names(name: str, w: list[float]) -> list[str]:
    """What each of them is.

    >>> wave_names("age", [0.5])
    ['age sin 0.5', 'age cos 0.5']
    """
    return [f"{name} {wave} {one:.4g}" for wave in ("sin", "cos") for one in w]


def width(column: dict[str, Any]) -> int:
    """How many waves a column has."""
    return 2 * len(column["frequencies"])
