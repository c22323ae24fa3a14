"""--sanity: a network that learns passes, one that cannot is stopped before it trains."""

from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import GradatimError


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_network_that_learns_passes_and_is_left_as_it_was(engine, capsys):
    how = {"epochs": 1, "hidden": [16], "dropout": 0.5, "engine": engine, "threads": 1}
    with_check = gradatim.train("digits", sanity=True, out="a", **how)
    said = capsys.readouterr().err
    assert "sanity: one batch of 32 is learned by heart in" in said
    without = gradatim.train("digits", out="b", quiet=True, **how)
    assert with_check.metrics == without.metrics


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_one_that_cannot_is_stopped(engine):
    x, y = np.zeros((100, 3)), np.arange(100) % 2
    with pytest.raises(GradatimError, match=r"^sanity: 500 steps do not teach the network one batch of 32"):
        gradatim.train((x, y), sanity=True, engine=engine, hidden=[4], quiet=True)
    assert not Path("runs").exists()


def test_a_module_and_a_loader_of_one_s_own():
    x, y = torch.randn(64, 5), torch.arange(64) % 2
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    model = torch.nn.Sequential(
        torch.nn.Linear(5, 64), torch.nn.Tanh(), torch.nn.Dropout(), torch.nn.Linear(64, 2)
    )
    gradatim.train(loader, model=model, lr=0.01, epochs=1, sanity=True, quiet=True)
    assert model[2].p == 0.5


def test_of_masks_nearly_every_pixel_is_to_be_known(capsys):
    rng = np.random.default_rng(0)
    x = np.zeros((12, 1, 12, 12), np.uint8)
    for one, (top, left) in zip(x, rng.integers(1, 5, (12, 2)), strict=True):
        one[0, top : top + 6, left : left + 6] = 200
    y = (x[:, 0] > 0).astype(np.uint8)
    y[0, 0, :2] = 1  # drawn wrongly
    gradatim.train((x, y), task="segmentation", sanity=True, epochs=1, network={"stages": 2}, threads=1)
    assert "is learned by heart in" in capsys.readouterr().err
