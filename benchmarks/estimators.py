"""Claim: the estimators fit a small network at least 3 times as fast as scikit-learn's.

    OMP_NUM_THREADS=1 python benchmarks/estimators.py

Adam, the same epochs, scikit-learn's batch of 200 and a batch of 32, one thread; digits (1797 × 64, 64 hidden
units) and random data (10 000 × 20, 100 hidden units). The two fit in turn; medians of 5 pairs.
"""

import statistics
import time
import warnings
from typing import Any

import numpy as np
from sklearn import neural_network
from sklearn.datasets import load_digits

from gradatim import estimators

EPOCHS, PAIRS, AIM = 10, 5, 3.0


def seconds(home: Any, kind: str, x: np.ndarray, y: np.ndarray, hidden: int, batch: int) -> float:
    """One fit."""
    made = getattr(home, kind)(
        hidden_layer_sizes=(hidden,), batch_size=batch, max_iter=EPOCHS, tol=0.0, n_iter_no_change=EPOCHS,
        random_state=0,
    )  # fmt: skip
    started = time.perf_counter()
    made.fit(x, y)
    return time.perf_counter() - started


def main() -> None:
    warnings.simplefilter("ignore")
    digits, labels = load_digits(return_X_y=True)
    rng = np.random.default_rng(0)
    wide = rng.standard_normal((10_000, 20))
    numbers = wide @ rng.standard_normal(20) + rng.standard_normal(10_000)
    tasks = {
        "digits, classifier": ("MLPClassifier", digits / 16, labels, 64),
        "10k x 20, classifier": ("MLPClassifier", wide, (numbers > 0).astype(int), 100),
        "10k x 20, regressor": ("MLPRegressor", wide, numbers, 100),
    }
    for name, (kind, x, y, hidden) in tasks.items():
        for dtype in ("float64", "float32"):
            for batch in (200, 32):
                given = kind, x.astype(dtype), y, hidden, batch
                seconds(estimators, *given)  # compiles the update, once
                pairs = [(seconds(neural_network, *given), seconds(estimators, *given)) for _ in range(PAIRS)]
                theirs, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
                verdict = "met" if theirs / ours >= AIM else "MISSED"
                print(
                    f"{name:22s} {dtype} batch {batch:3d}: scikit-learn {theirs:.3f} s, gradatim "
                    f"{ours:.3f} s, {theirs / ours:.1f} times as fast; {verdict}: at least {AIM:g}"
                )


if __name__ == "__main__":
    main()
