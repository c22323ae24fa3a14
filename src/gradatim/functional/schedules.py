"""Learning-rate schedules (curriculum C8): the factor on the learning rate, of (step, steps in all).

Steps count from 0. Being functions of the steps in all, they are recomputed when a run is extended.
"""

from collections.abc import Callable
from math import cos, pi

Schedule = Callable[[int, int], float]


def constant(step: int, total: int) -> float:
    """The learning rate as it is, at every step.

        η_t = η

    >>> [constant(t, 100) for t in (0, 50, 99)]
    [1.0, 1.0, 1.0]
    """
    return 1.0


def step(step: int, total: int, milestones: tuple[float, ...] = (0.5, 0.75), factor: float = 0.1) -> float:
    """Smaller at each milestone, a share of the steps: a half, three quarters (He et al. 2015, 4.2).

        η_t = η · factor^(number of milestones up to t/T)

    >>> [step(t, 100) for t in (49, 50, 75)]
    [1.0, 0.1, 0.010000000000000002]
    """
    return float(factor ** sum(step >= share * total for share in milestones))


def exponential(step: int, total: int, final: float = 0.01) -> float:
    """The same ratio at every step, down to `final` at the end.

        η_t = η · final^(t/T)

    >>> [round(exponential(t, 100), 4) for t in (0, 50, 100)]
    [1.0, 0.1, 0.01]
    """
    return final ** min(step / total, 1.0)


def inverse_time(step: int, total: int, decay: float = 10.0) -> float:
    """The 1/t rule (Robbins & Monro 1951).

        η_t = η/(1 + decay · t/T)

    >>> [round(inverse_time(t, 100), 4) for t in (0, 10, 100)]
    [1.0, 0.5, 0.0909]
    """
    return 1 / (1 + decay * step / total)


def cosine(step: int, total: int) -> float:
    """Down to 0 along half a cosine (Loshchilov & Hutter 2017, eq. 5, without restarts).

        η_t = ½ η (1 + cos(π t/T))

    >>> cosine(0, 10), cosine(5, 10), cosine(10, 10)
    (1.0, 0.5, 0.0)
    """
    return 0.5 * (1 + cos(pi * min(step / total, 1.0)))


def one_cycle(step: int, total: int, rise: float = 0.3, start: float = 0.04, final: float = 4e-6) -> float:
    """Up from `start` to 1 during the share `rise` of the steps, then down to `final` (Smith & Topin 2018).

        η_t/η = c(start, 1, t/p) for t ≤ p = rise · T − 1,   then c(1, final, (t − p)/(T − 1 − p))
        c(a, b, s) = b + ½ (a − b)(1 + cos πs)

    In the cosine form and with the defaults of torch's OneCycleLR; the last step has `final`.

    >>> [round(one_cycle(t, 100), 4) for t in (0, 29, 99)]
    [0.04, 1.0, 0.0]
    """
    peak = rise * total - 1
    if step <= peak and peak > 0:
        return _between(start, 1.0, step / peak)
    return _between(1.0, final, min((step - peak) / max(total - 1 - peak, 1), 1.0))


def _between(a: float, b: float, share: float) -> float:
    """From a to b along half a cosine."""
    return b + (a - b) * 0.5 * (1 + cos(pi * share))
