"""Networks that memory cannot hold are refused before they are made; what fits to the byte is not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import gradatim
from gradatim import device
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.cli.parse_values import read_model
from gradatim.models import memory
from gradatim.models.building import build
from gradatim.models.description import expand
from gradatim.training.training import Training

HUGE: list[tuple[str, dict[str, Any]]] = [  # the number of parameters by hand, and a network
    (  # 10⁹ + 10⁹, 2·10¹⁸ + 2·10⁹, 2·10⁹ + 1
        "2,000,000,006,000,000,001",
        {"name": "mlp", "in_features": 1, "out_features": 1, "hidden": [10**9, 2 * 10**9]},
    ),
    (  # 9 · 2·10¹⁷ + 2·10⁸
        "1,800,000,000,200,000,000",
        {"name": "conv2d", "in_channels": 10**9, "out_channels": 2 * 10**8, "kernel_size": 3},
    ),
    (  # 4 (10⁹ + 10⁸) 10⁸ + 4 · 10⁸
        "440,000,000,400,000,000",
        {"name": "lstm", "input_size": 10**9, "hidden_size": 10**8},
    ),
    (  # of the paper's 4096 · 1000 + 1000 in the last layer, 2·10⁹ in the thousand's place
        "8,194,056,868,224",
        {"name": "alexnet", "num_classes": 2 * 10**9},
    ),
]
MLP: dict[str, Any] = {"name": "mlp", "in_features": 9, "out_features": 2, "hidden": [10]}  # 122 numbers


@pytest.mark.parametrize(("parameters", "entry"), HUGE, ids=[entry["name"] for _, entry in HUGE])
def test_a_network_that_no_memory_holds_is_refused_with_its_number_of_parameters(parameters, entry):
    with pytest.raises(
        GradatimError, match=rf"^a network of {parameters} parameters does not fit in memory$"
    ):
        build(entry)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_fits_to_the_byte_is_built(monkeypatch, dtype):
    drawn = 9 * 10 * 8  # the first layer's weights, as they are drawn
    needed = 122 * dtype.itemsize + drawn
    monkeypatch.setattr(memory, "memory", lambda: needed)
    assert sum(p.nbytes for p in build(MLP, dtype=dtype).parameters()) == needed - drawn
    monkeypatch.setattr(memory, "memory", lambda: needed - 1)
    with pytest.raises(GradatimError, match=r"^a network of 122 parameters does not fit in memory$"):
        build(MLP, dtype=dtype)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "nadam", "amsgrad"])
@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_gradients_and_the_state_of_the_optimizer_have_to_fit_too(monkeypatch, engine, optimizer):
    x, y = np.zeros((4, 9), np.float32), np.array([0, 1, 0, 1])
    model: Any = Network(expand(MLP) or []) if engine == "numpy" else build(MLP)
    state = {"sgd": 0, "momentum": 1, "adam": 2, "nadam": 2, "amsgrad": 3}[optimizer]
    needed = 122 * 4 * (2 + state)
    for place in (memory, device):
        monkeypatch.setattr(place, "memory", lambda: needed)
    assert len(list(Training(model, (x, y), "cross_entropy", optimizer, epochs=1))) == 1
    for place in (memory, device):
        monkeypatch.setattr(place, "memory", lambda: needed - 1)
    with pytest.raises(GradatimError, match=r"^a network of 122 parameters does not fit in memory with"):
        Training(model, (x, y), "cross_entropy", optimizer, epochs=1)


def test_a_training_says_it_before_there_is_a_run_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    sentence = r"^a network of 75,000,000,010 parameters does not fit in memory$"
    with pytest.raises(GradatimError, match=sentence):
        gradatim.train("digits", hidden=10**9, engine="torch", epochs=1, quiet=True)
    layers = [
        {"name": "conv2d", "in_channels": 1, "out_channels": 10**9, "kernel_size": 3, "padding": 1},
        {"name": "conv2d", "in_channels": 10**9, "out_channels": 10**4, "kernel_size": 3, "padding": 1},
        {"name": "global_avg_pool"}, {"name": "dense", "in_features": 10**4, "out_features": 10},
    ]  # fmt: skip
    size = 10 * 10**9 + 9 * 10**13 + 10**4 + 10**5 + 10
    Path("huge.json").write_text(json.dumps({"format": 1, "network": {"name": "stack", "layers": layers}}))
    with pytest.raises(GradatimError, match=f"^a network of {size:,} parameters does not fit in memory$"):
        gradatim.train("digits", model=read_model("huge.json"), engine="torch", epochs=1, quiet=True)
    assert not Path("runs").exists()
