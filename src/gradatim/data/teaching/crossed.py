"""Categories of which two decide together, and neither alone."""

import numpy as np

from gradatim import random
from gradatim.checks import UsageError, real, whole
from gradatim.data.dataset import Dataset
from gradatim.data.tables.inputs import Input
from gradatim.data.teaching.points import check_points

COLUMNS = ("query", "item", "place", "device", "hour")  # the first two are crossed


def crossed(n: int = 6000, noise: float = 0.1, levels: int = 20, seed: int = 0) -> Dataset:
    """A sparse table of categories with a planted cross (after Cheng et al. 2016): queries and items.

        y = T[query, item], turned round with probability `noise`;   T of 0 and 1, half of each row and column

    Five columns of `levels` categories each, drawn alike; place, device and hour say nothing. Each row and
    each column of T holds as many 1 as 0, so that neither query nor item says anything alone.
    Shapes: x (n, 5) codes of categories, y (n,).
    Raises UsageError for n below 4, a noise outside [0, 0.5), levels that are odd or outside 2 … 100.

    >>> found = crossed(n=4, noise=0, levels=2)
    >>> found.features, len(found.columns[0].categories)
    (('query', 'item', 'place', 'device', 'hour'), 2)
    """
    check_points(n, noise, seed, at_least=4)
    real("noise", noise, at_least=0, below=0.5)
    whole("levels", levels, at_least=2, at_most=100)
    if levels % 2:
        raise UsageError(f"levels must be an even number; it is {levels}")
    codes = np.stack([(_uniform(n, seed, name) * levels).astype(np.int64) for name in COLUMNS], 1)
    turned = _uniform(n, seed, "noise") < noise
    y = (planted(levels, seed)[codes[:, 0], codes[:, 1]] ^ turned).astype(np.int64)
    return Dataset(
        codes.astype(np.float64), y, ("no", "yes"), name="crossed", features=COLUMNS,
        columns=tuple(Input(name, "category", _names(name, levels)) for name in COLUMNS),
        task="classification", targets=("clicked",), source={"name": "crossed"},
    )  # fmt: skip


def planted(levels: int, seed: int) -> np.ndarray:
    """T (levels, levels): a checkerboard whose rows and columns are shuffled, and then four cells at a time.

    A swap of a rectangle's corners 1 0 / 0 1 for 0 1 / 1 0 leaves every row's and column's sum.
    """
    table = np.add.outer(np.arange(levels), np.arange(levels)) % 2
    swaps = 40 * levels * levels
    draws = (np.stack([_uniform(swaps, seed, f"swap {i}") for i in range(4)]) * levels).astype(np.int64)
    for a, b, c, d in draws.T.tolist():
        if table[a, c] == table[b, d] != table[a, d] == table[b, c]:
            table[[a, a, b, b], [c, d, c, d]] ^= 1
    return table.astype(bool)


def _uniform(n: int, seed: int, name: str) -> np.ndarray:
    return random.uniform(random.mix(np.arange(n, dtype=np.int32)), seed, f"crossed {name}", 0)


def _names(name: str, levels: int) -> tuple[str, ...]:
    return tuple(f"{name[0]}{k:02d}" for k in range(levels))
