"""Folders of pictures with masks: paired by name, by value, with the publisher's parts."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.splits import split
from gradatim.jobs.data import describe_data


def cells(folder, names=("image", "label"), n=5, size=(8, 6), first=0):
    """Pictures whose mask is where they are bright."""
    rng = np.random.default_rng(first)
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for i in range(n):
        x = rng.integers(0, 255, size[::-1], dtype=np.uint8)
        Image.fromarray(x).save(folder / names[0] / f"{first + i}.png")
        Image.fromarray((x > 127).astype(np.uint8) * 255).save(folder / names[1] / f"{first + i}.png")
    return folder


@pytest.mark.parametrize(
    "names", [("image", "label"), ("images", "masks"), ("Images", "labels"), ("img", "mask")]
)
def test_a_mask_is_its_picture_s_by_name(names, tmp_path):
    data = load_data(cells(tmp_path, names))
    assert data.x.shape == (5, 1, 6, 8) and data.y.shape == (5, 6, 8) and data.classes == (0, 255)
    np.testing.assert_array_equal(data.y, data.x[:, 0] > 127)
    assert data.files == tuple(f"{i}.png" for i in range(5)) and data.notices == ()
    assert data.question.task == "segmentation"
    facts = describe_data(tmp_path)
    assert facts["classes"] == {"0": int((data.y == 0).sum()), "255": int((data.y == 1).sum())}
    assert (
        facts["counted"] == "pixels" and "imbalance" not in facts and facts["head"].startswith("2 classes of")
    )


def test_parts_and_a_lone_training_folder(tmp_path):
    cells(tmp_path / "both" / "train", n=3)
    cells(tmp_path / "both" / "test", n=2, first=10)
    data = load_data(tmp_path / "both")
    assert [name for name, held in zip(data.files, data.official_test, strict=True) if held] == [
        "test/10.png", "test/11.png",
    ]  # fmt: skip
    assert split(data).test.files == ("test/10.png", "test/11.png") and len(split(data).train) == 3
    cells(tmp_path / "lone" / "train", n=4)
    (tmp_path / "lone" / "NOTE.md").write_text("as is")
    assert load_data(tmp_path / "lone").official_test is None and len(load_data(tmp_path / "lone")) == 4


def test_what_lacks_its_other_half_is_said(tmp_path):
    cells(tmp_path, n=7)
    (tmp_path / "image" / "4.png").unlink()
    (tmp_path / "label" / "0.png").unlink()
    Image.new("L", (9, 9)).save(tmp_path / "label" / "1.png")
    Image.new("L", (8, 6)).save(tmp_path / "label" / "2.jpg")
    (tmp_path / "label" / "2.png").unlink()
    data = load_data(tmp_path)
    assert data.files == ("3.png", "5.png", "6.png")
    assert data.notices[0] == "1 of 6 files in image has no mask and is left out"
    assert data.notices[1] == "1 of 6 files in label has no picture and is left out"
    assert data.notices[2].startswith(
        "2 of 5 masks cannot be used and are left out with their pictures; the first: "
    )
    assert "1.png is 9×9 pixels, but its picture 6×8" in data.notices[2]
    for number in (3, 5):
        (tmp_path / "label" / f"{number}.png").write_bytes(b"")
    with pytest.raises(GradatimError, match=r"4 of 5 masks cannot be used, more than half: .*1\.png is 9×9"):
        load_data(tmp_path)


def test_values_that_are_odd_or_unknown_are_named(tmp_path):
    first = load_data(cells(tmp_path / "first", size=(40, 40)))
    assert first.notices == ()
    cells(tmp_path / "other", size=(40, 40))
    mask = np.asarray(Image.open(tmp_path / "other" / "label" / "3.png")).copy()
    mask[5, 5:8] = 254
    Image.fromarray(mask).save(tmp_path / "other" / "label" / "3.png")
    data = load_data(tmp_path / "other")
    assert data.classes == (0, 254, 255)
    assert data.notices == (
        "a value of the masks is in one mask alone, 254 in 3 pixels of that of 3.png: it is a class of its "
        "own; mend the mask if it is a slip",
    )
    with pytest.raises(
        UsageError, match=r"the mask of 3\.png holds the value 254, which .* it knows 0, 255$"
    ):
        source_of(tmp_path / "other").like(tmp_path / "other", first)


def test_nothing_that_fits_is_an_error_in_a_sentence(tmp_path):
    cells(tmp_path)
    for one in (tmp_path / "label").iterdir():
        one.rename(one.with_stem(f"mask-{one.stem}"))
    with pytest.raises(UsageError, match="no mask has the name of a picture"):
        load_data(tmp_path)
    cells(tmp_path / "torn", n=1)
    (tmp_path / "torn" / "label" / "0.png").write_bytes(b"")
    with pytest.raises(GradatimError, match="1 of 1 masks cannot be used"):
        load_data(tmp_path / "torn")


def test_pictures_and_masks_are_scaled_together(tmp_path):
    cells(tmp_path, size=(40, 20))
    data = load_data(tmp_path, input_size=[10, 20])
    assert data.x.shape == (5, 1, 10, 20) and data.y.shape == (5, 10, 20) and data.classes == (0, 255)
    half = load_data(tmp_path).y[0].reshape(10, 2, 20, 2)
    assert ((half.min((1, 3)) <= data.y[0]) & (data.y[0] <= half.max((1, 3)))).all()
    assert "are scaled to 10×20" in data.notices[0]


def test_more_of_them_and_pictures_alone(tmp_path):
    first = load_data(cells(tmp_path / "a"))
    cells(tmp_path / "b", n=2)
    Image.new("L", (8, 6), 255).save(tmp_path / "b" / "label" / "1.png")  # one value only
    source = source_of(tmp_path / "b")
    assert source.kind == "mask folder"
    like = source.like(tmp_path / "b", first)
    assert like.classes == (0, 255) and (like.y[1] == 1).all()
    new = source.new(tmp_path / "b", first).examples
    np.testing.assert_array_equal(new.x, like.x)
    assert new.files == ("0.png", "1.png") and new.y is None
    alone = source_of(tmp_path / "b" / "image").new(tmp_path / "b" / "image", first).examples
    np.testing.assert_array_equal(alone.x, like.x)


@pytest.mark.skipif(not os.environ.get("GRADATIM_DATA"), reason="needs the published files")
def test_membranes():
    folder = Path(os.environ["GRADATIM_DATA"]) / "isbi2012_em"
    data = load_data(folder)
    assert data.x.shape == (30, 1, 512, 512) and data.classes == (0, 255) and data.notices == ()
    row = data.files.index("train/7.png")
    np.testing.assert_array_equal(
        data.x[row, 0], np.asarray(Image.open(folder / "train" / "image" / "7.png"))
    )
    wanted = np.asarray(Image.open(folder / "train" / "label" / "7.png")) == 255
    np.testing.assert_array_equal(data.y[row] == 1, wanted)
