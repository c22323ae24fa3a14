"""Captions from pictures to report: train, ask, draw, resume, and refuse what does not fit."""

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.run import load
from gradatim.jobs.train import train

DATA = "shape_captions:n=72,size=24"
SMALL = {"network": {"stages": 2, "width": 0.25, "embedding_size": 8}, "hidden": (8,)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(DATA, epochs=2, out=tmp_path_factory.mktemp("runs") / "a", **SMALL)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for i in range(3):
        Image.new("RGB", (30, 24), (70 * i, 0, 0)).save(folder / f"{i}.png")
    (folder / "captions.txt").write_text("".join(f"{i}.png,a red square\n" for i in range(3)))
    return folder


def test_a_run_learns_and_measures_captions(run):
    records = run.records
    assert records[-1]["train_loss"] < records[0]["train_loss"] < np.log(len(run.trained.problem.names)) + 0.5
    found = load(run.path).evaluate()["metrics"]
    assert set(found) == {"bleu_4", "bleu_3", "bleu_2", "bleu_1", "exact", "perplexity", "loss"}
    assert 0 <= found["bleu_4"] <= found["bleu_1"] <= 100


def test_pictures_are_answered_by_their_files(run, photos):
    found = run.predict(photos)
    assert found.files == ("0.png", "1.png", "2.png") and len(found.columns()["prediction"]) == 3
    one = run.predict(str(photos / "1.png"))
    assert one.columns()["prediction"] == found.columns()["prediction"][1:2]
    measured = run.evaluate(data=photos)
    assert measured["metrics"]["loss"] > 0
    with pytest.raises(UsageError, match="the network learns from captioned pictures"):
        run.predict("digits")


def test_where_the_network_looks_is_drawn(run, photos, tmp_path):
    found = plot("attention", run, str(photos / "1.png"), out=tmp_path / "a.png")
    weights = np.array(found["weights"])
    assert weights.shape == (len(found["said"]), 6, 6)
    np.testing.assert_allclose(weights.sum((1, 2)), 1, atol=1e-5)
    plot("attention", run, arguments={"example": 2}, out=tmp_path / "b.svg")
    with pytest.raises(UsageError, match="not both"):
        plot("attention", run, str(photos / "1.png"), arguments={"example": 2}, out=tmp_path / "c.png")


def test_the_report_shows_pictures_what_is_said_and_where_is_looked(run):
    page = (run.path / "report.html").read_text()
    for part in ("Some answers", "Where the network looks", "commonest caption", "nearest picture"):
        assert part in page
    assert page.count("data:image/png") > 12


@pytest.mark.parametrize("model", ["show_and_tell", "lrcn"])
def test_networks_that_look_nowhere_say_so(model, tmp_path):
    run = train(DATA, model=model, epochs=1, out=tmp_path / "a", **SMALL)
    assert "Where the network looks" not in (run.path / "report.html").read_text()
    with pytest.raises(UsageError, match="attends to nothing; show_attend_and_tell"):
        plot("attention", run, out=tmp_path / "a.png")


def test_the_penalty_and_smoothed_targets_go_together(tmp_path):
    network = {**SMALL["network"], "doubly_stochastic": 0.5}
    run = train(DATA, network=network, hidden=(8,), epochs=1, out=tmp_path / "a", label_smoothing=0.1)
    plain = train(DATA, epochs=1, out=tmp_path / "b", label_smoothing=0.1, **SMALL)
    assert run.records[0]["train_loss"] > plain.records[0]["train_loss"] + 0.1
