"""Claim: `--augment standard` costs at most 3 % of a step of ResNet-20, batch 128, 3×32×32, one thread.

    python benchmarks/augmentation.py [--threads N] [--steps N] [--policies NAME,NAME]

The pictures are random numbers of CIFAR-10's shape, the network and its order of memory those of
`gradatim train`. A step takes a batch from memory, and makes forward pass, loss, backward pass and update.
Trainings without augmentation and with each policy take turns step by step in one run; beside them the batch
alone is timed, without and with the policy. Printed are medians of the process's own time in ms, which other
programs on the machine lengthen less than the clock's, and the share of the plain step that a policy's batch
costs beyond a plain batch.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

from gradatim.models.building import build
from gradatim.training.training import Training

BATCH, PICTURES = 128, 2560


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--policies", default="none,flip,standard,strong,standard+mixup,standard+cutmix")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    random = np.random.default_rng(0)
    data = random.normal(size=(PICTURES, 3, 32, 32)).astype(np.float32), random.integers(0, 10, PICTURES)
    trainings = {name: _training(data, name) for name in asked.policies.split(",")}
    steps: dict[str, list[float]] = {name: [] for name in trainings}
    batches: dict[str, list[float]] = {name: [] for name in trainings}
    for turn in range(asked.steps + 1):
        for name, training in trainings.items():
            took = _seconds(lambda training=training: training.advance(0))
            alone = _seconds(lambda training=training, turn=turn: next(training.data.epoch(turn)))
            if turn:  # the first warms up
                steps[name].append(took)
                batches[name].append(alone)
    plain = {what: statistics.median(found["none"]) for what, found in (("step", steps), ("batch", batches))}
    print(f"{asked.threads} threads, {asked.steps} steps each, ms of process time, medians")
    print(f"{'policy':<18}{'step':>9}{'batch':>9}{'of a plain step':>18}")
    for name in trainings:
        batch = statistics.median(batches[name])
        share = (batch - plain["batch"]) / plain["step"]
        print(f"{name:<18}{1e3 * statistics.median(steps[name]):>9.1f}{1e3 * batch:>9.2f}{share:>18.2%}")


def _training(data: tuple[np.ndarray, np.ndarray], policy: str) -> Training:
    network = build({"name": "resnet_cifar", "depth": 20})
    return Training(network, data, optimizer="momentum", lr=0.01, batch_size=BATCH, epochs=50, augment=policy)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
