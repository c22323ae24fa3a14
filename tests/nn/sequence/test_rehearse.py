"""A cell that is recognised is not computed again, and no change of it goes unseen."""

import copy
import random

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

from gradatim.nn.recurrent import Recurrent
from gradatim.nn.sequence import scan
from gradatim.nn.sequence.cell import rehearse

SCALE = 1.0
X = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(4, 2, 3)


def squash(x):
    return torch.tanh(x)


class Shrink(nn.Module):
    def forward(self, x):
        return 0.5 * x


class Everything(nn.Module):
    """Reads what a cell can read: numbers, lists, modules, a mode, a global, a function, tensors."""

    def __init__(self):
        super().__init__()
        self.state_sizes = (3,)
        self.w, self.u = nn.Linear(3, 3), nn.Linear(3, 3, bias=False)
        self.inner: nn.Module = nn.Identity()
        self.leak, self.weights, self.notes = 0.5, [1.0, 2.0], {"sharp": False}
        self.register_buffer("gain", torch.ones(3))

    def forward(self, x, h):
        new = squash(self.w(x) * SCALE + self.inner(self.u(h)))
        for weight in self.weights:
            new = new * weight
        if self.training:
            new = new + 0.25
        if self.notes["sharp"]:
            new = torch.relu(new)
        return self.leak * h + (1 - self.leak) * new * self.gain


def definition(cell, x):
    h, outputs = x.new_zeros(x.shape[1], 3), []
    for row in x:
        h = cell(row, h)
        outputs.append(h)
    return torch.stack(outputs)


def _set(name, value):
    return lambda cell, patch: setattr(cell, name, value)


def _in_place(cell, patch):
    with torch.no_grad():
        cell.w.weight.mul_(-2)
    cell.gain.data[1] = 7.0


def _other_forward(cell, patch):
    patch.setattr(Everything, "forward", lambda self, x, h: torch.sigmoid(self.w(x)) - h)


CHANGES = {
    "an attribute": _set("leak", 0.25),
    "an attribute becomes a parameter": _set("leak", nn.Parameter(torch.tensor(0.75, dtype=torch.float64))),
    "a list's element": lambda cell, patch: cell.weights.__setitem__(0, -3.0),
    "a longer list": lambda cell, patch: cell.weights.append(0.5),
    "a dict's value": lambda cell, patch: cell.notes.update(sharp=True),
    "the mode": lambda cell, patch: cell.eval(),
    "a submodule": _set("inner", Shrink()),
    "a submodule in a submodule": lambda cell, patch: setattr(cell, "u", nn.Sequential(cell.u, nn.Tanh())),
    "a parameter": lambda cell, patch: setattr(cell.u, "weight", nn.Parameter(-3 * torch.eye(3).double())),
    "a parameter that goes": lambda cell, patch: setattr(cell.w, "bias", None),
    "a buffer": _set("gain", torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)),
    "numbers, in place": _in_place,
    "a buffer of one number": _set("gain", torch.tensor(3.0, dtype=torch.float64)),
    "the class's forward": _other_forward,
    "the instance's forward": lambda cell, patch: patch.setattr(cell, "forward", lambda x, h: cell.u(h) + x),
    "a hook": lambda cell, patch: cell.u.register_forward_hook(lambda module, args, out: 2 * out),
    "a global number": lambda cell, patch: patch.setitem(globals(), "SCALE", -2.0),
    "a global function": lambda cell, patch: patch.setitem(globals(), "squash", torch.sin),
    "torch's own function": lambda cell, patch: patch.setattr(torch, "tanh", torch.sigmoid),
    "frozen": lambda cell, patch: cell.u.requires_grad_(False),
}


@pytest.fixture
def recordings(monkeypatch):
    """How many there were."""
    made, record = [], scan.record

    def counted(*args):
        made.append(args)
        return record(*args)

    monkeypatch.setattr(scan, "record", counted)
    return made


def equal(layer, cell):
    """Outputs and every gradient, with what one plain loop gives."""
    found = []
    for run in (lambda x: layer(x)[0], lambda x: definition(cell, x)):
        x = X.clone().requires_grad_()
        wanted = [x, *(p for p in cell.parameters() if p.requires_grad)]
        y = run(x)
        found.append((y, torch.autograd.grad(y.square().sum(), wanted, allow_unused=True)))
    torch.testing.assert_close(*found, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_of_a_known_cell_is_seen(name, monkeypatch):
    torch.manual_seed(0)
    cell = Everything().double()
    layer = Recurrent(cell)
    for _ in range(3):
        equal(layer, cell)
    CHANGES[name](cell, monkeypatch)
    for _ in range(2):
        equal(layer, cell)
        assert layer.path == "fused", layer.why


def test_a_known_cell_is_not_recorded_again(recordings):
    """Nor when it goes back to what it did before; its Python runs once at every call."""
    cell = Everything().double()
    layer, ran = Recurrent(cell), []
    cell.inner.forward = lambda x: ran.append(x) or x
    for training in (True, False):
        layer.train(training)(X)
    before = len(recordings)
    ran.clear()
    for training in (True, False, True):
        layer.train(training)(X)
        layer(X[:2, :1])
    assert (len(recordings), len(ran)) == (before, 6)
    copy.deepcopy(layer)(X)
    assert len(recordings) == before + 1


@pytest.mark.parametrize(
    "f",
    [
        lambda x, h, p: x + h * float(p[0]),
        lambda x, h, p: x + h * p.tolist()[0],
        lambda x, h, p: x + h * p.detach().numpy()[0].item(),
        lambda x, h, p: x + h if (2 * p)[0] > 0 else x - h,
        lambda x, h, p: x + h * float(p.data_ptr() > 0) * p.data.sum().item(),
    ],
)
def test_a_cell_that_reads_its_tensors_numbers_is_recorded_anew(f):
    class Reads(nn.Module):
        state_sizes = (3,)

        def forward(self, x, h):
            return f(x, h, self.p)

    cell = Reads()
    cell.p = nn.Parameter(torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64), requires_grad=False)
    layer = Recurrent(cell)
    for p in (0.5, -2.0, 3.0):
        cell.p.data[0] = p
        equal(layer, cell)
        assert layer.path == "fused"
        assert "; recorded anew at every call, for the cell asks torch for more than tensors" in layer.why


def test_large_tensors_are_not_kept(recordings, monkeypatch):
    monkeypatch.setattr(rehearse, "LARGEST", 100)
    layer = Recurrent(Everything().double())
    for _ in range(3):
        layer(X)
    assert len(recordings) == 3
    assert layer.path == "fused" and layer.why.endswith("very large ones")


def test_operators_called_by_their_own_names_are_no_way_round():
    """They are heard, or the cell is recorded anew."""
    cell = Everything().double()
    cell.forward = lambda x, h: torch.ops.aten.mul.Scalar(x + h, cell.leak) + x @ cell.u.weight
    layer = Recurrent(cell)
    for leak in (0.5, 0.5, 0.25):
        cell.leak = leak
        equal(layer, cell)


def test_a_mode_of_torch_that_would_see_the_calls_sees_them():
    """Nothing is rehearsed under one, and nothing that was recorded under one is kept."""
    cell = Everything().double()
    layer = Recurrent(cell)
    equal(layer, cell)

    class Doubling(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            return 2 * out if function is torch.tanh else out

    with Doubling():
        equal(layer, cell)
    equal(layer, cell)


def test_a_default_device_is_no_such_mode(recordings):
    """A cell is recorded once for each, and what it makes lies there."""
    cell = Everything().double()
    layer = Recurrent(cell)
    wanted = layer(X)[0]
    assert len(recordings) == 1
    for _ in range(3):
        with torch.device("cpu"):
            torch.testing.assert_close(layer(X)[0], wanted, rtol=0, atol=0)
        assert len(recordings) == 2
    assert layer.path == "fused"


def test_noise_from_outside_torch_is_drawn_at_every_call(monkeypatch):
    cell = Everything().double()
    monkeypatch.setattr(random, "random", lambda: 0.5)
    cell.forward = lambda x, h: x * random.random() + h
    layer = Recurrent(cell)
    torch.testing.assert_close(layer(X)[1], 0.5 * X.sum(0))
    monkeypatch.setattr(random, "random", lambda: 0.25)
    torch.testing.assert_close(layer(X)[1], 0.25 * X.sum(0))


@pytest.mark.parametrize(
    "draw", [lambda h: torch.rand(3).double(), torch.rand_like, lambda h: F.dropout(h, 0.5)]
)
def test_a_cell_that_draws_at_every_step_takes_the_readable_path(draw):
    cell = Everything().double()
    cell.forward = lambda x, h: x + h + draw(h + 1)
    layer = Recurrent(cell)
    for _ in range(2):
        torch.manual_seed(0)
        found = layer(X)[0]
        assert layer.path == "torch"
        torch.manual_seed(0)
        torch.testing.assert_close(found, definition(cell, X))


def test_a_tensor_that_a_cell_keeps_is_no_part_of_its_step():
    """A state of its own is seen by neither path's step; the loop's value is what counts."""
    cell = Everything().double()
    cell.last = torch.zeros(2, 3).double()

    def forward(x, h):
        new = x + h + cell.last.mean()
        cell.last = torch.ones(2, 3).double() * len(cell.weights)
        return new

    cell.forward = forward
    layer = Recurrent(cell)
    layer(X)
    torch.testing.assert_close(layer(X)[1], X.sum(0) + 4 * 2.0)
