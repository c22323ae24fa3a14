"""Claims: on a map of 20 × 20 units and 10,000 examples of 50 numbers, an epoch of the batch rule is at least
20 times, and of the online rule at least 5 times, as fast as minisom's (`train_batch_offline`, `train`), at
an equal quantisation error.

    pip install minisom; python benchmarks/som.py

One thread, float64, the same first weights, rates and neighbourhoods. Every pair of timings is taken one
after the other; printed is the median of the ratios of 5 pairs, and both quantisation errors.
"""

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from minisom import MiniSom

from gradatim.nn.unit_grid import squared_distances
from gradatim.unsupervised.map_kernel import online_path, online_steps
from gradatim.unsupervised.map_measures import map_errors
from gradatim.unsupervised.map_start import pca_weights
from gradatim.unsupervised.map_steps import batch_step, decay, grid_groups, neighbourhood

SIDE, N, D, PAIRS, PART = 20, 10_000, 50, 5, 250
SIGMA, ALPHA = 5.0, 0.5
rng = np.random.default_rng(0)
X = rng.normal(size=(8, D))[rng.integers(8, size=N)] * 2 + rng.normal(size=(N, D))
START = pca_weights(X, SIDE, SIDE)
SQUARED = squared_distances(SIDE, SIDE)


def theirs(rule: str) -> np.ndarray:
    decays = "asymptotic_decay" if rule == "online" else lambda rate, t, T: rate
    alpha = ALPHA if rule == "online" else 1.0
    som = MiniSom(SIDE, SIDE, D, sigma=SIGMA, learning_rate=alpha, decay_function=decays)
    som._weights = START.reshape(SIDE, SIDE, D).transpose(1, 0, 2).copy()
    som.train(X, N) if rule == "online" else som.train_batch_offline(X, 1)
    return som._weights.transpose(1, 0, 2).reshape(-1, D)


def ours(rule: str) -> np.ndarray:
    if rule == "batch":
        return batch_step(START, [(X, None)], neighbourhood(SQUARED, SIGMA))[0]
    distinct, group = grid_groups(SQUARED)
    W = np.ascontiguousarray(START.T)
    for at in range(0, N, PART):
        progress = np.arange(at, at + PART) / N
        h = neighbourhood(distinct, decay(SIGMA, SIGMA / 3, progress)[:, None])
        online_steps(W, X[at : at + PART], decay(ALPHA, ALPHA / 3, progress)[:, None] * h, group)
    return np.ascontiguousarray(W.T)


def timed(learn: Callable[[str], np.ndarray], rule: str) -> tuple[float, float]:
    started = time.perf_counter()
    W = learn(rule)
    seconds = time.perf_counter() - started
    return seconds, float(map_errors(W, X, SIDE, SIDE, "rectangular")[0].mean())


def main() -> None:
    print(f"online steps: {online_path('float64')[1]}")
    for rule, wanted in (("batch", 20), ("online", 5)):
        timed(ours, rule)
        pairs = [(timed(ours, rule), timed(theirs, rule)) for _ in range(PAIRS)]
        ratio = statistics.median(other[0] / own[0] for own, other in pairs)
        own, other = (statistics.median(pair[k][0] for pair in pairs) for k in (0, 1))
        errors = pairs[0][0][1], pairs[0][1][1]
        print(
            f"{rule}: an epoch in {own * 1e3:.1f} ms, minisom's in {other * 1e3:.0f} ms; {ratio:.1f} times "
            f"({'met' if ratio >= wanted else 'MISSED'}: {wanted}); quantisation error {errors[0]:.6f}, "
            f"minisom's {errors[1]:.6f}"
        )


if __name__ == "__main__":
    main()
