"""Claim: nine tenths of held-out numbers lie in the 90 % intervals of networks with `gaussian_nll`.

    python benchmarks/intervals.py [--seeds 3] [--tables FOLDER] [--sets concrete,ames]

The age of adult (the publisher's test rows) and, where the mirror has it, the air of Beijing (PM2.5, a fifth
of the hours held out), by the default recipe; GRADATIM_DATA names the mirror. With the FOLDER of
table_recipes.py four of its tables too, on the part that recipes are chosen on. Each line is a seed: coverage
and mean width of the intervals on what is held out, RMSE, and seconds; the claim is of the seeds' mean.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data
from gradatim.jobs.train import train
from table_recipes import parts_of

TABLES = ("concrete", "ames", "computers", "diamonds")


def age() -> Dataset:
    """Adult with its income as an input and its age as the target."""
    from gradatim.data.tables.inputs import Input

    found = load_data("adult")
    at = found.features.index("age")
    income = Input("income", "category", tuple(map(str, found.classes)))
    columns = (*(one for i, one in enumerate(found.columns) if i != at), income)
    x = np.column_stack([np.delete(found.x, at, 1), found.y])
    return replace(
        found, x=x, y=found.x[:, at], classes=(), columns=columns, task="regression", targets=("age",),
        features=tuple(one.name for one in columns), name="adult age",
    )  # fmt: skip


def sets(folder: Path | None, seed: int) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Name, data and options of each."""
    yield "adult, age", age(), {}
    air = Path(os.environ.get("GRADATIM_DATA", "data")) / "timeseries" / "pollution.csv"
    if air.exists():
        yield "Beijing, PM2.5", air, {"target": "pm2.5", "ignore": ["No"]}
    for name in TABLES if folder else ():
        target = json.loads((folder / "tables.json").read_text())[name]["target"]
        train, test = parts_of(pd.read_csv(folder / f"{name}.csv"), seed, "valid")
        yield name, train, {"target": target, "test": test}


def main() -> None:
    """Measure every set with every seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--sets", default="", help="some of them, by name")
    asked = parser.parse_args()
    wanted = asked.sets.split(",") if asked.sets else None
    shares: dict[str, list[float]] = {}
    for seed in range(asked.seeds):
        for name, data, how in sets(asked.tables, seed):
            if wanted is not None and name not in wanted:
                continue
            began = perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                run = train(
                    data, loss="gaussian_nll", seed=seed, out=Path(folder) / "run", quiet=True, threads=1,
                    baselines=False, **how,
                )  # fmt: skip
                found = run.predict(run.data.test)
            share = run.metrics["interval_coverage"]
            shares.setdefault(name, []).append(share)
            width = float((found.high - found.low).mean())
            print(
                f"{name:<16} seed {seed}: {share:.4f} inside, mean width {width:.4g}; RMSE "
                f"{run.metrics['rmse']:.4g}; {perf_counter() - began:.0f} s",
                flush=True,
            )
    means = {name: float(np.mean(every)) for name, every in shares.items()}
    print("  ".join(f"{name} {mean:.3f}" for name, mean in means.items()))
    met = all(0.87 <= mean <= 0.93 for mean in means.values())
    print(f"{'met' if met else 'MISSED'}: between 87 and 93 %")


if __name__ == "__main__":
    main()
