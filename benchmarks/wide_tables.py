"""Claim: `gradatim data` takes time and memory in proportion to a table's columns.

Of 100,000 it takes at most 12 times what it takes of 10,000.

    python benchmarks/wide_tables.py

Two rows under a header; of numbers alone, and of texts, numbers and missing values in turn. Each line is a
process of its own; seconds are those of the processor, as other processes may run, and memory is its peak,
both without what a table of one column takes.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

FEW, MANY, TIMES = 10_000, 100_000, 12
SCRIPT = "import sys; from gradatim.jobs.data import describe_data; describe_data(sys.argv[1])"
CELLS = {"numbers": ["1", "2.5", "30", "4"], "mixed": ["ab cd", "12", "", "x"]}


def measured(path: Path, cells: list[str], columns: int) -> tuple[float, float]:
    """Seconds of the processor and peak memory in bytes."""
    rows = [",".join(cells[(i + row) % len(cells)] for i in range(columns)) for row in range(2)]
    path.write_text("\n".join([",".join(f"c{i}" for i in range(columns)), *rows, ""]))
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, path])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit("the script failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def main() -> None:
    """Measure and judge."""
    held = True
    with tempfile.TemporaryDirectory() as folder:
        for name, cells in CELLS.items():
            one, few, many = (measured(Path(folder) / "t.csv", cells, n) for n in (1, FEW, MANY))
            for what, unit, i in (("seconds", 1.0, 0), ("MB", 1e6, 1)):
                more = [(found[i] - one[i]) / unit for found in (few, many)]
                held &= more[1] <= TIMES * more[0]
                print(f"{name}: {more[0]:.1f} {what} for {FEW:,} columns, {more[1]:.1f} for {MANY:,}")
    sys.exit(0 if held else "the claim does not hold")


if __name__ == "__main__":
    main()
