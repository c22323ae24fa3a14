"""Claim: the rule of `--engine auto` takes the quicker engine.

    python benchmarks/engines.py [--threads 1]

A step of an MLP with one or two hidden layers and dropout 0.5, and of a CNN, (convolution, ReLU, max pool)
twice and a dense layer, by hand and in torch; Adam, float32, through Training: loop, shuffling and records
included. Blocks of both take turns; medians of 7 blocks.
"""

import argparse
import statistics
import time
from typing import Any

import numpy as np

import gradatim
from gradatim.by_hand.network import Network
from gradatim.device import threads
from gradatim.models.description import expand
from gradatim.training.engines.rule import choose_engine

GRID = [
    ((64,), 32), ((64,), 128), ((256,), 32), ((512,), 32), ((512,), 128), ((256, 256), 32), ((512, 512), 32),
    ((512, 512), 128), ((1024, 1024), 32), ((1024, 1024), 128), ((2048, 2048), 32),
]  # fmt: skip
# Side of the picture, maps of the first convolution (the second has twice as many), kernel, batch
PICTURES = [
    (8, 8, 3, 32), (8, 32, 3, 32), (8, 64, 3, 128), (16, 8, 3, 32), (16, 32, 3, 32), (28, 6, 5, 32),
    (28, 16, 3, 32), (28, 32, 3, 32), (28, 32, 5, 128),
]  # fmt: skip


def conv(i: int, o: int, f: int) -> list[dict[str, Any]]:
    layer = {"name": "conv2d", "in_channels": i, "out_channels": o, "kernel_size": f, "padding": f // 2}
    return [layer, {"name": "relu"}, {"name": "max_pool2d", "kernel_size": 2}]


def cnn(side: int, maps: int, f: int) -> dict[str, Any]:
    dense = {"name": "dense", "in_features": 2 * maps * (side // 4) ** 2, "out_features": 10}
    return {
        "name": "stack",
        "layers": [*conv(1, maps, f), *conv(maps, 2 * maps, f), {"name": "flatten"}, dense],
    }


def block(training: gradatim.Training, seconds: float) -> float:
    """Microseconds a step."""
    before, started = training.step, time.perf_counter()
    while time.perf_counter() - started < seconds:
        training.advance(seconds)
    return (time.perf_counter() - started) / (training.step - before) * 1e6


def compare(entry: dict[str, Any], shape: tuple[int, ...], batch: int) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40 * batch, *shape)).astype(np.float32), rng.integers(0, 10, 40 * batch)
    how = {"epochs": 10**6, "batch_size": batch, "lr": 1e-4}
    networks = (Network(expand(entry)), gradatim.build(entry))
    both = [gradatim.Training(model, (x, y), **how) for model in networks]
    times: list[list[float]] = [[], []]
    for _ in range(8):
        for training, found in zip(both, times, strict=True):
            found.append(block(training, 0.15))
    return tuple(statistics.median(found[1:]) for found in times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    number = parser.parse_args().threads
    mlp = {"name": "mlp", "in_features": 64, "out_features": 10, "dropout": 0.5}
    cases = [(f"hidden {h}", {**mlp, "hidden": list(h)}, (64,), batch) for h, batch in GRID]
    cases += [
        (f"{side}×{side}, {maps} maps, {f}×{f}", cnn(side, maps, f), (1, side, side), batch)
        for side, maps, f, batch in PICTURES
    ]
    print(f"{number} thread(s)")
    with threads("numpy", number), threads("torch", number):
        for name, entry, shape, batch in cases:
            by_hand, by_autograd = compare(entry, shape, batch)
            quicker = "numpy" if by_hand < by_autograd else "torch"
            rule, why = choose_engine("auto", entry, "cross_entropy", "cpu", batch, shape)
            print(
                f"{name:20} batch {batch:4d}  numpy {by_hand:8.0f} µs  torch {by_autograd:8.0f} µs  ratio "
                f"{by_hand / by_autograd:5.2f}  quicker: {quicker}"
                f"{'' if rule == quicker else f', the rule says {rule}'}  ({why})"
            )


if __name__ == "__main__":
    main()
