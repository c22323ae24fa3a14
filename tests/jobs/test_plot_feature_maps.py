"""Feature maps: what each layer gives is what its definition gives."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.feature_maps import outputs_of_layers
from gradatim.jobs.train import train

QUICK = {"epochs": 1, "quiet": True, "baselines": False}


def outputs(run, row):
    example = run.data.test.take(np.array([row]))
    x = run.trained.encoder.inputs(example)
    return x, {one.name: one.values for one in outputs_of_layers(run, x)}


def test_units_are_those_of_the_equations(tmp_path):
    run = train("digits", hidden=[12], out=tmp_path / "run", **QUICK)
    x, found = outputs(run, 5)
    weights = run.trained.model.state_dict()
    z = weights["1.weight"] @ x.ravel() + weights["1.bias"]
    np.testing.assert_allclose(found["1 Dense"], z, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found["2 Activation"], np.maximum(z, 0), rtol=1e-4, atol=1e-5)
    said = plot("feature-maps", run, arguments={"example": 5}, out=tmp_path / "f.svg")
    assert said["layers"] == {"input": [1, 8, 8], "1 Dense": [12], "2 Activation": [12], "3 Dense": [10]}
    answer = run.predict(run.data.test.x[5:6]).labels[0]
    assert f"run: example 5, predicted {answer}" in (tmp_path / "f.svg").read_text()


def test_maps_are_those_before_an_activation_in_place(tmp_path):
    run = train("digits", model="small_cnn", out=tmp_path / "run", **QUICK)
    x, found = outputs(run, 0)
    kernels = run.trained.module().state_dict()["features.0.conv.weight"]
    expected = torch.nn.functional.conv2d(torch.from_numpy(x), kernels, padding=1)[0]
    np.testing.assert_allclose(found["features.0.conv Conv2d"], expected.numpy(), rtol=1e-4, atol=1e-5)
    plot("feature-maps", run, out=tmp_path / "f.png", theme="dark")


def test_what_cannot_be_drawn_is_said(tmp_path):
    run = train("moons:n=60", out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="example must be a whole number of at most 11; it is 12"):
        plot("feature-maps", run, arguments={"example": 12})
    with pytest.raises(UsageError, match="plot feature-maps takes no argument 'row'"):
        plot("feature-maps", run, arguments={"row": 1})
