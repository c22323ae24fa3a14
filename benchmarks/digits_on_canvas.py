"""Claim: digits on a canvas are found with a mAP of 0.97 or more at an overlap of 0.5, in a few minutes on
one thread.

    python benchmarks/digits_on_canvas.py [KEY=VALUE …] [--data NAME] [--seeds 0 1 2] [--threads N]

The data set is the catalogue's `digits_on_canvas`: 7,500 canvases with digits of MNIST's training part, of
which 750 are validated on, and 1,500 with digits of its test part, of other writers. KEY=VALUE is the recipe,
as `gradatim.train` takes it: `epochs=20`; `network.KEY=VALUE` is the network's. Prints for each seed the mAP
at an overlap of 0.5 and over overlaps from 0.5 to 0.95, and the minutes of training; at the end the means.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import mean

from gradatim.jobs.train import train
from isbi2012 import recipe_of

SHOWN = ("map_50", "map")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--data", default="digits_on_canvas")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for seed in asked.seeds:
            started = time.perf_counter()
            run = train(
                asked.data, out=Path(place) / f"run-{seed}", seed=seed, threads=asked.threads, quiet=True,
                **recipe_of(asked.recipe),
            )  # fmt: skip
            minutes = (time.perf_counter() - started) / 60
            rows.append({**{name: run.metrics[name] for name in SHOWN}, "minutes": minutes})
            print(f"seed {seed}, {asked.threads} threads: {in_words(rows[-1])}", flush=True)
    print(f"mean of {len(rows)}: {in_words({name: mean(row[name] for row in rows) for name in rows[0]})}")


def in_words(row: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in row.items())


if __name__ == "__main__":
    main()
