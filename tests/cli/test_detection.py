"""Pictures with boxes from a folder to predictions and a report, in the pixels of a person's own pictures."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

import gradatim
from box_drawings import coco, yolo
from gradatim.checks import UsageError
from gradatim.data.teaching.digits_on_canvas import digits_on_canvas


def squares(n, size=(40, 32), seed=0):
    """One bright square a picture, or a pale one, somewhere."""
    rng, some = np.random.default_rng(seed), {}
    for i in range(n):
        side = int(rng.integers(10, 16))
        left, top = int(rng.integers(0, size[0] - side)), int(rng.integers(0, size[1] - side))
        some[f"{i:03}.png"] = (size, [("cat", (left, top, left + side, top + side))] if i % 6 else [])
    return some


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A detector of squares, which is learned in a moment."""
    place = tmp_path_factory.mktemp("squares")
    folder = yolo(place / "photos", squares(48), names="names: [cat, dog]\n")
    return gradatim.train(
        folder, epochs=12, batch_size=6, lr=5e-3, network={"width": 0.5, "depth": 1}, out=place / "run",
        quiet=True,
    )  # fmt: skip


def test_squares_are_found(run):
    assert run.trained.name == "small_detector" and run.trained.problem.kind == "boxes"
    assert run.evaluate()["metrics"]["map_50"] > 0.7
    page = (run.path / "report.html").read_text()
    assert "The mAP at an overlap of 0.5 is" in page and "Worst pictures" in page and "object" in page


def test_predictions_stand_in_the_pixels_of_the_person_s_own_pictures(run, tmp_path, command):
    """A picture of twice the size and another shape: what is cut off at the sides is counted."""
    x = np.zeros((64, 120), np.uint8)
    x[20:44, 60:86] = 200
    (tmp_path / "mine").mkdir()
    Image.fromarray(x).save(tmp_path / "mine" / "one.png")
    assert command("predict", run.path, "mine", "--out", "found.csv")[0] == 0
    rows = list(csv.DictReader((tmp_path / "found.csv").read_text().splitlines()))
    assert list(rows[0]) == ["file", "class", "score", "x1", "y1", "x2", "y2"]
    (row,) = [one for one in rows if float(one["score"]) > 0.2]
    assert row["file"] == "one.png" and row["class"] == "cat"
    found = [float(row[edge]) for edge in ("x1", "y1", "x2", "y2")]
    np.testing.assert_allclose(found, [60, 20, 86, 44], atol=6)
    frame = gradatim.load(run.path).predict(tmp_path / "mine").to_pandas()
    assert frame["x1"].tolist() == [float(one["x1"]) for one in rows]
    status, out, _ = command("predict", run.path, "mine", "--json")
    (record, *_) = json.loads(out)["predictions"]
    assert status == 0
    assert record["file"] == "one.png" and record["example"] == 0 and record["class"] == "cat"


def test_other_pictures_with_boxes_are_evaluated_and_unknown_classes_refused(run, tmp_path):
    other = coco(tmp_path / "other", squares(10, seed=1))
    assert run.evaluate(other)["metrics"]["map_50"] > 0.5
    content = json.loads((other / "annotations.json").read_text())
    content["categories"][0]["name"] = "cow"
    (other / "annotations.json").write_text(json.dumps(content))
    with pytest.raises(UsageError, match="'cow', which the network does not know"):
        run.evaluate(other)


def test_training_with_moved_boxes_repeats_to_the_last_bit(tmp_path):
    data = digits_on_canvas(n=12, size=32, of="digits")
    how = {"augment": "standard", "network": {"width": 0.25}, "quiet": True}
    first, second = (gradatim.train(data, epochs=2, out=tmp_path / name, **how) for name in "ab")
    for one, other in zip(first.trained.model.parameters(), second.trained.model.parameters(), strict=True):
        np.testing.assert_array_equal(one.detach(), other.detach())


def test_one_box_by_regression(tmp_path):
    data = digits_on_canvas(n=60, most=1, size=32, of="digits")
    run = gradatim.train(data, task="localisation", epochs=2, out=tmp_path / "run", quiet=True)
    assert run.trained.problem.kind == "one box" and run.trained.name == "small_localiser"
    metrics = run.evaluate()["metrics"]
    assert {"mean_iou", "accuracy", "localised"} <= metrics.keys()
    assert "overlap with the objects" in (run.path / "report.html").read_text()
    with pytest.raises(UsageError, match="pictures with one object each"):
        gradatim.train("digits_on_canvas:of=digits,n=60", task="localisation", out=tmp_path / "b", quiet=True)


def test_what_does_not_go_with_boxes_is_refused_in_a_sentence(tmp_path):
    data = digits_on_canvas(n=12, size=32, of="digits")
    for asked, sentence in (
        ({"augment": "mixup"}, "mixup cannot mix boxes"),
        ({"threshold": "f1"}, "settled by validation"),
        ({"model": "small_cnn"}, "center_points reads maps"),
        ({"task": "classification"}, "are for --task detection or localisation, not for classification"),
        ({"class_weight": "balanced"}, "class.weight"),
    ):
        with pytest.raises(UsageError, match=sentence):
            gradatim.train(data, epochs=1, out=tmp_path / "run", quiet=True, **asked)
        assert not (tmp_path / "run").exists(), asked
