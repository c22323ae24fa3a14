"""Claim: by default a network is at least as good as scikit-learn's MLP by default, on its own tables.

    python benchmarks/sklearn_tables.py [--seeds 10]

Iris, wine, breast cancer and diabetes, each as a data frame. Seed s draws the split (number s of the house's
rule) and the weights of both; both learn from the same training examples and answer the same test examples.
Nothing is chosen by the validation examples, which the recipe only watches; in brackets the MLP that has them
as training examples, too. The MLP stands as it is, and behind a StandardScaler. Accuracy, of diabetes R².
"""

import argparse
import tempfile
import warnings
from pathlib import Path

import numpy as np
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data
from gradatim.data.splits import Splits, split
from gradatim.jobs.train import train

TABLES = {
    "iris": datasets.load_iris, "wine": datasets.load_wine, "breast cancer": datasets.load_breast_cancer,
    "diabetes": datasets.load_diabetes,
}  # fmt: skip


def ours(parts: Splits, seed: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        run = train(
            parts.train, valid=parts.valid, test=parts.test, seed=seed, out=Path(folder) / "run", quiet=True,
            threads=1, baselines=False,
        )  # fmt: skip
        return run.metrics.get("accuracy", run.metrics.get("r2", 0.0))


def theirs(train_on: list[Dataset], test: Dataset, seed: int, scaled: bool) -> float:
    model = (MLPClassifier if test.classes else MLPRegressor)(random_state=seed)
    x, y = (np.concatenate([getattr(part, name) for part in train_on]) for name in "xy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that 200 epochs were too few
        return (make_pipeline(StandardScaler(), model) if scaled else model).fit(x, y).score(test.x, test.y)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=10)
    seeds = range(parser.parse_args().seeds)
    met = True
    for name, load in TABLES.items():
        data = load_data(load(as_frame=True).frame, "target")
        all_parts = [split(data, number=seed) for seed in seeds]
        mine = np.mean([ours(parts, seed) for seed, parts in zip(seeds, all_parts, strict=True)])
        line = f"{name:<14} network {mine:.4f}"
        for scaled in (False, True):
            found = [
                np.mean([
                    theirs([parts.train, parts.valid] if both else [parts.train], parts.test, seed, scaled)
                    for seed, parts in zip(seeds, all_parts, strict=True)
                ])
                for both in (False, True)
            ]  # fmt: skip
            line += f"   MLP {'scaled' if scaled else 'as it is'} {found[0]:.4f} ({found[1]:.4f})"
            met &= mine >= found[0]
        print(line, flush=True)
    print(f"{'met' if met else 'MISSED'}: at least the MLP's mean of {len(seeds)} seeds, scaled or not")


if __name__ == "__main__":
    main()
