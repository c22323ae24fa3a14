"""From scratch, frozen and fine-tuned, by the number of labels: where does another problem's network help?

    python benchmarks/fine_tuning.py cifar10 hymenoptera --labels 10,20,all [--seeds 3] [--epochs 10]
    python benchmarks/fine_tuning.py mnist usps --labels 10,30,100,300 [--seeds 3] [--epochs 3]

Claim: with few labels the network that learned from another problem first is the better one. A network of the
VGG type (small_cnn: two 3×3 convolutions with batch norm in each stage) learns the first problem; then, by
each number of labels of the second, the same network learns from drawn weights (scratch), with its head alone
(frozen), with all layers (tuned), and layer by layer, at lower rates below (unfrozen, Howard & Ruder 2018).
All arms have the same pictures, encoded alike, steps and rate; a logistic regression on the frozen network's
features stands beside. `hymenoptera` is the folder hymenoptera_subset, or hymenoptera_data, of GRADATIM_DATA.

It prints the first problem's test accuracy, then a row for each number of labels and a column for each arm:
the accuracy on test pictures of the second, in per cent, mean ± standard deviation over the seeds, which draw
the labelled pictures and the head. Threads are those of OMP_NUM_THREADS.
"""

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np

import gradatim
from gradatim.data.splits import split
from gradatim.random import permutation

ARMS = ("scratch", "frozen", "tuned", "unfrozen", "logistic")
STEPS, BATCH, LR = 200, 16, 1e-3


def examples(name: str, size: int | None):
    """The data set of a name; hymenoptera from its folder, in the size of the first problem's pictures."""
    if name != "hymenoptera":
        return gradatim.load_data(name)
    home = Path(os.environ.get("GRADATIM_DATA", "."))
    folder = next(
        (home / one for one in ("hymenoptera_data", "hymenoptera_subset") if (home / one).is_dir()), None
    )
    if folder is None:
        raise SystemExit("hymenoptera: put its folder hymenoptera_data into the one that GRADATIM_DATA names")
    return gradatim.load_data(str(folder), input_size=size)


def accuracy(model, x: np.ndarray, y: np.ndarray, batch: int = 500) -> float:
    """The share of pictures whose class is right; x is encoded."""
    from gradatim.runs.forward import forward

    found = [forward(model, x[k : k + batch]).argmax(1) for k in range(0, len(x), batch)]
    return float((np.concatenate(found) == y).mean())


def learned(source, encoder, train, test, arm: str, seed: int) -> float:
    """Test accuracy of one arm on pictures (x, y)."""
    from gradatim.models.building import build
    from gradatim.models.heads import head_of, with_outputs
    from gradatim.transfer.fine_tuning import fine_tuning

    classes = int(train[1].max()) + 1
    entry = with_outputs(source.trained.network, classes)
    model = build(entry, seed)
    if arm != "scratch":
        own, head = model.state_dict(), head_of(entry, classes)
        its = source.model.state_dict()
        model.load_state_dict({name: own[name] if name in head else its[name] for name in own})
    if arm == "logistic":
        return logistic(model, train, test)
    again = -(-STEPS * BATCH // len(train[0]))  # epochs that make about as many steps, whatever the labels
    how = {
        "frozen": {"freeze": len(model.features) // 3 * 2},
        "unfrozen": {"layer_decay": 0.8, "unfreeze": 1},
    }
    rows = train[0], train[1]
    loop = fine_tuning(
        model, rows, "cross_entropy", epochs=again, batch_size=min(BATCH, len(rows[0])), lr=LR, seed=seed,
        schedule="cosine", **how.get(arm, {}),
    )  # fmt: skip
    for _ in loop:
        pass
    loop.end()
    return accuracy(model, *test)


def logistic(model, train, test) -> float:
    """Logistic regression on what the last stage says, the mean over its places."""
    import torch
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    with torch.no_grad():
        model.eval()
        features = [
            torch.cat(
                [model.features(torch.from_numpy(x[k : k + 500])).mean((2, 3)) for k in range(0, len(x), 500)]
            )
            for x in (train[0], test[0])
        ]
    scaler = StandardScaler().fit(features[0])
    one = LogisticRegression(C=0.1, max_iter=2000).fit(scaler.transform(features[0]), train[1])
    return float(one.score(scaler.transform(features[1]), test[1]))


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="the first problem: a data set's name, or a file")
    parser.add_argument("target", help="the second, of which there are few labels; or hymenoptera")
    parser.add_argument("--labels", default="10,20,all", help="numbers of labels, or all (10,20,all)")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0 (3)")
    parser.add_argument("--epochs", type=int, default=10, help="of the first problem (10)")
    parser.add_argument("--most", type=int, default=2000, help="test pictures at most (2000)")
    parser.add_argument("--width", type=float, default=1.0, help="channels, as a share of the usual (1)")
    parser.add_argument("--run", help="a run of the first problem that is there already")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = gradatim.load(asked.run) if asked.run else gradatim.train(
            asked.source, model="small_cnn", network={"width": asked.width}, epochs=asked.epochs,
            out=Path(folder) / "run", quiet=True,
        )  # fmt: skip
        print(f"{asked.source}: test accuracy {source.metrics['accuracy']:.4f}", flush=True)
        compare(source, asked)


def compare(source, asked) -> None:
    """A row for each number of labels."""
    from gradatim.planning.source_encoder import encoder_for

    whole = examples(asked.target, source.trained.shape[1])
    parts = split(whole, valid=0.0)
    encoder = encoder_for(source.trained, parts.train, "the first run")
    inputs = [encoder.inputs(part, np.float32) for part in (parts.train, parts.test)]
    test = inputs[1][: asked.most], parts.test.y[: asked.most]
    print(f"{'labels':>8} " + " ".join(f"{arm:>14}" for arm in ARMS))
    for some in asked.labels.split(","):
        n = len(parts.train) if some == "all" else min(int(some), len(parts.train))
        cells = []
        for arm in ARMS:
            found = []
            for seed in range(asked.seeds):
                rows = balanced(parts.train.y, n, seed)
                train = inputs[0][rows], parts.train.y[rows]
                found.append(100 * learned(source, encoder, train, test, arm, seed))
            cells.append(f"{np.mean(found):7.1f} ± {np.std(found):4.1f}")
        print(f"{n:>8} " + " ".join(f"{cell:>14}" for cell in cells), flush=True)


def balanced(y: np.ndarray, n: int, seed: int) -> np.ndarray:
    """So many rows, of every class in turn, in an order by the seed."""
    order = permutation(seed, "labels", len(y))
    rank = np.zeros(len(y), int)
    for k in np.unique(y):
        rows = order[y[order] == k]
        rank[rows] = np.arange(len(rows))
    return order[np.argsort(rank[order], kind="stable")][:n]


if __name__ == "__main__":
    main()
