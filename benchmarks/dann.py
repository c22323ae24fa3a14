"""Digits of one domain to another without its labels: MNIST → USPS, MNIST → MNIST-M, USPS → MNIST.

    python benchmarks/dann.py [usps|mnist-m|mnist] [--seeds 3] [--adaptation WAY] [--examples 0] [--epochs 15]
    python benchmarks/dann.py usps --choose --examples 5000 --epochs 6 --first-seed 7 --seeds 1

Claims: MNIST → USPS at least 90 %, MNIST → MNIST-M clearly above source only, the mean of 3 seeds, at most
10 minutes each on one thread: .911, and .501 beside .204 after 5 epochs (docs/log/transfer.md).
The accuracy is of the target's own test part, beside source only and target only, the same network from
either domain's labels. MNIST-M is the part of it that is in GRADATIM_DATA. USPS's 16×16 pixels are scaled to
MNIST's 28×28, whichever of them is the source.

The network is LeNet as Long et al. (2018) have it for digits, with batch norm. How domains are drawn
together, and for how long, was chosen without labels of the target, by reverse validation from 5,000 pictures
of MNIST to USPS (docs/log/transfer.md).
The second command compares WAYS so, and adapts by the best; `--examples N` learns from the first N of the
source.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import mean
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F

import gradatim
from gradatim.data import load_data, split
from gradatim.jobs import choose_adaptation

EPOCHS, LR, BATCH, WAY = 15, 0.01, 64, "dann:weight=1,norms=apart"
WAYS = (
    "none", "dann:weight=1", "dann:weight=1,norms=apart", "dann:weight=0.1,norms=apart",
    "cdan:weight=1,norms=apart", "mmd:norms=apart", "coral:norms=apart",
)  # fmt: skip
FROM = {"usps": "mnist", "mnist-m": "mnist", "mnist": "usps"}  # the source of each target


def source_of(target: str, examples: int) -> object:
    """The source's name, or its first examples, in MNIST's size."""
    if not examples and FROM[target] != "usps":
        return FROM[target]
    train = split(load_data(FROM[target]), valid=0.0).train
    if FROM[target] == "usps":
        larger = F.interpolate(torch.from_numpy(train.x), size=(28, 28), mode="bilinear")
        train = replace(train, x=larger.numpy())
    return train.take(np.arange(min(examples or len(train), len(train))))


def lenet(channels: int) -> dict[str, object]:
    """The network, for pictures of 28×28."""
    convolutions = [
        (
            {"name": "conv2d", "in_channels": inputs, "out_channels": outputs, "kernel_size": 5},
            {"name": "batch_norm", "num_features": outputs},
        )
        for inputs, outputs in ((channels, 20), (20, 50))
    ]
    halves = ({"name": "max_pool2d", "kernel_size": 2}, {"name": "relu"})
    dropout = {"name": "dropout", "p": 0.5}
    layers = (
        *convolutions[0], *halves, *convolutions[1], dropout, *halves, {"name": "flatten"},
        {"name": "dense", "in_features": 800, "out_features": 500},
        {"name": "batch_norm", "num_features": 500}, {"name": "relu"}, dropout,
        {"name": "dense", "in_features": 500, "out_features": 10},
    )  # fmt: skip
    return {"format": 1, "network": {"name": "stack", "layers": list(layers)}}


def main() -> None:
    """Each target, each seed; then the means."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("targets", nargs="*", default=list(FROM), choices=list(FROM))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--adaptation", default=WAY)
    parser.add_argument("--examples", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--lr", type=float, default=LR)
    parser.add_argument("--optimizer", default="momentum")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--choose", action="store_true", help="the way, among WAYS, by reverse validation")
    asked = parser.parse_args()
    if asked.choose:
        asked.adaptation, choose_adaptation.CANDIDATES = "auto", WAYS
    for target in asked.targets:
        rows = []
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            began = perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                run = gradatim.train(
                    source_of(target, asked.examples), adapt_to=target, adaptation=asked.adaptation,
                    epochs=asked.epochs, lr=asked.lr, optimizer=asked.optimizer, batch_size=BATCH,
                    model=lenet(3 if target == "mnist-m" else 1),
                    seed=seed, threads=1, quiet=True, out=Path(folder) / "run",
                )  # fmt: skip
                seconds = sum(record["seconds"] for record in run.records)
                beside = {row["name"]: row["metrics"]["accuracy"] for row in run.baselines}
                domain = run.records[-1].get("train_domain_accuracy", float("nan"))
                rows.append((run.metrics["accuracy"], beside.get("source only"), beside.get("target only")))
            if asked.choose:
                print(run.config["choices"]["adaptation"])
            print(
                f"{FROM[target]} → {target}, seed {seed}: {asked.adaptation} {rows[-1][0]:.4f}, source only "
                f"{rows[-1][1]}, target only {rows[-1][2]}; domain accuracy {domain:.3f}; learning "
                f"{seconds:.0f} s, in all {perf_counter() - began:.0f} s",
                flush=True,
            )
        found = mean(row[0] for row in rows)
        print(f"{FROM[target]} → {target}, mean of {asked.seeds}: {found:.4f}", flush=True)


if __name__ == "__main__":
    main()
