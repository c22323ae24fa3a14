"""C1–C7: every optimizer of the catalogue trains through the job, and goes on to the bit when extended."""

import pytest

import gradatim
from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.jobs.recipe import LR

TRAINED = [name for name in catalog.names("optimizer") if name != "lbfgs"]
QUICK = {"hidden": [16], "dropout": 0.0, "schedule": "constant", "quiet": True, "threads": 1}


def test_every_one_has_a_learning_rate():
    assert set(LR) == set(TRAINED)


@pytest.mark.parametrize("name", TRAINED)
def test_it_trains_and_an_extended_run_is_the_longer_run(name):
    straight = gradatim.train("digits", optimizer=name, epochs=4, out="straight", **QUICK)
    gradatim.train("digits", optimizer=name, epochs=2, out="extended", **QUICK)
    extended = gradatim.train(resume="./extended", epochs=4, quiet=True)
    weights = [(run.path / "model.safetensors").read_bytes() for run in (straight, extended)]
    assert weights[0] == weights[1]
    assert straight.evaluate()["metrics"]["accuracy"] > 0.25  # a tenth by chance; Lion needs its time


def test_lbfgs_is_for_a_loop_of_one_s_own():
    sentence = (
        r"^lbfgs needs the whole data and a closure; use it through gradatim.optim.lbfgs.LBFGS in a loop of "
        r"your own$"
    )
    with pytest.raises(UsageError, match=sentence):
        gradatim.train("digits", optimizer="lbfgs", quiet=True)
