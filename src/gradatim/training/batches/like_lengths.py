"""The batches of an epoch of sequences, each of like lengths, so that little of it is padding."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.nn.batch_norm import BATCH_NORMS
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings

BATCHES = 50  # whose sequences are sorted by length together


def batches_of(
    epoch: int, lengths: Sequence[np.ndarray], how: BatchSettings
) -> tuple[np.ndarray, np.ndarray]:
    """The sequences as they are cut into batches, and the order of the batches: functions of (seed, epoch).

    The sequences in the order of permutation(seed, epoch); of those of each 50 batches the short ones first,
    by the last of the `lengths` (N,), then by the one before.

    A network with batch norm gets them unsorted: the mean of a batch of like lengths tells it how long they
    are while it learns, and nothing does when it is asked (of captions, how many things there are to name).

    >>> rows, batches = batches_of(0, [np.array([3, 1, 2, 1])], BatchSettings(2, 0, None, None))
    >>> sorted(rows[:2].tolist()), sorted(batches.tolist())
    ([1, 3], [0, 1])
    """
    n, cut = len(lengths[0]), BATCHES * how.size
    rows = permutation(how.seed, epoch, n)
    for first in range(0, 0 if has_batch_norm(how.network) else n, cut):
        part = rows[first : first + cut]
        rows[first : first + cut] = part[np.lexsort([one[part] for one in lengths])]
    return rows, permutation(how.seed, f"batches {epoch}", (n + how.size - 1) // how.size)


def has_batch_norm(network: Any) -> bool:
    """Whether some layer normalises by the batch."""
    return network is not None and any(isinstance(layer, BATCH_NORMS) for layer in network.modules())
