"""F4, F8: --pretrain in a run: choices, records, report, resuming in every stage, and what is refused."""

import json

import numpy as np
import pytest

from gradatim.checks import GradatimError, Interrupted, UsageError
from gradatim.jobs.display import Display
from gradatim.jobs.run import load
from gradatim.jobs.train import train
from gradatim.planning.pretraining import pretraining_settings
from gradatim.runs.epoch_records import Metrics, read_metrics, read_stages
from gradatim.runs.events import scalars
from gradatim.runs.tensors import read_tensors
from gradatim.training.staged import Staged

ASKED = {"pretrain": "rbm", "pretrain_epochs": 2, "epochs": 2, "hidden": (12, 7), "quiet": True}
TABLE = (np.random.default_rng(0).normal(size=(300, 4)), np.arange(300) % 3)


def model_of(folder):
    return read_tensors(folder / "model.safetensors", "model", "np")[0]


def test_a_run_keeps_the_stages_apart_from_its_learning_curves(tmp_path):
    run = train("digits", out=tmp_path / "run", **ASKED)
    assert [(r["stage"], r["epoch"]) for r in read_stages(run.folder.metrics)] == [
        ("layer 1 of 2", 1), ("layer 1 of 2", 2), ("layer 2 of 2", 1), ("layer 2 of 2", 2),
    ]  # fmt: skip
    assert (
        [r["epoch"] for r in read_metrics(run.folder.metrics)] == [1, 2] == [r["epoch"] for r in run.records]
    )
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["settings"]["pretrain"] == "rbm" and config["settings"]["pretrain_epochs"] == 2
    assert config["choices"]["pretrain"] == "rbm: each hidden layer learns first, by contrastive divergence"
    assert config["choices"]["engine"] == "torch: layers are pretrained on it"
    assert run.trained.encoder.name == "unit"  # so that the first machine's units are binary
    page = (tmp_path / "run" / "report.html").read_text()
    assert "Stages of learning" in page and "layer 2 of 2" in page and "the last stage" in page
    assert load(tmp_path / "run").metrics == run.metrics


@pytest.mark.parametrize("advances", [1, 3, 6])
def test_a_run_that_is_interrupted_in_any_stage_ends_with_the_same_bits(tmp_path, monkeypatch, advances):
    train("digits", out=tmp_path / "whole", **ASKED)
    advance, count = Staged.advance, []

    def stopping(self, seconds=None):
        count.append(None)
        if len(count) == advances:
            self.interrupt()
        return advance(self, 0.0 if len(count) == advances - 1 else seconds)

    monkeypatch.setattr(Staged, "advance", stopping)
    with pytest.raises(Interrupted, match=r"interrupted in epoch \d of 2"):
        train("digits", out=tmp_path / "run", **ASKED)
    monkeypatch.setattr(Staged, "advance", advance)
    train(resume=tmp_path / "run", quiet=True)
    whole, found = model_of(tmp_path / "whole"), model_of(tmp_path / "run")
    assert all(np.array_equal(whole[name], found[name]) for name in whole)


def test_more_epochs_extend_the_last_stage(tmp_path):
    train("digits", out=tmp_path / "run", **ASKED)
    run = train(resume=tmp_path / "run", epochs=4, quiet=True)
    assert len(run.records) == 4 and len(read_stages(run.folder.metrics)) == 4


def test_a_table_is_learned_by_one_network_and_the_run_says_so(tmp_path):
    run = train(
        TABLE, pretrain="denoising:noise=0.2", pretrain_epochs=1, epochs=1, quiet=True, out=tmp_path / "r"
    )
    assert run.trained.network["name"] == "mlp"
    choices = json.loads((tmp_path / "r" / "config.json").read_text())["choices"]
    assert choices["members"] == "1: the layers of one network are pretrained"


def test_the_display_says_which_stage_it_is_in(tmp_path, capsys):
    train("digits", out=tmp_path / "run", **{**ASKED, "quiet": False})
    lines = [line for line in capsys.readouterr().err.splitlines() if "epoch" in line]
    assert [line.partition("  ")[0] for line in lines if "train loss" in line] == [
        "layer 1 of 2: epoch 1", "layer 1 of 2: epoch 2", "layer 2 of 2: epoch 1", "layer 2 of 2: epoch 2",
        "epoch 1", "epoch 2",
    ]  # fmt: skip
    assert Display(True).live is False


REFUSED = [
    ({"model": "ensemble"}, "is for one network, and an ensemble has several"),
    ({"members": 3}, "is for one network, and an ensemble has several"),
    ({"engine": "numpy"}, "--pretrain is for the torch engine: leave out --engine numpy"),
    ({"time_budget": 1.0}, "--pretrain and --time-budget cannot be together"),
    ({"pretrain": "rbm:k=0"}, "k must be a whole number of at least 1; it is 0"),
    ({"pretrain": "denoising:noise=1"}, "noise must be a number at least 0 and below 1; it is 1"),
    ({"pretrain": "denoising:nose=0.1"}, "denoising takes no argument 'nose': did you mean noise"),
    (
        {"pretrain": "supervised", "model": "mlp", "task": "reconstruction"},
        "supervised pretraining needs labels",
    ),
    ({"pretrain": "autoencoder", "hidden": ()}, "no hidden layer to pretrain"),
    ({"pretrain": None, "pretrain_epochs": 3}, "--pretrain-epochs is for --pretrain"),
    ({"model": "gaussian_rbm"}, "gaussian_rbm has its own way to learn"),
]


@pytest.mark.parametrize(("asked", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_before_there_is_a_folder(tmp_path, asked, sentence):
    given = {"pretrain": "rbm", "quiet": True, **asked}
    with pytest.raises(UsageError, match=sentence):
        train(TABLE, out=tmp_path / "run", **given)
    assert not (tmp_path / "run").exists()


def test_records_of_a_stage_count_from_1_and_keep_its_name(tmp_path):
    record = {"epoch": 1, "step": 3, "train_loss": 0.5, "lr": 0.1, "seconds": 0.1}
    metrics = Metrics(tmp_path / "metrics.jsonl")
    for stage in ("layer 1 of 2", "layer 2 of 2"):
        metrics.add({"stage": stage, **record})
        metrics.add({"stage": stage, **record, "epoch": 2})
    metrics.add(record)
    metrics.close()
    assert [r["epoch"] for r in read_stages(metrics.path)] == [1, 2, 1, 2]
    assert read_metrics(metrics.path) == [record]
    assert scalars(read_stages(metrics.path)[0])["layer 1 of 2/train/loss"] == 0.5
    metrics = Metrics(metrics.path, metrics.length)
    metrics.add({"stage": "layer 2 of 2", **record, "epoch": 3})
    metrics.close()
    with pytest.raises(GradatimError, match="line 6, is damaged: epoch must be 1; it is 3"):
        read_metrics(metrics.path)


def test_settings_of_pretraining_are_read_from_its_name():
    assert pretraining_settings("rbm:k=3,persistent=true") == ("rbm", {"k": 3, "persistent": True})
    assert pretraining_settings("denoising:noise=0.1,corruption=gaussian") == (
        "denoising", {"noise": 0.1, "corruption": "gaussian"},
    )  # fmt: skip
