"""Clips (C, T, H, W) through the verbs: which way a square moves, which no single picture says."""

import numpy as np
import pytest

import gradatim
from clip_drawings import draw_frames, draw_strip, greys
from gradatim.checks import UsageError
from gradatim.jobs.predict import predict
from gradatim.runs.asking import new_examples

QUICK = {"threads": 1, "quiet": True}


def moving(n=100, t=4, size=8, seed=0):
    """Clips (N, 1, T, H, W) of bytes, and whether the square moves to the left or to the right: the pictures
    of both are the same, in another order.
    """
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    x = rng.integers(0, 60, (n, 1, t, size, size), dtype=np.uint8)
    for i in range(n):
        row, column = rng.integers(0, size - 2), rng.integers(0, max(size - 2 - t, 1))
        for k in range(t):
            at = column + (k if y[i] else t - 1 - k)
            x[i, 0, k, row : row + 3, at : at + 3] += 150
    return x, np.array(["left", "right"])[y]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return gradatim.train(
        moving(), model="r3d_18", network={"width": 0.1}, epochs=8, batch_size=8, keep="last",
        out=tmp_path_factory.mktemp("runs") / "run", **QUICK,
    )  # fmt: skip


def test_which_way_it_moves_is_learned(run):
    assert run.metrics["accuracy"] >= 0.9
    x, y = moving(40, seed=1)
    assert run.evaluate((x, y))["metrics"]["accuracy"] >= 0.85
    again = gradatim.load(run.path)
    assert (again.predict(x).labels == y).mean() == run.evaluate((x, y))["metrics"]["accuracy"]
    np.testing.assert_array_equal(again.predict(x).probabilities, run.predict(x).probabilities)
    assert np.shape(run.trained.encoder.as_dict()["shift"]) == (1,)  # one mean for the one channel


def test_the_report_shows_pictures_of_clips(tmp_path):
    run = gradatim.train(
        moving(40), model="r3d_18", network={"width": 0.05}, epochs=1, out=tmp_path / "run", **QUICK
    )
    page = run.folder.report.read_text()
    wrong = round(8 * (1 - run.metrics["accuracy"]))
    assert wrong and page.count("<figcaption>true") == wrong
    assert page.count('width="24" height="8"') == wrong  # the first, the middle and the last side by side


def test_long_clips_are_shown_by_eight_pictures(tmp_path):
    x, y = moving(24, t=16, size=12)
    run = gradatim.train(
        (x, y), model="small_c3d", network={"width": 0.1}, epochs=1, out=tmp_path / "run", **QUICK
    )
    page = run.folder.report.read_text()
    wrong = page.count("<figcaption>true")
    assert wrong and page.count('width="48" height="24"') == wrong and '<ul class="grid charts">' in page


def test_clips_have_a_network_of_their_own_by_default(tmp_path):
    """Which way the square moves, of clips that no view may mirror."""
    x, y = moving(60, t=8, size=12)
    run = gradatim.train((x, y), network={"mirror": False}, epochs=12, out=tmp_path / "run", **QUICK)
    assert run.model.description["name"] == "small_c3d" and run.config["settings"]["batch_size"] == 4
    assert run.metrics["accuracy"] >= 0.9
    again = gradatim.load(run.path)
    np.testing.assert_array_equal(again.predict(x).probabilities, run.predict(x).probabilities)


def test_lrcn_goes_on_as_if_never_stopped(tmp_path):
    """Views are drawn by where they stand: a resumed run sees those that it would have seen."""
    x, y = moving(24, t=8, size=8)
    how = {"model": "lrcn", "network": {"width": 0.2, "window": 4, "hidden_size": 8}, "schedule": "constant"}
    whole = gradatim.train((x, y), epochs=4, out=tmp_path / "whole", **how, **QUICK)
    gradatim.train((x, y), epochs=2, out=tmp_path / "part", **how, **QUICK)
    part = gradatim.train((x, y), resume=tmp_path / "part", epochs=4, quiet=True)
    losses = [[record["train_loss"] for record in run.records] for run in (whole, part)]
    np.testing.assert_array_equal(*losses)


def test_a_folder_of_clips_goes_through_the_verbs(tmp_path):
    """Trained, gone on with, evaluated and predicted, its groups and size found again in the run's config."""
    for k in range(12):
        draw_strip(tmp_path / "acts" / f"act{k % 2}" / f"person{k // 4}_{k}.png", greys(k, 9, (6, 6)))
    how = {"group": "person.", "input_size": [4, 6, 6], "network": {"width": 0.1}, "valid": 0}
    run = gradatim.train(tmp_path / "acts", epochs=1, out=tmp_path / "run", **how, **QUICK)
    assert run.config["data"]["source"]["group"] == "person." and run.config["data"]["kind"] == "clip folder"
    assert run.data.test.groups.tolist() == [run.data.test.groups[0]] * 4
    again = gradatim.train(resume=tmp_path / "run", epochs=2, quiet=True)
    assert len(again.records) == 2
    assert again.evaluate(tmp_path / "acts")["n"] == 12
    found = again.predict(tmp_path / "acts" / "act0")
    assert found.files == tuple(sorted(f"person{k // 4}_{k}.png" for k in range(0, 12, 2)))


def test_a_table_of_clips_goes_through_the_verbs_and_clips_are_augmented(tmp_path):
    """People by a column, the numbers of a run with their clips in a folder for each class; the report shows
    three frames of a clip as they were seen.
    """
    lines = ["file,act,who"]
    for k in range(12):
        draw_strip(tmp_path / "acts" / f"act{k % 2}" / f"person{k // 4}_{k}.png", greys(k, 9, (6, 6)))
        lines.append(f"act{k % 2}/person{k // 4}_{k}.png,act{k % 2},anna{k // 4}")
    (tmp_path / "acts" / "clips.csv").write_text("\n".join(lines))
    how = {"input_size": [4, 6, 6], "network": {"width": 0.1}, "valid": 0, "augment": "standard", "epochs": 1}
    table = tmp_path / "acts" / "clips.csv"
    run = gradatim.train(table, target="act", group="who", out=tmp_path / "run", **how, **QUICK)
    assert run.config["data"]["kind"] == "clip table" and run.data.train.form == "clips"
    assert run.data.test.groups.tolist() == [run.data.test.groups[0]] * 4
    page = run.folder.report.read_text()
    assert "What the network saw" in page and "--augment flip+crop" in page
    again = gradatim.train(resume=tmp_path / "run", epochs=2, quiet=True)
    assert len(again.records) == 2 and again.evaluate(table)["n"] == 12
    rows = again.predict(table).to_csv().splitlines()
    assert len(rows) == 13 and rows[0].startswith("file,act,who,prediction")


def test_clips_that_are_their_own_targets_are_not_augmented(tmp_path):
    with pytest.raises(UsageError, match="--augment changes pictures and not their targets"):
        gradatim.train(moving(8)[0], task="reconstruction", augment="flip", out=tmp_path / "run", **QUICK)


def test_c3d_learns_from_clips(tmp_path):
    x, y = moving(24, t=16, size=16)
    run = gradatim.train(
        (x, y), model="c3d", network={"width": 0.05}, epochs=2, dropout=0.0, out=tmp_path / "run", **QUICK
    )
    assert run.model.description["input_size"] == [16, 16, 16]
    assert run.records[-1]["train_loss"] < run.records[0]["train_loss"]
    assert run.predict(x).probabilities.shape == (24, 2)
    assert run.evaluate((x, y))["n"] == 24


def test_several_bare_clips_are_predicted(run, tmp_path):
    """Clips in four forms, one after the other, each as the arrays that it was drawn from."""
    x, _ = moving(3, seed=2)
    draw_frames(tmp_path / "frames", x[0, 0])
    draw_strip(tmp_path / "strip.png", x[1, 0])
    np.savez(tmp_path / "clip.npz", x[2, 0])
    new = [new_examples(run.trained, str(tmp_path / name)) for name in ("frames", "strip.png", "clip.npz")]
    found = predict(run.trained, new)
    assert found.files == ("frames", "strip.png", "clip.npz")
    np.testing.assert_allclose(found.probabilities, run.predict(x).probabilities, rtol=0, atol=1e-5)
