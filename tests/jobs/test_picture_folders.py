"""A folder of pictures from training to prediction, on the embedded digits written as files."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

import gradatim
from gradatim.checks import UsageError
from gradatim.data.digits import digits
from gradatim.data.pictures import write_picture

QUICK = {"threads": 1, "quiet": True, "model": "small_cnn", "network": {"stages": 3}}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """600 digits of six classes, each class a folder."""
    folder, data = tmp_path_factory.mktemp("pictures") / "photos", digits()
    for row in np.flatnonzero(data.y < 6)[:600]:
        place = folder / f"digit-{data.y[row]}"
        place.mkdir(parents=True, exist_ok=True)
        write_picture(place / f"{row}.png", data.x[row] * 15)
    (folder / "digit-0" / "torn.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture(scope="module")
def run(photos, tmp_path_factory):
    return gradatim.train(photos, epochs=4, out=tmp_path_factory.mktemp("runs") / "run", **QUICK)


def test_digits_in_folders_are_learned(run, photos):
    assert run.metrics["accuracy"] >= 0.9
    assert run.model.description["name"] == "small_cnn" and run.model.description["in_channels"] == 1
    assert (
        run.config["data"]["source"] == {"path": str(photos)}
        and run.config["data"]["kind"] == "picture folder"
    )
    assert "torn.png" in run.data.notices[0]
    assert run.config["choices"]["streaming"] == "no: 432 pictures of 28 kB are held in memory"
    assert run.config["choices"]["lr"] and run.trained.input_shape == (1, 8, 8)


def test_the_file_s_name_stands_beside_its_prediction(run, photos, command):
    out, err = command("predict", run.path, photos)
    assert "1 of 601 files cannot be read" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    right = [row["file"].startswith(row["prediction"] + "/") for row in rows]
    measured = gradatim.load(run.path).evaluate(str(photos))
    assert measured["n"] == len(rows) == 600
    assert np.mean(right) == measured["metrics"]["accuracy"] > 0.9  # what evaluate says of the same folder
    one = photos / rows[400]["file"]
    (found,) = json.loads(command("predict", run.path, one, "--json")[0])["predictions"]
    assert found["file"] == str(one) and found["prediction"] == rows[400]["prediction"]
    assert found["probability"] == pytest.approx(float(rows[400]["probability"]), abs=1e-5)


def test_a_run_goes_on_to_the_same_bits(run, photos, tmp_path):
    half = gradatim.train(photos, epochs=2, out=tmp_path / "half", **QUICK)
    again = gradatim.train(resume=half.path, epochs=4, quiet=True)
    straight = gradatim.train(photos, epochs=4, schedule="cosine", out=tmp_path / "straight", **QUICK)
    assert len(again.records) == len(straight.records) == 4
    assert straight.metrics == run.metrics


def test_validation_and_test_may_be_folders_and_the_report_shows_mistakes(run, photos, tmp_path):
    for name in ("digit-1", "digit-4"):
        (tmp_path / "held" / name).mkdir(parents=True)
        for path in sorted((photos / name).iterdir())[:10]:
            with Image.open(path) as image:  # of another size and mode
                image.resize((20, 16)).convert("RGB").save(tmp_path / "held" / name / path.name)
    held = str(tmp_path / "held")
    other = gradatim.train(photos, epochs=1, valid=held, test=held, out=tmp_path / "run", **QUICK)
    assert other.config["data"]["splits"] == {"train": 600, "valid": 20, "test": 20}
    assert gradatim.load(other.path).data.test.x.shape == (20, 1, 8, 8)
    page = other.folder.report.read_text()
    wrong = round(20 * (1 - other.metrics["accuracy"]))
    assert page.count("<figcaption>true digit-") == wrong and (
        not wrong or "digit-1/" in page or "digit-4/" in page
    )


def test_a_part_with_a_name_of_its_own_leaves_no_share_to_ask_for(tmp_path):
    for part in ("train", "val", "test"):
        for name, grey in (("a", 10), ("b", 200)):
            (tmp_path / part / name).mkdir(parents=True)
            for i in range(4):
                Image.new("L", (4, 4), grey + i).save(tmp_path / part / name / f"{i}.png")
    with pytest.raises(UsageError, match="has validation examples of its own: leave out --valid"):
        gradatim.train(tmp_path, valid=0.2, epochs=1, **QUICK)
    run = gradatim.train(tmp_path, epochs=1, out=tmp_path / "run", **QUICK)
    assert run.config["data"]["splits"] == {"train": 8, "valid": 8, "test": 8}
    assert len(gradatim.load(run.path).data.valid) == 8


def test_the_command_line_reads_a_size(photos, command):
    out, _ = command("data", photos, "--input-size", "4,6")
    assert "600 examples of shape 1 × 4 × 6" in out and "digit-5" in out
    assert "note        1 of 601 files cannot be read and is left out" in out
    assert "--target is for tables" in command("train", photos, "--target", "y", status=2)[1]
