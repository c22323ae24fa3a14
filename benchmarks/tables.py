"""Claim: a million rows of 20 columns in a CSV are learned for an epoch in 60 s and 4 times its memory.

    python benchmarks/tables.py [--rows 1000000]

Eighteen columns of numbers, one of categories and one target are written to a temporary file. Each line is a
process of its own, its peak memory taken with interpreter and libraries: reading, splitting and encoding;
`gradatim train` for one epoch by the default recipe, without the models that stand beside the network and
with them; and pandas' read_csv alone. Threads are the defaults:
every core for polars, one for the network.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

TIMES, SECONDS = 4, 60
READ = """
import sys
from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.loading import load_data
from gradatim.data.splits import split
parts = split(load_data(sys.argv[1], "y"))
fit_encoder(parts.train).inputs(parts.train)
"""
TRAIN = """
import sys
from gradatim.jobs.train import train
train(sys.argv[1], target="y", epochs=1, out=sys.argv[1] + "-run", quiet=True, baselines=False)
"""
BESIDE = TRAIN.replace("-run", "-beside").replace(", baselines=False", "")
PANDAS = "import pandas, sys; pandas.read_csv(sys.argv[1])"


def write_csv(path: Path, rows: int) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    towns = np.array(["Athens", "Berlin", "Cairo", "Delhi"])
    with path.open("w") as file:
        file.write(",".join([*(f"n{i}" for i in range(18)), "town", "y"]) + "\n")
        for start in range(0, rows, 50_000):
            n = min(50_000, rows - start)
            x = rng.standard_normal((n, 18))
            town, y = towns[rng.integers(0, 4, n)], np.where(x[:, 0] > 0, "yes", "no")
            lines = (",".join([*(f"{v:.6f}" for v in r), t, a]) for r, t, a in zip(x, town, y, strict=True))
            file.write("\n".join(lines) + "\n")


def measured(script: str, path: Path) -> tuple[float, float]:
    """Seconds and peak memory in bytes of a process that runs this script."""
    started = perf_counter()
    process = subprocess.Popen([sys.executable, "-c", script, path])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit("the script failed")
    return perf_counter() - started, used.ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    met = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_csv(path, parser.parse_args().rows)
        size = path.stat().st_size
        print(f"the file               {size / 1e6:4.0f} MB")
        for name, script in (
            ("read, split, encode", READ),
            ("train one epoch", TRAIN),
            ("with other models", BESIDE),
            ("pandas.read_csv", PANDAS),
        ):
            seconds, peak = measured(script, path)
            print(f"{name:<22} {peak / 1e6:4.0f} MB, {peak / size:.2f} times the file; {seconds:.1f} s")
            met &= script == PANDAS or (peak <= TIMES * size and seconds <= SECONDS)
    print(f"{'met' if met else 'MISSED'}: at most {TIMES} times the file, and {SECONDS} s")


if __name__ == "__main__":
    main()
