"""A table of pictures' files from training to prediction, on the embedded digits written as files."""

import csv
import io
import json

import numpy as np
import pytest

import gradatim
from gradatim.data.digits import digits
from gradatim.data.pictures import write_picture

QUICK = {"threads": 1, "quiet": True, "model": "small_cnn", "network": {"stages": 3}}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """240 digits of three classes in one folder, and labels.csv beside it: kind, ink, odd, low, tags."""
    folder, data = tmp_path_factory.mktemp("tables"), digits()
    (folder / "images").mkdir()
    lines = ["file,kind,ink,odd,low,tags"]
    for row in np.flatnonzero(data.y < 3)[:240]:
        write_picture(folder / "images" / f"{row}.png", data.x[row] * 15)
        y, ink = int(data.y[row]), float(data.x[row].mean())
        tags = "|".join(name for name, there in (("odd", y == 1), ("low", y < 2)) if there)
        lines.append(f"{row}.png,{'abc'[y]},{ink:.4f},{int(y == 1)},{int(y < 2)},{tags}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    rows = [line.split(",")[:2] for line in lines]
    (folder / "two.csv").write_text("\n".join(map(",".join, rows)) + "\n")
    return folder


@pytest.fixture(scope="module")
def run(photos, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    return gradatim.train(photos / "two.csv", epochs=3, out=out, **QUICK)


def test_a_table_of_pictures_is_learned(run, photos):
    assert run.metrics["accuracy"] >= 0.9 and run.model.description["name"] == "small_cnn"
    assert run.config["data"]["kind"] == "picture table"
    assert run.config["data"]["source"] == {"path": str(photos / "two.csv"), "target": "kind"}
    assert run.data.notices[0] == "column 'file' names 240 pictures; 'kind' is learned"


def test_it_goes_on_to_the_same_bits(run, photos, tmp_path):
    half = gradatim.train(photos / "two.csv", epochs=1, out=tmp_path / "half", **QUICK)
    again = gradatim.train(resume=half.path, epochs=3, quiet=True)
    straight = gradatim.train(photos / "two.csv", epochs=3, schedule="cosine", out=tmp_path / "all", **QUICK)
    assert len(again.records) == 3 and straight.metrics == run.metrics


def test_tables_folders_and_files_are_predicted_and_measured(run, photos, tmp_path, command):
    lines = (photos / "labels.csv").read_text().splitlines()
    lines = [lines[0], *(f"{photos}/images/{line}" for line in lines[1:31]), "gone.png,a,1,1,1,"]
    (tmp_path / "new.csv").write_text("\n".join(lines) + "\n")
    out, err = command("predict", run.path, tmp_path / "new.csv")
    assert "1 row names a picture that is not there, and is left out, such as gone.png" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 30 and rows[0]["file"] == f"{photos}/images/0.png" and rows[0]["tags"] == "low"
    found = json.loads(command("evaluate", run.path, "--data", tmp_path / "new.csv", "--json")[0])
    right = np.mean([row["kind"] == row["prediction"] for row in rows])
    assert found["n"] == 30 and found["metrics"]["accuracy"] == right
    alone = {row["file"]: row for row in csv.DictReader(
        io.StringIO(command("predict", run.path, photos / "images")[0])
    )}  # fmt: skip
    assert len(alone) == 240 and alone["0.png"]["p(a)"] == rows[0]["p(a)"]


@pytest.mark.parametrize(
    ("asked", "measures"),
    [
        ({"target": "ink"}, {"rmse", "mae", "r2"}),
        ({"target": "odd,low"}, {"hamming_loss", "subset_accuracy"}),
        ({"target": "tags", "task": "multilabel"}, {"hamming_loss", "subset_accuracy"}),
    ],
)
def test_numbers_and_labels_are_learned(asked, measures, photos, tmp_path):
    run = gradatim.train(photos / "labels.csv", epochs=1, out=tmp_path / "run", **asked, **QUICK)
    assert measures <= run.metrics.keys()
    again = gradatim.load(run.path)
    whole = again.evaluate(str(photos / "labels.csv"))
    assert whole["n"] == 240 and measures <= whole["metrics"].keys()
    columns = again.predict(str(photos / "two.csv")).columns()
    assert all(len(column) == 240 for column in columns.values())


def test_a_test_folder_of_pictures_that_were_learned_from_is_said(photos, tmp_path):
    held = tmp_path / "held" / "a"
    held.mkdir(parents=True)
    (held / "same.png").write_bytes((photos / "images" / "0.png").read_bytes())
    run = gradatim.train(photos / "two.csv", test=str(held.parent), epochs=1, out=tmp_path / "run", **QUICK)
    (said,) = [one for one in run.data.notices if one.startswith("test: ")]
    assert said == (
        "test: 1 picture of held is among the examples of two, too, such as a/same.png, which is 0.png: what "
        "is measured on was learned from"
    )
