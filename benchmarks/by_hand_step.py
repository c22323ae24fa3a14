"""Claim: on one thread, the engine by hand trains a small dense network faster than a bare torch loop.

    python benchmarks/by_hand_step.py

One training step (forward, loss, backward, Adam) of 64–64–10 ReLU, batch 32, float32: NumPy by hand with
`functional.updates.adam` on θ, beside `torch.nn.Sequential` with torch's fused Adam and nothing else in the
loop. Blocks are taken in turn in one process; medians of all blocks, one thread each.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from threadpoolctl import threadpool_limits
from torch import nn

from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.functional.updates import adam
from gradatim.models.mlp import mlp

BLOCKS, STEPS, BATCH = 41, 500, 32
HYPER = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def by_hand(x: np.ndarray, y: np.ndarray) -> Callable[[], None]:
    network, loss, t = Network(mlp(64, 10, hidden=(64,))), CrossEntropy(), 0
    m, v = np.zeros_like(network.theta), np.zeros_like(network.theta)

    def step() -> None:
        nonlocal t
        t += 1
        _, grad = loss.mean_and_gradient(network.forward(x, training=True), y)
        network.backward(grad)
        adam(network.theta, network.gradient, t, m, v, **HYPER)

    return step


def bare_torch(x: np.ndarray, y: np.ndarray) -> Callable[[], None]:
    network = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=HYPER["lr"], fused=True)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(network(inputs), targets).backward()
        optimizer.step()

    return step


def block(step: Callable[[], None]) -> float:
    """Microseconds a step."""
    started = time.perf_counter()
    for _ in range(STEPS):
        step()
    return (time.perf_counter() - started) / STEPS * 1e6


def main() -> None:
    torch.set_num_threads(1)
    threadpool_limits(1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCH, 64)).astype(np.float32)
    y = rng.integers(0, 10, BATCH)
    steps = {"by hand": by_hand(x, y), "bare torch": bare_torch(x, y)}
    for step in steps.values():
        block(step)
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(BLOCKS):
        for name, step in steps.items():
            times[name].append(block(step))
    print(f"64–64–10, batch {BATCH}, float32, 1 thread each; {BLOCKS} blocks of {STEPS} steps")
    for name, found in times.items():
        low, median, high = (np.quantile(found, q) for q in (0.1, 0.5, 0.9))
        print(f"{name:10s}  median {median:6.1f} µs a step  (10 %: {low:.1f}, 90 %: {high:.1f})")
    ratio = statistics.median(h / b for h, b in zip(times["by hand"], times["bare torch"], strict=True))
    print(f"by hand / bare torch, median of the pairs: {ratio:.2f}")


if __name__ == "__main__":
    main()
