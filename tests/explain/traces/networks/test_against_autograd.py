"""A hundred random networks of all kinds of layers: outputs, gradients and updates beside autograd."""

import re
from typing import Any

import numpy as np
import pytest
import torch

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.network import Network
from gradatim.explain.traces.networks.blocks import blocks_of, kind_of
from gradatim.explain.traces.networks.explainers.dropout import mask_of
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.step import Setup, Step, work_through
from gradatim.explain.traces.networks.trace_of_step import trace_of
from gradatim.explain.traces.networks.view import View
from gradatim.models.building import build

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "softplus", "gelu", "silu", "celu",
               "softsign", "mish", "hard_sigmoid", "hard_swish", "identity")  # fmt: skip
TOLERANCE = 1e-12  # relative to the largest number of an array, in float64
STEPS = 3  # of the optimizer, whose state each step hands to the next
OPTIMIZERS: dict[str, Any] = {
    "sgd": lambda p, lr: torch.optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
    "nesterov_torch": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9, nesterov=True),
    "adagrad": lambda p, lr: torch.optim.Adagrad(p, lr=lr, eps=1e-7),
    "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr=lr, eps=1e-8),
    "rmsprop_centered": lambda p, lr: torch.optim.RMSprop(p, lr=lr, eps=1e-8, centered=True),
    "adadelta": lambda p, lr: torch.optim.Adadelta(p, lr=lr, rho=0.9, eps=1e-6),
    "adam": lambda p, lr: torch.optim.Adam(p, lr=lr),
    "amsgrad": lambda p, lr: torch.optim.Adam(p, lr=lr, amsgrad=True),
    "adamax": lambda p, lr: torch.optim.Adamax(p, lr=lr),
    "radam": lambda p, lr: torch.optim.RAdam(p, lr=lr),
    "nadam": lambda p, lr: torch.optim.NAdam(p, lr=lr),
}


def dense(i: int, o: int) -> dict[str, Any]:
    return {"name": "dense", "in_features": i, "out_features": o}


def of_vectors(rng: np.random.Generator) -> tuple[list[dict[str, Any]], tuple[int, ...], int]:
    width = int(rng.integers(2, 6))
    entries, inputs = [], width
    if rng.random() < 0.3:
        entries.append({"name": "embedding", "in_features": width + 3, "columns": [[0, 3, 2]]})
        inputs, width = width + 3, width + 2
    for _ in range(int(rng.integers(1, 4))):
        out = int(rng.integers(2, 6))
        masked = {"name": "masked_dense", "mask": (rng.random((out, width)) < 0.7).astype(int).tolist()}
        entries.append(masked if rng.random() < 0.3 else dense(width, out))
        width = out
        extra = rng.choice(
            ["", "layer_norm", "rms_norm", "batch_norm", "lateral", "maxout", "dropout", "prelu"]
        )
        entries += {
            "layer_norm": [{"name": "layer_norm", "normalized_shape": width}],
            "rms_norm": [{"name": "rms_norm", "normalized_shape": width}],
            "batch_norm": [{"name": "batch_norm", "num_features": width}],
            "lateral": [{"name": "lateral", "features": width, "steps": 2}],
            "maxout": [{"name": "maxout", "pieces": width}, dense(1, 3)],
            "dropout": [{"name": "dropout", "p": 0.4}], "prelu": [{"name": "prelu"}],
        }.get(str(extra), [])  # fmt: skip
        width = 3 if extra == "maxout" else width
        entries.append({"name": str(rng.choice(ACTIVATIONS))})
    out = int(rng.integers(1, 4))
    return [*entries, dense(width, out)], (1, inputs), out


def of_pictures(rng: np.random.Generator) -> tuple[list[dict[str, Any]], tuple[int, ...], int]:
    axes, out = int(rng.choice([1, 2, 2, 2, 3])), int(rng.integers(1, 4))
    side, channels = {1: 9, 2: 7, 3: 5}[axes], int(rng.choice([1, 2]))
    maps = 2 * int(rng.integers(1, 3))
    stride, padding = int(rng.choice([1, 2])), int(rng.choice([0, 1]))
    first = {"name": f"conv{axes}d", "in_channels": channels, "out_channels": maps, "kernel_size": 3,
             "stride": stride, "padding": padding, "bias": bool(rng.random() < 0.8)}  # fmt: skip
    entries: list[dict[str, Any]] = [first, {"name": str(rng.choice(ACTIVATIONS))}]
    extra = str(
        rng.choice(["group_norm", "instance_norm", "batch_norm", "local_response_norm", "prelu", "none"])
    )
    entries += {
        "group_norm": [{"name": "group_norm", "num_groups": 2, "num_channels": maps}],
        "instance_norm": [{"name": "instance_norm", "num_features": maps}],
        "batch_norm": [{"name": "batch_norm", "num_features": maps}],
        "local_response_norm": [{"name": "local_response_norm", "size": 3}] if axes == 2 else [],
        "prelu": [{"name": "prelu", "num_parameters": maps}],
    }.get(extra, [])  # fmt: skip
    second = str(rng.choice(["conv", "transpose", "max", "avg", "adaptive_avg", "adaptive_max", "grouped"]))
    entries += {
        "conv": [{"name": f"conv{axes}d", "in_channels": maps, "out_channels": maps, "kernel_size": 2}],
        "grouped": [{"name": f"conv{axes}d", "in_channels": maps, "out_channels": maps, "kernel_size": 2,
                     "groups": 2}],
        "transpose": [{"name": f"conv_transpose{axes}d", "in_channels": maps, "out_channels": maps,
                       "kernel_size": 2, "stride": 2}],
        "max": [{"name": f"max_pool{axes}d", "kernel_size": 2}],
        "avg": [{"name": f"avg_pool{axes}d", "kernel_size": 2}],
        "adaptive_avg": [{"name": f"adaptive_avg_pool{axes}d", "output_size": 2}],
        "adaptive_max": [{"name": f"adaptive_max_pool{axes}d", "output_size": 2}],
    }[second]  # fmt: skip
    entries += [
        {"name": "tanh"},
        {"name": str(rng.choice(["global_avg_pool", "global_max_pool"]))},
        dense(maps, out),
    ]
    return entries, (1, channels, *[side] * axes), out


def of_sequences(rng: np.random.Generator) -> tuple[list[dict[str, Any]], tuple[int, ...], int]:
    width, hidden, out = int(rng.integers(1, 4)), int(rng.integers(2, 4)), int(rng.integers(1, 4))
    kind = str(rng.choice(["rnn", "lstm", "gru", "gru before", "coupled_lstm"]))
    name, _, before = kind.partition(" ")
    cell = {
        "name": name,
        "input_size": width,
        "hidden_size": hidden,
        **({"reset": "before"} if before else {}),
    }
    return [cell, dense(hidden, out)], (int(rng.integers(2, 5)), 1, width), out


def setup_of(number: int) -> tuple[Setup, list[dict[str, Any]]]:
    rng = np.random.default_rng(number)
    entries, shape, out = (of_vectors, of_pictures, of_sequences)[number % 3](rng)
    network = Network(entries, number, np.float64)
    network.theta += 0.1 * rng.standard_normal(network.theta.size)
    rows = shape[0]
    losses = ["squared_error", "half_squared_error", "huber", "poisson_nll"]
    losses += ["cross_entropy", "hinge", "focal"] if out > 1 else ["binary_cross_entropy"]
    loss = str(rng.choice(losses))
    if loss in ("cross_entropy", "hinge", "focal"):
        y: np.ndarray = rng.integers(0, out, rows)
    elif loss == "binary_cross_entropy":
        y = rng.integers(0, 2, rows).astype(float)
    else:
        y = rng.integers(0, 4, (rows, out)).astype(float)
    optimizer = str(rng.choice(list(OPTIMIZERS)))
    return Setup(
        network, rng.standard_normal(shape), y, loss, 0.01, optimizer=optimizer, seed=number
    ), entries


def torch_outputs(module: torch.nn.Module, setup: Setup, masks: dict[int, np.ndarray]) -> torch.Tensor:
    """The module's outputs, its dropouts replaced by the masks of the trace."""
    x = torch.from_numpy(setup.x)
    for n, layer in enumerate(module.children()):
        if n in masks:
            x = x * torch.from_numpy(masks[n]) / (1 - layer.p)
            continue
        x = layer(x)
        x = x[0] if isinstance(x, tuple) else x
    return x


def torch_loss(setup: Setup, outputs: torch.Tensor) -> torch.Tensor:
    from gradatim import catalog

    a = outputs[:, 0] if setup.x.ndim == 3 and kind_of(setup.network.layers[0]) in RECURRENT else outputs
    y = torch.from_numpy(setup.y)
    return catalog.find(setup.loss_name, "loss").load()()(a, y)


RECURRENT = ("rnn", "lstm", "gru", "coupled_lstm")


def close(found: Any, wanted: torch.Tensor) -> None:
    right = wanted.detach().numpy()
    np.testing.assert_allclose(
        found, right, rtol=0, atol=TOLERANCE * max(1.0, float(np.abs(right).max(initial=0)))
    )


@pytest.fixture
def scalars_in_float64():
    """NAdam keeps its product of μ in the default precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.usefixtures("scalars_in_float64")
@pytest.mark.parametrize("number", range(102))
def test_outputs_gradients_and_updates_are_those_of_autograd(number):
    setup, entries = setup_of(number)
    module = build({"name": "stack", "layers": entries}, dtype=torch.float64)
    state = {name: torch.from_numpy(value) for name, value in setup.network.state_dict().items()}
    module.load_state_dict(state)
    module.eval()
    optimizer = OPTIMIZERS[setup.optimizer](module.parameters(), setup.lr)
    for _ in range(STEPS):
        step = work_through(setup)
        outputs = torch_outputs(module, setup, masks_of(step))
        loss = torch_loss(setup, outputs).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        close(step.output, outputs)
        close(step.loss, loss)
        for name, parameter in module.named_parameters():
            close(
                step.gradients[name],
                parameter.grad if parameter.grad is not None else torch.zeros_like(parameter),
            )
            close(step.after[name], parameter)
        close(step.next_h[-1], torch_outputs(module, setup, masks_of(step)))
        setup.state, setup.t = vectors(step), step.t


def masks_of(step: Step) -> dict[int, np.ndarray]:
    names = Names(step.setup.network, step.setup.x[0].size)
    views = [View(step, block, names) for block in step.blocks if block.kind == "dropout"]
    return {view.block.start: mask_of(view) for view in views}


def vectors(step: Step) -> dict[str, np.ndarray]:
    """The state after a step as vectors of θ's length, as a checkpoint gives them."""
    names = list(step.before)
    return {
        key: of[""] if "" in of else np.concatenate([of[name].ravel() for name in names])
        for key, of in step.new_state.items()
    }


def test_the_hundred_have_every_kind_of_layer():
    kinds = {kind_of(layer) for n in range(102) for layer in setup_of(n)[0].network.layers}
    kinds |= {re.sub(r"[123]d$", "", kind) for kind in kinds}
    assert {"dense", "masked_dense", "lateral", "embedding", "maxout", "prelu", "dropout", "batch_norm",
            "layer_norm", "rms_norm", "group_norm",
            "instance_norm", "local_response_norm", "conv1d", "conv2d", "conv3d",
            "conv_transpose", "max_pool", "avg_pool", "adaptive_avg_pool", "adaptive_max_pool",
            "global_avg_pool", "global_max_pool", "rnn", "lstm", "gru", "coupled_lstm"} <= kinds  # fmt: skip
    assert set(ACTIVATIONS) <= kinds
    assert {setup_of(n)[0].optimizer for n in range(102)} == set(OPTIMIZERS)


@pytest.mark.parametrize("number", range(0, 102, 5))
def test_each_of_them_is_told_whole_and_unit_by_unit(number):
    whole = str(trace_of(setup_of(number)[0]))
    assert "The next pass" in whole and "nan" not in whole
    for block in blocks_of(setup_of(number)[0].network):
        opened = str(trace_of(setup_of(number)[0], f"{block.name}.1"))
        assert "nan" not in opened and len(opened.splitlines()) > 5


def test_the_loss_is_that_of_its_name():
    setup, _ = setup_of(0)
    assert type(setup.loss) is type(loss_by_name(setup.loss_name))
