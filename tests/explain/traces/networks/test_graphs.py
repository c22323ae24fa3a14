"""Networks of one's own that are graphs, beside autograd; and what is refused of them."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.graph_network import GraphNetwork
from gradatim.checks import UsageError
from gradatim.jobs.trace import trace

DENSE = {"name": "dense", "in_features": 3, "out_features": 3}
RESIDUAL = {
    "layers": [DENSE, {"name": "tanh"}, DENSE, {"name": "sum", "from": [2, 0, "x"]}, {"name": "relu"},
               {"name": "dense", "in_features": 3, "out_features": 2}],
    "seed": 4,
}  # fmt: skip
BRANCHES = {
    "layers": [
        {"name": "conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": 3, "padding": 1},
        {"name": "relu"},
        {"name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 1},
        {"name": "max_pool2d", "kernel_size": 3, "stride": 1, "padding": 1, "from": 1},
        {"name": "concat", "from": [2, 3, 1]},
        {"name": "global_avg_pool"},
        {"name": "dense", "in_features": 7, "out_features": 2},
    ],
}  # fmt: skip


def test_a_residual_network_is_autograd_s():
    found = trace(RESIDUAL, input=[1, -0.5, 2], target=[1, 0], lr=0.1).values
    p = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in found["parameters"].items()}
    x = torch.tensor([1, -0.5, 2], dtype=torch.float64)
    first = p["h1.weight"] @ x + p["h1.bias"]
    passed = torch.tanh(first)
    total = p["h3.weight"] @ passed + p["h3.bias"] + first + x
    loss = 0.5 * (p["y.weight"] @ torch.relu(total) + p["y.bias"] - torch.tensor([1.0, 0.0])).square().sum()
    loss.backward()
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for key, value in p.items():
        np.testing.assert_allclose(found["gradients"][key], value.grad.numpy(), rtol=0, atol=1e-12)
        moved = value.detach().numpy() - 0.1 * value.grad.numpy()
        np.testing.assert_allclose(found["new_parameters"][key], moved, rtol=0, atol=1e-12)


def test_an_activation_whose_input_is_read_elsewhere_is_a_block_of_its_own():
    found = trace(RESIDUAL, input=[1, -0.5, 2], target=[1, 0])
    rows = [row[:3] for row in found.table("Layers").rows]
    assert rows == [["h1", "dense", "x"], ["h2", "tanh", "h1"], ["h3", "dense", "h2"],
                    ["h4", "sum + relu", "h3, h1, x"], ["y", "dense", "h4"]]  # fmt: skip
    values, text = found.values["layers"], str(found)
    z = values["h4"]["z"][0]
    assert z == pytest.approx(np.add(values["h3"]["h"], values["h1"]["h"])[0] + [1, -0.5, 2], abs=1e-12)
    assert "z = h3 + h1 + x" in text and "h1 is read by h2 and h4" in text


def test_branches_side_by_side_are_autograd_s():
    x = np.random.default_rng(2).normal(size=(4, 5))
    found = trace(BRANCHES, input=x.tolist(), target=1, loss="cross_entropy").values
    p = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in found["parameters"].items()}
    h = torch.relu(F.conv2d(torch.tensor(x)[None, None], p["h1.weight"], p["h1.bias"], padding=1))
    joined = torch.cat([F.conv2d(h, p["h2.weight"], p["h2.bias"]), F.max_pool2d(h, 3, 1, 1), h], 1)
    loss = F.cross_entropy(joined.mean((2, 3)) @ p["y.weight"].T + p["y.bias"], torch.tensor([1]))
    loss.backward()
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for key, value in p.items():
        np.testing.assert_allclose(found["gradients"][key], value.grad.numpy(), rtol=0, atol=1e-12)
    text = str(trace(BRANCHES, input=x.tolist(), target=1, loss="cross_entropy"))
    assert "Channels are h2 as 1 … 3, h3 as 4 … 5, h1 as 6 … 7." in text


def test_a_copy_keeps_its_graph_and_its_numbers():
    network = GraphNetwork(RESIDUAL["layers"], 1, np.float64)
    x = np.array([[0.5, 1, -1]])
    np.testing.assert_array_equal(copy.deepcopy(network).forward(x), network.forward(x))


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ([DENSE, {"name": "sum", "from": [0, 3]}], 'layer 1 reads 3; it can read "x" or a layer from 0 to 0'),
        ([DENSE, {"name": "sum"}], "layer 1 joins two outputs or more"),
        ([DENSE, {"name": "tanh", "from": [0, "x"]}], "layer 1 reads one output, not 2"),
        ([DENSE, {**DENSE, "from": "x"}], "no layer reads layer 0, dense"),
        ([DENSE, {"name": "summ", "from": [0, "x"]}], "did you mean sum"),
        ([{**DENSE, "out_features": 2}, {"name": "sum", "from": [0, "x"]}], "a sum reads outputs of one"),
        ([DENSE, {"name": "concat", "from": [0, True]}], "layer 1 reads True"),
    ],
)  # fmt: skip
def test_a_graph_that_cannot_be_is_refused(layers, sentence):
    with pytest.raises(UsageError) as error:
        trace({"layers": layers}, input=[1, 2, 3], target=[0, 0, 0])
    assert sentence in str(error.value)
