from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import UsageError
from gradatim.explain.pictures import LARGEST, pictures


def decoded(picture):
    return np.asarray(Image.open(BytesIO(b64decode(picture.uri.removeprefix("data:image/png;base64,")))))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float64, bool])
def test_the_least_value_is_black_and_the_greatest_white(dtype):
    ramp = np.array([[[0, 1], [1, 0]]]).astype(dtype)
    np.testing.assert_array_equal(decoded(pictures([ramp])[0]), [[0, 255], [255, 0]])


def test_pictures_are_scaled_by_one_rule():
    faint, bright = (np.full((1, 4, 4), value) for value in (-1.0, 3.0))
    middle = np.full((1, 4, 4), 1.0)
    shades = [decoded(picture)[0, 0] for picture in pictures([faint, middle, bright])]
    assert shades == [0, 128, 255]


def test_colours_keep_their_channels():
    colours = np.eye(3).reshape(3, 1, 3)  # red, green, blue
    np.testing.assert_array_equal(decoded(pictures([colours])[0])[0], 255 * np.eye(3))


def test_a_picture_without_contrast_is_grey():
    assert (decoded(pictures([np.full((1, 2, 2), 7.0)])[0]) == 128).all()


def test_values_that_are_not_numbers_do_not_spoil_the_others():
    array = np.array([[[0.0, 1.0], [np.nan, 1.0]]])
    np.testing.assert_array_equal(decoded(pictures([array])[0]), [[0, 255], [0, 255]])


def test_a_large_picture_is_reduced_and_keeps_its_proportions():
    (picture,) = pictures([np.random.default_rng(0).random((3, 400, 200))])
    assert (picture.width, picture.height, picture.coarse) == (LARGEST // 2, LARGEST, False)


@pytest.mark.parametrize("shape", [(8, 8), (2, 8, 8), (1, 0, 8), (8, 8, 3)])
def test_what_is_no_picture_is_refused_with_its_shape(shape):
    with pytest.raises(UsageError, match=r"\(1, H, W\) or \(3, H, W\); this array has"):
        pictures([np.zeros(shape)])
