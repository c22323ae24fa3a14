"""How much a network and the models beside it count, or which of them answers alone, by validation."""

from collections.abc import Sequence

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.ensembles.folds import fold_of
from gradatim.ensembles.selection import greedy_shares
from gradatim.problems.problem import Problem
from gradatim.random import permutation
from gradatim.runs.kept_mean import KeptMean, mean_outputs
from gradatim.runs.kept_model import KeptModel

FOLDS = 5
LEAST_ROWS = 25  # of validation, so that five stand in a fold
MOST_ROWS, MOST_OUTPUTS = 20_000, 1_000_000  # of validation, by which shares are chosen


def choose_mean(
    problem: Problem, models: Sequence[KeptModel], a: np.ndarray, valid: Dataset, seed: int
) -> KeptMean:
    """What answers from now on, for outputs a (M, N, K) on validation, the network's first.

        s = greedy_shares(a)                          a weighed mean (Caruana et al. 2004)
        it answers where  L(ā) < min_m L(a_m),        ā by shares that were chosen without the row's fifth

    Greedy selection begins with the best single model, so by the rows that chose its shares a mean is never
    worse: that would say nothing. Each fifth of the rows is therefore answered by shares of the other four.
    Under 25 rows that tells no more than chance, and the best single model answers; so it does when the mean
    is no better. Where two are alike the network answers.
    """
    assert valid.y is not None
    valid_losses = [_finite(problem.loss_beside(one, valid.y)) for one in a]
    share = np.eye(len(a))[int(np.argmin(valid_losses))]
    mean_loss = None
    if len(valid) >= LEAST_ROWS:
        rows = _rows(len(valid), a.shape[2], seed)
        drawn, some = a[:, rows], valid.take(rows)
        shares, answers = shares_of(problem, drawn, some, seed)
        mean_loss = _finite(problem.loss_beside(answers, some.y))  # type: ignore[arg-type]
        best = min(_finite(problem.loss_beside(one, some.y)) for one in drawn)  # type: ignore[arg-type]
        share = shares if mean_loss < best and shares.max() < 1 else share
    return KeptMean(
        tuple(models), tuple(share.tolist()), _measure(problem, a[0], valid.y), tuple(valid_losses), mean_loss
    )


def shares_of(problem: Problem, a: np.ndarray, valid: Dataset, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The shares (M,) of outputs a (M, N, K), and outputs (N, K) of each fold by shares of the others."""
    y = valid.y
    assert y is not None
    classes = y if y.ndim == 1 and y.dtype.kind in "iu" else None
    fold = fold_of(len(y), FOLDS, seed, classes, valid.groups)

    def shares(rows: np.ndarray) -> np.ndarray:
        return greedy_shares(
            a[:, rows],
            lambda a, share: mean_outputs(problem, a, share),
            lambda mean: _finite(problem.loss_beside(mean, y[rows])),
        )

    found = np.empty(a.shape[1:])
    for k in np.unique(fold):
        own = fold == k
        found[own] = mean_outputs(problem, a[:, own], shares(np.flatnonzero(~own)))
    return shares(np.arange(len(y))), found


def _rows(n: int, outputs: int, seed: int) -> np.ndarray:
    """Rows of n, in order: all, or as many as are compared in bearable time."""
    most = max(1000, min(MOST_ROWS, MOST_OUTPUTS // outputs))
    return np.arange(n) if n <= most else np.sort(permutation(seed, "shares", n)[:most])


def _measure(problem: Problem, a: np.ndarray, y: np.ndarray) -> str:
    """The name of what decides."""
    return "loss" if "loss" in problem.measures_beside(a, y) else problem.deciding[0]


def _finite(loss: float) -> float:
    """A loss that is no number is the worst."""
    return loss if np.isfinite(loss) else float("inf")
