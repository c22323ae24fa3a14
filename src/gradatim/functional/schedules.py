"""Learning-rate schedules: the factor on the learning rate as a function of (step, steps in all)."""

from math import cos, pi


def constant(step: int, total: int) -> float:
    """1 at every step."""
    return 1.0


def cosine(step: int, total: int) -> float:
    """½(1 + cos(π · step/total)): from 1 down to 0 (Loshchilov & Hutter 2017, eq. 5, without restarts).

    >>> cosine(0, 10), cosine(5, 10), cosine(10, 10)
    (1.0, 0.5, 0.0)
    """
    return 0.5 * (1 + cos(pi * min(step / total, 1.0)))
