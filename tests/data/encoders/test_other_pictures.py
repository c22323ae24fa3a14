"""Pictures scaled as Pillow scales them, in other channels, on another scale."""

import numpy as np
import pytest
from PIL import Image

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from
from gradatim.data.encoders.other_pictures import OtherPictures, full_scale, triangle_weights
from gradatim.data.encoders.plain import Plain
from gradatim.data.encoders.standardise import Standardise

rng = np.random.default_rng(0)


@pytest.mark.parametrize(("size", "seen"), [((16, 16), (28, 28)), ((28, 28), (16, 16)), ((9, 13), (5, 30))])
def test_pictures_are_scaled_as_pillow_scales_them(size, seen):
    x = rng.random((3, 1, *size))
    found = OtherPictures((1, *seen), 1.0, Plain()).encode(x, np.float64)
    for picture, one in zip(found[:, 0], x[:, 0].astype(np.float32), strict=True):
        expected = Image.fromarray(one).resize(seen[::-1], Image.Resampling.BILINEAR)
        np.testing.assert_allclose(picture, np.asarray(expected), atol=1e-6)


def test_a_constant_picture_stays_constant():
    for size, seen in ((7, 3), (3, 7), (5, 5)):
        np.testing.assert_allclose(triangle_weights(size, seen).sum(1), 1, atol=1e-15)
    np.testing.assert_allclose(triangle_weights(6, 6), np.eye(6), atol=1e-15)


def test_channels_and_scale():
    grey = rng.random((2, 1, 4, 4))
    colours = OtherPictures((3, 4, 4), 255.0, Plain()).encode(grey, np.float64)
    np.testing.assert_allclose(colours, np.repeat(255 * grey, 3, 1))
    back = OtherPictures((1, 4, 4), 1 / 255, Plain()).encode(colours, np.float64)
    np.testing.assert_allclose(back, grey, atol=1e-12)  # the weights of the colours sum to 1


def test_what_it_says_and_its_record():
    first = Dataset(255 * rng.random((9, 1, 28, 28)))
    encoder = OtherPictures((1, 28, 28), 255.0, Standardise.fit(first))
    assert encoder.in_words((1, 16, 16)).startswith("scaled to 28×28; multiplied by 255; each channel minus")
    again = encoder_from(encoder.as_dict())
    x = rng.random((4, 1, 16, 16))
    np.testing.assert_array_equal(again.encode(x), encoder.encode(x))
    assert encoder.shape((1, 16, 16)) == (1, 28, 28) and encoder.raw_shape((1, 16, 16)) == (1, 16, 16)


def test_scales():
    assert (
        full_scale(0, 16) == 16 and full_scale(0, 200) == 255 and full_scale(-1, 1) == 0 == full_scale(0, 300)
    )
