"""A network whose weights lie with their channels last goes on from a checkpoint as if it had not stopped."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.runs.tensors import read_tensors, write_tensors
from gradatim.training.training import Training

NAMES = [name for name in catalog.names("optimizer") if name != "lbfgs"]
TORCHS = {
    "torch's fused Adam": lambda ps: torch.optim.Adam(ps, lr=0.01, fused=True),
    "torch's fused SGD": lambda ps: torch.optim.SGD(ps, lr=0.01, momentum=0.9, fused=True),
    "torch's fused Adagrad": lambda ps: torch.optim.Adagrad(ps, lr=0.01, fused=True),
    "torch's RMSprop": lambda ps: torch.optim.RMSprop(ps, lr=0.01),
}


def training(optimizer, layout, epochs=4):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((12, 3, 4, 4)), rng.integers(0, 2, 12)
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Tanh(), nn.Conv2d(5, 4, 1), nn.Flatten(), nn.Linear(16, 2))
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            p.copy_(torch.from_numpy(0.5 * np.random.default_rng(i).standard_normal(tuple(p.shape))))
    model.double().to(memory_format=layout)
    made = TORCHS[optimizer](model.parameters()) if optimizer in TORCHS else optimizer
    return Training(model, (x, y), "cross_entropy", made, epochs=epochs, batch_size=4, precision="float64")


def end(training):
    for _ in training:
        pass
    assert training.finished
    return {name: value for name, value in training.state()[0].items() if name.startswith("model.")}


@pytest.mark.parametrize("optimizer", [*NAMES, *TORCHS])
def test_resumed_is_uninterrupted_to_the_bit(optimizer, tmp_path):
    """By way of a file, which forgets the order; and it is the contiguous network's training, to 1e-9."""
    straight = end(training(optimizer, torch.channels_last))
    first = training(optimizer, torch.channels_last)
    next(iter(first))
    next(iter(first))
    assert first.engine.model[0].weight.is_contiguous(memory_format=torch.channels_last)
    path = tmp_path / "checkpoint.safetensors"
    write_tensors(path, *first.state())
    second = training(optimizer, torch.channels_last)
    second.restore(*read_tensors(path, "checkpoint"))
    resumed = end(second)
    plain = end(training(optimizer, torch.contiguous_format))
    for name, value in straight.items():
        assert torch.equal(resumed[name], value), name
        torch.testing.assert_close(value.contiguous(), plain[name], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("optimizer", [*NAMES, *TORCHS])
def test_a_checkpoint_goes_to_another_layout(optimizer):
    """Saved with channels last, resumed contiguous: equal to 1e-9."""
    straight = end(training(optimizer, torch.channels_last))
    first = training(optimizer, torch.channels_last)
    next(iter(first))
    second = training(optimizer, torch.contiguous_format)
    second.restore(*copy.deepcopy(first.state()))
    for name, value in end(second).items():
        torch.testing.assert_close(value.contiguous(), straight[name].contiguous(), rtol=1e-9, atol=1e-9)
