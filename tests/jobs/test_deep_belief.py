"""F7: a deep belief network through every verb."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim import UsageError
from gradatim.jobs.plot import plot
from gradatim.runs.epoch_records import read_stages
from gradatim.runs.tensors import read_tensors
from gradatim.unsupervised.deep_belief import samples_of_class

HOW = {"model": "dbn", "hidden": (16, 12), "threads": 1, "quiet": True}


def test_it_is_trained_measured_and_answers_with_classes():
    run = gradatim.train("digits", epochs=3, pretrain_epochs=2, out="run", **HOW)
    net = run.trained.module()
    x = torch.tensor(run.data.test.x.reshape(len(run.data.test), -1) / 16, dtype=torch.float32)
    with torch.no_grad():
        expected = net.top.class_probabilities(net.up(x)).numpy()
    assert np.allclose(run.predict(run.data.test.x).probabilities, expected, atol=1e-5)
    assert run.metrics["accuracy"] == np.mean(expected.argmax(1) == run.data.test.y)
    assert [r["stage"] for r in read_stages(run.folder.metrics)] == ["machine 1 of 2"] * 2
    assert [r["epoch"] for r in run.records] == [1, 2, 3] and "valid_accuracy" in run.records[-1]
    assert gradatim.load("run").evaluate() == run.evaluate()
    page = (run.path / "report.html").read_text()
    assert "Stages of learning" in page and "parameters kept are those of the last epoch" in page


@pytest.mark.parametrize("way", ["none", "up_down"])
def test_more_epochs_give_the_bits_of_as_many_at_once(way):
    how = {**HOW, "network": {"fine_tuning": way}, "pretrain_epochs": 1}
    gradatim.train("digits", epochs=3, out="whole", **how)
    gradatim.train("digits", epochs=1, out="half", **how)
    gradatim.train(resume="half", epochs=3, quiet=True)
    whole, half = (read_tensors(f"{name}/model.safetensors", "model")[0] for name in ("whole", "half"))
    assert whole.keys() == half.keys()
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_without_a_target_it_says_inputs_again_and_is_asked_two_classes_of_a_table():
    rows = np.random.default_rng(0).random((60, 6)).round()
    run = gradatim.train((rows, None), epochs=1, out="run", task="reconstruction", **HOW)
    assert "reconstruction_error" in run.metrics and run.trained.network["num_classes"] == 0
    rows = np.repeat([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], 50, 0)
    run = gradatim.train((rows, np.arange(100) // 50), epochs=40, batch_size=5, out="two", **HOW)
    assert run.trained.network["num_classes"] == 1 and run.metrics["accuracy"] > 0.9


def test_a_row_of_samples_is_drawn_for_each_class(tmp_path):
    run = gradatim.train("digits", epochs=1, out="run", **HOW)
    said = plot("samples", run, arguments={"steps": 5, "chains": 3}, out=tmp_path / "s.svg")
    assert said["classes"] == [str(k) for k in range(10)] and said["steps"] == [5]
    assert ">9</text>" in (tmp_path / "s.svg").read_text()
    net = run.trained.module()
    assert torch.equal(samples_of_class(net, 3, 3, 5), samples_of_class(net, 3, 3, 5))
    plain = gradatim.train("digits", epochs=1, out="plain", task="reconstruction", **HOW)
    said = plot("samples", plain, arguments={"steps": 10, "chains": 2}, out=tmp_path / "p.svg")
    assert said["steps"] == [1, 10]


def test_what_cannot_be_is_refused():
    rows = np.random.default_rng(0).random((60, 6))
    with pytest.raises(UsageError, match="a deep belief network learns classes, or inputs with --task"):
        gradatim.train((rows, rows[:, 0]), epochs=1, out="run", **HOW)
    with pytest.raises(UsageError, match="--ema is not for dbn"):
        gradatim.train("digits", ema=0.9, out="run", **HOW)
    with pytest.raises(UsageError, match="dbn has its own way to learn"):
        gradatim.train("digits", pretrain="rbm", out="run", **HOW)


def test_its_settings_are_those_that_it_uses():
    gradatim.train("digits", epochs=1, out="run", **HOW)
    config = json.loads(Path("run/config.json").read_text())
    assert config["settings"]["lr"] == 0.1 and config["network"]["entry"]["hidden"] == [16, 12]
