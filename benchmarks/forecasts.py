"""Claim: forecasts beat the last value, the last season and a linear autoregression, at one step ahead and at
the last, and nine tenths of what came lay in their 90 % intervals.

    python benchmarks/forecasts.py [--seeds 3] [--sets airline,temperatures,sunspots,pollution]

Four series by the default recipe of `gradatim train FILE --target … --time … --horizon H`; GRADATIM_DATA
names the mirror. A back-test: the last fifth of the steps is the test part, and each of them from which H
steps lie in it is an origin. Nothing is learned there; the recipe was chosen on back-tests inside the first
four fifths, the epoch and the intervals on validation. MAE and RMSE of the network, the mean of the seeds,
each with the best of the three beside it; the share in the intervals; origins, threads, minutes of a run.
"""

import argparse
import csv
import os
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from gradatim.jobs.train import train

SETS = {  # file, target, time, horizon
    "airline": ("airline-passengers.csv", "Passengers", "Month", 12),
    "temperatures": ("daily-min-temperatures.csv", "Temp", "Date", 24),
    "sunspots": ("monthly-sunspots.csv", "Sunspots", "Month", 24),
    "pollution": ("pollution.csv", "pm2.5", "time", 24),
}


def with_time(path: Path, folder: Path) -> Path:
    """The hours of Beijing with year, month, day and hour as one column, `time`."""
    new = folder / path.name
    with path.open(newline="") as source, new.open("w", newline="") as target:
        rows = csv.reader(source)
        writer = csv.writer(target)
        writer.writerow(["time", *next(rows)[5:]])
        for _, year, month, day, hour, *rest in rows:
            writer.writerow([f"{year}-{month:0>2}-{day:0>2} {hour:0>2}:00", *rest])
    return new


def back_test(name: str, seed: int, folder: Path) -> tuple[Any, float]:
    """A run of the default recipe, and its minutes."""
    file, target, time, horizon = SETS[name]
    path = Path(os.environ.get("GRADATIM_DATA", "data")) / "timeseries" / file
    path = with_time(path, folder) if name == "pollution" else path
    began = perf_counter()
    out = folder / f"{name}-{seed}"
    run = train(str(path), target=target, time=time, horizon=horizon, seed=seed, out=out, quiet=True)
    return run, (perf_counter() - began) / 60


def main() -> None:
    """Measure every series with every seed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", default=",".join(SETS))
    asked = parser.parse_args()
    for name in asked.sets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            runs = [back_test(name, seed, Path(folder)) for seed in range(asked.seeds)]
            report(name, runs)


def report(name: str, runs: list[tuple[Any, float]]) -> None:
    """A line for each horizon."""
    first, horizon = runs[0][0], SETS[name][3]
    threads = first.config["settings"]["threads"]
    minutes = np.mean([one for _, one in runs])
    print(
        f"{name}: {len(first.data.test)} origins, {len(runs)} seeds, {threads} threads, {minutes:.1f} minutes"
    )
    for end, called in (("_h1", "h = 1"), (f"_h{horizon}", f"h = {horizon}"), ("", "all steps")):
        said = []
        for measure in ("mae", "rmse"):
            ours = np.mean([run.metrics[measure + end] for run, _ in runs])
            others = {row["name"]: row["metrics"][measure + end] for row in first.baselines}
            best = min(others, key=lambda other: others[other])
            sign = "<" if ours < others[best] else ">"
            said.append(f"{measure.upper()} {ours:8.3f} {sign} {others[best]:8.3f} {best:<21}")
        held = np.mean([run.metrics["interval_coverage" + end] for run, _ in runs])
        print(f"  {called:<9} {'  '.join(said)}  in 90 % intervals {held:.1%}", flush=True)


if __name__ == "__main__":
    main()
