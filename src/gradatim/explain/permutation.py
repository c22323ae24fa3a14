"""Permutation importance: how much worse a network answers when a column tells nothing any more."""

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.explain.encoded_rows import EncodedRows, encoded_rows
from gradatim.explain.importance import Importance, Rise
from gradatim.random import permutation
from gradatim.runs.trained import Trained

MOST_ROWS, LEAST_ROWS = 2000, 200
SHUFFLES = 5
MOST_WORK = 2e10  # multiplications: some seconds on one thread


def importance(
    trained: Trained, data: Dataset, seed: int, shuffles: int = SHUFFLES, most: int = MOST_ROWS
) -> Importance | None:
    """The rise of the mean loss when a column's values change places among the examples, of every column.

        I_j = mean_r [ L(y, f(X with column j in the order π_jr)) ] − L(y, f(X))

    (Breiman 2001; Fisher, Rudin & Dominici 2019). All that a column was encoded to moves together, so it is
    the raw column that is shuffled. π_jr is a function of the seed, the column's name and r. Columns that say
    the same share their importance: each can be shuffled without much loss while the other is there.

    None for what is not a table, or is so wide that it would take long.
    """
    one = trained.facts.get("parameters", 1)
    one = one if trained.kept is None else trained.kept.work(one)
    work = max(columns_of(trained, data), 1) * shuffles * max(float(one), 1.0)
    if work * LEAST_ROWS > MOST_WORK:
        return None
    seen = encoded_rows(trained, data, min(most, max(LEAST_ROWS, int(MOST_WORK / work))), seed)
    if seen is None or seen.y is None or len(seen.x) < 2:
        return None
    whole = mean_loss(seen, seen.x)
    rises = [rise(seen, j, whole, seed, shuffles) for j in range(len(seen.columns))]
    rises.sort(key=lambda one: (-one.mean, one.column))
    return Importance(rises, whole, len(seen.x), len(data), shuffles)


def columns_of(trained: Trained, data: Dataset) -> int:
    """How many columns there are to shuffle; all words of a free text are one."""
    return len(trained.encoder.columns(data)) or 1


def rise(seen: EncodedRows, j: int, whole: float, seed: int, shuffles: int) -> Rise:
    """What shuffling the j-th column costs."""
    name, place = seen.columns[j].name, seen.places[j]
    found = np.empty(shuffles)
    x = seen.x.copy()
    for r in range(shuffles):
        order = permutation(seed, f"{name}, shuffle {r}", len(x))
        x[:, place] = seen.x[order][:, place]
        found[r] = mean_loss(seen, x) - whole
    return Rise(name, float(found.mean()), float(found.std()))


def mean_loss(seen: EncodedRows, x: np.ndarray) -> float:
    """The mean loss of the network's answers to encoded inputs."""
    assert seen.y is not None
    return float(seen.trained.problem.example_losses(seen.outputs(x), seen.y).mean())
