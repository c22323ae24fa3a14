"""Columns of numbers whose few largest values decide mean and deviation, so that the others look alike."""

from collections.abc import Sequence

import numpy as np

MOST = 100.0  # usual distances in a deviation: docs/log/data.md, "Columns with a few enormous values"
ENOUGH = 10_000  # values for a median
LARGEST = float(np.finfo(np.float64).max)


def has_outliers(values: np.ndarray) -> bool:
    """Whether few of the values (N,), none of them missing, decide the standard deviation.

        σ > 100 · d,   d the median of |x − m| over the values other than the median m

    Then the usual values lie within a hundredth of a deviation of each other, once standardised. The medians
    are those of some 10,000 values, evenly spaced, where there are more.

    >>> usual = np.linspace(-1, 1, 99)
    >>> has_outliers(usual), has_outliers(np.append(usual, 1e6))
    (False, True)
    """
    usual = _usual_distance(values[:: len(values) // ENOUGH + 1]) or _usual_distance(values)
    unit = float(np.abs(values).max(initial=0))
    return usual > 0 and bool((values / unit).std() > MOST * (usual / unit))


def _usual_distance(values: np.ndarray) -> float:
    """The median distance from the median of the values that are not equal to it; 0 without any."""
    if not len(values):
        return 0.0
    part = values / 4  # so that no difference overflows, nor the sum of two
    distances = np.abs(part - np.median(part))
    distances = distances[distances > 0]
    return 4 * min(float(np.median(distances)), LARGEST / 4) if len(distances) else 0.0


def sentence(names: Sequence[str]) -> str:
    """What a person should know of inputs that are scaled by their quantiles."""
    what, its = ("column", "its") if len(names) == 1 else ("columns", "their")
    return (
        f"{what} {_listed(names)}: a few enormous values decide {its} mean and deviation, so the network "
        f"sees {its} ranks (normal scores) instead"
    )


def sentence_of_target(names: Sequence[str]) -> str:
    """What a person should know of targets with such values, which are learned as they are."""
    return (
        f"target {_listed(names)}: a few enormous values decide the mean and the deviation, so the network "
        "hardly tells the others apart; leave those rows out, or learn the logarithm: --target-transform log"
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(map(repr, names[:8])) + more
