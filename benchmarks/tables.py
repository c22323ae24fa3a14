"""Claim: a CSV of a million rows and 20 columns is read within four times the file's size in memory.

    python benchmarks/tables.py [--rows 1000000]

Eighteen columns of numbers, one of categories and one target are written to a temporary file. One process
reads it into a Dataset, splits it and encodes its training part; its peak memory, interpreter and libraries
included, stands beside the file's size. Another reads it with pandas alone. Thread counts: polars' default.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

TIMES = 4
OURS = """
import sys
from time import perf_counter
started = perf_counter()
from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.data import preprocessing
data = load_data(sys.argv[1], "y")
read = perf_counter() - started
parts = split(data)
del data
x = preprocessing.apply(preprocessing.fit(parts.train), parts.train.x)
print(f"{read:.1f} s to read, {perf_counter() - started - read:.1f} s to split and encode {x.shape}")
"""
PANDAS = """
import sys
from time import perf_counter
started = perf_counter()
import pandas
frame = pandas.read_csv(sys.argv[1])
print(f"{perf_counter() - started:.1f} s to read {frame.shape}")
"""


def write_csv(path: Path, rows: int) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    with path.open("w") as file:
        file.write(",".join([*(f"n{i}" for i in range(18)), "town", "y"]) + "\n")
        towns = np.array(["Athens", "Berlin", "Cairo", "Delhi"])
        for start in range(0, rows, 50_000):
            n = min(50_000, rows - start)
            x = rng.standard_normal((n, 18))
            town, y = towns[rng.integers(0, 4, n)], np.where(x[:, 0] > 0, "yes", "no")
            lines = (",".join([*(f"{v:.6f}" for v in r), t, a]) for r, t, a in zip(x, town, y, strict=True))
            file.write("\n".join(lines) + "\n")


def peak(script: str, path: Path) -> tuple[str, float]:
    """What a script says, and the peak memory of its process in bytes."""
    said = subprocess.run(
        [sys.executable, "-c", script, path], check=True, capture_output=True, text=True
    ).stdout
    return said.strip(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_csv(path, parser.parse_args().rows)
        size = path.stat().st_size
        print(f"the file: {size / 1e6:.0f} MB")
        said, ours = peak(OURS, path)
        print(f"gradatim: {said}; peak {ours / 1e6:.0f} MB, {ours / size:.2f} times the file")
        said, theirs = peak(PANDAS, path)  # the largest of all children: at least ours
        print(f"pandas:   {said}; peak {f'{theirs / 1e6:.0f} MB' if theirs > ours else 'below that'}")
    print(f"{'met' if ours <= TIMES * size else 'MISSED'}: at most {TIMES} times the file")


if __name__ == "__main__":
    main()
