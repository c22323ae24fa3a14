"""C1–C7: every optimizer of the catalogue trains through the job, and goes on to the bit when extended."""

import pytest

import gradatim
from gradatim import catalog
from gradatim.checks import UsageError

TRAINED = catalog.names("optimizer")
# One for each way of keeping something between steps
OF_EACH_KIND = {"sgd", "momentum", "adam", "adadelta", "ftrl", "lbfgs", "muon"}
QUICK = {"hidden": [16], "dropout": 0.0, "schedule": "constant", "quiet": True, "threads": 1}


@pytest.mark.parametrize(
    "name", [name if name in OF_EACH_KIND else pytest.param(name, marks=pytest.mark.slow) for name in TRAINED]
)
def test_it_trains_and_an_extended_run_is_the_longer_run(name):
    straight = gradatim.train("digits", optimizer=name, epochs=4, out="straight", **QUICK)
    gradatim.train("digits", optimizer=name, epochs=2, out="extended", **QUICK)
    extended = gradatim.train(resume="./extended", epochs=4, quiet=True)
    weights = [(run.path / "model.safetensors").read_bytes() for run in (straight, extended)]
    assert weights[0] == weights[1]
    assert straight.evaluate()["metrics"]["accuracy"] > 0.25  # a tenth by chance; Lion needs its time


def test_lbfgs_searches_the_whole_loss():
    run = gradatim.train("digits", optimizer="lbfgs", hidden=[16], epochs=30, quiet=True)
    assert run.config["settings"]["batch_size"] == run.config["data"]["splits"]["train"]
    assert "lbfgs searches the whole loss" in run.config["choices"]["batch_size"]
    assert run.metrics["accuracy"] > 0.9
    with pytest.raises(UsageError, match=r"^lbfgs needs every example at every step"):
        gradatim.train("digits", optimizer="lbfgs", batch_size=32, quiet=True)
    with pytest.raises(UsageError, match=r"^lbfgs searches along a line, so clip_norm does not go with it"):
        gradatim.train("digits", optimizer="lbfgs", clip_norm=1, quiet=True)
