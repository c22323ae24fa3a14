"""Recurrent layers under autocast: fused, and no further from the exact numbers than torch's."""

import pytest
import torch
from torch import nn

from gradatim.nn.kernels.own_product import own_is_quicker
from gradatim.nn.lstm import LSTM
from gradatim.nn.pyramid import Pyramid
from gradatim.nn.recurrent import Recurrent
from gradatim.nn.sequence import precision, scan
from gradatim.nn.sequence.fused import on_cpu

from .cells import MinimalGatedUnit


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(0)


def outputs_and_gradients(module, x):
    x = x.clone().requires_grad_()
    y, _ = module(x)
    grads = torch.autograd.grad(y.double().sin().sum(), [x, *module.parameters()])
    return [y.detach().double(), *(g.double() for g in grads)]


def error(found, exact):
    """‖found − exact‖ / ‖exact‖, for every tensor."""
    return [float((a - b).norm() / b.norm()) for a, b in zip(found, exact, strict=True)]


@pytest.mark.parametrize(
    ("outside", "inside"), [(True, True), (True, False), (False, False)], ids=["all", "outside", "none"]
)
def test_no_further_from_the_exact_numbers_than_torch_s(outside, inside, monkeypatch):
    """Outputs and every gradient, against float64; with narrow products where the processor has them."""
    inside = inside and own_is_quicker(narrow=True)
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: outside)
    monkeypatch.setattr(on_cpu, "own_is_quicker", lambda narrow: inside if narrow else own_is_quicker(False))
    for name in ("_PLANS", "_KNOWN"):
        monkeypatch.setattr(scan, name, {})
    theirs, x = nn.LSTM(128, 128), torch.randn(16, 32, 128)
    ours = LSTM.from_torch(theirs)
    exact = outputs_and_gradients(LSTM.from_torch(theirs).double(), x.double())
    with torch.autocast("cpu", torch.bfloat16):
        found = outputs_and_gradients(ours, x)
        torchs = outputs_and_gradients(theirs, x)
    assert ours.path == "fused"
    everywhere = "take factors in bfloat16" if inside else "outside the loop are bfloat16's"
    assert ours.why.endswith(f"; under autocast the large products {everywhere}") == outside
    theirs_off = error(torchs[:4], exact[:4])  # of two biases, either has the gradient of ours
    for mine, other in zip(error(found[:4], exact[:4]), theirs_off, strict=True):
        assert mine <= 1.1 * other
        assert mine > 1e-4 if outside else mine < 1e-5


def test_backward_under_autocast_gives_the_same():
    """It may be called within it, or behind."""
    layer, x = LSTM(128, 128), torch.randn(16, 32, 128)
    found = []
    for inside in (True, False):
        layer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            y = layer(x)[0].square().sum()
            if inside:
                y.backward()
        if not inside:
            y.backward()
        found.append([p.grad.clone() for p in layer.parameters()])
    torch.testing.assert_close(*found, rtol=0, atol=0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: LSTM(8, 8, 2, bidirectional=True), lambda: Recurrent(MinimalGatedUnit(8, 8)),
        lambda: Pyramid(8, 8),
    ],
    ids=["lstm", "own", "pyramid"],
)  # fmt: skip
def test_what_an_earlier_layer_narrowed_is_widened(build):
    """So a linear layer may stand in front; the gradient goes back to it."""
    linear, layer, x = nn.Linear(4, 8), build(), torch.randn(5, 3, 4)
    with torch.autocast("cpu", torch.bfloat16):
        narrow = linear(x)
        assert narrow.dtype is torch.bfloat16
        outputs = layer(narrow)[0]
    torch.testing.assert_close(outputs, layer(narrow.float())[0], rtol=0, atol=0)
    outputs.sum().backward()
    assert linear.weight.grad.norm() > 0


def test_packed_sequences_and_states_are_widened_too():
    layer, x, start = LSTM(8, 8), torch.randn(5, 3, 8), torch.randn(2, 1, 3, 8)
    packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([5, 4, 2]))
    wanted = layer(packed, tuple(start))
    with torch.autocast("cpu", torch.bfloat16):
        found = layer(packed, tuple(start.bfloat16().unbind()))
    torch.testing.assert_close(found[0].data, wanted[0].data, rtol=0.02, atol=0.02)
    assert found[0].data.dtype is torch.float32


def test_without_autocast_another_precision_is_refused():
    with pytest.raises(ValueError, match=r"^LSTM has weights of torch.float32; it got torch.bfloat16"):
        LSTM(4, 4)(torch.zeros(2, 1, 4, dtype=torch.bfloat16))
