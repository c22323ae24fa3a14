"""The recipe for pictures: what it goes by, and that each choice says why."""

import numpy as np
import pytest
import torch

import gradatim
from corner_pictures import pictures
from gradatim.planning import picture_recipe
from gradatim.planning.picture_recipe import narrow_is_quicker, width_and_epochs

QUICK = {"epochs": 1, "threads": 1, "quiet": True, "baselines": False}


@pytest.mark.parametrize(
    ("n", "side", "mirrors", "width", "epochs"),
    [
        (8259, 32, True, 0.5, 35), (54_000, 28, True, 0.25, 24), (54_000, 28, False, 0.25, 14),
        (56, 96, True, 0.5, 100), (10**6, 96, True, 0.25, 8), (0, 8, False, 0.5, 100),
    ],
)  # fmt: skip
def test_width_and_epochs_go_by_the_number_and_the_size_of_the_pictures(n, side, mirrors, width, epochs):
    assert width_and_epochs(n, side * side, mirrors) == (width, epochs)


def entry(run):
    return run.config["network"]["entry"]


def test_colours_are_learned_by_convolution_and_every_choice_says_why(tmp_path):
    run = gradatim.train(pictures(200, side=32), out=tmp_path / "run", **QUICK)
    settings, why = run.config["settings"], run.config["choices"]
    assert entry(run)["name"] == "resnet9" and entry(run)["width"] == 0.5
    assert "mirrored" not in entry(run) or not entry(run)["mirrored"]  # left and right differ
    assert settings["augment"] == "crop+rotate:degrees=10,p=0.5+cutout:size=8"
    assert settings["label_smoothing"] == 0.1
    assert "mirror images" in why["augment"] and "two cores" in why["width"]
    assert settings["precision"] in ("bfloat16", "float32")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"hidden": [8]}, "mlp"), ({"engine": "numpy"}, "mlp"), ({"model": "small_cnn"}, "small_cnn"),
        ({"precision": "float32"}, "resnet9"), ({"augment": "none"}, "resnet9"),
    ],
)  # fmt: skip
def test_what_is_asked_for_goes_first(tmp_path, asked, name):
    run = gradatim.train(pictures(120, side=8), out=tmp_path / "run", **QUICK, **asked)
    assert entry(run)["name"] == name
    if name != "resnet9" or "precision" in asked:
        assert run.config["settings"]["precision"] == "float32"
    if "augment" in asked:
        assert run.config["settings"]["augment"] == "none"


@pytest.mark.parametrize(
    ("asked", "mirrored"),
    [({}, True), ({"augment": "crop"}, False), ({"augment": "none"}, False), ({"augment": "strong"}, True)],
)  # fmt: skip
def test_mirror_images_count_where_they_were_learned_from(tmp_path, asked, mirrored):
    x, y = pictures(60, side=16)
    x = np.where(np.arange(60)[:, None, None, None] % 8 < 4, x, x[..., ::-1])  # left and right are alike
    run = gradatim.train((x, y % 2), out=tmp_path / "run", **QUICK, **asked)
    assert bool(entry(run).get("mirrored")) == mirrored


@pytest.mark.parametrize(
    ("device", "has", "expected"),
    [("cpu", True, True), ("cpu", False, False), ("mps", True, False), ("cuda", True, False)],
)
def test_products_are_narrow_on_a_processor_that_has_them(monkeypatch, device, has, expected):
    monkeypatch.setattr("gradatim.device.choose_device", lambda name: (torch.device(name), ""))
    monkeypatch.setattr("gradatim.nn.kernels.product.has_bfloat16", lambda name: has)
    assert narrow_is_quicker(device) == expected


def test_so_many_pictures_that_the_fewest_epochs_take_long_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(picture_recipe, "width_and_epochs", lambda *_: (0.25, picture_recipe.FEWEST))
    run = gradatim.train(pictures(60, side=8), out=tmp_path / "run", **{**QUICK, "epochs": None})
    assert "--max-minutes" in run.config["choices"]["epochs"]


def test_grey_pictures_are_learned_so_where_the_best_is_asked_for(tmp_path):
    some = pictures(60, channels=1, side=8)
    assert entry(gradatim.train(some, out=tmp_path / "usual", **QUICK))["name"] == "mlp"
    run = gradatim.train(some, model="auto", out=tmp_path / "best", **QUICK)
    assert entry(run)["name"] == "resnet9" and entry(run)["in_channels"] == 1
    again = gradatim.train(some, resume=tmp_path / "best", epochs=2, quiet=True)
    assert again.config["settings"]["epochs"] == 2 and entry(again) == entry(run)


def test_the_best_of_what_has_one_recipe_is_its_network(tmp_path):
    rows = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
    run = gradatim.train(rows, model="auto", out=tmp_path / "run", **QUICK)
    assert entry(run)["name"] in ("mlp", "ensemble")


def test_numbers_of_pictures_are_learned_without_smoothing(tmp_path):
    x, y = pictures(60, side=8)
    run = gradatim.train((x, y / 3), out=tmp_path / "run", **QUICK)
    assert entry(run)["name"] == "resnet9" and run.config["settings"]["label_smoothing"] is None
