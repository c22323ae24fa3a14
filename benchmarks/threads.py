"""Measurement behind device.ONE_THREAD_BELOW: from which size of step on a second CPU thread pays.

    python benchmarks/threads.py

One training step (forward, backward, Adam) of an mlp with one hidden layer on 64 inputs and 10 outputs. For
each size, the median of 5 blocks with 1 thread and with every core, taken in turn. "Multiply-adds" are
3 · parameters · batch size.
"""

import statistics
import time

import torch

import gradatim
from gradatim.device import ONE_THREAD_BELOW, cores

BLOCKS, SECONDS = 5, 0.3


def step_seconds(training: gradatim.Training, threads: int) -> float:
    torch.set_num_threads(threads)
    before = training.step
    started = time.perf_counter()
    training.advance(SECONDS)
    return (time.perf_counter() - started) / max(training.step - before, 1)


def main() -> None:
    print(f"{cores()} cores; the rule takes one thread below {ONE_THREAD_BELOW:.0e} multiply-adds")
    print("hidden  batch  multiply-adds  1 thread µs  all µs  all/1")
    for hidden in (64, 512, 2048, 8192):
        for batch in (32, 128, 512):
            x, y = torch.randn(batch * 50, 64), torch.randint(0, 10, (batch * 50,))
            model = gradatim.build({"name": "mlp", "in_features": 64, "out_features": 10, "hidden": [hidden]})
            training = gradatim.Training(model, (x, y), epochs=10**6, batch_size=batch)
            step_seconds(training, 1)
            pairs = [(step_seconds(training, 1), step_seconds(training, cores())) for _ in range(BLOCKS)]
            one, every = (statistics.median(column) for column in zip(*pairs, strict=True))
            work = 3 * sum(p.numel() for p in model.parameters()) * batch
            print(
                f"{hidden:6d} {batch:6d} {work:14.1e} {one * 1e6:12.0f} {every * 1e6:7.0f} {every / one:6.2f}"
            )


if __name__ == "__main__":
    main()
