"""Masks from training to pictures of predictions: bright discs on a dark ground."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

import gradatim
from gradatim.checks import UsageError

QUICK = {"threads": 1, "quiet": True, "precision": "float32", "augment": "none"}


def discs(n=24, size=16, seed=0):
    """Pictures (N, 1, H, W) of a noisy disc, and where it is, as 0 and 200."""
    rng = np.random.default_rng(seed)
    centre, radius = rng.uniform(4, size - 4, (n, 2, 1, 1)), rng.uniform(2.5, 5, (n, 1, 1))
    y, x = np.mgrid[:size, :size]
    inside = (y - centre[:, 0]) ** 2 + (x - centre[:, 1]) ** 2 <= radius**2
    grey = 90 + 60 * inside + rng.normal(0, 20, inside.shape)
    return np.clip(grey, 0, 255).astype(np.uint8)[:, None], 200 * inside


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("masks") / "cells"
    for name in ("image", "label"):
        (folder / name).mkdir(parents=True)
    for i, (x, y) in enumerate(zip(*discs(), strict=True)):
        Image.fromarray(x[0]).save(folder / "image" / f"cell-{i:02}.png")
        Image.fromarray(y.astype(np.uint8)).save(folder / "label" / f"cell-{i:02}.png")
    return folder


@pytest.fixture(scope="module")
def run(cells, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    return gradatim.train(cells, epochs=8, network={"stages": 2, "width": 0.5}, out=out, **QUICK)


def test_discs_are_learned(run):
    assert run.metrics["mean_iou"] > 0.85 and run.metrics["pixel_accuracy"] > 0.93
    assert set(run.metrics) == {
        "pixel_accuracy", "mean_iou", "iou(0)", "iou(200)", "boundary_f", "loss",
    }  # fmt: skip
    assert run.model.description["name"] == "small_fcn" and run.config["data"]["kind"] == "mask folder"
    again = gradatim.load(run.path)
    assert again.evaluate()["metrics"] == run.metrics  # read back, to the bit
    assert run.records[-1]["valid_accuracy"] > 0.9


def test_predictions_are_masks_of_the_same_values(run, cells, tmp_path, command):
    assert "24 predictions in" in command("predict", run.path, cells, "--out", tmp_path / "masks")[1]
    names = sorted(path.name for path in (tmp_path / "masks").iterdir())
    assert names == [f"cell-{i:02}.png" for i in range(24)]
    found = np.stack([np.asarray(Image.open(tmp_path / "masks" / name)) for name in names])
    assert set(np.unique(found)) == {0, 200}
    true = np.stack([np.asarray(Image.open(cells / "label" / name)) for name in names])
    measured = run.evaluate(cells)["metrics"]
    assert (found == true).mean() == pytest.approx(measured["pixel_accuracy"], abs=1e-12)
    np.testing.assert_array_equal(run.predict(str(cells / "image")).labels, found)
    first = json.loads(command("predict", run.path, cells / "image", "--json")[0])["predictions"][0]
    assert first["file"] == "cell-00.png" and first["share(200)"] == pytest.approx((found[0] == 200).mean())


def test_masks_of_pictures_of_16_bits_are_as_large_as_these(run, cells, tmp_path):
    wide = np.asarray(Image.open(cells / "image" / "cell-03.png").resize((20, 24))).astype(np.uint16) << 8
    (tmp_path / "photos").mkdir()
    Image.fromarray(wide).save(tmp_path / "photos" / "wide.png")
    (mask,) = run.predict(tmp_path / "photos").pictures()
    assert mask.shape == (1, 24, 20) and set(np.unique(mask)) <= {0, 200}


def test_masks_are_as_large_as_their_pictures(run, cells, tmp_path, command):
    """A picture of the size that was learned from gives the mask that is evaluated; others are scaled."""
    photos = tmp_path / "photos"
    photos.mkdir()
    learned = Image.open(cells / "image" / "cell-03.png")
    learned.save(photos / "same.png")
    learned.resize((48, 48), Image.Resampling.BICUBIC).save(photos / "large.png")
    wide = Image.fromarray(np.hstack([np.asarray(learned)] * 3))
    wide.save(photos / "wide.png")
    said = command("predict", run.path, photos, "--out", tmp_path / "masks")[1]
    assert "1 of 3 pictures is larger than 16×16, which the network learned from" in said
    assert "with --tiles they are predicted at their own" in said
    found = {path.stem: np.asarray(Image.open(path)) for path in (tmp_path / "masks").iterdir()}
    assert {name: one.shape for name, one in found.items()} == {
        "same": (16, 16), "large": (48, 48), "wide": (16, 48),
    }  # fmt: skip
    np.testing.assert_array_equal(found["same"], run.predict(str(photos / "same.png")).labels[0])
    true = np.asarray(Image.open(cells / "label" / "cell-03.png"))
    assert (found["large"] == np.kron(true, np.ones((3, 3)))).mean() > 0.9
    assert (found["wide"] == np.hstack([true] * 3)).mean() > 0.9


def test_tiles_are_the_pictures_at_their_own_size(run, cells, tmp_path, command):
    """Larger than a tile, against the network asked for all of it, in this run's single precision."""
    rng = np.random.default_rng(1)
    picture = rng.integers(60, 200, (544, 576)).astype(np.uint8)
    (tmp_path / "photos").mkdir()
    Image.fromarray(picture).save(tmp_path / "photos" / "large.png")
    command("predict", run.path, tmp_path / "photos", "--tiles", "--out", tmp_path / "masks")
    found = np.asarray(Image.open(tmp_path / "masks" / "large.png"))
    encoded = run.trained.encoder.encode(picture[None, None], np.float32)
    a = run.model(torch.from_numpy(encoded)).detach().numpy()
    assert "name a folder, --out masks" in command(
        "predict", run.path, tmp_path / "photos", "--tiles", status=2
    )[1]  # fmt: skip
    sure = np.abs(a[0, 0] - a[0, 1]) > 1e-4
    assert sure.mean() > 0.999
    np.testing.assert_array_equal(found[sure], 200 * a[0].argmax(0)[sure])


def test_tiles_are_for_masks(tmp_path):
    run = gradatim.train("digits", epochs=1, max_minutes=1, out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="--tiles is for networks that answer with masks"):
        run.predict(run.data.test.x, tiles=True)


def test_what_was_predicted_from_is_never_overwritten(run, cells, command):
    before = (cells / "image" / "cell-00.png").read_bytes()
    command("predict", run.path, cells / "image", "--out", cells / "image", status=2)
    command("predict", run.path, cells / "image" / "cell-00.png", "--out", "alone")
    assert (cells / "image" / "cell-00.png").read_bytes() == before
    with Image.open("alone/cell-00.png") as alone:
        assert alone.size == (16, 16)
    predictions = run.predict(str(cells))
    predictions.write("p.npz")
    with np.load("p.npz") as held:
        assert held["prediction"].shape == (24, 16, 16) and held["probabilities"].shape == (24, 2, 16, 16)


def test_the_report_shows_the_worst_masks(run):
    page = run.folder.report.read_text()
    section = page[page.index('<h2 id="masks">') : page.index('<h2 id="confusion">')]
    shown = min(6, run.config["data"]["splits"]["test"])
    assert section.count("data:image/png") == 5 * shown and section.count("mean IoU 0.") >= shown
    assert "are right (calling all of them 0 would get" in page and "Counted are pixels." in page
    assert "cell-" in section


@pytest.mark.parametrize("model", ["fcn8s", "fcn32s"])
def test_the_published_networks_learn_from_arrays(model, tmp_path):
    x, y = discs(6)
    run = gradatim.train(
        (x, y), task="segmentation", model=model, network={"backbone": "small", "width": 0.25}, epochs=2,
        batch_size=3, out=tmp_path / "run", **QUICK,
    )  # fmt: skip
    assert run.records[-1]["train_loss"] < run.records[0]["train_loss"]
    assert run.predict(x).labels.shape == (6, 16, 16) and set(np.unique(run.predict(x).labels)) <= {0, 200}
    assert "mean_iou" in run.metrics


def test_what_cannot_be_is_refused_in_a_sentence(tmp_path):
    x, y = discs(6)
    for data, options, sentence in (
        (
            (x, y),
            {"model": "small_cnn"},
            "targets must be one class number an example; their shape is (5, 16, 16)",
        ),
        ((x, y[:, :8]), {}, "for each place of the outputs, 16 × 16; they are 8 × 16"),
        ((x, y), {"loss": "huber"}, "the loss huber is of regression; segmentation takes cross_entropy"),
        ((x, y), {"class_weight": "balanced"}, "--class-weight is for classification"),
        ((x, y * 0), {}, "the masks hold 1 class (0); learning needs two"),
        ((x, y[:, 0]), {"task": "segmentation"}, "the shape of these is (6, 16)"),
    ):
        with pytest.raises(UsageError) as raised:
            gradatim.train(data, out=tmp_path / "run", epochs=1, **options, **QUICK)
        assert sentence in str(raised.value)


def test_the_focal_loss_of_every_pixel(cells, tmp_path):
    """−(1 − p_y)² log p_y, the mean over pixels and pictures, of the network's own probabilities."""
    how = {"loss": "focal", "epochs": 8, "network": {"stages": 2, "width": 0.5}, **QUICK}
    run = gradatim.train(cells, out=tmp_path / "run", **how)
    assert run.metrics["mean_iou"] > 0.8
    assert "focal as asked" in run.config["choices"]["head"]
    test = run.data.test
    p = run.predict(test.x).probabilities.astype(np.float64)
    right = np.take_along_axis(p, test.y[:, None].astype(np.int64), 1)[:, 0]
    assert run.metrics["loss"] == pytest.approx((-((1 - right) ** 2) * np.log(right)).mean(), rel=1e-4)
    assert gradatim.load(run.path).evaluate()["metrics"] == run.metrics
    with pytest.raises(UsageError, match="segmentation takes cross_entropy or focal or dice"):
        gradatim.train(cells, **{**how, "loss": "hinge"})


@pytest.mark.parametrize("loss", ["dice", "cross_entropy_dice", "boundary_cross_entropy"])
def test_the_losses_of_masks_are_learned_by(loss, cells, tmp_path):
    """What is recorded is what the torch loss says of the run's own outputs."""
    from gradatim import catalog

    run = gradatim.train(
        cells, out=tmp_path / "run", loss=loss, epochs=8, network={"stages": 2, "width": 0.5}, **QUICK
    )
    assert run.metrics["mean_iou"] > 0.8 and run.records[-1]["train_loss"] < run.records[0]["train_loss"]
    test = run.data.test
    a = run.model(torch.from_numpy(run.trained.encoder.encode(test.x, np.float32))).detach().double()
    defined = catalog.find(loss, "loss").load()()
    wanted = defined.mean(a, torch.from_numpy(test.y.astype(np.int64))).item()
    assert run.metrics["loss"] == pytest.approx(wanted, rel=1e-4)
    assert gradatim.load(run.path).evaluate()["metrics"] == run.metrics
