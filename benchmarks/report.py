"""Claim: a report takes at most a second beyond the measurements in it, and 2 MB.

    GRADATIM_DATA=… python benchmarks/report.py [--repeats 5]

Digits, adult, and scikit-learn's diabetes with a Gaussian's variance, each trained for three epochs. Then the
page is written again and again: seconds in all, of them in measuring (what is found out of the answers to the
test examples, which are there), and the page's size.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sklearn.datasets import load_diabetes

from gradatim.jobs import report
from gradatim.jobs.train import train

ASKED, BYTES = 1.0, 2e6


def timed(name: str, spent: list[float]) -> None:
    """Let the report's own call of a function say how long it took."""
    called = getattr(report, name)

    def call(*given: Any, **named: Any) -> Any:
        started = time.perf_counter()
        try:
            return called(*given, **named)
        finally:
            spent.append(time.perf_counter() - started)

    setattr(report, name, call)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    repeats, spent, met = parser.parse_args().repeats, [], True
    timed("evidence_of", spent)
    tables = {
        "digits": ("digits", {}),
        "adult": ("adult", {"baselines": False}),
        "diabetes": (
            load_diabetes(as_frame=True).frame,
            {"target": "target", "loss": "gaussian_nll", "baselines": False},
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (data, how) in tables.items():
            run = train(data, epochs=3, out=Path(folder) / name, quiet=True, threads=1, **how)
            whole, measuring = [], []
            for _ in range(repeats):
                spent.clear()
                started = time.perf_counter()
                page = run.report()
                whole.append(time.perf_counter() - started)
                measuring.append(sum(spent))
            rest = statistics.median(w - m for w, m in zip(whole, measuring, strict=True))
            size = page.stat().st_size
            taken = f"{statistics.median(whole):.2f} s, measuring {statistics.median(measuring):.2f} s"
            print(f"{name:9s} {taken}, the rest {rest:.2f} s; {size / 1e3:.0f} kB")
            met &= rest <= ASKED and size <= BYTES
    print("met" if met else "MISSED")


if __name__ == "__main__":
    main()
