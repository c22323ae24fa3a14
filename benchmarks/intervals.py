"""Claim: nine tenths of held-out numbers lie in the 90 % intervals of a network with `gaussian_nll`.

    python benchmarks/intervals.py [--seeds 3]

The age of adult (the publisher's test rows) and, where the mirror has it, the air of Beijing (PM2.5, a fifth
of the hours held out), by the default recipe; GRADATIM_DATA names the mirror. Each line is a seed: coverage
and mean width of the intervals on the test examples, RMSE, and seconds.
"""

import argparse
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data
from gradatim.jobs.train import train


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


def sets() -> list[tuple[str, Any, dict[str, Any]]]:
    found: list[tuple[str, Any, dict[str, Any]]] = [("adult, age", age(), {})]
    air = Path(os.environ.get("GRADATIM_DATA", "data")) / "timeseries" / "pollution.csv"
    if air.exists():
        found.append(("Beijing, PM2.5", air, {"target": "pm2.5", "ignore": ["No"]}))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    met = True
    for name, data, how in sets():
        for seed in range(parser.parse_args().seeds):
            began = perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                run = train(
                    data, loss="gaussian_nll", seed=seed, out=Path(folder) / "run", quiet=True, threads=1,
                    baselines=False, **how,
                )  # fmt: skip
                found = run.predict(run.data.test)
            share = run.metrics["interval_coverage"]
            width = float((found.high - found.low).mean())
            print(
                f"{name:<16} seed {seed}: {share:.4f} inside, mean width {width:.4g}; RMSE "
                f"{run.metrics['rmse']:.4g}; {perf_counter() - began:.0f} s",
                flush=True,
            )
            met &= 0.87 <= share <= 0.93
    print(f"{'met' if met else 'MISSED'}: between 87 and 93 %")


if __name__ == "__main__":
    main()
