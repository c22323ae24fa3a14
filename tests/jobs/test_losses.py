"""Losses by name train from `gradatim.train`, alike on both engines."""

import numpy as np
import pytest

import gradatim

QUICK = {"epochs": 6, "lr": 0.03, "hidden": [8], "threads": 1, "quiet": True, "seed": 1}


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("loss", ["hinge", "squared_hinge", "focal"])
def test_losses_of_classes_train_alike_on_both_engines(loss, classes):
    """Validation losses of every epoch equal to 1e-9, and most blobs are told apart."""
    rng = np.random.default_rng(0)
    y = np.arange(240) % classes
    x = rng.normal(size=(240, 4)) + 4 * np.eye(classes, 4)[y]
    runs = [
        gradatim.train((x, y), loss=loss, engine=engine, precision="float64", out=f"./{engine}", **QUICK)
        for engine in ("numpy", "torch")
    ]
    by_hand, in_torch = ([record["valid_loss"] for record in run.records] for run in runs)
    np.testing.assert_allclose(by_hand, in_torch, rtol=1e-9)
    assert runs[0].config["settings"]["engine"] == "numpy"
    assert runs[0].metrics["accuracy"] > 0.9
    assert f"{loss} as asked" in runs[0].config["choices"]["head"]
    assert gradatim.load(runs[0].path).trained.problem.loss == loss


def test_counts_train_alike_on_both_engines_and_near_the_truth():
    """y ~ Poisson(e^(1 + x₁)): the means that are predicted correlate with the true ones; losses to 1e-9."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    mean = np.exp(1 + x[:, 0])
    y = rng.poisson(mean).astype(float)
    runs = [
        gradatim.train(
            (x, y), task="regression", loss="poisson_nll", engine=engine, precision="float64",
            out=f"./{engine}", **{**QUICK, "epochs": 20},
        )
        for engine in ("numpy", "torch")
    ]  # fmt: skip
    by_hand, in_torch = ([record["valid_loss"] for record in run.records] for run in runs)
    np.testing.assert_allclose(by_hand, in_torch, rtol=1e-9)
    found = np.ravel(gradatim.load(runs[0].path).predict(x).arrays["prediction"])
    assert (found > 0).all() and np.corrcoef(np.log(found), np.log(mean))[0, 1] > 0.95


def test_a_network_of_ones_own_that_ends_in_log_softmax():
    """nll behind log softmax has cross entropy's losses of every epoch, to 1e-9."""
    import torch
    from torch import nn

    rng = np.random.default_rng(0)
    y = np.arange(240) % 3
    x = rng.normal(size=(240, 4)) + 4 * np.eye(3, 4)[y]
    found = []
    for loss, last in (("nll", [nn.LogSoftmax(1)]), ("cross_entropy", [])):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3), *last)
        found.append(
            gradatim.train(
                (x, y), model=network, loss=loss, epochs=4, lr=0.03, precision="float64", quiet=True
            )
        )
    losses = [[record["valid_loss"] for record in run.records] for run in found]
    np.testing.assert_allclose(*losses, rtol=1e-9)
    assert found[0].metrics == pytest.approx(found[1].metrics, rel=1e-9)
    with pytest.raises(gradatim.UsageError, match=r"a network by name gives scores: take cross_entropy$"):
        gradatim.train((x, y), loss="nll", quiet=True)
