"""The default for tables beside a linear model and boosted trees, where tables are odd.

    python benchmarks/odd_tables.py [--only tiny]

A category of 5,000 values, a text beside a number, 500 and 2,000 numbers of which a few matter, and 20, 50
and 100 rows with three seeds. Each line is a table: members, R² or log loss on the rows that are held out,
and seconds. These are the tables that the default is not good at; nothing is claimed of them.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

GOOD, BAD = ["great", "love", "fine", "happy"], ["awful", "broken", "late", "refund"]
FILL = ["the", "a", "box", "came", "and", "was", "it"]


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and rows of each; the target is y."""
    r = np.random.default_rng(0)
    shop, effect, x = r.integers(0, 5000, 20_000), r.normal(size=5000), r.normal(size=20_000)
    y = effect[shop] + np.sin(2 * x) + 0.3 * r.normal(size=20_000)
    yield "many categories", pd.DataFrame({"shop": [f"s{i}" for i in shop], "x": x, "y": y})
    yes, price = r.integers(0, 2, 1500), r.normal(size=1500)
    words = [
        list(r.choice(GOOD if k ^ (r.random() < 0.15) else BAD, 2)) + list(r.choice(FILL, 8)) for k in yes
    ]
    review = [" ".join(one) for one in words]
    yield (
        "text",
        pd.DataFrame({"review": review, "price": price + 0.8 * yes, "y": np.where(yes, "pos", "neg")}),
    )
    wide = r.normal(size=(200, 2000))
    yield "2,000 columns", numbered(wide, wide[:, :5].sum(1) + 0.5 * r.normal(size=200))
    wide = r.normal(size=(1000, 500))
    bent = np.sin(wide[:, 0]) + wide[:, 1] * wide[:, 2] + wide[:, 3]
    yield "500 columns", numbered(wide, bent + 0.3 * r.normal(size=1000))
    for n in (20, 50, 100):
        for seed in range(3):
            own = np.random.default_rng(seed)
            few = own.normal(size=(n, 4))
            yield f"tiny, {n} rows, {seed}", numbered(few, few[:, 0] - few[:, 1] + 0.3 * own.normal(size=n))


def numbered(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Columns c0, c1, … and the target."""
    return pd.DataFrame(x, columns=[f"c{i}" for i in range(x.shape[1])]).assign(y=y)


def main() -> None:
    """Learn each table with the default and what stands beside it."""
    import gradatim

    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="tables whose names begin so")
    only = parser.parse_args().only
    for name, frame in tables():
        if not name.startswith(only):
            continue
        began = perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            share = 0.3 if len(frame) < 200 else 0.2
            run = gradatim.train(frame, target="y", out=Path(folder) / "run", test=share, quiet=True)
            rows = json.loads((Path(folder) / "run" / "baselines.json").read_text())["rows"]
        key = "r2" if "r2" in run.metrics else "loss"
        beside = ", ".join(f"{one['name']} {one['metrics'][key]:.3f}" for one in rows)
        members = run.config["settings"]["members"]
        seconds = perf_counter() - began
        print(
            f"{name:18} {members} members: {key} {run.metrics[key]:.3f}; {beside}; {seconds:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
