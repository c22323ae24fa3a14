"""The recipe for masks: what it goes by, and that each choice says why."""

import numpy as np
import pytest
from PIL import Image

import gradatim
from gradatim.functional.void import VOID
from gradatim.planning.mask_recipe import batch_and_epochs, seen, upright

QUICK = {"epochs": 1, "threads": 1, "quiet": True, "network": {"stages": 1, "width": 0.25}}
RNG = np.random.default_rng(0)


@pytest.fixture(params=[(24, 24), (16, 24)], ids=["square", "wide"])
def folder(request, tmp_path):
    """Pictures of a bright half, the left or the right one, and masks of it."""
    size = request.param
    for name in ("image", "label"):
        (tmp_path / "halves" / name).mkdir(parents=True)
    for number in range(20):
        mask = np.zeros(size, np.uint8)
        mask[:, : size[1] // 2] = 255
        if number % 2:
            mask = mask[:, ::-1]
        picture = mask // 2 + RNG.integers(0, 60, size, np.uint8)
        Image.fromarray(picture).save(tmp_path / "halves" / "image" / f"{number}.png")
        Image.fromarray(mask).save(tmp_path / "halves" / "label" / f"{number}.png")
    return tmp_path / "halves", size


def test_what_is_above_is_told_from_what_is_below_in_what_is_known():
    y = np.zeros((5, 9, 4), np.uint8)
    y[:, 6:] = 1
    assert upright(y) == pytest.approx(3 / 4)  # three of four rows; the one in the middle is in neither half
    y[:, 6] = VOID
    assert upright(y) == pytest.approx(2 / 3)
    y[:] = VOID
    assert upright(y) == 0


def test_every_choice_says_why(folder, tmp_path):
    path, (height, width) = folder
    run = gradatim.train(path, out=tmp_path / "run", **{**QUICK, "epochs": None, "max_minutes": 0.02})
    settings, why = run.config["settings"], run.config["choices"]
    turned = "flip:axis=both+turn+scale" if height == width else "flip:axis=both+scale"
    assert settings["augment"] == turned and settings["epochs"] == 100 and settings["batch_size"] == 2
    assert "other classes at 0% of their pixels" in why["augment"]
    assert f"pictures of {height}×{width}" in why["epochs"] and why["batch_size"]
    assert settings["precision"] in ("bfloat16", "float32")


def test_what_is_asked_for_goes_first(folder, tmp_path):
    run = gradatim.train(folder[0], out=tmp_path / "run", augment="none", precision="float32", **QUICK)
    settings = run.config["settings"]
    assert (settings["augment"], settings["precision"], settings["epochs"]) == ("none", "float32", 1)


def test_a_network_by_name_keeps_its_epochs(folder, tmp_path):
    run = gradatim.train(folder[0], model="unet", out=tmp_path / "run", **{
        **QUICK, "epochs": None, "max_minutes": 0.001, "network": {"stages": 2, "width": 0.05},
    })  # fmt: skip
    assert run.config["settings"]["epochs"] == 20


@pytest.mark.parametrize(
    ("pictures", "side", "expected"),
    [(0, 8, (2, 100)), (1, 10_000, (2, 8)), (10**6, 512, (4, 4)), (300, 32, (30, 100))],
)
def test_batches_and_epochs_stay_within_bounds(pictures, side, expected):
    assert batch_and_epochs(pictures, side * side) == expected


def test_streets_are_not_turned():
    assert seen(0.5, 32, 32) == "flip+scale"
