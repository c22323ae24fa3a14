"""A run in a few lines: summary, show, list runs, a notebook's HTML; and predictions as data frames."""

import json
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import Notice, UsageError
from gradatim.jobs.list_runs import list_runs
from gradatim.jobs.run import load
from gradatim.jobs.train import train

QUICK = {"epochs": 3, "hidden": [8], "quiet": True, "baselines": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("runs"), np.random.default_rng(0)
    x = rng.normal(size=(200, 2))
    frame = pd.DataFrame({"a": x[:, 0].round(3), "code": [f"{k:03}" for k in range(200)], "b": range(200)})
    frame.assign(**{"buys & <sells>": np.where(x[:, 0] > 0, "yes", "no")}).to_csv(
        folder / "two.csv", index=False
    )
    train(folder / "two.csv", target="buys & <sells>", out=folder / "old", **QUICK)
    train("digits", out=folder / "new", **QUICK)
    config = json.loads((folder / "old" / "config.json").read_text())
    config["created"] = "2020-01-01T00:00:00+00:00"
    (folder / "old" / "config.json").write_text(json.dumps(config))
    return folder


def test_a_summary_says_what_the_files_say(folder):
    run = load(folder / "new")
    lines = run.summary().splitlines()
    said = {line[:12].strip(): line[12:] for line in lines[1:]}
    assert lines[0] == str(run.path) and max(map(len, lines[1:])) <= 80
    assert said["data"] == "digits: 1,294 training, 144 validation, 359 test examples"
    assert said["network"] == f"mlp, {64 * 8 + 8 + 8 * 10 + 10} parameters"
    best = min(run.records, key=lambda record: record["valid_loss"])
    assert said["epochs"].startswith("3 of 3 in ") and f"the best was epoch {best['epoch']}" in said["epochs"]
    assert f"accuracy {run.metrics['accuracy']:.4g}" in said["test"]
    assert f"accuracy {best['valid_accuracy']:.4g}" in said["validation"]
    assert "report.html" in run.summary()


def test_show_takes_a_run_and_its_layers_are_the_networks(folder, command):
    said = json.loads(command("show", folder / "new", "--json")[0])["run"]
    assert [row["parameters"] for row in said["layers"]] == [0, 64 * 8 + 8, 0, 90]
    assert said["metrics"] == pytest.approx(load(folder / "new").metrics)
    text = command("show", folder / "new")[0]
    assert text.startswith(f"{folder / 'new'}\n") and "layer " in text and "520" in text
    shown = gradatim.show(load(folder / "new"))
    assert f"{shown}\n" == text and repr(shown) == str(shown)
    assert "is a run" in command("show", folder / "new", "hidden=3", status=2)[1]
    assert "holds no run" in command("show", folder, status=1)[1]


def test_show_of_a_module_prints_its_layers():
    torch = pytest.importorskip("torch")
    shown = gradatim.show(torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU()), input_size=4)
    assert shown["parameters"] == 15 and "0 Linear 4 → 3" in str(shown)
    above, below = (line.split() for line in str(shown).splitlines()[:2])
    assert above == ["receptive", "activation"]
    assert below == ["layer", "output", "field", "parameters", "multiply-adds", "memory"]
    with pytest.raises(UsageError, match="arguments and weights are for networks of the catalogue"):
        gradatim.show(torch.nn.Linear(2, 2), {"a": 1}, input_size=2)
    with pytest.raises(UsageError, match="an example is for a torch module"):
        gradatim.show("mlp", example=3)


def test_runs_are_listed_the_newest_first_and_damaged_ones_told_of(folder, tmp_path, command):
    for name in ("old", "new"):
        shutil.copytree(folder / name, tmp_path / name)
    for name, file, content in (
        ("torn", "config.json", "{"), ("half", "metrics.jsonl", ""), ("other", "notes.txt", ""),
        ("odd", "config.json", "[]"),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(content)
    shutil.copytree(folder / "new", tmp_path / "cut")
    (tmp_path / "cut" / "evidence.safetensors").write_bytes(b"nothing")
    (tmp_path / "empty").mkdir()
    rows = json.loads(command("list", "runs", tmp_path, "--json")[0])["runs"]
    assert [Path(row["run"]).name for row in rows[:2]] == ["new", "old"]
    assert {Path(row["run"]).name for row in rows[2:]} == {"torn", "half", "odd", "cut"}
    assert all(row["error"] for row in rows[2:])
    run = load(folder / "new")
    assert rows[0]["measure"] == ["accuracy", pytest.approx(run.metrics["accuracy"])]
    best = min(run.records, key=lambda record: record["valid_loss"])
    assert rows[0]["best_valid"] == ["accuracy", pytest.approx(best["valid_accuracy"])]
    assert (rows[0]["data"], rows[0]["network"], rows[0]["epochs"]) == ("digits", "mlp", 3)
    lines = command("list", "runs", tmp_path)[0].splitlines()
    assert lines[0].split() == ["run", "data", "network", "epochs", "validation", "test", "made"]
    assert lines[2].startswith("new ") and lines[3].startswith("old ") and "2020-01-01" in lines[3]
    assert "half holds no run" in "\n".join(lines[4:]) and max(map(len, lines[:4])) <= 80


def test_where_there_are_no_runs(tmp_path, command):
    assert command("list", "runs")[0] == "no run\n"
    assert list_runs() == []
    assert "there is no folder nowhere" in command("list", "runs", "nowhere", status=2)[1]
    assert "a folder is for gradatim list runs" in command("list", "optimizer", "x", status=2)[1]


def test_a_run_that_has_not_finished_is_listed_and_summed_up(folder, tmp_path):
    shutil.copytree(folder / "new", tmp_path / "half")
    (tmp_path / "half" / "evidence.safetensors").unlink()
    config = json.loads((tmp_path / "half" / "config.json").read_text())
    (tmp_path / "half" / "config.json").write_text(json.dumps(config | {"ended": False}))
    (row,) = list_runs(tmp_path)
    assert row["measure"] is None and not row["finished"]
    with pytest.warns(Notice, match="has not finished"):
        run = load(tmp_path / "half")
    assert "not finished" in run.summary() and "nothing was measured yet" in run.summary()
    assert "not finished" in run._repr_html_()


def test_a_notebook_shows_the_summary_and_the_curves(folder):
    from html.parser import HTMLParser

    html = load(folder / "old")._repr_html_()
    assert "buys &amp; &lt;sells&gt;" in html and "<sells>" not in html
    assert html.count("<svg") == html.count("</svg>") == 2 and "script" not in html
    parser = HTMLParser()
    parser.feed(html)
    parser.close()


def test_predictions_as_frames_have_the_columns_of_the_csv(folder, tmp_path):
    run = load(folder / "old")
    (tmp_path / "new.csv").write_text("b;code;a\n1;001;0,5\n2;;-1,25\n")
    found = run.predict(tmp_path / "new.csv")
    header = found.to_csv().splitlines()[0].split(";")
    pandas, polars = found.to_pandas(), found.to_polars()
    assert list(pandas.columns) == polars.columns == header
    assert pandas["a"].tolist() == [0.5, -1.25] and polars["b"].to_list() == [1, 2]
    assert polars["code"].to_list() == ["001", None]  # a code stays a text
    assert pandas["prediction"].tolist() == found.labels.tolist()
    np.testing.assert_allclose(polars["p(yes)"], found.probabilities[:, 1], atol=1e-6)
    arrays = load(folder / "new").predict(np.zeros((3, 64), np.float32))
    frame = arrays.to_pandas()
    written = pd.read_csv(StringIO(arrays.to_csv()))
    pd.testing.assert_frame_equal(frame, written, check_dtype=False)
    assert frame["example"].tolist() == [0, 1, 2]
