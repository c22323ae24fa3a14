"""Claim: on spoken digits a step of training with the pyramid of Listen, Attend and Spell takes at most 1/1.8
of the time of a flat stack of as many layers of the same width, and it errs no more often.

    python benchmarks/pyramid.py           a step's time, and the error of three seeds
    python benchmarks/pyramid.py time      a step's time alone

Three bidirectional layers of LSTM of 64 units in each direction, forward, backward and update, batches of 32
recordings of 30 to 60 frames, float32; the two take turns in one process, and printed is the median of the
ratios of their times. Both read the same recordings, in the official division.
"""

import statistics
import sys
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import torch
import torch.nn.functional as F

import gradatim
from gradatim.models.sound_classifier import SoundClassifier

THREADS, PAIRS, SEEDS = 1, 15, (0, 1, 2)
NETWORK = {"hidden_size": 64, "num_layers": 3, "cell": "lstm"}
BATCH, BANDS, CLASSES, FRAMES = 32, 20, 10, (30, 60)


def a_step(listener: str, x: torch.Tensor, lengths: torch.Tensor, y: torch.Tensor) -> Any:
    """A function that takes a step of training."""
    network = SoundClassifier(BANDS, num_classes=CLASSES, listener=listener, augment=0.0, **NETWORK)
    optimizer = torch.optim.Adam(network.parameters())

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(network(x, lengths), y).backward()
        optimizer.step()

    return step


def seconds(step: Any) -> float:
    start = perf_counter()
    step()
    return perf_counter() - start


def times() -> None:
    """Print the median ratio of the steps' times."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    lengths = torch.randint(FRAMES[0], FRAMES[1] + 1, (BATCH,))
    x, y = torch.randn(BATCH, int(lengths.max()), BANDS), torch.randint(0, CLASSES, (BATCH,))
    pyramid, flat = (a_step(listener, x, lengths, y) for listener in ("pyramid", "flat"))
    for step in (pyramid, flat) * 3:
        step()
    pairs = [(seconds(flat), seconds(pyramid)) for _ in range(PAIRS)]
    ratio = statistics.median(a / b for a, b in pairs)
    flats, pyramids = (1e3 * statistics.median(one) for one in zip(*pairs, strict=True))
    print(f"{THREADS} thread: flat {flats:.1f} ms a step, pyramid {pyramids:.1f} ms: {ratio:.2f}× faster")


def errors() -> None:
    """Print the errors of both, each seed, and their means."""
    for listener in ("flat", "pyramid"):
        found = []
        for seed in SEEDS:
            with TemporaryDirectory() as folder:
                run = gradatim.train(
                    "spoken_digits", model="sound_classifier", network={**NETWORK, "listener": listener},
                    seed=seed, threads=THREADS, quiet=True, out=f"{folder}/run",
                )  # fmt: skip
            found.append(1 - run.metrics["accuracy"])
        each = ", ".join(f"{one:.4f}" for one in found)
        print(f"{listener}: error {each}; mean {statistics.mean(found):.4f}", flush=True)


if __name__ == "__main__":
    times()
    if "time" not in sys.argv:
        errors()
