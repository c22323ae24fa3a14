"""Claim: on one thread, the engine by hand trains a small LeNet within 6 times of a bare torch loop.

    python benchmarks/by_hand_conv.py

One training step (forward, loss, backward, Adam) in float32 of LeNet-5 in its modern form (28×28, 6 and 16
maps, 61,706 parameters) and of a CNN for 8×8 digits (8 and 16 maps), batch 32: NumPy by hand with
`functional.updates.adam` on θ, beside torch's own layers with its fused Adam and nothing else in the loop, in
both orders of its memory. Blocks are taken in turn in one process; medians of all blocks, one thread each.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from threadpoolctl import threadpool_limits
from torch import nn

from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.functional.updates import adam

BLOCKS, BATCH = 21, 32
HYPER = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def conv(i: int, o: int, f: int, p: int) -> dict[str, Any]:
    return {"name": "conv2d", "in_channels": i, "out_channels": o, "kernel_size": f, "padding": p}


def dense(i: int, o: int) -> dict[str, Any]:
    return {"name": "dense", "in_features": i, "out_features": o}


RELU, POOL, FLAT = {"name": "relu"}, {"name": "max_pool2d", "kernel_size": 2}, {"name": "flatten"}
NETWORKS: dict[str, tuple[int, int, list[dict[str, Any]]]] = {  # side of a picture, steps a block, layers
    "LeNet-5 28×28": (28, 50, [
        conv(1, 6, 5, 2), RELU, POOL, conv(6, 16, 5, 0), RELU, POOL, FLAT,
        dense(400, 120), RELU, dense(120, 84), RELU, dense(84, 10),
    ]),
    "CNN 8×8": (8, 200, [
        conv(1, 8, 3, 1), RELU, POOL, conv(8, 16, 3, 1), RELU, POOL, FLAT, dense(64, 10),
    ]),
}  # fmt: skip


def bare(entry: dict[str, Any]) -> nn.Module:
    """The entry's layer as torch has it."""
    how = {key: value for key, value in entry.items() if key != "name"}
    makers = {"conv2d": nn.Conv2d, "dense": nn.Linear, "relu": nn.ReLU, "max_pool2d": nn.MaxPool2d}
    return makers.get(entry["name"], nn.Flatten)(**how)


def by_hand(layers: list[dict[str, Any]], x: np.ndarray, y: np.ndarray) -> Callable[[], None]:
    network, loss, t = Network(layers), CrossEntropy(), 0
    m, v = np.zeros_like(network.theta), np.zeros_like(network.theta)

    def step() -> None:
        nonlocal t
        t += 1
        _, grad = loss.mean_and_gradient(network.forward(x, training=True), y)
        network.backward(grad)
        adam(network.theta, network.gradient, t, m, v, **HYPER)

    return step


def bare_torch(
    layers: list[dict[str, Any]], x: np.ndarray, y: np.ndarray, order: torch.memory_format
) -> Callable[[], None]:
    network = nn.Sequential(*map(bare, layers)).to(memory_format=order)
    optimizer = torch.optim.Adam(network.parameters(), lr=HYPER["lr"], fused=True)
    inputs, targets = torch.from_numpy(x).contiguous(memory_format=order), torch.from_numpy(y)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(network(inputs), targets).backward()
        optimizer.step()

    return step


def block(step: Callable[[], None], steps: int) -> float:
    """Microseconds a step."""
    started = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - started) / steps * 1e6


def main() -> None:
    torch.set_num_threads(1)
    threadpool_limits(1)
    rng = np.random.default_rng(0)
    for name, (side, steps, layers) in NETWORKS.items():
        x = rng.standard_normal((BATCH, 1, side, side)).astype(np.float32)
        y = rng.integers(0, 10, BATCH)
        rivals = {
            "by hand": by_hand(layers, x, y),
            "bare torch": bare_torch(layers, x, y, torch.contiguous_format),
            "  channels last": bare_torch(layers, x, y, torch.channels_last),
        }
        for step in rivals.values():
            block(step, steps)
        times: dict[str, list[float]] = {key: [] for key in rivals}
        for _ in range(BLOCKS):
            for key, step in rivals.items():
                times[key].append(block(step, steps))
        print(f"{name}, batch {BATCH}, float32, 1 thread each; {BLOCKS} blocks of {steps} steps")
        for key, found in times.items():
            low, median, high = (np.quantile(found, q) for q in (0.1, 0.5, 0.9))
            print(f"{key:15s}  median {median:7.1f} µs a step  (10 %: {low:.1f}, 90 %: {high:.1f})")
        best = map(min, zip(times["bare torch"], times["  channels last"], strict=True))
        ratio = statistics.median(h / b for h, b in zip(times["by hand"], best, strict=True))
        print(f"by hand / the faster torch, median of the pairs: {ratio:.2f}")


if __name__ == "__main__":
    main()
