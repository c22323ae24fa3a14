"""How much each member counts, by what they say of examples that they have not seen."""

from collections.abc import Callable

import numpy as np

Mean = Callable[[np.ndarray, np.ndarray], np.ndarray]
Mean_loss = Callable[[np.ndarray], float]
ROUNDS = 20


def greedy_shares(a: np.ndarray, mean: Mean, loss: Mean_loss, rounds: int = ROUNDS) -> np.ndarray:
    """Shares (M,) of members with outputs a (M, N, K): ensemble selection (Caruana et al. 2004).

        c ← 0;  `rounds` times:  c_m ← c_m + 1 of the m for which loss(mean(a, c / Σ c)) is least;
        s = c / Σ c  of the round whose loss was least

    A member may be taken again; one that only makes the mean worse is never taken.

    >>> a = np.array([[[1.0]], [[3.0]], [[90.0]]])
    >>> greedy_shares(a, lambda a, s: np.einsum("m,mnk->nk", s, a), lambda a: (a.item() - 2) ** 2).tolist()
    [0.5, 0.5, 0.0]
    """
    counts = np.zeros(len(a))
    best, best_loss = counts, np.inf
    for _ in range(rounds):
        losses = [loss(mean(a, _normal(counts + one))) for one in np.eye(len(a))]
        counts = counts + np.eye(len(a))[int(np.argmin(losses))]
        if min(losses) < best_loss:
            best, best_loss = counts, min(losses)
    return _normal(best)


def _normal(counts: np.ndarray) -> np.ndarray:
    return counts / counts.sum()
