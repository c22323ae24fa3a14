"""Claim: the rule of `--engine auto` takes the quicker engine.

    python benchmarks/engines.py [--threads 1]

A step of an MLP with one or two hidden layers, Adam, float32, dropout 0.5, by hand and in torch, through
Training: loop, shuffling and records included. Blocks of both take turns; medians of 7 blocks.
"""

import argparse
import statistics
import time

import numpy as np

import gradatim
from gradatim.by_hand.network import Network
from gradatim.device import threads
from gradatim.jobs.engine import NUMPY_BELOW
from gradatim.models.mlp import mlp

GRID = [
    ((64,), 32), ((64,), 128), ((256,), 32), ((512,), 32), ((512,), 128), ((256, 256), 32), ((512, 512), 32),
    ((512, 512), 128), ((1024, 1024), 32), ((1024, 1024), 128), ((2048, 2048), 32),
]  # fmt: skip


def block(training: gradatim.Training, seconds: float) -> float:
    """Microseconds a step."""
    before, started = training.step, time.perf_counter()
    while time.perf_counter() - started < seconds:
        training.advance(seconds)
    return (time.perf_counter() - started) / (training.step - before) * 1e6


def compare(hidden: tuple[int, ...], batch: int) -> tuple[float, float, float]:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40 * batch, 64)).astype(np.float32), rng.integers(0, 10, 40 * batch)
    network = Network(mlp(64, 10, hidden=hidden, dropout=0.5))
    module = gradatim.build(
        {"name": "mlp", "in_features": 64, "out_features": 10, "hidden": list(hidden), "dropout": 0.5}
    )
    how = {"epochs": 10**6, "batch_size": batch, "lr": 1e-4}
    both = [gradatim.Training(model, (x, y), **how) for model in (network, module)]
    times: list[list[float]] = [[], []]
    for _ in range(8):
        for training, found in zip(both, times, strict=True):
            found.append(block(training, 0.15))
    work = 3.0 * batch * network.theta.size
    return work, *(statistics.median(found[1:]) for found in times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    number = parser.parse_args().threads
    print(f"{number} thread(s); the rule takes NumPy below {NUMPY_BELOW:.0e} multiply-adds a step")
    with threads("numpy", number), threads("torch", number):
        for hidden, batch in GRID:
            work, by_hand, by_autograd = compare(hidden, batch)
            quicker = "numpy" if by_hand < by_autograd else "torch"
            rule = "numpy" if work < NUMPY_BELOW else "torch"
            print(
                f"hidden {hidden!s:13} batch {batch:4d}  {work:7.1e} multiply-adds  numpy {by_hand:8.0f} µs  "
                f"torch {by_autograd:8.0f} µs  ratio {by_hand / by_autograd:5.2f}  quicker: {quicker}"
                f"{'' if rule == quicker else f', the rule says {rule}'}"
            )


if __name__ == "__main__":
    main()
