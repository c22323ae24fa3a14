"""Claim: the default recipe tags UD English EWT with universal tags at 94.0 % or better in 10 minutes.

    python benchmarks/tagging.py FOLDER [--threads N] [--seeds N | --seed K] [--epochs N]

FOLDER holds en_ewt-ud-train.conllu, -dev and -test, or the same with .gz; no outside vectors. It trains as
`gradatim train en_ewt-ud-train.conllu --valid …dev.conllu --test …test.conllu` does. Printed for each seed,
and as the mean over them, are the accuracy of all test words, of those that training holds and of the others,
and minutes, validation included; and the most frequent tag of each word on the same test. The recipe was
chosen on the dev sentences.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from gradatim.jobs.train import train

SHOWN = {"accuracy": "all words", "known_words_accuracy": "known", "unknown_words_accuracy": "unknown"}


def line(name: str, metrics: dict[str, float], minutes: float) -> str:
    """A model's accuracies and its minutes."""
    parts = [f"{words} {metrics[measure]:.2%}" for measure, words in SHOWN.items()]
    return f"{name:<18} {', '.join(parts)}, {minutes:.1f} minutes"


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--epochs", type=int)
    asked = parser.parse_args()
    files = {part: next(asked.folder.glob(f"en_ewt-ud-{part}.conllu*")) for part in ("train", "dev", "test")}
    found: list[dict[str, float]] = []
    for seed in range(asked.seeds) if asked.seed is None else [asked.seed]:
        began = time.perf_counter()
        run = train(
            files["train"], valid=files["dev"], test=files["test"], seed=seed, threads=asked.threads,
            epochs=asked.epochs, out=Path(tempfile.mkdtemp(), "run"),
        )  # fmt: skip
        minutes = (time.perf_counter() - began) / 60
        found.append(
            {**run.metrics, "minutes": minutes, "dev": max(r["valid_accuracy"] for r in run.records)}
        )
        threads = run.config["settings"]["threads"]
        print(line(f"seed {seed}", run.metrics, minutes), f"(dev {found[-1]['dev']:.2%})", flush=True)
    mean = {name: statistics.mean(one[name] for one in found) for name in found[0]}
    print(line(f"mean of {len(found)}", mean, mean["minutes"]), f"(dev {mean['dev']:.2%})")
    for row in run.baselines:
        print(line(row["name"], row["metrics"], row["seconds"] / 60))
    print(f"{threads} thread{'s' * (threads > 1)}")


if __name__ == "__main__":
    main()
