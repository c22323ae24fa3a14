"""The constants of local response normalisation are arguments of the networks that have it."""

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.local_response_norm import LocalResponseNorm

SMALL = {
    "alexnet": {"width": 0.0625, "input_size": 67, "num_classes": 4},
    "alexnet_ungrouped": {"width": 0.05, "input_size": 67, "num_classes": 4},
    "zfnet": {"width": 0.05, "input_size": 53, "num_classes": 4},
    "googlenet": {"width": 0.1, "input_size": 79, "num_classes": 4},
}
CAFFE = {"lrn_size": 5, "lrn_alpha": 1e-4, "lrn_beta": 0.75, "lrn_k": 1.0, "lrn_divide": True}


def norms(network):
    return [layer for layer in network.modules() if isinstance(layer, LocalResponseNorm)]


@pytest.mark.parametrize("name", SMALL)
def test_the_paper_s_unless_others_are_given(name):
    plain = build({"name": name, **SMALL[name]})
    assert [(n.size, n.alpha, n.beta, n.k, n.divide) for n in norms(plain)] == [
        (5, 1e-4, 0.75, 2.0, False)
    ] * 2
    given = {"lrn_size": 3, "lrn_alpha": 0.5, "lrn_beta": 0.6, "lrn_k": 1.5, "lrn_divide": True}
    other = build({"name": name, **SMALL[name], **given})
    assert [(n.size, n.alpha, n.beta, n.k, n.divide) for n in norms(other)] == [(3, 0.5, 0.6, 1.5, True)] * 2
    assert plain.state_dict().keys() == other.state_dict().keys()


@pytest.mark.parametrize("name", SMALL)
def test_outputs_are_those_with_torch_s_own_layer_of_these_constants(name):
    """Caffe's constants, divided by n as torch divides: to 1e-12."""
    ours = build({"name": name, **SMALL[name], **CAFFE}, seed=1, dtype=torch.float64).eval()
    theirs = build({"name": name, **SMALL[name]}, seed=1, dtype=torch.float64).eval()
    for parent in list(theirs.modules()):
        for child, layer in parent.named_children():
            if isinstance(layer, LocalResponseNorm):
                setattr(parent, child, nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0))
    size = SMALL[name]["input_size"]
    x = 50 * torch.rand(2, 3, size, size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-12, atol=1e-14)
    paper = build({"name": name, **SMALL[name]}, seed=1, dtype=torch.float64).eval()
    assert not torch.allclose(ours(x), paper(x), rtol=1e-3)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"lrn_size": 0}, "size must be a whole number of at least 1"), ({"lrn_alpha": -1}, "alpha must be")],
)
def test_what_cannot_be(given, sentence):
    with pytest.raises(UsageError, match=sentence):
        build({"name": "alexnet", **SMALL["alexnet"], **given})
