"""How alike two domains are, and how much one task's features say about another's answers."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.functional.kernels import KERNELS, kernel_width
from gradatim.transfer.density_ratio import scaled_domains


def mmd(source: Any, target: Any, kernel: str = "rbf", gamma: float | None = None) -> float:
    """The squared maximum mean discrepancy, without bias (Gretton, Borgwardt, Rasch, Schölkopf & Smola 2012).

        1/N(N − 1) Σ_{i≠j} k(x_i, x_j) + 1/M(M − 1) Σ_{i≠j} k(x′_i, x′_j) − 2/NM Σ k(x_i, x′_j)

    Of two samples of one distribution its mean is 0, so that it may be below. The rows are taken as they
    are: scale the columns first.

    Shapes: source (N, D), target (M, D). `kernel` and `gamma` are as of `TCA`.

    Raises UsageError for domains with other columns, and for fewer than two rows of one.

    >>> round(mmd([[0.0], [1.0]], [[0.0], [1.0]], "linear"), 12)  # 0 + 0 − 2 · ¼
    -0.5
    """
    a, b = (np.asarray(one, np.float64) for one in (source, target))
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise UsageError(
            f"mmd compares two rows or more of each domain, of the same columns; the shapes are "
            f"{a.shape} and {b.shape}"
        )
    gamma = kernel_width(kernel, np.concatenate([a, b]), gamma)
    k = KERNELS[kernel]
    return float(_between(k(a, a, gamma)) + _between(k(b, b, gamma)) - 2 * k(a, b, gamma).mean())


def proxy_a_distance(source: Any, target: Any, folds: int = 5, seed: int = 0) -> float:
    """2(1 − 2ε), ε the error of a linear classifier that tells the domains apart (Ben-David et al. 2007).

    0 where it cannot, 2 where it always can. ε is the mean of the two domains' shares of error, on rows held
    out in turn; below 0 is said as 0.

    Shapes: source (N, D), target (M, D).

    >>> rng = np.random.default_rng(0)
    >>> proxy_a_distance(rng.normal(0, 1, (50, 2)), rng.normal(9, 1, (50, 2)))
    2.0
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import balanced_accuracy_score

    source, target = scaled_domains(source, target)
    domain = np.repeat([0, 1], [len(source), len(target)])
    found = _held_out(
        LogisticRegression(class_weight="balanced", max_iter=1000), np.concatenate([source, target]), domain,
        folds, seed,
    )  # fmt: skip
    return max(0.0, 2 * (2 * float(balanced_accuracy_score(domain, found)) - 1))


def linear_probe_gain(features: Any, inputs: Any, y: Any, folds: int = 5, seed: int = 0) -> float:
    """The gain in accuracy of a linear classifier that reads features, not the inputs (Alain & Bengio 2017).

    The share of held-out examples, from −1 to 1: what another task's network has made easier to read.

    Shapes: features (N, H), inputs (N, D), y (N,) classes.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    y, shares = np.asarray(y), []
    for x in (features, inputs):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        shares.append(float((_held_out(model, np.asarray(x, np.float64), y, folds, seed) == y).mean()))
    return shares[0] - shares[1]


def _between(K: np.ndarray) -> float:
    """The mean of a kernel's values of two different rows."""
    n = len(K)
    return float((K.sum() - np.trace(K)) / (n * (n - 1)))


def _held_out(model: Any, x: np.ndarray, y: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """What the model says of each row, learned from the other folds; UsageError for too few of a class."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = whole("folds", folds, 2)
    fewest = int(np.unique(y, return_counts=True)[1].min())
    if fewest < folds:
        raise UsageError(f"{folds} folds need as many rows of every class; one has {fewest}")
    return cross_val_predict(model, x, y, cv=StratifiedKFold(folds, shuffle=True, random_state=seed))
