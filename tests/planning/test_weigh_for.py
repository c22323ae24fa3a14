"""G3: training examples of a run weighed for other rows, which are said, kept and found again."""

import json

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.planning.data_options import DataOptions
from gradatim.planning.find_again import find_again
from gradatim.planning.find_data import find_data

RNG = np.random.default_rng(0)
QUIET = {"epochs": 1, "model": "mlp", "baselines": False, "quiet": True, "target": "y"}


def rows(n, mean, header="x,g,y"):
    x, g = RNG.normal(mean, 1, n), RNG.choice(list("ab"), n)
    lines = {"x,g,y": "{x:.4f},{g},{y:.4f}", "g,x": "{g},{x:.4f}", "z,g": "{x:.4f},{g}"}
    return header + "\n" + "\n".join(
        lines[header].format(x=a, g=b, y=np.sin(2 * a)) for a, b in zip(x, g, strict=True)
    )  # fmt: skip


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "train.csv").write_text(rows(300, 0))
    for name, mean, header in (
        ("near", 0.0, "g,x"),
        ("moved", 1.2, "g,x"),
        ("far", 9.0, "g,x"),
        ("z", 0, "z,g"),
    ):
        (tmp_path / f"{name}.csv").write_text(rows(200, mean, header))
    return tmp_path


def found(tables, name):
    return find_data(
        str(tables / "train.csv"), DataOptions(target="y", weigh_for=str(tables / f"{name}.csv"))
    )


def test_rows_like_the_targets_weigh_more(tables):
    """Mean 1; the weighted mean of x moves from 0 towards 1.2; rows to validate on are weighed likewise."""
    data = found(tables, "moved")
    for part in (data.train, data.valid):
        x, w = part.x[:, 0].astype(float), part.weights
        assert w.mean() == pytest.approx(1) and np.corrcoef(x, w)[0, 1] > 0.5
        assert (w * x).mean() > x.mean() + 0.6
    assert data.test.weights is None
    plain = find_data(str(tables / "train.csv"), DataOptions(target="y"))
    assert np.array_equal(plain.train.x, data.train.x) and plain.train.weights is None


@pytest.mark.parametrize(("name", "low", "high", "warns"), [("near", 180, 217, False), ("far", 1, 43, True)])
def test_the_effective_sample_size_is_said(tables, name, low, high, warns):
    said = found(tables, name).notices[0]
    assert said == found(tables, name).choices["weights"]
    assert f"weighed for the 200 rows of {name}.csv: the 216 count as " in said
    assert low <= float(said.split("count as ")[1].split()[0]) <= high
    assert (
        "the training examples and far.csv do not overlap: all of their rows can be told" in said
    ) == warns


def test_few_training_examples_near_the_target_are_said(tables):
    (tables / "edge.csv").write_text(rows(200, 3.0, "g,x"))
    assert "edge.csv hardly overlaps with train" in found(tables, "edge").notices[0]


def test_a_run_keeps_what_it_was_weighed_for(tables):
    run = gradatim.train(tables / "train.csv", weigh_for=tables / "moved.csv", out=tables / "run", **QUIET)
    config = json.loads((run.path / "config.json").read_text())
    assert "count as" in config["choices"]["weights"]
    assert config["data"]["weigh_for"] == {"path": str(tables / "moved.csv")}
    again = find_again(config["data"])
    assert np.array_equal(again.train.weights, run.data.train.weights)
    resumed = gradatim.train(resume=run.path, epochs=2, quiet=True)
    assert resumed.config["choices"]["weights"] == config["choices"]["weights"]


def test_what_cannot_be_is_named(tables):
    with pytest.raises(UsageError, match=r"z.csv has no column 'x': to weigh for it, .* input of train"):
        found(tables, "z")
    with pytest.raises(UsageError, match=r"there is no file .*none.csv"):
        found(tables, "none")
    with pytest.raises(UsageError, match="--weigh-for is for rows of tables and of arrays"):
        find_data("sonnets", DataOptions(weigh_for=str(tables / "near.csv")))
