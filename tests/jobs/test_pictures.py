"""Picture networks through the verbs: sizes from the data, heads, weights to begin with, refusals."""

import json

import numpy as np
import pytest
import torch

import gradatim
from gradatim import device
from gradatim.checks import GradatimError, UsageError
from gradatim.jobs import train as training_job
from gradatim.models.building import build

QUICK = {"epochs": 1, "threads": 1, "quiet": True}


def colours(n=24, size=(20, 24), classes=3):
    numbers = np.random.default_rng(0)
    return numbers.random((n, 3, *size), dtype=np.float32), np.arange(n) % classes


@pytest.mark.parametrize(("allowed", "said"), [("1", "1 thread (OMP_NUM_THREADS=1)"), ("16", "8 threads")])
def test_the_environment_s_threads_are_respected_and_said(monkeypatch, capsys, allowed, said):
    for name in device.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    monkeypatch.setattr(device, "cores", lambda: 8)
    monkeypatch.setattr(device, "ONE_THREAD_BELOW", 0)  # so that one is not the faster
    x, y = np.zeros((60, 1, 8, 8), np.uint8), np.arange(60) % 3
    run = gradatim.train((x, y), model="lenet5", epochs=1, engine="torch", out="run")
    assert run.config["settings"]["threads"] == int(said[0])
    assert f"torch, cpu, {said}\n" in capsys.readouterr().err


def test_a_network_of_texts_does_not_learn_from_pictures():
    with pytest.raises(UsageError, match=r"^char_lm does not learn from pictures; "):
        gradatim.train("digits", model="char_lm", out="run", **QUICK)


def test_lenet5_learns_the_digits(tmp_path):
    """`gradatim train digits --model lenet5`: pictures, their size and the classes reach the network."""
    run = gradatim.train("digits", model="lenet5", epochs=6, threads=1, quiet=True, out=tmp_path / "run")
    entry = {"name": "lenet5", "in_channels": 1, "num_classes": 10, "input_size": [8, 8]}
    assert run.model.description == entry
    assert run.metrics["accuracy"] > 0.9
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["settings"]["engine"] == "torch"
    assert config["settings"]["hidden"] is config["settings"]["dropout"] is None
    assert "hidden" not in config["choices"]
    again = gradatim.load(tmp_path / "run")
    assert np.array_equal(
        again.predict(run.data.test.x).probabilities, run.predict(run.data.test.x).probabilities
    )
    assert again.report().exists()


def test_what_a_network_takes_comes_from_the_data():
    run = gradatim.train(colours(), model="resnet20", network={"width": 0.25}, out="a", **QUICK)
    assert run.model.description == {"name": "resnet20", "in_channels": 3, "num_classes": 3, "width": 0.25}
    run = gradatim.train(
        colours(size=(32, 40), classes=2),
        model="vgg11",
        network={"width": 0.05},
        dropout=0.2,
        out="b",
        **QUICK,
    )
    assert run.model.description["num_classes"] == 1  # two classes: one sigmoid
    assert run.model.description["input_size"] == [32, 40]
    assert run.model.description["dropout"] == 0.2


def test_clips_reach_networks_of_clips():
    clips = np.random.default_rng(0).random((12, 3, 4, 8, 8), dtype=np.float32)
    run = gradatim.train(
        (clips, np.arange(12) % 3), model="r3d_18", network={"width": 0.05}, out="a", **QUICK
    )
    assert run.predict(clips).probabilities.shape == (12, 3)


def test_a_network_with_heads_trains_on_the_weighted_sum_and_is_measured_on_the_last(tmp_path):
    run = gradatim.train(
        colours(size=(79, 79)), model="googlenet", network={"width": 0.05}, out=tmp_path / "run", **QUICK
    )
    record = run.records[0]
    assert record["train_loss"] > 1.3 * np.log(3)  # 1 + 0.3 + 0.3 losses near log 3
    assert record["valid_loss"] < record["train_loss"]


@pytest.mark.parametrize(
    ("model", "options", "sentence"),
    [
        ("vgg16_tv", {}, "vgg16_tv needs pictures of at least 32×32; these are 20×24, .* in layer features"),
        ("vgg16", {}, "vgg16 needs pictures of at least 32×32; these are 20×24, .* in layer features"),
        ("resnet20", {"hidden": 3}, "resnet20 takes no argument 'hidden'"),
        ("resnet20", {"dropout": 0.5}, "resnet20 takes no argument 'dropout'"),
        ("resnet20", {"engine": "numpy"}, "the NumPy engine cannot run this: resnet20 has no twin by hand"),
        (
            "r3d_18",
            {},
            r"r3d_18 learns from clips \(C, T, H, W\); an example here has the shape \(3, 20, 24\)",
        ),
        ("resnet20", {"network": {"num_classes": 0}}, "num_classes must be a whole number of at least 1"),
        ("resnet20", {"network": {"in_channels": 1}}, "resnet20 takes pictures of 1 channel; these have 3"),
    ],
)
def test_what_cannot_be_is_one_sentence(model, options, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        gradatim.train(colours(), model=model, out="run", **QUICK, **options)


def test_vectors_are_no_pictures():
    with pytest.raises(
        UsageError, match=r"lenet5 learns from pictures \(C, H, W\); an example .* shape \(4,\)"
    ):
        gradatim.train((np.ones((9, 4)), np.arange(9) % 3), model="lenet5", out="run", **QUICK)


# ---- weights to begin with

SMALL = {"name": "resnet18", "width": 0.05}


def beginning(**entry):
    net = build({**SMALL, **entry}, seed=5)
    torch.save(net.state_dict(), "w.pth")
    return net


def test_training_begins_with_a_file_s_weights_and_a_new_head():
    net = beginning(num_classes=7)
    run = gradatim.train(
        colours(), model="resnet18", network={"width": 0.05}, weights="w.pth", lr=1e-12, out="run", **QUICK
    )
    assert torch.allclose(run.model.conv1.weight, net.conv1.weight, atol=1e-9)
    assert run.model.fc.weight.shape[0] == 3
    said = run.config["choices"]["weights"]
    assert said.startswith("w.pth; fc.weight, fc.bias stay as drawn")


@pytest.mark.parametrize("model", ["resnet18", None])  # which is what pictures have weights of
def test_training_begins_with_published_weights(monkeypatch, tmp_path, model):
    net = beginning(num_classes=1000)
    asked = []

    def fetch(*given):
        asked.append(given)
        return tmp_path / "w.pth"

    monkeypatch.setattr("gradatim.models.pretrained.fetch", fetch)
    run = gradatim.train(
        colours(), model=model, network={"width": 0.05}, pretrained=True, lr=1e-12, out="run", **QUICK
    )
    url = "https://download.pytorch.org/models/resnet18-f37072fd.pth"
    assert asked == [("torchvision", "resnet18-f37072fd.pth", "f37072fd", [url])]
    assert torch.allclose(run.model.conv1.weight, net.conv1.weight, atol=1e-9)


def test_a_run_that_began_with_weights_resumes_without_their_file(monkeypatch, tmp_path):
    beginning(num_classes=3)
    given = {"model": "resnet18", "network": {"width": 0.05}, "weights": "w.pth", "epochs": 2, "threads": 1}
    whole = gradatim.train(colours(), **given, quiet=True, out="whole")

    def stop(*_):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="killed"):
        patched.setattr(training_job, "_go", stop)
        gradatim.train(colours(), **given, quiet=True, out="cut")
    (tmp_path / "w.pth").unlink()
    resumed = gradatim.train(colours(), resume="cut", quiet=True)
    pairs = zip(whole.model.state_dict().values(), resumed.model.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_weights_that_cannot_be_are_one_sentence():
    beginning(num_classes=7)
    data = colours()
    with pytest.raises(GradatimError, match=r"^the weights in w\.pth do not fit this network: missing "):
        gradatim.train(data, model="resnet34", network={"width": 0.05}, weights="w.pth", out="r", **QUICK)
    with pytest.raises(UsageError, match=r"there is no file of weights none\.pth"):
        gradatim.train(data, model="resnet18", weights="none.pth", out="r", **QUICK)
    with pytest.raises(UsageError, match="give one"):
        gradatim.train(data, model="resnet18", weights="w.pth", pretrained=True, out="r", **QUICK)
    with pytest.raises(UsageError, match="there are no published weights for resnet20"):
        gradatim.train(data, model="resnet20", pretrained=True, out="r", **QUICK)
    with pytest.raises(UsageError, match="a network of your own comes with its weights"):
        gradatim.train(
            data, model=build({**SMALL, "num_classes": 3}).to(float), weights="w.pth", out="r", **QUICK
        )
    with pytest.raises(UsageError, match="the NumPy engine begins with weights of its own"):
        gradatim.train(data, model="mlp", weights="w.pth", engine="numpy", out="r", **QUICK)
    with pytest.raises(UsageError, match="weights cannot change"):
        gradatim.train(data, resume="r", weights="w.pth")


def test_published_weights_are_not_for_boxes(tmp_path):
    with pytest.raises(UsageError, match="there are no published weights for small_detector"):
        gradatim.train("digits_on_canvas:n=12,of=digits", pretrained=True, out=tmp_path / "run", **QUICK)
