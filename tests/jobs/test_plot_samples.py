"""Samples of a Boltzmann machine through Gibbs time."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.explain.figures.samples import samples_figure
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.samples import _sampled
from gradatim.jobs.train import train
from gradatim.nn.rbm import RBM

QUICK = {"epochs": 1, "quiet": True}


@pytest.mark.parametrize("model", ["rbm", "gaussian_rbm"])
def test_a_machine_s_samples_are_drawn(model, tmp_path):
    run = train("digits", model=model, network={"hidden": 8}, out=tmp_path / "run", **QUICK)
    said = plot("samples", run, arguments={"steps": 30, "chains": 3}, out=tmp_path / "s.svg")
    assert (said["steps"], said["chains"]) == ([1, 10, 30], 3)
    assert ">30</text>" in (tmp_path / "s.svg").read_text()


def test_they_are_the_machine_s_own():
    """Units whose biases are ±20 are always on, or off, from the first step on."""
    rbm = RBM(4, 2)
    with torch.no_grad():
        rbm.visible_bias.copy_(torch.tensor([20.0, -20, 20, -20]))
    found = _sampled(rbm, "", 5, [1, 3], 0)
    assert found.shape == (2, 5, 4)
    assert found[..., ::2].min() > 0.99 and found[..., 1::2].max() < 0.01
    assert samples_figure(found.reshape(2, 5, 2, 2), [1, 3], "t").size[0] == 8.4


def test_what_cannot_be_is_refused(tmp_path):
    run = train("digits", hidden=(8,), baselines=False, out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="is no Boltzmann machine"):
        plot("samples", run, out=tmp_path / "s.svg")
    table = train("moons:n=60", model="rbm", out=tmp_path / "moons", **QUICK)
    with pytest.raises(UsageError, match="did not learn from pictures"):
        plot("samples", table, out=tmp_path / "s.svg")
    with pytest.raises(UsageError, match=r"plot samples .*stepps|stepps.*steps"):
        plot("samples", table, arguments={"stepps": 3}, out=tmp_path / "s.svg")
