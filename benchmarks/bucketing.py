"""Claim: on EWT batches of like lengths make at least 1.8 times the steps a second of padding to the longest.

    python benchmarks/bucketing.py FOLDER [--threads N] [--batches N] [--repeats N]

FOLDER holds en_ewt-ud-train.conllu, or the same with .gz. The network (`word_tagger`), its sizes, and 32
sentences a batch are those of `gradatim train FILE.conllu`. A step is forward, loss, backward and Adam. Three
ways take turns in one run: bucketed batches, each padded to its longest sentence; batches as they are drawn,
each padded to its longest sentence; and these padded to the longest sentence of all. Printed are the median
steps a second of the repeats, and the share of places that are padding.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F

from gradatim.data.encoders.spelled_words import SpelledWords
from gradatim.data.loading import load_data
from gradatim.models.building import build
from gradatim.optim.adam import Adam
from gradatim.planning.defaults import recipe_for
from gradatim.problems.choose import pose
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_padded import Sequences, TorchPadded

SIZE = 32
Batches = Iterator[tuple[Sequences, torch.Tensor]]


def bucketed(held: TorchPadded, epoch: int) -> Batches:
    """Those of training."""
    return ((x, y) for x, y, _ in held.epoch(epoch))


def drawn(held: TorchPadded, epoch: int) -> Batches:
    """Each padded to its longest."""
    order = permutation(0, epoch, len(held.lengths))
    for first in range(0, len(order), SIZE):
        x, y, _ = held._batch(order[first : first + SIZE])
        yield x, y


def to_the_longest(held: TorchPadded, epoch: int) -> Batches:
    """The same, padded to the longest of all."""
    for x, y in drawn(held, epoch):
        more = int(held.lengths.max()) - x.values.shape[1]
        yield Sequences(F.pad(x.values, (0, 0, 0, more)), x.lengths), y


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    file = next(asked.folder.glob("en_ewt-ud-train.conllu*"))
    sentences = load_data(file)
    encoder, problem = SpelledWords.fit(sentences), pose(sentences.question)
    data = encoder.prepare(sentences, problem, "float32")
    held = TorchPadded(data, BatchSettings(SIZE, 0, torch.device("cpu"), torch.float32))
    settings = recipe_for(sentences.form, len(sentences)).settings
    sizes = {"vocabulary_size": encoder.symbols, "num_classes": len(problem.names), **encoder.sizes}
    drop = {name: settings[name] for name in ("dropout", "input_dropout")}
    network = build({"name": "word_tagger", **sizes, "hidden_size": settings["hidden"][0], **drop}).train()
    adam = Adam(network.parameters(), lr=1e-3)
    speeds: dict[str, list[float]] = {}
    padding: dict[str, float] = {}
    for repeat in range(asked.repeats):
        for way in (bucketed, drawn, to_the_longest):
            batches = [batch for batch, _ in zip(way(held, repeat), range(asked.batches), strict=False)]
            places = sum(x.values[..., 0].numel() for x, _ in batches)
            padding[way.__name__] = 1 - sum(len(y) for _, y in batches) / places
            began = time.perf_counter()
            for x, y in batches:
                adam.zero_grad()
                F.cross_entropy(network(*x), y).backward()
                adam.step()
            speeds.setdefault(way.__name__, []).append(len(batches) / (time.perf_counter() - began))
    median = {name: statistics.median(found) for name, found in speeds.items()}
    print(f"{asked.threads} thread, {asked.repeats} repeats of {asked.batches} batches of {SIZE} sentences")
    for name, speed in median.items():
        words = name.replace("_", " ")
        ratio = f"bucketed is {median['bucketed'] / speed:.2f} times as fast"
        print(f"{words:<15} {speed:6.1f} steps a second, {padding[name]:.0%} padding   {ratio}")


if __name__ == "__main__":
    main()
