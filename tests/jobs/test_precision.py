"""A run in bfloat16: what it says of itself, predicts in, and refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError

RNG = np.random.default_rng(0)


def test_a_run_in_bfloat16_says_so_and_predicts_in_it():
    data = {"x": (255 * RNG.random((60, 3, 8, 8))).astype(np.uint8), "y": np.arange(60) % 3}
    network = {"depth": 8, "width": 0.25}
    run = gradatim.train(
        data, model="resnet_cifar", precision="bfloat16", epochs=1, quiet=True, network=network
    )
    config = json.loads((Path(run.path) / "config.json").read_text())
    assert config["settings"]["precision"] == "bfloat16" and config["settings"]["engine"] == "torch"
    again = gradatim.load(run.path)
    p = again.predict(data["x"]).probabilities
    np.testing.assert_array_equal(p, run.predict(data["x"]).probabilities)
    again.trained.precision = "float32"
    single = again.predict(data["x"]).probabilities
    assert 0 < np.abs(p - single).max() < 0.05


def test_the_numpy_engine_has_no_bfloat16():
    with pytest.raises(
        UsageError, match=r"NumPy engine cannot run this: .* is bfloat16, which NumPy has not"
    ):
        gradatim.train("digits", engine="numpy", precision="bfloat16", epochs=1, quiet=True)


def test_auto_takes_torch():
    run = gradatim.train("digits", precision="bfloat16", epochs=1, hidden=[8], quiet=True)
    choices = json.loads((Path(run.path) / "config.json").read_text())["choices"]
    assert choices["engine"] == "torch: the precision asked for is bfloat16, which NumPy has not"


def test_a_text_is_learned_in_bfloat16():
    """By recurrent layers that stay fused; nearly the losses of float32, and the same again."""
    Path("book.txt").write_text("the cat sat on the mat. " * 200)
    how = {"hidden": [64], "quiet": True, "seed": 1}
    losses = {}
    for precision in ("float32", "bfloat16"):
        run = gradatim.train("book.txt", precision=precision, epochs=2, **how)
        losses[precision] = [record["valid_loss"] for record in run.records]
    np.testing.assert_allclose(losses["bfloat16"], losses["float32"], rtol=0.02)
    again = gradatim.train("book.txt", precision="bfloat16", epochs=2, **how)
    assert [record["valid_loss"] for record in again.records] == losses["bfloat16"]
