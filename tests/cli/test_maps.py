"""F11 from the command line: train a map, predict places, draw it."""

import csv
import io

import numpy as np


def test_a_table_is_mapped_and_each_row_gets_its_unit(command, tmp_path):
    rng = np.random.default_rng(0)
    lines = [f"{a:.4f},{b:.4f},{'red' if a > 0 else 'blue'}" for a, b in rng.normal(size=(90, 2))]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,colour", *lines]) + "\n")
    run = tmp_path / "run"
    status, said, err = command(
        "train", tmp_path / "t.csv", "--target", "colour", "--model", "som", "rows=3", "columns=4",
        "topology=hexagonal", "rule=online", "--epochs", "3", "--out", run,
    )  # fmt: skip
    assert status == 0 and "Kohonen's rule, learning rate 0.5, falling to 0.05; torch, cpu" in said + err
    status, said, _ = command("predict", run, tmp_path / "t.csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert status == 0 and len(rows) == 90
    assert {int(row["row"]) for row in rows} <= {0, 1, 2}
    assert {int(row["column"]) for row in rows} <= {0, 1, 2, 3}
    assert all(float(row["distance"]) >= 0 for row in rows)
    for what in ("u-matrix", "components", "hits"):
        status, _, err = command("plot", what, run, "--out", tmp_path / f"{what}.png")
        assert status == 0, err
