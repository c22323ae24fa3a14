"""How much a network and the models beside it count, or which of them answers alone, by validation."""

from collections.abc import Callable, Sequence

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.ensembles.folds import fold_of
from gradatim.ensembles.selection import greedy_shares
from gradatim.functional.ensemble_mean import mean_of_outputs
from gradatim.problems.measures import TINY
from gradatim.problems.problem import Problem
from gradatim.random import permutation
from gradatim.runs.kept_mean import KeptMean, mean_outputs
from gradatim.runs.kept_model import KeptModel

Loss = Callable[[np.ndarray, np.ndarray], float]
FOLDS = 5
LEAST_ROWS = 25  # of validation, so that five stand in a fold
MOST_ROWS, MOST_OUTPUTS = 20_000, 1_000_000  # of validation, by which shares are chosen


def choose_mean(
    problem: Problem, models: Sequence[KeptModel], a: np.ndarray, valid: Dataset, seed: int
) -> KeptMean:
    """What answers from now on, for outputs a (M, N, K) on validation, the network's first: the best single
    one, or the weighed mean where `mean_is_better`.

        s = greedy_shares(a)                          (Caruana et al. 2004)

    Under 25 rows a mean is not tried. Where two are alike the network answers. Of many rows 20,000 say what
    the shares are.
    """
    assert valid.y is not None
    losses = [problem.loss_beside(one, valid.y) for one in a]
    share = np.eye(len(a))[_best(losses)]
    measure, mean_loss = _measure(problem, a[0], valid.y), None
    sound = [m for m, one in enumerate(a) if np.isfinite(one).all()]
    if len(valid) >= LEAST_ROWS and len(sound) > 1:
        rows = _rows(len(valid), a.shape[2], seed)
        drawn, some = a[:, rows][sound], valid.take(rows)
        assert some.y is not None
        shares = shares_of(problem, drawn, some.y)
        mean_loss = problem.loss_beside(mean_outputs(problem, a[sound], shares), valid.y)
        if shares.max() < 1 and mean_is_better(problem, drawn, some, seed):
            share = np.zeros(len(a))
            share[sound] = shares
    return KeptMean(tuple(models), tuple(share.tolist()), measure, tuple(losses), mean_loss)


def shares_of(problem: Problem, a: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The shares (M,) of outputs a (M, N, K) for targets y (N, …)."""
    z, loss = _as_averaged(problem, a, y)
    return _greedy(z, y, loss)


def mean_is_better(problem: Problem, a: np.ndarray, valid: Dataset, seed: int) -> bool:
    """Whether a weighed mean is better than the best single one on rows that have chosen neither.

    Greedy selection begins with the best single one, so on the rows of choice a mean is never worse: that
    says nothing. Here each fifth of the rows is answered by the shares of the other four, and by the one that
    is best on these.
    """
    y = valid.y
    assert y is not None
    z, loss = _as_averaged(problem, a, y)
    classes = y if y.ndim == 1 and y.dtype.kind in "iu" else None
    fold = fold_of(len(y), FOLDS, seed, classes, valid.groups)
    mean, single = np.empty(z.shape[1:]), np.empty(z.shape[1:])
    for k in np.unique(fold):
        own, seen = fold == k, fold != k
        mean[own] = mean_of_outputs(z[:, own], _greedy(z[:, seen], y[seen], loss))
        single[own] = z[_best([loss(one, y[seen]) for one in z[:, seen]])][own]
    return _comparable(loss(mean, y)) < _comparable(loss(single, y))


def _as_averaged(problem: Problem, a: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Loss]:
    """Outputs a (M, N, K) as what is averaged, (M, N, ·), and the loss of a mean (N, ·) for targets y: of
    probabilities only those of the right answers, as no other says what the loss is.
    """
    if problem.mean_beside == "outputs":
        return a, problem.loss_beside
    p = np.stack([problem.probability_of(y, one) for one in a])
    return p, lambda mean, _: float(-np.log(np.maximum(mean, TINY)).mean())


def _greedy(z: np.ndarray, y: np.ndarray, loss: Loss) -> np.ndarray:
    return greedy_shares(z, mean_of_outputs, lambda mean: _comparable(loss(mean, y)))


def _best(losses: Sequence[float]) -> int:
    """The first of those whose loss is least."""
    return int(np.argmin([_comparable(loss) for loss in losses]))


def _rows(n: int, outputs: int, seed: int) -> np.ndarray:
    """Rows of n, in order: all, or as many as are compared in bearable time."""
    most = max(1000, min(MOST_ROWS, MOST_OUTPUTS // outputs))
    return np.arange(n) if n <= most else np.sort(permutation(seed, "shares", n)[:most])


def _measure(problem: Problem, a: np.ndarray, y: np.ndarray) -> str:
    """The name of what decides."""
    return "loss" if "loss" in problem.measures_beside(a, y) else problem.deciding[0]


def _comparable(loss: float) -> float:
    """A loss that is no number as the worst there is."""
    return loss if np.isfinite(loss) else float(np.finfo(np.float64).max)
