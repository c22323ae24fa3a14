"""Both engines through the jobs: chosen by rule, equal in their numbers, each exact when it goes on."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.training.engines.rule import choose_engine

MLP = {"name": "mlp", "in_features": 64, "out_features": 10, "hidden": [64]}


def conv(i, o):
    return {"name": "conv2d", "in_channels": i, "out_channels": o, "kernel_size": 3, "padding": 1}


CNN = {"name": "stack", "layers": [
    conv(1, 8), {"name": "batch_norm", "num_features": 8}, {"name": "relu"},
    {"name": "max_pool2d", "kernel_size": 2}, conv(8, 16), {"name": "relu"}, {"name": "global_avg_pool"},
    {"name": "dense", "in_features": 16, "out_features": 10},
]}  # fmt: skip


def test_the_rule_counts_a_convolution_at_every_place():
    """(9·8 + 8)·64 + 16 + (9·8·16 + 16)·16 + 170 numbers an example, three times, 32 examples."""
    work = 3 * 32 * ((72 + 8) * 64 + 16 + (1152 + 16) * 16 + 170)
    chosen = choose_engine("auto", CNN, "cross_entropy", "cpu", 32, (1, 8, 8))
    assert chosen == ("numpy", f"a step is about {work:.0e} multiply-adds, and below 5e+07 it is faster")
    assert choose_engine("auto", CNN, "cross_entropy", "cpu", 32, (1, 64, 64))[0] == "torch"
    assert choose_engine("auto", CNN, "cross_entropy", "cpu", 32) == (
        "torch", "the size of an example, and so of a step, is not known"
    )  # fmt: skip
    with pytest.raises(UsageError, match=r"^conv2d of 1 channels got examples of shape \(3, 8, 8\)"):
        choose_engine("auto", CNN, "cross_entropy", "cpu", 32, (3, 8, 8))


@pytest.mark.parametrize(
    ("entry", "loss", "where", "batch", "engine", "why"),
    [
        (MLP, "cross_entropy", "auto", 32, "numpy", "a step is about 5e+05 multiply-adds, and below"),
        ({**MLP, "hidden": [4096, 4096]}, "cross_entropy", "cpu", 32, "torch", "a step is about 2e+09"),
        (None, "cross_entropy", "cpu", 32, "torch", "the network is a torch module"),
        (MLP, print, "cpu", 32, "torch", "the loss is a function of torch tensors"),
        (MLP, "cross_entropy", "cuda", 32, "torch", "the device asked for is cuda"),
    ],
)
def test_the_rule(entry, loss, where, batch, engine, why):
    chosen, said = choose_engine("auto", entry, loss, where, batch)
    assert chosen == engine and said.startswith(why)
    if "a step" not in why:
        with pytest.raises(UsageError, match=rf"^the NumPy engine cannot run this: {why}"):
            choose_engine("numpy", entry, loss, where, batch)
    assert choose_engine("torch", entry, loss, where, batch) == ("torch", "as asked")


def test_the_small_run_says_why_it_is_numpy_s():
    run = gradatim.train("digits", epochs=1, quiet=True)
    assert run.config["settings"]["engine"] == "numpy"
    assert run.config["choices"]["engine"].startswith("numpy: a step is about")
    assert "torch" not in run.config["versions"]


def test_both_engines_end_alike_and_each_is_read_back():
    """In float64, to 1e-9 after 5 epochs; and NumPy's weights make the torch module."""
    how = {"epochs": 5, "hidden": [16], "precision": "float64", "quiet": True}
    runs = {engine: gradatim.train("digits", engine=engine, **how) for engine in ("numpy", "torch")}
    x = gradatim.load_data("digits").x[:100]
    ours, theirs = (gradatim.load(runs[name].path).predict(x).probabilities for name in ("numpy", "torch"))
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    for name, value in runs["numpy"].metrics.items():
        np.testing.assert_allclose(value, runs["torch"].metrics[name], rtol=1e-9)
    module = gradatim.load(runs["numpy"].path).model
    assert isinstance(module, torch.nn.Module) and not module.training
    for name, value in module.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), runs["numpy"].trained.model.parameters[name])
    pages = [(run.path / "report.html").read_text() for run in runs.values()]
    assert all("Dense(in_features=64, out_features=16" in page for page in pages)


def test_a_cnn_ends_alike_in_both_engines_running_means_too():
    """In float64, to 1e-9 after 4 epochs; saved, read back, and gone on with exactly."""
    how = {"model": CNN, "precision": "float64", "quiet": True}
    runs = {e: gradatim.train("digits", engine=e, epochs=4, out=e, **how) for e in ("numpy", "torch")}
    assert runs["numpy"].metrics["accuracy"] > 0.4
    for name, value in runs["numpy"].metrics.items():
        np.testing.assert_allclose(value, runs["torch"].metrics[name], rtol=1e-9)
    ours, theirs = (gradatim.load(run.path).model.state_dict() for run in runs.values())
    for name, value in theirs.items():
        np.testing.assert_allclose(ours[name].numpy(), value.numpy(), rtol=1e-8, atol=1e-9)
    gradatim.train("digits", engine="numpy", epochs=2, out="extended", schedule="constant", **how)
    gradatim.train(resume="./extended", epochs=4, quiet=True)
    gradatim.train("digits", engine="numpy", epochs=4, out="straight", schedule="constant", **how)
    found = [Path(name, "model.safetensors").read_bytes() for name in ("extended", "straight")]
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("options", [{}, {"schedule": "plateau:patience=1", "patience": 4}], ids=str)
def test_going_on_is_exact(engine, options):
    how = {"hidden": [16], "engine": engine, "schedule": "constant", "threads": 1, "quiet": True, **options}
    straight = gradatim.train("digits", epochs=6, out="straight", **how)
    gradatim.train("digits", epochs=3, out="extended", **how)
    extended = gradatim.train(resume="./extended", epochs=6, quiet=True)
    for name in ("model.safetensors", "metrics.jsonl"):
        found = [(run.path / name).read_bytes() for run in (straight, extended)]
        assert _timeless(found[0]) == _timeless(found[1])


def _timeless(content):
    if content[:1] != b"{":
        return content
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in content.splitlines()]


def test_the_whole_way_without_torch_or_scikit_learn():
    script = """
import sys, gradatim
run = gradatim.train("digits", epochs=2, hidden=[8], out="run", quiet=True)
run = gradatim.train(resume="./run", epochs=3, quiet=True)
run = gradatim.load("./run")
run.evaluate(); run.predict(gradatim.load_data("digits").x[:3]); run.report()
print([name for name in ("torch", "sklearn", "matplotlib", "pandas") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_a_run_by_hand_with_a_damaged_file_is_refused_in_a_sentence():
    run = gradatim.train("digits", epochs=1, hidden=[8], quiet=True)
    content = json.loads(Path(run.path, "model.json").read_text())
    content["network"]["hidden"] = [9]
    Path(run.path, "model.json").write_text(json.dumps(content))
    with pytest.raises(GradatimError, match=r"^the parameters do not fit this network"):
        gradatim.load(run.path)
