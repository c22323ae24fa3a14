"""Claim: on UCI HAR, people held out, the default recipe for series is right more often than 88 %.

    python benchmarks/har.py [FILE]        three seeds, people 1, 3, 5 to train, 2 and 4 to test
    python benchmarks/har.py [FILE] inner  each of 1, 3, 5 held out in turn, by which recipes are chosen,
                                           with arguments of the network, such as jitter=0.4

FILE is an .npz of x, y and subject (Anguita et al. 2013), under GRADATIM_DATA where it is left out. Its x is
(N, 9, 128) in name, but its numbers stand as 128 steps of 9: body acceleration, body gyroscope and total
acceleration, three axes each (along a step's axis neighbours correlate by 0.85 to 0.99, along the other by
−0.13; the mean of total acceleration along x is 0.83 g). It is reshaped so.

Beside it stands a logistic regression on four features of each number: mean, deviation, least and greatest.
No person is kept for validation, as one of three would cost a third of the training part: the last epoch is
kept. With `--valid 0.3` one is.
"""

import os
import sys
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

import gradatim

FILE = Path(os.environ.get("GRADATIM_DATA", ".")) / "uci_har_subset" / "uci_har_subjects_1_3_5_2_4.npz"
TRAIN, TEST = (1, 3, 5), (2, 4)
SEEDS = (0, 1, 2)
THREADS = 1


def read(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Series (N, 128, 9), activities and people (N,)."""
    held = np.load(path)
    return (
        held["x"].reshape(-1, 128, 9).astype(np.float32),
        held["y"].astype(int),
        held["subject"].astype(int),
    )


def sides(x: np.ndarray, y: np.ndarray, people: np.ndarray, train: np.ndarray, test: np.ndarray) -> dict:
    """The arrays as an official split."""
    return {
        "x_train": x[train], "y_train": y[train], "groups_train": people[train],
        "x_test": x[test], "y_test": y[test], "groups_test": people[test],
    }  # fmt: skip


def accuracy(held: dict, seed: int, **options) -> tuple[float, float, float]:
    """Accuracy and loss of the test side, and seconds."""
    start = perf_counter()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "har.npz"
        np.savez(path, **held)
        run = gradatim.train(
            path, series="x", seed=seed, threads=THREADS, quiet=True, out=Path(folder) / "run", **options
        )
    return run.metrics["accuracy"], run.metrics["loss"], perf_counter() - start


def logistic(held: dict) -> float:
    """Accuracy of a logistic regression on features of the series."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def features(x: np.ndarray) -> np.ndarray:
        return np.concatenate([x.mean(1), x.std(1), x.min(1), x.max(1)], 1)

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    model.fit(features(held["x_train"]), held["y_train"])
    return model.score(features(held["x_test"]), held["y_test"])


def main() -> None:
    """Print the numbers."""
    inner = "inner" in sys.argv
    given = [one for one in sys.argv[1:] if one != "inner"]
    paths = [one for one in given if "=" not in one]
    network = {name: float(value) for name, _, value in (one.partition("=") for one in given if "=" in one)}
    x, y, people = read(Path(paths[0]) if paths else FILE)
    if inner:
        found = []
        for person in TRAIN:
            held = sides(x, y, people, np.isin(people, TRAIN) & (people != person), people == person)
            found.append(accuracy(held, 0, valid=0, network=network))
            print(
                f"person {person} held out: accuracy {found[-1][0]:.4f}, loss {found[-1][1]:.4f}", flush=True
            )
        print(f"mean {mean(one[0] for one in found):.4f}, loss {mean(one[1] for one in found):.4f}")
        return
    held = sides(x, y, people, np.isin(people, TRAIN), np.isin(people, TEST))
    print(f"{THREADS} thread; {len(held['x_train'])} series to train, {len(held['x_test'])} to test")
    print(f"logistic regression on features: {logistic(held):.4f}")
    for name, options in (("the default", {}), ("one person kept for validation", {"valid": 0.3})):
        runs = [accuracy(held, seed, **options) for seed in SEEDS]
        each = ", ".join(f"{one[0]:.4f}" for one in runs)
        seconds = mean(one[2] for one in runs)
        print(f"{name}: {each}; mean {mean(one[0] for one in runs):.4f}, {seconds:.0f} s each", flush=True)


if __name__ == "__main__":
    main()
