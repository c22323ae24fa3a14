"""Masks: values as classes, from arrays and from every kind of picture that keeps values."""

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.masks import as_pictures, join_masks, masks_as_classes, read_mask, scale_mask
from gradatim.data.pictures import write_picture

VALUES = np.array([[0, 3, 3], [255, 0, 7]], np.uint8)


@pytest.mark.parametrize("shape", [(1, 2, 3), (1, 1, 2, 3), (1, 2, 3, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_values_are_numbered(shape, dtype):
    y, names = masks_as_classes(VALUES.reshape(shape).astype(dtype))
    assert names == (0, 3, 7, 255) and y.dtype == np.uint8
    np.testing.assert_array_equal(np.array(names)[y], VALUES[None])


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (np.zeros((4, 5)), r"a class for every pixel, \(N, H, W\); the shape of these is \(4, 5\)"),
        (np.zeros((4, 2, 5, 5)), r"\(4, 2, 5, 5\)"),
        (np.full((2, 3, 3), 0.5), "whole numbers"),
        (np.full((2, 3, 3), np.nan), "whole numbers"),
        (np.full((2, 3, 3), "a"), "whole numbers"),
        (np.array([[[0, 1 << 40]]]), "from 0 to 1,099,511,627,776: too far apart"),
        (np.arange(600).reshape(6, 10, 10), "600 values: too many"),
    ],
)
def test_what_is_no_mask_is_refused(y, sentence):
    with pytest.raises(UsageError, match=sentence):
        masks_as_classes(y)


def test_greys_palettes_bits_and_colours_are_read_by_value(tmp_path):
    Image.fromarray(VALUES).save(tmp_path / "grey.png")
    indices = Image.new("P", (3, 2))
    indices.putdata(VALUES.ravel().tolist())
    indices.putpalette([255 - i // 3 for i in range(768)])  # colours that are not the indices
    indices.save(tmp_path / "palette.png")
    Image.fromarray(VALUES).convert("RGB").save(tmp_path / "grey-as-colours.png")
    for name in ("grey", "palette", "grey-as-colours"):
        values, coloured = read_mask(tmp_path / f"{name}.png")
        assert not coloured
        np.testing.assert_array_equal(values, VALUES)
    Image.fromarray(VALUES > 3).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "bits.png")[0], 255 * (VALUES > 3))
    Image.fromarray(VALUES.astype(np.uint16) * 100).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "deep.png")[0], VALUES.astype(int) * 100)
    colours = np.stack([VALUES, VALUES // 2, VALUES * 0], -1).astype(np.uint8)
    Image.fromarray(colours).save(tmp_path / "colours.png")
    values, coloured = read_mask(tmp_path / "colours.png")
    assert coloured
    y, names, void = join_masks([(values, True), (VALUES.astype(np.int64), False)])
    assert void is None
    assert names == tuple(
        sorted({"#000000", "#030100", "#ff7f00", "#070300", "#030303", "#070707", "#ffffff"})
    )
    write_picture(tmp_path / "back.png", as_pictures(y, names)[0])
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "back.png")), colours)


def test_a_jpeg_is_no_mask_and_a_torn_file_is_none(tmp_path):
    Image.fromarray(VALUES).save(tmp_path / "m.jpg")
    (tmp_path / "torn.png").write_bytes(b"\x89PNG")
    with pytest.raises(
        GradatimError, match="is a JPEG, which changes the values of a mask; save masks as PNG"
    ):
        read_mask(tmp_path / "m.jpg")
    with pytest.raises(GradatimError, match="is damaged or not a picture"):
        read_mask(tmp_path / "torn.png")


def test_a_scaled_mask_has_no_new_values():
    mask = np.repeat(np.repeat(VALUES.astype(np.int64), 4, 0), 4, 1)
    np.testing.assert_array_equal(scale_mask(mask, 2, 3), VALUES)
    assert scale_mask(mask, 2, 2).shape == (2, 2)  # the middle is cut out


def test_arrays_with_masks_pose_a_segmentation(tmp_path):
    x, y = np.zeros((6, 1, 4, 5), np.float32), np.arange(120).reshape(6, 4, 5) % 3 * 10
    data = load_data((x, y))
    assert data.question.task == "segmentation" and data.classes == (0, 10, 20)
    assert load_data((x, y), task="segmentation").fingerprint == data.fingerprint
    np.savez(tmp_path / "a.npz", x=x, y=y)
    again = load_data(tmp_path / "a.npz")
    assert again.question == data.question
    np.testing.assert_array_equal(again.y, y // 10)
    assert data.take(np.array([1])).question == data.question
