"""--augment from the command line to the report: exact resume, refusals, and the sheet of what was seen."""

import json

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import UsageError
from gradatim.data.augmentation.augmentation import Augmentation
from gradatim.data.digits import digits
from gradatim.data.pictures import write_picture
from gradatim.explain.augmented_pictures import AugmentedPictures, seen_in_training
from gradatim.explain.stored_measurements import read_measurements

QUICK = {"threads": 1, "quiet": True, "model": "small_cnn", "network": {"stages": 2}}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """60 digits of three classes, each class a folder."""
    folder, data = tmp_path_factory.mktemp("pictures") / "photos", digits()
    for row in np.flatnonzero(data.y < 3)[:60]:
        place = folder / f"digit-{data.y[row]}"
        place.mkdir(parents=True, exist_ok=True)
        write_picture(place / f"{row}.png", data.x[row] * 15)
    return folder


@pytest.fixture(scope="module")
def run(photos, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    return gradatim.train(photos, epochs=2, augment="standard+mixup", batch_size=8, out=out, **QUICK)


def test_a_run_killed_in_mid_epoch_and_resumed_is_the_run_that_was_not(
    run, photos, tmp_path, monkeypatch, killed_and_resumed
):
    monkeypatch.chdir(tmp_path)

    def train(**how):
        return gradatim.train(photos, epochs=2, augment="standard+mixup", batch_size=8, **QUICK, **how)

    again = killed_and_resumed(train, 8)  # in the second epoch, of 6 batches
    assert [r["train_loss"] for r in again.records] == [r["train_loss"] for r in run.records]
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name])
    assert again.config["settings"]["augment"] == "standard+mixup"


def test_the_policy_stands_in_the_config_and_says_what_it_stands_for(run):
    assert run.config["settings"]["augment"] == "standard+mixup"
    assert run.config["choices"]["augment"] == "standard+mixup is flip+crop+mixup"
    assert run.config["choices"]["engine"].startswith("torch")


def test_the_sheet_shows_what_the_network_saw(run):
    sheet = seen_in_training(run.trained, run.data.train, run.config["settings"])
    data = run.trained.encoder.prepare(run.data.train, run.trained.problem, np.float32)
    augmentation = Augmentation("standard+mixup", 0, torch.from_numpy(data.x), torch.from_numpy(data.y))
    augmentation.classes = 3
    rows = np.sort(np.concatenate([np.flatnonzero(data.y == k)[:3] for k in range(3)]))
    rows = np.delete(rows, np.flatnonzero(rows == max(np.flatnonzero(data.y == k)[2] for k in range(3))))
    seen, shares, _ = augmentation(1, rows)
    scale, shift = run.trained.encoder.scale[0], run.trained.encoder.shift[0]
    raw = seen.numpy() * scale + shift
    clean = run.data.train.x[rows].astype(float)
    grey = np.clip((raw - clean.min()) / (clean.max() - clean.min()), 0, 1) * 255
    assert sheet.seen.shape == (8, 3, 1, 8, 8) and np.abs(sheet.seen[:, 2] - grey).max() <= 0.51
    assert sheet.names == [f"digit-{k}" for k in data.y[rows]]
    best = shares.argmax(1)
    assert all(f"% digit-{k}" in said[1].split(",")[0] for k, said in zip(best, sheet.answers, strict=True))


def test_the_report_has_the_sheet_and_keeps_it(run, photos):
    page = run.folder.report.read_text(encoding="utf-8")
    assert "What the network saw" in page and "--augment flip+crop+mixup" in page
    kept = read_measurements(run.folder)
    assert [one.seen.shape for one in kept.evidence if isinstance(one, AugmentedPictures)] == [
        (8, 3, 1, 8, 8)
    ]


def test_a_run_without_augmentation_has_no_sheet(run):
    for policy in (None, "none"):
        assert seen_in_training(run.trained, run.data.train, {"augment": policy}) is None


def test_masks_are_outlined_on_the_sheet(tmp_path):
    random = np.random.default_rng(0)
    for part in ("image", "label"):
        (tmp_path / "cells" / part).mkdir(parents=True)
    for i in range(12):
        x = random.integers(0, 255, (1, 16, 16)).astype(np.uint8)
        write_picture(tmp_path / "cells" / "image" / f"{i}.png", x)
        write_picture(tmp_path / "cells" / "label" / f"{i}.png", (x > 128).astype(np.uint8) * 255)
    run = gradatim.train(
        tmp_path / "cells", epochs=1, augment="strong+turn", threads=1, quiet=True, out=tmp_path / "run"
    )
    sheet = seen_in_training(run.trained, run.data.train, run.config["settings"])
    assert sheet.seen.shape[2] == 3 and not sheet.answers
    red, green, blue = np.moveaxis(sheet.seen[:, 0].astype(int), 1, 0)
    x = run.data.train.x[np.unique(np.linspace(0, len(run.data.train) - 1, 8).astype(int)), 0].astype(int)
    bright = x > 128
    differs = np.zeros(x.shape, dtype=bool)
    differs[:, 1:] |= bright[:, 1:] != bright[:, :-1]
    differs[:, :, 1:] |= bright[:, :, 1:] != bright[:, :, :-1]
    assert np.array_equal(red - green > 90, differs) and np.array_equal(green == blue, ~differs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("digits", "--augment", "flop"), "unknown augmentation 'flop'"),
        (("digits", "--augment", "flip", "--engine", "numpy"), "--augment is for the torch engine"),
        (
            ("moons", "--augment", "flip"),
            "--augment is for pictures, folders of pictures, pictures with masks, pictures with boxes, "
            "pictures with one box and clips",
        ),
        (("digits", "--augment", "flip", "--model", "dbn"), "--augment is not for dbn"),
        (("digits", "--augment", "flip", "--pretrain", "denoising"), "--augment and --pretrain cannot be"),
        (("digits", "--augment", "crop:pad=8"), "pad of crop must be below the 8 pixels of a side"),
        (("digits", "--augment", "flip", "--model", "autoencoder"), "has the pictures themselves as targets"),
    ],
)
def test_what_cannot_be_augmented_is_refused_in_a_sentence(command, tmp_path, arguments, message):
    _, said = command("train", *arguments, "--out", tmp_path / "run", status=2)
    assert message in said.replace("\n", " ") and not (tmp_path / "run").exists()


def test_none_leaves_the_engine_to_the_rule(command, tmp_path):
    out, _ = command(
        "train", "digits", "--augment", "none", "--epochs", 1, "--out", tmp_path / "run", "--json", "--quiet"
    )
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert json.loads(out)["metrics"] and config["settings"]["engine"] == "numpy"


def test_a_policy_that_is_no_text_is_refused():
    with pytest.raises(UsageError, match="augment must be a policy"):
        gradatim.train("digits", augment=3, quiet=True)
