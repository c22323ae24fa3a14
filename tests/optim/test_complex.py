"""A complex parameter is two real ones, its real and its imaginary part: torch's meaning."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.optim.adadelta import AdaDelta
from gradatim.optim.adagrad import AdaGrad
from gradatim.optim.adam import Adam
from gradatim.optim.adamw import AdamW
from gradatim.optim.lbfgs import LBFGS
from gradatim.optim.momentum import Momentum
from gradatim.optim.muon import Muon
from gradatim.optim.nadam import NAdam
from gradatim.optim.nesterov_torch import NesterovTorch
from gradatim.optim.rmsprop import RMSProp
from gradatim.optim.sgd import SGD

STEPPING = [name for name in catalog.names("optimizer") if name not in ("lbfgs", "muon")]
TORCHS = [
    (SGD, torch.optim.SGD, {"lr": 0.1}),
    (Momentum, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    (NesterovTorch, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (AdaGrad, torch.optim.Adagrad, {"lr": 0.1, "eps": 1e-7}),
    (RMSProp, torch.optim.RMSprop, {"lr": 0.1}),
    (AdaDelta, torch.optim.Adadelta, {"lr": 1.0}),
    (Adam, torch.optim.Adam, {"lr": 0.1}),
    (AdamW, torch.optim.AdamW, {"lr": 0.1}),
    (NAdam, torch.optim.NAdam, {"lr": 0.1}),
]


@pytest.fixture(autouse=True)
def double_throughout():
    """Torch's NAdam holds its product of μ in torch's default precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def drawn(*seed):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.standard_normal((4, 3)) + 1j * rng.standard_normal((4, 3)))


def walk(optimizer, p, start, stop, conjugated=False):
    for t in range(start, stop):
        g = drawn(t, 7)
        p.grad = g.conj().resolve_conj().conj() if conjugated else g
        optimizer.step()


def same(a, b):
    torch.testing.assert_close(a.detach(), b.detach(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("ours", "torchs", "settings"), TORCHS)
def test_the_steps_are_torch_s(ours, torchs, settings):
    """complex128, 20 steps, and on from a state of torch's for 20 more: equal to 1e-12."""
    mine, other = nn.Parameter(drawn(1)), nn.Parameter(drawn(1))
    theirs = torchs([other], **settings)
    own = {key: value for key, value in settings.items() if key != "nesterov"}
    optimizer = ours([mine], **own)
    walk(optimizer, mine, 0, 20)
    walk(theirs, other, 0, 20)
    same(mine, other)
    moved = nn.Parameter(other.detach().clone())
    after = ours([moved], **own)
    after.load_state_dict(copy.deepcopy(theirs.state_dict()))
    walk(after, moved, 20, 40)
    walk(theirs, other, 20, 40)
    same(moved, other)


@pytest.mark.parametrize("name", STEPPING)
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_the_parts_move_apart(name, decay):
    """As one real parameter of twice as many numbers; with a gradient that is conjugated in passing, too."""
    ours = catalog.find(name, "optimizer").load()
    whole, passing = nn.Parameter(drawn(1)), nn.Parameter(drawn(1))
    parts = nn.Parameter(torch.view_as_real(drawn(1)).clone())
    first, second, third = (ours([p], lr=0.1, weight_decay=decay) for p in (whole, passing, parts))
    walk(first, whole, 0, 6)
    walk(second, passing, 0, 6, conjugated=True)
    for t in range(6):
        parts.grad = torch.view_as_real(drawn(t, 7))
        third.step()
    same(torch.view_as_real(whole), parts)
    same(torch.view_as_real(passing), parts)


def test_complex_and_real_side_by_side():
    ps = [nn.Parameter(drawn(1)), nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(2))]
    optimizer = Adam(ps, lr=0.1)
    for p in ps:
        p.grad = torch.ones_like(p)
    optimizer.step()
    assert optimizer.path == "fused, and text for 1 of 3 parameters"
    torch.testing.assert_close(ps[1].detach(), torch.full((3,), 0.9), rtol=1e-7, atol=0)
    torch.testing.assert_close(ps[0].detach(), drawn(1) - 0.1, rtol=1e-7, atol=1e-9)


def test_lbfgs_finds_a_complex_minimum():
    """Σ |θ − c|⁴ at c, by the gradient of both parts."""
    c, p = drawn(2), nn.Parameter(drawn(1))
    optimizer = LBFGS([p], max_iter=100, tolerance_change=0.0, tolerance_grad=1e-12)

    def closure():
        optimizer.zero_grad()
        loss = ((p - c).abs() ** 4).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert (p - c).abs().max() < 2e-3
    assert closure().item() < 1e-10


def test_muon_moves_real_matrices():
    with pytest.raises(
        UsageError, match=r"^parameter 1 is torch\.complex128; this optimizer moves real numbers only$"
    ):
        Muon([nn.Parameter(torch.ones(2, 2)), nn.Parameter(drawn(1))])


def test_a_parameter_conjugated_in_passing_is_refused():
    with pytest.raises(
        UsageError, match=r"^parameter 0 is conjugated in passing; give the optimizer its resolve"
    ):
        SGD([nn.Parameter(drawn(1).conj())])
