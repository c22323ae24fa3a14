"""Standardising against scikit-learn, on pictures, clips, constants and numbers that do not fit."""

import json

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.encoders.standardise import Standardise

RNG = np.random.default_rng(0)


def test_features_are_scikit_learn_s_standard_scaler():
    """Constant columns included, to 1e-12."""
    from sklearn.preprocessing import StandardScaler

    x = RNG.standard_normal((200, 5)) * [1, 100, 1e-6, 0, 0] + [0, 5, 1e-6, 7, 0.1]
    other = RNG.standard_normal((30, 5))
    scaler = StandardScaler().fit(x)
    found = Standardise.fit(Dataset(x))
    np.testing.assert_allclose(found.shift, scaler.mean_, rtol=1e-12)
    np.testing.assert_allclose(found.scale, scaler.scale_, rtol=1e-12)
    np.testing.assert_allclose(found.encode(other, np.float64), scaler.transform(other), rtol=1e-10)


def test_pictures_are_standardised_by_channel():
    x = RNG.integers(0, 256, (50, 3, 4, 6)).astype(np.uint8)
    found = Standardise.fit(Dataset(x))
    assert np.shape(found.shift) == (3,)
    z = found.encode(x, np.float64)
    np.testing.assert_allclose(z.mean((0, 2, 3)), 0, atol=1e-13)
    np.testing.assert_allclose(z.std((0, 2, 3)), 1, rtol=1e-13)
    one = (x[7, 1, 2, 3] - found.shift[1]) / found.scale[1]
    assert z[7, 1, 2, 3] == one


def test_clips_are_standardised_by_channel():
    """Over all examples, times and places of a channel: as the frames of all clips laid side by side."""
    x = RNG.standard_normal((9, 3, 5, 4, 6)) * [[[[[1.0]]], [[[20.0]]], [[[0.0]]]]] + 7
    found = Standardise.fit(Dataset(x))
    frames = np.moveaxis(x, 2, 1).reshape(-1, 3, 4, 6)
    expected = Standardise.fit(Dataset(frames))
    np.testing.assert_allclose(found.shift, expected.shift, rtol=1e-12)
    np.testing.assert_allclose(found.scale, expected.scale, rtol=1e-12)
    z = found.encode(x, np.float64)
    np.testing.assert_allclose(z.mean((0, 2, 3, 4)), 0, atol=1e-12)
    np.testing.assert_allclose(z.std((0, 2, 3, 4)), [1, 1, 0], atol=1e-12)
    assert (encoder_from(found.as_dict()).encode(x, np.float64) == z).all()


def test_numbers_of_each_feature_that_were_stored_stay_so():
    """Of clips and of pictures with two channels, runs of format 1 hold one shift and scale a feature."""
    x = RNG.standard_normal((30, 2, 3, 4)) * np.arange(1, 25).reshape(2, 3, 4)
    shift, scale = x.mean(0), x.std(0)
    stored = encoder_from({"name": "standardise", "shift": shift.tolist(), "scale": scale.tolist()})
    np.testing.assert_allclose(stored.encode(x, np.float64), (x - shift) / scale, rtol=1e-12)


@pytest.mark.parametrize("shape", [(40, 5), (40, 2, 3, 3), (40, 4, 3), (40, 1, 5, 5), (40, 3, 2, 4, 4)])
def test_every_shape_has_mean_0_and_variance_1(shape):
    x = RNG.standard_normal(shape) * 3 + 2
    found = fit_encoder(Dataset(x))
    z = found.encode(x, np.float64)
    assert (found.shape(shape[1:]), found.raw_shape(shape[1:])) == (shape[1:], shape[1:])
    axes = (0, *range(2, len(shape))) if len(shape) > 3 else 0
    np.testing.assert_allclose(z.mean(axes), 0, atol=1e-13)
    np.testing.assert_allclose(z.std(axes), 1, rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.0, 1e9, 1e-9, 1 / 3])
def test_a_constant_is_only_shifted(value):
    x = np.full((1000, 1), value)
    found = Standardise.fit(Dataset(x))
    assert found.scale == [1.0]
    np.testing.assert_allclose(found.encode(x, np.float64), 0, atol=1e-12 * max(1, abs(value)))


@pytest.mark.parametrize("unit", [1e-100, 1e-13, 1.0, 1e13, 1e100])
def test_the_unit_of_a_feature_does_not_matter(unit):
    """Measured in other units, a feature is standardised to the same numbers, to 1e-12."""
    x = RNG.standard_normal((100, 1)) + 3
    expected = Standardise.fit(Dataset(x)).encode(x, np.float64)
    found = Standardise.fit(Dataset(x * unit)).encode(x * unit, np.float64)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_it_is_stored_as_numbers_and_comes_back():
    x = RNG.standard_normal((20, 3))
    found = Standardise.fit(Dataset(x))
    stored = json.loads(json.dumps(found.as_dict()))
    assert stored == found.as_dict()
    assert (encoder_from(stored).encode(x, np.float64) == found.encode(x, np.float64)).all()


def test_the_precision_is_asked_for_and_computed_in_double():
    x = RNG.standard_normal((20, 3)).astype(np.float32) + 1000
    found = Standardise.fit(Dataset(x))
    single, double = found.encode(x), found.encode(x, np.float64)
    assert single.dtype == np.float32
    assert (single == double.astype(np.float32)).all()
    assert single.flags.c_contiguous


def test_without_preprocessing_inputs_are_only_converted():
    x = RNG.integers(0, 9, (4, 2, 3))
    found = encoder_from(None).encode(x)
    assert found.dtype == np.float32
    assert (found == x).all()


def test_numbers_too_large_to_standardise_are_named():
    x = np.ones((5, 2))
    x[3, 1] = -1e300
    with pytest.raises(GradatimError, match=r"^example 3 holds -1e\+300: too large to standardise; rescale"):
        Standardise.fit(Dataset(x))
    x[:, 1] = 1e300
    with pytest.raises(GradatimError, match=r"^example 5 holds 1\.5e\+300"):
        Standardise.fit(Dataset(np.concatenate([x, x * 1.5])))


@pytest.mark.parametrize("record", [None, {"name": "standardise", "shift": [0.0, 1.0], "scale": [1.0, 2.0]}])
def test_a_later_number_too_large_for_the_precision_is_named(record):
    x = np.ones((5, 2))
    x[4, 0] = 1e300
    with pytest.raises(GradatimError, match=r"^example 4 holds 1e\+300: too large for float32$"):
        encoder_from(record).encode(x)
    assert np.isfinite(encoder_from(record).encode(x, np.float64)).all()


def test_preprocessing_of_a_newer_version_is_refused():
    with pytest.raises(GradatimError, match="unknown preprocessing 'whiten': update Gradatim"):
        encoder_from({"name": "whiten"})
