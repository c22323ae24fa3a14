"""Pictures are read with the same axes whatever the type of their numbers."""

import numpy as np
import pandas as pd
import pytest
import torch

import gradatim
from gradatim.data import arrays
from gradatim.data.loading import load_data
from gradatim.data.sources.npz import NpzSource
from gradatim.data.sources.source import Request
from gradatim.training.training import Training

rng = np.random.default_rng(0)
PICTURES = rng.integers(0, 2, (40, 8, 9, 3))
Y = np.arange(40) % 2
TYPES = ["uint8", "bool", "int8", "int64", "uint16", "float16", "float32", "float64"]
HOW = {"model": "small_cnn", "epochs": 1, "quiet": True, "baselines": False}


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("channels", [1, 3])
def test_channels_that_stand_last_come_first(dtype, channels):
    x = PICTURES[..., :channels].astype(dtype)
    found = load_data((x, Y))
    assert found.x.dtype == dtype
    np.testing.assert_array_equal(found.x, np.moveaxis(x, 3, 1))
    assert "which stand" in found.notices[0]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(3, 8, 9), (1, 8, 9), (3, 9, 3), (8, 9, 4), (8, 9, 2), (4, 8, 9, 3)])
def test_other_axes_stay(dtype, shape):
    x = rng.integers(0, 2, (40, *shape)).astype(dtype)
    np.testing.assert_array_equal(load_data((x, Y)).x, x)


def test_every_way_in(tmp_path):
    x, expected = PICTURES.astype("float32"), (3, 8, 9)
    np.savez(tmp_path / "pictures.npz", x=x, y=Y)
    np.save(tmp_path / "pictures.npy", x)
    ways = [
        (torch.from_numpy(x), torch.from_numpy(Y)), {"x": x, "y": pd.Series(Y)}, x, tmp_path / "pictures.npz",
        {"x_train": x, "y_train": Y, "x_test": x, "y_test": Y},
        torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(Y)),
    ]  # fmt: skip
    for way in ways:
        assert load_data(way).shape == expected
    assert NpzSource().read(tmp_path / "pictures.npy", Request(reads_target=False)).shape == expected


def test_a_run_answers_alike_for_every_type_and_either_order(tmp_path):
    run = gradatim.train((PICTURES.astype("float64"), Y), out=tmp_path / "run", **HOW)
    assert run.trained.input_shape == (3, 8, 9)
    first = run.predict(np.moveaxis(PICTURES, 3, 1).astype("float64"))
    for dtype in TYPES:
        found = run.predict(PICTURES.astype(dtype))
        np.testing.assert_array_equal(found.probabilities, first.probabilities)
        assert run.evaluate((PICTURES.astype(dtype), Y)) == run.evaluate((PICTURES, Y))


def test_training_and_datasets_take_the_axes_as_they_are():
    """A network of one's own may read channels last."""
    x = PICTURES.astype("float32")
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Flatten(), torch.nn.Linear(144, 2))
    assert Training(network, (x, Y)).data.x.shape == x.shape
    assert load_data(gradatim.Dataset(x, Y, (0, 1))).shape == (8, 9, 3)
    both = load_data(({"image": x, "row": x[:, 0, :, 0]}, Y))
    assert both.x.arrays[0].shape == x.shape


@pytest.mark.parametrize("kind", ["memory", "npz"])
def test_a_run_of_an_earlier_version_goes_on_and_answers(kind, tmp_path, monkeypatch):
    """It read these pictures as 8 channels of 9 × 3."""
    x = PICTURES.astype("float32")
    np.savez(tmp_path / "data.npz", x=x, y=Y)
    data = (x, Y) if kind == "memory" else tmp_path / "data.npz"
    with monkeypatch.context() as earlier:
        earlier.setattr(arrays, "channels_first", lambda x: x)
        whole = gradatim.train(data, out=tmp_path / "whole", **{**HOW, "epochs": 2})
        gradatim.train(data, out=tmp_path / "run", **HOW)
        expected = whole.predict(x).probabilities
    run = gradatim.train(data if kind == "memory" else None, resume=tmp_path / "run", epochs=2, quiet=True)
    assert run.trained.input_shape == (8, 9, 3)
    np.testing.assert_array_equal(run.predict(x).probabilities, expected)
    assert run.evaluate((x, Y)) == whole.evaluate((x, Y))
    with pytest.raises(gradatim.GradatimError, match="the data have changed"):
        changed = (x + 1, Y)
        gradatim.train(changed, resume=tmp_path / "run", epochs=3, quiet=True)
