"""Net2Net beside the same network from drawn weights (Chen et al. 2016): as good after half of the steps.

    python benchmarks/net2net.py --small 170,170 --large 256,256            wider by half
    python benchmarks/net2net.py --small 256,256 --large 256,256,256,256    twice as deep
    python benchmarks/net2net.py --network small_cnn --small 0.55 --large 1 --train 15000 --epochs 4

Claim: a network that has grown from a trained one is as accurate after half of the steps as the same network
from drawn weights after all of them. It holds for perceptrons that grow by half or to twice their layers, the
first two commands; neither for four times as many units (--small 64,64 --large 256,256,256) nor for the CNN
of the third, whose small network is two points behind: docs/log/transfer.md. Every network learns by Adam
with a rate that falls to 0 by a cosine over its own steps: those of the grown one are a quarter and a half of
the others'. Accuracy is of 5,000 other pictures; none of them decides anything. The steps of the small
network are not counted, but its time is printed, and what it knew.

It prints a line a seed, with the accuracies of the small network, of the drawn one and of the grown one after
a quarter and half of the steps, each with its seconds; then by how many points the grown one is above the
drawn one, mean ± standard deviation over the seeds, and for how many of them it is as good or better.
"""

import argparse
from time import perf_counter

import numpy as np

from gradatim.data.loading import load_data
from gradatim.models.building import build
from gradatim.random import permutation
from gradatim.runs.forward import forward
from gradatim.training.training import Training
from gradatim.transfer.net2net import grow

BATCH, LR, OTHERS = 64, 1e-3, 5000


def parts(name: str, seed: int, train: int, kind: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """So many examples to learn from, and OTHERS, or as many as there are; pictures for a small_cnn."""
    data = load_data(name)
    x = data.x.astype(np.float32)
    x, y = (x if kind == "small_cnn" else x.reshape(len(x), -1)) / x.max(), np.asarray(data.y)
    order = permutation(seed, "net2net", len(x))[: train + OTHERS]
    return [(x[rows], y[rows]) for rows in np.split(order, [train])]


def network(kind: str, shape: tuple[int, ...], size: str, seed: int):
    """A network of ten classes: a perceptron of hidden layers 64,64, or a small CNN of this width, 0.55."""
    if kind == "small_cnn":
        arguments = {"in_channels": shape[0], "num_classes": 10, "width": float(size), "dropout": 0.0}
    else:
        hidden = [int(one) for one in size.split(",")]
        arguments = {"in_features": shape[0], "out_features": 10, "hidden": hidden}
    return build({"name": kind, **arguments}, seed)


def learn(model, rows, epochs: int, seed: int, lr: float = LR) -> float:
    """Train; the seconds that it took."""
    began = perf_counter()
    for _ in Training(model, rows, epochs=epochs, batch_size=BATCH, lr=lr, schedule="cosine", seed=seed):
        pass
    model.eval()
    return perf_counter() - began


def accuracy(model, rows) -> float:
    """The share of examples whose class is right."""
    return float((forward(model, rows[0]).argmax(1) == rows[1]).mean())


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="fashion-mnist", help="a data set of ten classes (fashion-mnist)")
    parser.add_argument("--train", type=int, default=10_000, help="pictures to learn from (10000)")
    parser.add_argument("--epochs", type=int, default=10, help="of the small and the drawn network (10)")
    parser.add_argument("--network", choices=("mlp", "small_cnn"), default="mlp")
    parser.add_argument(
        "--small", default="170,170", help="what learns first: hidden units, or a width (170,170)"
    )
    parser.add_argument("--large", default="256,256", help="what it grows to (256,256)")
    parser.add_argument(
        "--grown-lr", type=float, default=1, help="of a grown network, as a share of the others'"
    )
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds (5)")
    parser.add_argument("--threads", type=int, default=1, help="of torch (1)")
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(asked.threads)
    rows = []
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        train, others = parts(asked.data, seed, asked.train, asked.network)
        shape = train[0].shape[1:]
        small = network(asked.network, shape, asked.small, seed)
        drawn = network(asked.network, shape, asked.large, seed + 100)
        seconds = [learn(small, train, asked.epochs, seed), learn(drawn, train, asked.epochs, seed)]
        found = [accuracy(small, others), accuracy(drawn, others)]
        for share in (4, 2):
            grown = network(asked.network, shape, asked.large, seed + 100)
            grow(small, grown, seed)
            assert abs(accuracy(grown, others) - found[0]) < 1e-3, "growing has changed answers"
            epochs = max(1, round(asked.epochs / share))
            seconds.append(learn(grown, train, epochs, seed, LR * asked.grown_lr))
            found.append(accuracy(grown, others))
        rows.append(found)
        named = zip(("small", "drawn", "grown, ¼ of the steps", "grown, ½"), found, seconds, strict=True)
        print(f"seed {seed}: " + "; ".join(f"{n} {a:.4f} ({s:.1f} s)" for n, a, s in named), flush=True)
    table = np.array(rows)
    gain = table[:, 2:] - table[:, 1:2]
    print(f"{asked.data}, {asked.train} examples, {asked.epochs} epochs, {asked.threads} thread(s)")
    for k, share in enumerate(("a quarter", "half")):
        mean, deviation, good = 100 * gain[:, k].mean(), 100 * gain[:, k].std(), int((gain[:, k] >= 0).sum())
        print(
            f"after {share} of the steps: {mean:+.2f} ± {deviation:.2f} points; as good or better for "
            f"{good} of {len(gain)} seeds"
        )


if __name__ == "__main__":
    main()
