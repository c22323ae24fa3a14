"""F5: a convolutional VAE through the verbs: digits, drawings, resuming, colour pictures in a folder."""

import numpy as np
import pytest
from PIL import Image

import gradatim
from gradatim import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.show import show
from gradatim.runs.tensors import read_tensors

QUICK = {"quiet": True, "threads": 1, "model": "conv_vae", "network": {"channels": [4, 8], "latent": 2}}


def weights(folder):
    return read_tensors(f"{folder}/model.safetensors", "model")[0]


def test_a_run_is_measured_loaded_and_drawn(tmp_path):
    run = gradatim.train("digits", epochs=1, out="run", **QUICK)
    assert run.trained.problem.loss == "multilabel" and run.trained.network["likelihood"] == "bernoulli"
    assert gradatim.load("run").evaluate() == run.evaluate()
    found = run.predict(run.data.test.x)
    assert found.arrays["elbo"].mean() == pytest.approx(run.metrics["elbo"], rel=1e-5)
    assert run.metrics["elbo"] <= run.metrics["iwae_bound"]
    assert found.arrays["prediction"].shape == (len(run.data.test), 64)
    for what, more in (("samples", {"count": 3}), ("interpolation", {"pairs": 1}), ("latent", {}),
                       ("latent-plane", {"steps": 3}), ("reconstructions", {"examples": 2})):  # fmt: skip
        plot(what, run, arguments=more, out=tmp_path / f"{what}.png")


def test_a_gaussian_one_goes_on_to_the_same_bits():
    how = {**QUICK, "schedule": "constant", "loss": "gaussian_nll"}
    gradatim.train("digits", epochs=2, out="whole", **how)
    gradatim.train("digits", epochs=1, out="half", **how)
    gradatim.train(resume="half", epochs=2, quiet=True)
    whole, half = weights("whole"), weights("half")
    assert whole.keys() == half.keys()
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_pictures_in_colour_and_what_is_none(tmp_path):
    (tmp_path / "pictures").mkdir()
    for k in range(12):
        picture = np.full((4, 5, 3), 20, np.uint8)
        picture[:, k % 5, k % 3] = 230
        Image.fromarray(picture).save(tmp_path / "pictures" / f"{k}.png")
    run = gradatim.train(tmp_path / "pictures", epochs=1, out="run", **QUICK)
    assert run.trained.network["in_channels"] == 3 and run.trained.network["input_size"] == [4, 5]
    plot("samples", run, arguments={"count": 2}, out=tmp_path / "s.png")
    with pytest.raises(UsageError, match="conv_vae learns from pictures"):
        gradatim.train(np.random.default_rng(0).random((20, 5)), epochs=1, out="x", **QUICK)


def test_its_costs_are_shown_for_pictures_of_a_size():
    """By hand: 3×3 kernels down and up, both dense layers of the code and the one behind it, with biases."""
    said = show("conv_vae", arguments={"in_channels": 1, "channels": [4, 8], "latent": 2}, input_size=28)
    convolutions = (9 * 4 + 4) + (9 * 4 * 8 + 8) + (9 * 8 * 4 + 4) + (9 * 4 + 1)
    dense = 2 * (8 * 49 * 2 + 2) + (2 * 8 * 49 + 8 * 49)
    assert f"parameters      {convolutions + dense:,}" in str(said)
