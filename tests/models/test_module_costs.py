"""Costs of any module: layers, shapes, parameters and multiply-adds by hand; the module stays as it is."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.costs import costs
from gradatim.models.module_costs import module_costs


class Net(nn.Module):
    """Makes a tensor of its own, as modules of people do."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.head = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Linear(8, 10)

    def forward(self, x):
        return self.head(torch.relu(self.bn(self.conv(x))).mean((2, 3))) + torch.zeros(10)


class Words(nn.Module):
    """Reads two inputs, of which one is whole numbers."""

    def __init__(self):
        super().__init__()
        self.embedding, self.lstm = nn.Embedding(50, 16), nn.LSTM(16, 8, batch_first=True)
        self.head = nn.Linear(11, 2)

    def forward(self, words, extra):
        return self.head(torch.cat([self.lstm(self.embedding(words))[0][:, -1], extra], 1))


def test_an_own_module_by_hand():
    module = Net()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    found = module_costs(module, (3, 32, 32), batch_size=4)
    rows = [(row["name"], row["output"], row["parameters"], row["multiply_adds"]) for row in found["layers"]]
    assert rows == [
        ("conv", [8, 32, 32], 8 * 27 + 8, 32 * 32 * 8 * 27), ("bn", [8, 32, 32], 16, 0),
        ("head", [10], 90, 80),
    ]  # fmt: skip
    assert found["module"] == "Net" and found["input"] == [3, 32, 32]
    assert found["parameters"] == sum(p.numel() for p in module.parameters())
    assert found["activations"]["convolutions"] == 8 * 32 * 32
    assert found["layers"][0]["receptive_field"] == [3, 3]
    assert found["layers"][0]["kept_bytes"] == 4 * 3 * 32 * 32 * 4  # its input, for a batch of 4 in float32
    assert module.training and all(p.device.type == "cpu" for p in module.parameters())
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_several_inputs_by_example_in_every_form():
    words, extra = torch.zeros(2, 7, dtype=torch.long), torch.zeros(2, 3)
    named = module_costs(Words(), example={"words": words, "extra": extra})
    assert named == module_costs(Words(), example=(words, extra))
    assert named == module_costs(Words(), example=(words.numpy(), np.zeros((5, 3), np.float32)))
    assert named["input"] == [[7], [3]]
    rows = {row["name"]: row for row in named["layers"]}
    assert rows["lstm"]["output"] == [7, 8]
    assert rows["lstm"]["multiply_adds"] == 7 * 4 * 8 * (16 + 8)
    assert rows["head"]["multiply_adds"] == 22
    assert named["parameters"] == sum(p.numel() for p in Words().parameters())


def test_what_is_outside_layers_has_a_row():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.weight = nn.Linear(4, 5), nn.Parameter(torch.zeros(5, 2))

        def forward(self, x):
            return self.first(x) @ self.weight

    first, rest = module_costs(Own(), 4)["layers"]
    assert (first["parameters"], first["multiply_adds"]) == (25, 20)
    assert (rest["layer"], rest["output"], rest["parameters"], rest["multiply_adds"]) == (
        "outside layers", [2], 10, 10
    )  # fmt: skip
    (alone,) = module_costs(nn.Linear(4, 3), 4)["layers"]
    assert (alone["layer"], alone["parameters"], alone["multiply_adds"]) == ("Linear 4 → 3", 15, 12)


def test_a_network_of_the_catalogue_costs_the_same_as_a_module():
    by_name = costs("lenet5", {})
    module = build({"name": "lenet5"})
    found = module_costs(module, by_name["input"])
    assert {**found, "module": None} == {**by_name, "module": None}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "say what the module reads"),
        ({"input_size": 3, "example": torch.zeros(1, 3)}, "say what the module reads"),
        ({"input_size": (1, 32, 32)}, "Net cannot read an example of 1 × 32 × 32"),
        ({"input_size": "3,32"}, "the shape of one example"),
        ({"input_size": (3, 0, 4)}, "input_size must be"),
        ({"example": [1, 2]}, "example is a batch of tensors"),
        ({"input_size": (3, 8, 8), "optimizer": "adma"}, "did you mean adam"),
    ],
)
def test_what_it_cannot_read_is_said(given, said):
    with pytest.raises(UsageError, match=said):
        module_costs(Net(), **given)
