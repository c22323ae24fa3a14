"""Weights whose names wrappers changed: they load as those of the network inside."""

import pytest
import torch

from gradatim.models.building import build
from gradatim.models.weights import read_weights, set_weights
from gradatim.models.wrapped_names import unwrap_names

SMALL = {"name": "resnet18", "width": 0.05, "num_classes": 7}


def held_as(name):
    """A module that holds a network under a name, as torch.compile's does under _orig_mod."""

    def hold(network):
        holder = torch.nn.Module()
        holder.add_module(name, network)
        return holder

    return hold


def wrap_inside(network):
    network.layer1 = torch.nn.DataParallel(network.layer1)
    return network


@pytest.mark.parametrize(
    ("wrap", "sentence"),
    [
        (torch.nn.DataParallel, "module. of data-parallel training or averaging is taken off the names"),
        (torch.optim.swa_utils.AveragedModel, "module. of data-parallel training or averaging is taken off"),
        (held_as("_orig_mod"), "_orig_mod. of torch.compile is taken off the names"),
        (held_as("backbone"), "backbone. is taken off the names"),
        (wrap_inside, "module. of data-parallel training or averaging is taken off the names"),
        (
            lambda network: held_as("backbone")(torch.nn.DataParallel(network)),
            "averaging and backbone. are taken off",
        ),
    ],
)
@pytest.mark.parametrize("wrapped_again", [False, True])
def test_names_as_a_wrapper_leaves_them_are_those_of_the_network(wrap, sentence, wrapped_again, tmp_path):
    net, other = build(SMALL, seed=1), build(SMALL, seed=2)
    right = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    state = wrap(net).state_dict()
    torch.save({"state_dict": state, "epoch": 3} if wrapped_again else state, tmp_path / "w.pth")
    assert sentence in set_weights(other, read_weights(tmp_path / "w.pth"), "the file")
    assert all(torch.equal(right[name], tensor) for name, tensor in other.state_dict().items())


def test_a_wrapper_s_names_and_another_head_are_both_told_of():
    state = torch.nn.DataParallel(build({**SMALL, "num_classes": 3})).state_dict()
    said = set_weights(build(SMALL), state, "the file")
    assert said.startswith("module. of ") and "; fc.weight, fc.bias stay as drawn" in said


@pytest.mark.parametrize("names", [["a.weight", "module.a.weight"], ["module.weight"], ["weight"], []])
def test_names_that_are_the_network_s_own_or_would_meet_stay(names):
    tensors = {name: torch.zeros(1) for name in names}
    own = names if names == ["module.weight"] else ["a.weight"]
    assert unwrap_names(tensors, own) == (tensors, "")
