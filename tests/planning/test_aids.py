"""An aid is one class and a line of a table: every stage of planning asks it for its part."""

import json

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.planning import make_plan as planning
from gradatim.planning.aid import Aid
from gradatim.planning.aids import AIDS
from gradatim.training.training import Training

ROWS = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
QUICK = {"epochs": 1, "threads": 1, "quiet": True, "baselines": False}


class Halves(Aid):
    """Weights that all begin at a half, at a rate of their own; not for recurrent networks."""

    only_torch = "halves are set on it"

    def usual_model(self, draft):
        return "mlp"

    def check(self, draft):
        if draft.settings.weight_decay is not None:
            raise UsageError("halves do not decay")

    def complete(self, draft):
        draft.choices["halves"] = "0.5: as they were asked for"

    def arguments(self, draft, asked):
        return {"hidden": [2], "activation": "tanh"}

    def begin(self, draft):
        for parameter in draft.made.parameters():
            parameter.data.fill_(0.5)
        draft.notice("every weight begins at a half")

    def record(self):
        return {"halves": 0.5}

    def loop(self, plan, parts, settings):
        train, valid = parts
        return Training(plan.trained.model, train, plan.loss, valid=valid, **{**settings, "lr": 1e-12})


def test_a_new_aid_takes_part_in_every_stage(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "AIDS", (*AIDS, Halves))
    run = gradatim.train(ROWS, out=tmp_path / "run", **QUICK)
    assert run.trained.network["hidden"] == [2] and run.trained.network["activation"] == "tanh"
    assert run.config["settings"]["engine"] == "torch"
    assert run.config["choices"]["engine"] == "torch: halves are set on it"
    assert run.config["choices"]["halves"] == "0.5: as they were asked for"
    assert "every weight begins at a half" in run.data.notices
    assert json.loads((tmp_path / "run/config.json").read_text())["halves"] == 0.5
    for parameter in run.model.parameters():
        np.testing.assert_allclose(parameter.detach().numpy(), 0.5, atol=1e-9)
    with pytest.raises(UsageError, match="halves do not decay"):
        gradatim.train(ROWS, out=tmp_path / "no", weight_decay=0.1, **QUICK)


def test_aids_that_nobody_asked_for_change_nothing(tmp_path, monkeypatch):
    usual = gradatim.train(ROWS, hidden=3, out=tmp_path / "usual", **QUICK)
    monkeypatch.setattr(planning, "AIDS", ())
    alone = gradatim.train(ROWS, hidden=3, out=tmp_path / "alone", **QUICK)
    assert {**alone.config, "created": 0} == {**usual.config, "created": 0}
    assert alone.metrics == usual.metrics
