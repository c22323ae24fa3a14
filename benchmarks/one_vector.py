"""Claims: where an update is its text, a training step of 64-64-10 takes at most 0.85 of its time when small
parameters move as one vector, and no network of up to 4 million parameters takes more than 1.05.

    python benchmarks/one_vector.py

Forward, backward and update; batch 32, float32; the same networks with and without the vector take turns in
one process, on one thread and on two; printed is the median, over pairs of blocks, of the ratio.
"""

import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.models.building import build
from gradatim.optim import vector

NETWORKS = [[64], [512], [64] * 6, [256, 256], [300] * 4, [2000, 2000]]
PAIRS, SECONDS = 11, 0.03


def a_step(name: str, hidden: list[int]) -> Callable[[], None]:
    model = build({"name": "mlp", "in_features": 64, "out_features": 10, "hidden": hidden})
    optimizer = catalog.find(name, "optimizer").load()(model.parameters())
    x, y = torch.randn(32, 64), torch.randint(0, 10, (32,))

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def block(step: Callable[[], None], small: int, steps: int) -> float:
    vector.SMALL = small
    step()  # lays out
    started = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - started) / steps


def main() -> None:
    small = vector.SMALL
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for hidden in NETWORKS:
            for name in ("rmsprop", "nadam"):
                alone, together = a_step(name, hidden), a_step(name, hidden)
                steps = max(2, round(SECONDS / block(alone, 0, 3)))
                pairs = []
                for i in range(PAIRS):  # each goes first every other time
                    first = block(together, small, steps) if i % 2 else None
                    by_itself = block(alone, 0, steps)
                    pairs.append((by_itself, first or block(together, small, steps)))
                each, one = (statistics.median(times) * 1e6 for times in zip(*pairs, strict=True))
                ratio, most = statistics.median(b / a for a, b in pairs), 0.85 if hidden == [64] else 1.05
                print(
                    f"{threads} threads, {name}, hidden {hidden}: alone {each:.0f} µs, one vector {one:.0f}; "
                    f"ratio {ratio:.2f}; {'met' if ratio <= most else 'MISSED'}: at most {most}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
