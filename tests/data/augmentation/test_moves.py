"""Moves against NumPy's slices and rotations, and SciPy's affine transform."""

import numpy as np
import pytest
import torch
from scipy.ndimage import affine_transform

from gradatim.data.augmentation import moves
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.geometry import Crop, Flip, ResizedCrop, Rotate, Scale, Turn

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 3, 9, 12))
SQUARE = RANDOM.normal(size=(4, 1, 8, 8))


def moved(x, maps, **how):
    return moves.move_pictures(torch.from_numpy(x), maps, **how).numpy()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_flip_is_a_slice_backwards_to_the_bit(dtype):
    x = X.astype(dtype)
    across, down = (np.repeat(np.diag(d)[None], 6, 0) for d in ((1.0, -1.0), (-1.0, 1.0)))
    assert np.array_equal(moved(x, moves.linear(across), whole=True), x[..., ::-1])
    assert np.array_equal(moved(x, moves.linear(down), whole=True), x[..., ::-1, :])


@pytest.mark.parametrize(("border", "mode"), [("zeros", "constant"), ("reflection", "symmetric")])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_shift_is_a_crop_of_the_padded_picture_to_the_bit(border, mode, dtype):
    x = X.astype(dtype)
    down, right = np.array([0, 1, -3, 4, -4, 2]), np.array([0, -2, 3, 4, -4, 0])
    padded = np.pad(x, ((0, 0), (0, 0), (4, 4), (4, 4)), mode)
    found = moved(x, moves.shift(down, right), border=border, whole=True)
    for i, (dy, dx) in enumerate(zip(down, right, strict=True)):
        assert np.array_equal(found[i], padded[i, :, 4 + dy : 13 + dy, 4 + dx : 16 + dx])


def test_quarter_turns_are_those_of_numpy_to_the_bit():
    found = moved(SQUARE, moves.quarter_turns(np.arange(4)), whole=True)
    for i in range(4):
        assert np.array_equal(found[i], np.rot90(SQUARE[i], i, (1, 2)))


def test_a_rotation_by_right_angles_is_a_quarter_turn():
    maps = moves.rotation(np.array([0.0, 90.0, 180.0, 270.0]))
    assert np.allclose(maps, moves.quarter_turns(np.arange(4)), rtol=0, atol=1e-15)
    turned = np.stack([np.rot90(SQUARE[i], i, (1, 2)) for i in range(4)])
    assert np.array_equal(moved(SQUARE, maps, whole=True), turned)  # of the nearest pixels
    assert np.allclose(moved(SQUARE, maps), turned, rtol=0, atol=1e-13)  # interpolated


def test_affine_maps_are_those_of_scipy():
    maps = moves.identity(6) + RANDOM.normal(size=(6, 2, 3)) * [0.2, 0.2, 1.5]
    found, middle = moved(X, maps), np.array([4.0, 5.5])
    for i, (a, b) in enumerate(zip(maps[:, :, :2], maps[:, :, 2], strict=True)):
        offset = middle + b - a @ middle
        for channel in range(3):
            wanted = affine_transform(X[i, channel], a, offset, order=1, mode="grid-constant")
            assert np.allclose(found[i, channel], wanted, rtol=0, atol=1e-12)


def test_moves_one_behind_the_other_are_one_map():
    first, second = moves.quarter_turns(np.arange(4)), moves.shift(np.array([0, 1, -2, 3]), np.arange(4))
    one_map = moved(SQUARE, moves.then(first, second), whole=True)
    assert np.array_equal(one_map, moved(moved(SQUARE, first, whole=True), second, whole=True))


@pytest.mark.parametrize("operation", [Flip(axis="both"), Crop(), Turn()])
def test_masks_go_where_their_pictures_go(operation):
    """A mask that a rule makes of a picture is that rule's of the moved picture, at every place."""
    maps = operation.maps(Draws(0, 0, np.arange(4)), (8, 8))
    x, y = torch.from_numpy(SQUARE), torch.from_numpy((SQUARE[:, 0] > 0.3).astype(np.int64))
    picture = moves.move_pictures(x, maps, "reflection", whole=True)
    assert torch.equal(moves.move_masks(y, maps, x), (picture[:, 0] > 0.3).long())


def test_a_mask_that_is_rotated_has_only_classes_that_it_had():
    y = torch.from_numpy(RANDOM.choice([2, 7], size=(50, 8, 8)))
    maps = Rotate(degrees=180).maps(Draws(0, 0, np.arange(50)), (8, 8))
    assert set(moves.move_masks(y, maps, torch.zeros(50, 1, 8, 8)).unique().tolist()) == {2, 7}


@pytest.mark.parametrize(
    "operation",
    [Flip(axis="both"), Crop(pad=3), Turn(), ResizedCrop(area=0.8), Rotate(degrees=40), Scale(by=1.5)],
)
def test_boxes_go_where_their_pictures_go(operation):
    """The box around what is left of a bright rectangle is the moved box, to the width of a pixel."""
    n, size = 40, (24, 24)
    maps = operation.maps(Draws(1, 0, np.arange(n)), size)
    boxes = np.stack([[6 + i % 5, 5 + i % 7, 15 + i % 4, 13 + i % 6] for i in range(n)]).astype(float)
    x = np.zeros((n, 1, *size))
    for one, (left, top, right, bottom) in zip(x, boxes.astype(int), strict=True):
        one[0, top:bottom, left:right] = 1
    inside = moved(x, maps, whole=True)[:, 0] > 0.5
    exact = operation.whole
    for lit, (left, top, right, bottom) in zip(inside, moves.move_boxes(boxes, maps, size), strict=True):
        rows, columns = np.flatnonzero(lit.any(1)), np.flatnonzero(lit.any(0))
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
        wanted = np.array([left, top, right, bottom])
        assert np.array_equal(found, wanted) if exact else np.abs(found - wanted).max() <= 2.0


def test_a_box_that_leaves_the_picture_has_no_area():
    far = moves.shift(np.array([0.0]), np.array([20.0]))
    left, top, right, bottom = moves.move_boxes(np.array([[2.0, 2.0, 6.0, 6.0]]), far, (10, 10))[0]
    assert (right - left) * (bottom - top) == 0


def test_objects_move_as_shares_of_the_sides_and_vanish_when_little_is_left():
    """Of a picture 10 high and 20 wide, shifted 8 pixels to the left: an eighth of the second is left."""
    y = torch.tensor(
        [[[0.5, 0.2, 0.9, 0.6, 3], [0.05, 0.0, 0.45, 1.0, 1], [0.0, 0.0, 0.0, 0.0, -1]]]
    ).double()
    moved = moves.move_objects(y, moves.shift(np.array([0.0]), np.array([8.0])), (10, 20))
    assert torch.allclose(moved[0, 0], torch.tensor([0.1, 0.2, 0.5, 0.6, 3]).double())
    assert moved[0, 1:].tolist() == [[0, 0, 0, 0, -1]] * 2
    nothing = moves.move_objects(y[:, :0], moves.identity(1), (10, 20))
    assert nothing.shape == (1, 0, 5)


def test_what_is_drawn_is_as_likely_as_it_should_be():
    draws = Draws(0, 0, np.arange(90_000))
    flipped = Flip().maps(draws, (32, 32))[:, 1, 1]
    assert abs((flipped < 0).mean() - 0.5) < 0.01
    shifts = Crop().maps(draws, (32, 32))[:, :, 2]
    places, counts = np.unique(shifts, axis=0, return_counts=True)
    assert len(places) == 81 and set(places.ravel()) == set(range(-4, 5))
    expected = 90_000 / 81  # χ² of 80 degrees of freedom is below 125 with probability 0.999
    assert ((counts - expected) ** 2 / expected).sum() < 125
    angles = np.rad2deg(np.arctan2(*Rotate(degrees=30).maps(draws, (8, 8))[:, 0, 1::-1].T))
    assert np.abs(angles).max() <= 30 and np.allclose(
        np.quantile(angles, [0.25, 0.5, 0.75]), [-15, 0, 15], atol=0.5
    )


def test_a_resized_crop_lies_inside_and_has_its_share_of_the_area():
    size = (30, 40)
    maps = ResizedCrop(area=0.2).maps(Draws(0, 0, np.arange(5000)), size)
    sides = maps[:, [0, 1], [0, 1]]
    beyond = np.abs(maps[:, :, 2]) + sides * size / 2 - np.array(size) / 2
    assert beyond.max() < 1e-9
    cut = (sides == 1).any(1)  # where a side is as long as the picture's, the area is smaller than drawn
    area = sides.prod(1)
    assert area[~cut].min() >= 0.2 and area.max() <= 1
    shape = (sides[:, 0] / sides[:, 1])[~cut]
    assert shape.min() > 0.74 and shape.max() < 1.34
