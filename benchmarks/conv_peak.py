"""Claim: VGG-style 3×3 layers in a training step reach 0.85 of what the bare operator reaches at its best.

    python benchmarks/conv_peak.py --threads 2

Two layers of 64 maps on 64×64, two of 128 on 32×32 and three of 256 on 16×16 (configuration A to D's shapes,
curriculum D14), batch 16, float32. The peak: each layer's forward and backward operators alone, the quickest
over the two orders of memory and over oneDNN and torch's own kernels. Against it the convolutions inside
steps of `gradatim.Training`, timed by torch's profiler, and the whole step, ReLU, pooling and Adam included.
A multiply-add is two operations; a step has three times the forward pass's, less the gradient of the
pictures. Both take turns in one process; medians of the rounds.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch.profiler import ProfilerActivity, profile

import gradatim

BATCH, ROUNDS = 16, 7
LAYERS = [  # channels in, channels out, side
    (3, 64, 64), (64, 64, 64), (64, 128, 32), (128, 128, 32), (128, 256, 16), (256, 256, 16), (256, 256, 16),
]  # fmt: skip
ORDERS = (torch.contiguous_format, torch.channels_last)
OPERATORS = ("aten::convolution", "aten::convolution_backward")


def operations(i: int, o: int, side: int) -> float:
    """Of forward and backward; the pictures themselves need no gradient."""
    return (2 if i == 3 else 3) * 2.0 * 9 * i * o * side**2 * BATCH


def network() -> dict[str, Any]:
    layers: list[dict[str, Any]] = []
    for (i, o, side), after in zip(LAYERS, [*LAYERS[1:], (0, 0, 0)], strict=True):
        layers.append({"name": "conv2d", "in_channels": i, "out_channels": o, "kernel_size": 3, "padding": 1})
        layers.append({"name": "relu"})
        if after[2] != side:
            layers.append({"name": "max_pool2d", "kernel_size": 2})
    dense = {"name": "dense", "in_features": 256 * 8 * 8, "out_features": 10}
    return {"name": "stack", "layers": [*layers, {"name": "flatten"}, dense]}


def bare(i: int, o: int, side: int, order: torch.memory_format, onednn: bool) -> Callable[[], float]:
    """Seconds of the operator's forward and backward."""
    x = torch.randn(BATCH, i, side, side).contiguous(memory_format=order).requires_grad_(i != 3)
    w = torch.randn(o, i, 3, 3).contiguous(memory_format=order).requires_grad_()
    b = torch.zeros(o, requires_grad=True)
    g = torch.randn(BATCH, o, side, side).contiguous(memory_format=order)
    learned = [w, b] if i == 3 else [x, w, b]

    def run() -> float:
        with torch.backends.mkldnn.flags(enabled=onednn):
            started = time.perf_counter()
            torch.autograd.grad(F.conv2d(x, w, b, padding=1), learned, g)
            return time.perf_counter() - started

    return run


def in_training(training: gradatim.Training, steps: int) -> tuple[float, float]:
    """Seconds of a step's convolutions, and of the step without a profiler."""
    started = time.perf_counter()
    for _ in range(steps):
        training.advance(0)
    whole = (time.perf_counter() - started) / steps
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        for _ in range(steps):
            training.advance(0)
    total = sum(event.cpu_time_total for event in seen.key_averages() if event.key in OPERATORS)
    return total / steps / 1e6, whole


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    x, y = torch.randn(20 * BATCH, 3, 64, 64), torch.randint(0, 10, (20 * BATCH,))
    training = gradatim.Training(gradatim.build(network()), (x, y), epochs=10**6, batch_size=BATCH, lr=1e-4)
    kinds = [(order, onednn) for order in ORDERS for onednn in (True, False)]
    alone = [[bare(*layer, *kind) for kind in kinds] for layer in LAYERS]
    slow = [[min(run() for _ in range(2)) for run in ways] for ways in alone]
    alone = [
        [run for run, took in zip(ways, found, strict=True) if took < 1.5 * min(found)]
        for ways, found in zip(alone, slow, strict=True)
    ]  # the others are no rivals
    in_training(training, 1)
    best: list[list[float]] = [[] for _ in LAYERS]
    steps: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        for times, ways in zip(best, alone, strict=True):
            times.append(min(run() for run in ways))
        steps.append(in_training(training, 1))
    work = [operations(*layer) for layer in LAYERS]
    print(f"{asked.threads} thread(s), batch {BATCH}, medians of {ROUNDS} rounds")
    for (i, o, side), count, times in zip(LAYERS, work, best, strict=True):
        print(f"{i:4d} → {o:3d}, {side}×{side}  alone {count / statistics.median(times) / 1e9:6.0f} GFLOP/s")
    peak = sum(work) / sum(map(statistics.median, best)) / 1e9
    layers, whole = (sum(work) / statistics.median(column) / 1e9 for column in zip(*steps, strict=True))
    print(f"all layers alone {peak:.0f} GFLOP/s")
    print(f"in a training step {layers:.0f} GFLOP/s, {layers / peak:.2f} of that")
    print(f"the whole step {whole:.0f} GFLOP/s, {whole / peak:.2f} of that")


if __name__ == "__main__":
    main()
