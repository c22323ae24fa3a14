"""Anderson acceleration of passes over coordinates."""

from itertools import pairwise

import numpy as np


class Anderson:
    """Extrapolates from the last K + 1 iterates (Anderson 1965; Bertrand & Massias 2021).

        c = argmin ‖Σ c_k (w_k+1 − w_k)‖, Σ c_k = 1;   w = Σ c_k w_k+1

    What is linear in the iterates, as residuals are, is extrapolated with the same c.
    """

    def __init__(self, most: int = 5):
        self.most = most
        self.iterates: list[tuple[np.ndarray, ...]] = []

    def push(self, *arrays: np.ndarray) -> None:
        """Keep copies of an iterate and of what is linear in it."""
        self.iterates.append(tuple(one.copy() for one in arrays))

    @property
    def full(self) -> bool:
        """Whether there are K + 1."""
        return len(self.iterates) > self.most

    def extrapolation(self) -> tuple[np.ndarray, ...] | None:
        """The combination of all, which are then forgotten; None where their moves say nothing."""
        kept, self.iterates = self.iterates, []
        first = [one[0].ravel() for one in kept]
        U = np.array([after - before for before, after in pairwise(first)])
        c = combination(U)
        if c is None:
            return None
        return tuple(
            sum(ck * one for ck, one in zip(c, part[1:], strict=True)) for part in zip(*kept, strict=True)
        )


def combination(U: np.ndarray) -> np.ndarray | None:
    """Shares c (K,) of moves U (K, size) that follow one another; None where they say nothing."""
    gram = U @ U.T
    size = np.trace(gram)
    if not size > 0:
        return None
    try:
        c: np.ndarray = np.linalg.solve(gram / size + 1e-14 * np.eye(len(U)), np.ones(len(U)))
    except np.linalg.LinAlgError:
        return None
    c /= c.sum()
    return c if np.isfinite(c).all() else None
