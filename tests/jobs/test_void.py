"""Masks with pixels that are not known, from training to evaluation: bright discs with a band around them."""

import json

import numpy as np
import pytest
from PIL import Image

import gradatim
from gradatim.checks import UsageError
from gradatim.functional.void import VOID

QUICK = {"threads": 1, "quiet": True}
TINY = {"stages": 2, "width": 0.5}


def discs(n=24, size=16, seed=0):
    """Pictures (N, H, W) of a noisy disc, and its mask: 1 inside, 0 outside, 7 in a band between."""
    rng = np.random.default_rng(seed)
    centre, radius = rng.uniform(4, size - 4, (n, 2, 1, 1)), rng.uniform(2.5, 5, (n, 1, 1))
    y, x = np.mgrid[:size, :size]
    far = np.hypot(y - centre[:, 0], x - centre[:, 1])
    grey = 90 + 60 * (far <= radius) + rng.normal(0, 20, far.shape)
    return np.clip(grey, 0, 255).astype(np.uint8), np.where(abs(far - radius) < 1, 7, far <= radius)


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("void") / "cells"
    for i, pair in enumerate(zip(*discs(), strict=True)):
        for name, one in zip(("image", "label"), pair, strict=True):
            (folder / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(one.astype(np.uint8)).save(folder / name / f"{i:02}.png")
    return folder


@pytest.fixture(scope="module")
def run(cells, tmp_path_factory):
    out = tmp_path_factory.mktemp("void-runs") / "run"
    return gradatim.train(cells, void=7, epochs=8, augment="flip+rotate", network=TINY, out=out, **QUICK)


def test_they_are_neither_learned_nor_measured_nor_answered(run, cells):
    assert run.trained.problem.names == (0, 1) and run.model(gradatim_input(run)).shape[1] == 2
    assert run.metrics["mean_iou"] > 0.85 and "iou(7)" not in run.metrics
    test = run.data.test
    known, said = test.y != VOID, run.predict(test.x).labels
    assert 0 < known.mean() < 1 and set(np.unique(said)) <= {0, 1}
    assert run.metrics["pixel_accuracy"] == (said == test.y)[known].mean()
    assert run.config["data"]["source"]["void"] == 7
    assert "pixels of 7 are not known" in run.config["choices"]["head"]
    assert "not known (7)" in run.folder.report.read_text()


def gradatim_input(run):
    import torch

    return torch.from_numpy(run.trained.encoder.encode(run.data.test.x[:1], np.float32))


def test_they_are_known_again_after_loading(run, cells, tmp_path, command):
    again = gradatim.load(run.path)
    assert again.trained.problem.void == 7
    assert again.evaluate()["metrics"] == pytest.approx(run.metrics, rel=1e-6)
    measured = again.evaluate(str(cells))["metrics"]
    command("predict", run.path, cells, "--out", tmp_path / "masks")
    names = sorted(path.name for path in (tmp_path / "masks").iterdir())
    found, true = (
        np.stack([np.asarray(Image.open(folder / name)) for name in names])
        for folder in (tmp_path / "masks", cells / "label")
    )
    assert set(np.unique(found)) == {0, 1}
    assert (found == true)[true != 7].mean() == pytest.approx(measured["pixel_accuracy"], abs=1e-12)
    x, y = discs(4, seed=1)
    arrays = again.evaluate((x[:, None], y))["metrics"]
    assert arrays["pixel_accuracy"] == (again.predict(x[:, None]).labels == y)[y != 7].mean()
    with pytest.raises(UsageError, match="no pixel of the masks is known"):
        again.evaluate((x[:, None], np.full_like(y, 7)))


def test_a_run_goes_on_with_them(run, cells, tmp_path):
    how = {"void": 7, "network": TINY, "augment": "flip+rotate", **QUICK}
    gradatim.train(cells, epochs=2, out=tmp_path / "run", **how)
    on = gradatim.train(resume=tmp_path / "run", epochs=3, quiet=True)
    assert on.records[-1]["epoch"] == 3 and on.trained.problem.void == 7


def test_the_command_line_says_what_cannot_be(cells, command):
    assert "void is 9, but no pixel of the masks has this value; they hold 0, 1, 7" in command(
        "train", cells, "--void", "9", status=2
    )[1]  # fmt: skip
    assert "such as 255 or #e0e0c0, or none; it is 'pink'" in command(
        "train", cells, "--void", "pink", status=2
    )[1]  # fmt: skip
    assert "--void is for pictures with masks" in command("train", "moons", "--void", "9", status=2)[1]
    said = command("data", cells, "--void", "7")[0]
    assert "not known   7, " in said and "neither learned nor counted" in said
    facts = json.loads(command("data", cells, "--json")[0])
    assert set(facts["classes"]) == {"0", "1", "7"} and "not_known" not in facts


@pytest.mark.parametrize("loss", ["focal", "dice", "cross_entropy_dice", "boundary_cross_entropy"])
def test_every_loss_trains_with_them(loss, tmp_path):
    """Pictures of which nothing is known among them, and batches of one."""
    x, y = discs(8)
    y[:3] = 7
    run = gradatim.train(
        (x[:, None], y), void=7, task="segmentation", loss=loss, epochs=2, batch_size=1, network=TINY,
        augment="crop", out=tmp_path / "run", valid=0.25, **QUICK,
    )  # fmt: skip
    assert all(np.isfinite(one["train_loss"]) for one in run.records)
    assert run.trained.problem.names == (0, 1)


def test_a_part_of_which_nothing_is_known_is_refused(cells, tmp_path):
    x, y = discs(6)
    y[:] = 7
    y[0, 0] = [0, 1] * 8
    with pytest.raises(UsageError, match=r"no pixel of the (train|test) part's \d masks is known"):
        gradatim.train((x[:, None], y), void=7, task="segmentation", out=tmp_path / "run", **QUICK)


def test_a_run_of_an_earlier_version_learned_it_as_a_class(cells, tmp_path):
    """Its config says nothing of void: 255 beside 0 and 1 is read as it was then."""
    for name in ("image", "label"):
        (tmp_path / "voc" / name).mkdir(parents=True)
        for path in sorted((cells / name).iterdir())[:8]:
            picture = np.asarray(Image.open(path))
            voc = np.where(picture == 7, 255, picture) if name == "label" else picture
            Image.fromarray(voc).save(tmp_path / "voc" / name / path.name)
    how = {"epochs": 1, "network": TINY, **QUICK}
    run = gradatim.train(tmp_path / "voc", void="none", out=tmp_path / "run", **how)
    assert run.trained.problem.names == (0, 1, 255)
    config = json.loads((run.path / "config.json").read_text())
    del config["data"]["source"]["void"]
    (run.path / "config.json").write_text(json.dumps(config))
    again = gradatim.load(run.path)
    assert again.evaluate()["metrics"] == pytest.approx(run.metrics, rel=1e-6)
    assert again.evaluate(str(tmp_path / "voc"))["n"] == 8
    now = gradatim.train(tmp_path / "voc", out=tmp_path / "now", **how)
    assert now.trained.problem.names == (0, 1) and now.trained.problem.void == 255
    assert gradatim.load(now.path).evaluate()["metrics"] == pytest.approx(now.metrics, rel=1e-6)


def test_streamed_they_are_those_in_memory(cells, tmp_path):
    how = {"void": 7, "epochs": 2, "network": TINY, "augment": "flip+crop", "batch_size": 5, **QUICK}
    held, streamed = (
        gradatim.train(cells, streaming=one, out=tmp_path / one, **how) for one in ("no", "yes")
    )
    assert held.metrics == streamed.metrics
    assert held.config["data"]["fingerprint"] == streamed.config["data"]["fingerprint"]
    for one, other in zip(held.records, streamed.records, strict=True):
        assert one["train_loss"] == other["train_loss"] and one["valid_loss"] == other["valid_loss"]
