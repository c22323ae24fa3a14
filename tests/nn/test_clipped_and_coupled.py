"""LSTMs whose memory and output are clipped, and the one whose input and forget gates are one (E5)."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.nn.coupled_lstm import CoupledLSTM
from gradatim.nn.layer_norm_lstm import LayerNormLSTM
from gradatim.nn.lstm import LSTM
from gradatim.nn.peephole_lstm import PeepholeLSTM

T, N, D, H = 7, 3, 4, 6
KINDS = (LSTM, PeepholeLSTM, LayerNormLSTM, CoupledLSTM)


def drawn(layer, seed=0):
    """Every parameter drawn, biases too, so large that bounds are met."""
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for p in layer.double().parameters():
            p.copy_(torch.from_numpy(rng.uniform(-1, 1, p.shape)))
    return layer


def inputs(seed=1):
    x = torch.from_numpy(np.random.default_rng(seed).standard_normal((T, N, D)))
    return x.requires_grad_()


def test_coupled_gates_are_an_lstm_whose_forget_gate_has_the_opposite_weights():
    """f = 1 − σ(z) = σ(−z): outputs, state and gradients are torch's LSTM's with rows −i for f, to 1e-12."""
    ours, theirs = drawn(CoupledLSTM(D, H)), nn.LSTM(D, H).double()
    with torch.no_grad():
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_l0"):
            i, g, o = getattr(ours, name).chunk(3)
            name = name.replace("bias", "bias_ih")
            getattr(theirs, name).copy_(torch.cat([i, -i, g, o]))
        theirs.bias_hh_l0.zero_()
    x, z = inputs(), inputs()
    out, (h, c) = ours(x)
    expected, (h_n, c_n) = theirs(z)
    for found, other in ((out, expected), (h, h_n), (c, c_n)):
        torch.testing.assert_close(found, other, rtol=1e-12, atol=1e-14)
    (out**2).sum().backward()
    (expected**2).sum().backward()
    torch.testing.assert_close(x.grad, z.grad, rtol=1e-11, atol=1e-13)
    i, f, _, _ = theirs.weight_hh_l0.grad.chunk(4)
    torch.testing.assert_close(ours.weight_hh_l0.grad[:H], i - f, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("proj_size", [0, 2])
@pytest.mark.parametrize("kind", [LSTM, CoupledLSTM])
def test_clipping_is_the_equations_step_by_step(kind, proj_size):
    """A loop of torch's own operations with clamp in it: to 1e-12; both bounds are met."""
    layer = drawn(kind(D, H, proj_size=proj_size, cell_clip=0.3, hidden_clip=0.12))
    x, z = inputs(), inputs()
    out, (h_n, c_n) = layer(x)
    p, h, c, outputs = layer, torch.zeros(N, proj_size or H).double(), torch.zeros(N, H).double(), []
    for t in range(T):
        pre = z[t] @ p.weight_ih_l0.T + h @ p.weight_hh_l0.T + p.bias_l0
        if kind is LSTM:
            i, f, g, o = pre.chunk(4, 1)
            i, f = torch.sigmoid(i), torch.sigmoid(f)
        else:
            i, g, o = pre.chunk(3, 1)
            i = torch.sigmoid(i)
            f = 1 - i
        c = torch.clamp(f * c + i * torch.tanh(g), -0.3, 0.3)
        h = torch.sigmoid(o) * torch.tanh(c)
        h = torch.clamp(h @ p.weight_hr_l0.T if proj_size else h, -0.12, 0.12)
        outputs.append(h)
    expected = torch.stack(outputs)
    for found, other in ((out, expected), (h_n[0], h), (c_n[0], c)):
        torch.testing.assert_close(found, other, rtol=1e-12, atol=1e-14)
    assert (c_n.abs() == 0.3).any() and (out.abs() == 0.12).any() and (out.abs() < 0.12).any()
    one = torch.autograd.grad((out**2).sum() + c_n.sum(), [x, *layer.parameters()])
    two = torch.autograd.grad((expected**2).sum() + c.sum(), [z, *layer.parameters()])
    for found, other in zip(one, two, strict=True):
        torch.testing.assert_close(found, other, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_every_lstm_keeps_within_its_bounds_and_is_itself_within_wide_ones(kind):
    plain, wide, tight = (
        drawn(kind(D, H, **how))
        for how in ({}, {"cell_clip": 1e6, "hidden_clip": 1e6}, {"cell_clip": 0.2, "hidden_clip": 0.05})
    )
    x = inputs().detach()
    torch.testing.assert_close(plain(x)[0], wide(x)[0], rtol=0, atol=0)
    out, (_, c) = tight(x)
    assert out.abs().max() == 0.05 and c.abs().max() == 0.2
    assert {layer.path for layer in (plain, wide, tight)} == {plain.path}


@pytest.mark.parametrize("kind", [LSTM, CoupledLSTM])
def test_the_fused_path_is_the_loop(kind):
    layer = drawn(kind(D, H, num_layers=2, bidirectional=True, cell_clip=0.3, hidden_clip=0.2)).float()
    x = inputs().detach().float()
    out, _ = layer(x)
    torch.testing.assert_close(out.double(), layer.double()(x.double())[0], rtol=1e-5, atol=1e-6)
    assert out.abs().max() == torch.tensor(0.2)


def test_where_a_new_network_remembers():
    """The bias of i starts at −1, all others at 0; a quarter fewer parameters than the LSTM's."""
    layer = CoupledLSTM(D, H)
    assert layer.bias_l0.tolist() == [-1.0] * H + [0.0] * 2 * H
    count = lambda one: sum(p.numel() for p in one.parameters())  # noqa: E731
    assert 4 * count(layer) == 3 * count(LSTM(D, H))
    with pytest.raises(UsageError, match="torch has no CoupledLSTM"):
        layer.torch_state()


@pytest.mark.parametrize("name", ["cell_clip", "hidden_clip"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), "1"])
def test_bounds_that_are_none(name, value):
    for kind in KINDS:
        with pytest.raises(UsageError, match=f"{name} must be a number above 0"):
            kind(D, H, **{name: value})
