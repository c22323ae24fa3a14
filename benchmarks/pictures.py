"""Claims: what `gradatim train` makes of pictures where nothing else is asked for, the mean of three seeds on
two cores:

    lenet      MNIST by `--model lenet5`, digits moved and turned: a test error of 0.80 % or less, each in 3
               minutes or less
    mnist      MNIST by `--model auto`: 0.40 % or less, in 8 minutes or less
    fashion    Fashion-MNIST by `--model auto`: 6.0 % or less, in 12 minutes or less
    cifar10    9,177 pictures of CIFAR-10, tested on 8,636: 16 % or less, in 12 minutes or less
    bees       56 photographs of ants and bees, tested on 28: stated, with Wilson's 95 % interval

    python benchmarks/pictures.py NAME … [--seeds 0 1 2] [--threads 2] [KEY=VALUE …]

KEY=VALUE is an option of `gradatim.train` in place of the recipe's. The recipes were chosen on validation:
docs/log/planning.md, "The recipe for pictures". Minutes are those of `gradatim.train`, from reading the files
to the written report.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from scipy.stats import binomtest

from gradatim.jobs.train import train


class Claim(NamedTuple):
    """Data, what is asked of `train` beside them, and the error in % and the minutes that are claimed."""

    data: str
    asked: dict[str, Any]
    error: float | None = None
    minutes: float | None = None


CLAIMS = {
    "lenet": Claim("mnist", {
        "model": "lenet5", "augment": "crop:pad=2+rotate:degrees=10", "epochs": 26, "batch_size": 128,
        "lr": 3e-3, "schedule": "one_cycle",
    }, 0.80, 3),
    "mnist": Claim("mnist", {"model": "auto"}, 0.40, 8),
    "fashion": Claim("fashion-mnist", {"model": "auto"}, 6.0, 12),
    "cifar10": Claim("cifar10", {}, 16.0, 12),
    "bees": Claim("hymenoptera", {}),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="+", metavar="NAME or KEY=VALUE")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_intermixed_args()
    more = dict(word.split("=", 1) for word in asked.words if "=" in word)
    recipe = {key: value_of(text) for key, text in more.items()}
    for name in (word for word in asked.words if "=" not in word):
        claim = CLAIMS[name]
        rows = [run(claim, {**claim.asked, **recipe}, seed, asked.threads) for seed in asked.seeds]
        error, minutes = mean(row["error"] for row in rows), max(row["minutes"] for row in rows)
        print(f"{name}, mean of {len(rows)}: test error {error:.2f} %; the longest {minutes:.1f} min")
        for what, found, most in (("error", error, claim.error), ("minutes", minutes, claim.minutes)):
            if most is not None:
                print(f"  {'met' if found <= most else 'MISSED'}: {what} at most {most:g}")


def run(claim: Claim, asked: dict[str, Any], seed: int, threads: int) -> dict[str, float]:
    """Test error in % and minutes of one run."""
    with tempfile.TemporaryDirectory() as place:
        started, worked = time.perf_counter(), time.process_time()
        done = train(claim.data, out=Path(place) / "run", seed=seed, threads=threads, quiet=True, **asked)
        minutes = (time.perf_counter() - started) / 60
        of_processor = (time.process_time() - worked) / 60
        measured = done.evaluate()
        valid = done.evaluate(split="valid")["metrics"]["accuracy"]
    error = 100 * (1 - measured["metrics"]["accuracy"])
    network, epochs = done.config["network"]["entry"]["name"], done.config["settings"]["epochs"]
    n = measured["n"]
    low, high = binomtest(round(error / 100 * n), n).proportion_ci(method="wilson")
    print(
        f"{claim.data}, {network}, {epochs} epochs, seed {seed}, {threads} threads: test error {error:.2f} %"
        f" of {n:,} (95 % interval {100 * low:.2f} to {100 * high:.2f}), validation "
        f"{100 * (1 - valid):.2f} %; {minutes:.1f} min, of the processor "
        f"{of_processor:.1f}", flush=True,
    )  # fmt: skip
    return {"error": error, "minutes": minutes}


def value_of(text: str) -> Any:
    """A setting's value, read as JSON where it is that."""
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    main()
