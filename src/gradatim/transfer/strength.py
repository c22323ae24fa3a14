"""How strongly the domains are drawn together in the course of learning."""

from math import exp


def strength(progress: float, weight: float = 1.0, gamma: float = 10.0) -> float:
    """λ of the share of learning that is done (Ganin et al. 2016, section 5.2.2; curriculum G5).

        λ_p = w (2/(1 + e^{−γp}) − 1),   p from 0 to 1

    It is 0 at first, when the features say nothing yet, and nearly w from the middle on.

    >>> [round(strength(p), 4) for p in (0, 0.1, 0.5, 1)]
    [0.0, 0.4621, 0.9866, 0.9999]
    """
    return weight * (2 / (1 + exp(-gamma * progress)) - 1)
