"""Claim: of clips of a person and an action that were never seen together, each of them seen, captions name
the action, by the default recipe. That they name the person, of whom three clips are seen, does not hold.

    python benchmarks/clip_captions.py [--held 0 1 2 3] [--seeds 0 1 2] [--epochs N] [--threads N]

Trains as `gradatim train weizmann_captions:held=H` does: 18 clips of six people and four actions (Gorelick
et al. 2007), a sentence each, and for the test six clips, one of each person; the four values of `held` test
every clip once. Prints for each the share of captions that are exact, the shares whose person and whose
action are right, and the minutes; at the end the means. By chance, of captions that can be, 1/24 are exact.
"""

import argparse
import tempfile
import time
from statistics import mean

import numpy as np

from gradatim.jobs.train import train


def shares(said: list[str], right: list[str]) -> tuple[float, float, float]:
    """How many captions are exact, how many name the person, and how many the action."""
    pairs = [(a.split(), b.split()) for a, b in zip(said, right, strict=True)]
    return (
        float(np.mean([a == b for a, b in pairs])),
        float(np.mean([a[:2] == b[:2] for a, b in pairs])),
        float(np.mean([a[2:] == b[2:] for a, b in pairs])),
    )


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    asked = {} if given.epochs is None else {"epochs": given.epochs}
    every = []
    for seed in given.seeds:
        for held in given.held:
            with tempfile.TemporaryDirectory() as folder:
                started = time.perf_counter()
                run = train(
                    f"weizmann_captions:held={held}", out=f"{folder}/run", quiet=True, seed=seed,
                    threads=given.threads, **asked,
                )  # fmt: skip
                test = run.data.test
                said = run.predict(test.inputs).columns()["prediction"]
                every.append(shares(said, [one for one, *_ in test.references]))
                minutes = (time.perf_counter() - started) / 60
            exact, person, action = every[-1]
            print(
                f"seed {seed}, held {held}: exact {exact:.3f}, person {person:.3f}, action {action:.3f}; "
                f"{minutes:.1f} min, {given.threads} thread",
                flush=True,
            )
    exact, person, action = (mean(column) for column in zip(*every, strict=True))
    print(f"mean of {len(every)}: exact {exact:.3f}, person {person:.3f}, action {action:.3f}")


if __name__ == "__main__":
    main()
