"""Networks that are graphs: residual, dense and Inception networks by hand beside autograd, in float64."""

import numpy as np
import pytest
import torch
from torch import nn

import gradatim
from gradatim import catalog
from gradatim.by_hand.graph_network import GraphNetwork
from gradatim.checks import UsageError
from gradatim.explain.traces.page import as_page
from gradatim.jobs.trace_recording import record

NETWORKS = {  # arguments, side of the pictures, and how many sums and concatenations there are
    "resnet20": ({}, 12, 9),
    "resnet_cifar": ({"depth": 8, "shortcut": "B"}, 9, 3),
    "resnet18": ({"width": 0.25}, 32, 8),
    "resnet50": ({"width": 0.125}, 32, 16),
    "wrn": ({"depth": 10, "width": 1}, 8, 3),
    "densenet_bc_cifar": ({"depth": 16}, 12, 6),
    "googlenet": ({"input_size": 79, "width": 0.125}, 79, 9),
}


def grown(model):
    """A network whose running means and gains are no more those of the start."""
    draw = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.copy_(torch.randn(module.num_features, generator=draw) * 0.1)
            module.running_var.copy_(torch.rand(module.num_features, generator=draw) + 0.5)
            module.weight.data.copy_(torch.rand(module.num_features, generator=draw) + 0.5)
    return model.double()


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_and_every_gradient_are_autograd_s(name):
    arguments, side, joins = NETWORKS[name]
    model = grown(catalog.find(name, "network").load()(name, num_classes=3, **arguments))
    x = np.random.default_rng(0).normal(size=(1, 3, side, side))
    found, _, out = record(model, x, name)
    network = GraphNetwork(found.entries, None, np.float64)
    network.load_state_dict({**network.state_dict(), **found.state})
    assert sum(len(reads) > 1 for reads in network.reads) == joins
    np.testing.assert_allclose(network.forward(x), out.numpy(), rtol=1e-12, atol=1e-12)
    given, g = torch.tensor(x, requires_grad=True), np.array([[1.0, -2.0, 0.5]])
    model.eval()(given).backward(torch.tensor(g))
    scale = float(given.grad.abs().max())
    np.testing.assert_allclose(network.backward(g, True), given.grad.numpy(), rtol=0, atol=1e-12 * scale)
    of_torch = dict(model.named_parameters())
    assert set(found.names) == set(network.parameters)
    for mine, theirs in found.names.items():
        right = of_torch[theirs].grad.numpy()
        bound = 1e-12 * max(1, abs(right).max())
        np.testing.assert_allclose(network.gradients[mine], right, rtol=0, atol=bound, err_msg=theirs)


@pytest.fixture(scope="module")
def residual(tmp_path_factory):
    rng = np.random.default_rng(5)
    pictures = rng.random((48, 1, 8, 8)), rng.integers(0, 3, 48)
    model = {"name": "resnet_cifar", "depth": 8, "width": 0.25, "num_classes": 3, "in_channels": 1}
    out = tmp_path_factory.mktemp("runs") / "residual"
    return gradatim.train(pictures, epochs=1, model=model, optimizer="momentum", out=out, quiet=True)


def test_a_residual_run_s_step_is_torch_s(residual):
    found = gradatim.trace(residual, example=2)
    split = residual.data.judged_on
    part = residual.data.valid if split == "valid" else residual.data.test
    model = residual.model.double().eval()
    x = torch.from_numpy(residual.trained.encoder.inputs(part.take(np.array([1])), np.float64))
    loss = nn.functional.cross_entropy(model(x), torch.from_numpy(part.y[1:2]).long())
    model.zero_grad()
    loss.backward()
    assert found.values["loss"] == pytest.approx(loss.item(), rel=1e-12)
    layers = found.table("Layers")
    sums = [row for row in layers.rows if "sum" in row[1]]
    assert [row[2] for row in sums] == ["h6, h2", "h12, h11", "h18, h17"]
    for key, module in (("h1", model.conv1), ("h3", model.layer1[0].conv1), ("h6", model.layer1[0].bn2)):
        right = module.weight.grad.numpy()
        np.testing.assert_allclose(found.values["gradients"][f"{key}.weight"], right, rtol=0, atol=1e-12)
    assert "h2 is read by h3 and h7: ∂L/∂h is the sum of what they send back." in str(found)
    model.float()


def test_a_sum_stands_as_a_layer_with_its_numbers(residual):
    found = gradatim.trace(residual, unit="h7.2")
    values = gradatim.trace(residual).values["layers"]
    z = np.array(values["h6"]["h"]) + np.array(values["h2"]["h"])
    np.testing.assert_allclose(values["h7"]["z"], z, rtol=0, atol=1e-12)
    for caption in ("h6", "h2", "z"):
        rows = found.table(caption).rows
        wanted = z if caption == "z" else np.array(values[caption]["h"])
        np.testing.assert_allclose(np.array(rows, float), wanted[0, 1], atol=1e-9)
    assert "z = h6 + h2" in str(found)


def test_a_page_of_a_residual_network_is_small_enough(residual):
    page = as_page(gradatim.trace(residual))
    assert len(page.encode()) <= 2_000_000 and 'id="' in page and "h19" in page


def test_a_changed_weight_in_front_of_a_branch_moves_both_sides(residual):
    before, after = gradatim.trace(residual).values, gradatim.trace(residual, {"h2.bias.1": 4.0}).values
    for name in ("h3", "h7"):
        assert before["layers"][name]["z"] != after["layers"][name]["z"]
    assert before["layers"]["h1"]["z"] == after["layers"]["h1"]["z"]


class Own(nn.Module):
    """A sum, a product or a slice between layers, and perhaps one layer used twice."""

    def __init__(self, how):
        super().__init__()
        self.first, self.second, self.how = nn.Linear(4, 4), nn.Linear(4, 2), how

    def forward(self, x):
        if self.how == "sum":
            return self.second(torch.relu(self.first(x)) + x)
        if self.how == "product":
            return self.second(self.first(x) * x)
        if self.how == "slice":
            return self.second(self.first(x)[:, [1, 0, 2, 3]])
        if self.how == "write":
            x = self.first(x)
            x[:, 0] = 0
            return self.second(x)
        if self.how == "twice":
            return self.second(self.first(self.first(x)))
        return torch.exp(self.second(x))


def test_a_module_of_one_s_own_with_a_shortcut():
    model, x = Own("sum").double(), np.array([[1.0, -2.0, 0.5, 3.0]])
    found, _, out = record(model, x, "own")
    assert [entry["name"] for entry in found.entries] == ["dense", "relu", "sum", "dense"]
    network = GraphNetwork(found.entries, None, np.float64)
    network.load_state_dict(found.state)
    np.testing.assert_allclose(network.forward(x), out.numpy(), rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("product", "between its layers it computes mul"),
        ("slice", "between its layers it computes __getitem__"),
        ("write", "between its layers it computes __setitem__"),
        ("twice", "first of own runs twice"),
        ("last", "between its layers it computes exp"),
    ],
)
def test_what_a_trace_cannot_follow_is_said(how, sentence):
    with pytest.raises(UsageError) as error:
        record(Own(how).double(), np.ones((1, 4)), "own")
    assert sentence in str(error.value)
