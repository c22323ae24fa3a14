"""Which path runs and why, and what a cell may do."""

import copy
import pickle
import subprocess
import sys

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.kernels import compile as kernels
from gradatim.nn.lstm import LSTM
from gradatim.nn.recurrent import Recurrent
from gradatim.nn.sequence import scan
from gradatim.nn.sequence.fused import buffer_pool, on_cpu

from .cells import Concatenated, MinimalGatedUnit


class Cell(nn.Module):
    """h = f(x, h), for a function of one's own."""

    def __init__(self, f, size=3):
        super().__init__()
        self.f, self.state_sizes = f, (size,)

    def forward(self, x, h):
        return self.f(x, h)


def without_gradient(x, h):
    with torch.no_grad():
        gate = torch.sigmoid(h + x)
    return gate * h + x


X = torch.linspace(-1, 1, 24).reshape(4, 2, 3)


def test_before_and_after_a_call():
    layer = LSTM(3, 5)
    assert (layer.path, layer.why) == ("", "nothing has run yet")
    layer(X)
    assert layer.path == "fused"
    assert "one C kernel a step" in layer.why


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (lambda x, h: torch.cumprod(x + h, -1), "cumprod has no fused form"),
        (lambda x, h: x.mul_(1.0) + h, "mul_ writes in place"),
        (
            lambda x, h: x + h if h[0, 0] > 0 else x - h,
            "what the cell does depends on the numbers it is given, or on their count",
        ),
        (
            lambda x, h: x + h if x.sum() > 0 else x - h,
            "what the cell does depends on the numbers it is given",
        ),
        (
            lambda x, h: h + float(x.numpy().max()),
            "what the cell does depends on the numbers it is given, or on their count",
        ),
        (
            lambda x, h: h + x.tolist()[0][0],
            "what the cell does depends on the numbers it is given, or on their count",
        ),
        (
            lambda x, h: h + x / len(x),
            "what the cell does depends on the numbers it is given, or on their count",
        ),
        (without_gradient, "it switches gradients on or off by itself"),
        (lambda x, h: (x.double() + h).float(), "_to_copy makes torch.float64 of torch.float32"),
        (
            lambda x, h: x + h.mean(0, keepdim=True),
            "rows are never added up or compared along the batch",
        ),
        (lambda x, h: x + h.flip(0), "rows are never cut or joined along the batch"),
        (lambda x, h: torch.relu(x @ h.T @ h), "mm has no fused form"),
    ],
)
def test_what_has_no_fused_form_runs_as_written_and_says_why(f, why):
    layer, h = Recurrent(Cell(f)), torch.zeros(2, 3)
    outputs, last = layer(X)
    for t in range(4):
        h = f(X[t], h)
        torch.testing.assert_close(outputs[t], h)
    assert layer.path == "torch"
    assert layer.why == why
    torch.testing.assert_close(last, h)


W = torch.linspace(-1, 1, 9, dtype=torch.float64).reshape(3, 3)
BATCH = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("f", "path"),
    [
        (lambda x, h: torch.addmm(x, x * 2, W) + h, "fused"),
        (lambda x, h: torch.addmm(h, x, W), "fused"),
        (lambda x, h: torch.sigmoid(x + h).detach() * h + x.detach() * x, "fused"),
        (without_gradient, "torch"),
        (lambda x, h: torch.addmm(x, h, W), "fused"),
        (lambda x, h: torch.cat([x, h, x * h], 1) @ torch.cat([W, W, -W]), "fused"),
        (lambda x, h: torch.cat([x[:, :1], h[:, 1:]], -1) @ W, "fused"),
        (lambda x, h: torch.relu(x @ W + W[0]) @ W + h, "fused"),
        (lambda x, h: torch.softmax(x, -1) @ W + h * h.sum(-1, keepdim=True), "fused"),
        (lambda x, h: (x - x.mean(0, keepdim=True)) @ W + h, "torch"),
        (lambda x, h: torch.softmax(x, 0) @ W + h, "torch"),
        (lambda x, h: (x * BATCH) @ W + h, "torch"),
        (lambda x, h: torch.cat([x[:1], h[1:]]) @ W, "torch"),
        (lambda x, h: x[1:] @ W + h, "torch"),
        (lambda x, h: torch.addmm(BATCH, x, W) + h, "torch"),
        (lambda x, h: h + x + BATCH, "torch"),
    ],
)
def test_only_what_treats_every_row_alike_leaves_the_loop(f, path):
    """Whatever the path, the numbers are those of the cell as written, gradients too."""
    layer, h = Recurrent(Cell(f)), torch.zeros(2, 3, dtype=torch.float64)
    x = X.double().requires_grad_()
    outputs = []
    for t in range(4):
        h = f(x[t], h)
        outputs.append(h)
    wanted = torch.stack(outputs)
    found = layer(x)[0]
    assert layer.path == path, layer.why
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)
    grads = [torch.autograd.grad(y.sin().sum(), x)[0] for y in (found, wanted)]
    torch.testing.assert_close(*grads, rtol=1e-12, atol=1e-12)


def test_without_a_compiler_the_readable_path_runs_and_says_so(monkeypatch):
    """The same numbers, by torch's operations with the input product hoisted."""
    cell = MinimalGatedUnit(3, 4).double()
    x = X.double().requires_grad_()
    fused = Recurrent(cell)(x)[0]
    wanted = torch.autograd.grad(fused.sum(), [x, *cell.parameters()])
    monkeypatch.setattr(scan, "_PLANS", {})
    monkeypatch.setattr(scan, "_KNOWN", {})
    monkeypatch.setattr(
        on_cpu,
        "compile_library",
        lambda *_, **__: (_ for _ in ()).throw(kernels.NoCompiler("there is no C compiler")),
    )
    layer = Recurrent(cell)
    outputs, _ = layer(x)
    assert (layer.path, layer.why) == ("torch", "there is no C compiler")
    torch.testing.assert_close(outputs, fused, rtol=1e-12, atol=1e-12)
    found = torch.autograd.grad(outputs.sum(), [x, *cell.parameters()])
    torch.testing.assert_close(found, wanted, rtol=1e-10, atol=1e-10)


def test_other_numbers_and_other_transformations_take_the_readable_path():
    layer = Recurrent(Cell(lambda x, h: torch.tanh(x + h)))
    layer(X.to(torch.bfloat16))
    assert layer.why == "numbers are torch.bfloat16, not all float32 or all float64"
    torch.func.vmap(lambda x: layer(x)[0], in_dims=1)(torch.zeros(4, 5, 2, 3))
    assert layer.why == "another transformation of torch is at work"


def test_a_change_of_the_cell_is_seen_at_the_next_call():
    """Numbers, modes and parameters that a cell reads are read anew."""
    cell = Cell(lambda x, h: cell.scale * x + h)
    layer = Recurrent(cell)
    for scale in (2.0, 3.0, torch.tensor(4.0), nn.Parameter(torch.tensor([5.0, 6.0, 7.0]))):
        cell.scale = scale
        torch.testing.assert_close(layer(X)[1], (scale * X).sum(0))
        assert layer.path == "fused"


def test_new_weights_in_a_known_layer_are_used():
    """After load_state_dict, after .to(dtype), and after a parameter was replaced."""
    layer, other = LSTM(3, 5), LSTM(3, 5).requires_grad_(False)
    layer(X)
    for p in other.parameters():
        p.mul_(2)
    layer.load_state_dict(other.state_dict())
    torch.testing.assert_close(layer(X)[0], other(X)[0], rtol=0, atol=0)
    layer.weight_hh_l0 = nn.Parameter(torch.zeros(20, 5))
    other.weight_hh_l0.zero_()
    torch.testing.assert_close(layer(X)[0], other(X)[0], rtol=0, atol=0)
    assert layer.double()(X.double())[0].dtype is torch.float64


def test_copies_and_pickles():
    layer = LSTM(3, 5)
    wanted = layer(X)[0]
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(twin(X)[0], wanted, rtol=0, atol=0)


def test_frozen_parameters_and_no_grad():
    layer = Recurrent(Concatenated(3, 4))
    layer.cell.f.requires_grad_(False)
    layer(X)[0].sum().backward()
    assert layer.cell.f.weight.grad is None and layer.cell.i.weight.grad is not None
    with torch.no_grad():
        assert not layer(X)[0].requires_grad


def test_gradients_twice_and_leaves_untouched():
    """retain_graph gives the same gradients again; x and the weights are as they were."""
    layer, x = LSTM(3, 5), X.clone().requires_grad_()
    before = [p.clone() for p in layer.parameters()]
    loss = layer(x)[0].square().sum()
    first = torch.autograd.grad(loss, [x, *layer.parameters()], retain_graph=True)
    second = torch.autograd.grad(loss, [x, *layer.parameters()])
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    torch.testing.assert_close(x.detach(), X, rtol=0, atol=0)
    torch.testing.assert_close(list(layer.parameters()), before, rtol=0, atol=0)


@pytest.mark.parametrize("make", [lambda: LSTM(8, 96), lambda: Recurrent(MinimalGatedUnit(8, 96))])
def test_passes_do_not_share_their_memory(make, monkeypatch):
    """Two that are alive at once, each differentiated twice, in either order; large enough to be kept."""
    layer, rng = make(), torch.Generator().manual_seed(0)
    a, b = (torch.randn(32, 16, 8, generator=rng, requires_grad=True) for _ in range(2))

    def grads(x, y, keep):
        return torch.autograd.grad(y.square().sum(), [x, *layer.parameters()], retain_graph=keep)

    wanted = {x: grads(x, layer(x)[0], False) for x in (a, b)}
    kept = sum(t.nbytes for free in buffer_pool._FREE.values() for t in free)
    assert 0 < kept <= buffer_pool.MOST["cpu"]
    outputs = {x: layer(x)[0] for x in (a, b)}
    for x, keep in ((b, True), (a, True), (b, False), (a, False)):
        torch.testing.assert_close(grads(x, outputs[x], keep), wanted[x], rtol=0, atol=0)
    monkeypatch.setitem(buffer_pool.MOST, "cpu", 0)
    torch.testing.assert_close(grads(a, layer(a)[0], False), wanted[a], rtol=0, atol=0)
    assert not buffer_pool._FREE


@pytest.mark.parametrize(
    ("f", "returned"),
    [
        (lambda x, h: h[:, :2], "(N, 2)"),
        (lambda x, h: (h, h), "(N, 3), (N, 3)"),
        (lambda x, h: h.sum(0), "(3)"),
        (lambda x, h: (None,), "NoneType"),
        (lambda x, h: (), "nothing"),
    ],
)
def test_a_cell_that_returns_the_wrong_shape_is_named(f, returned):
    with pytest.raises(UsageError) as raised:
        Recurrent(Cell(f))(X)
    assert str(raised.value) == (
        "the cell Cell must return a new state of shapes (N, 3), like the state it was given; "
        f"it returned {returned}"
    )


def test_a_cell_without_state_sizes_is_refused():
    with pytest.raises(UsageError, match="the cell Linear needs state_sizes, the width of each"):
        Recurrent(nn.Linear(2, 2))


def test_an_error_inside_a_cell_is_its_own():
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        Recurrent(MinimalGatedUnit(7, 3))(X)


def test_reading_a_cell_does_not_import_torchs_compiler():
    """Which would take a second or more at the first call."""
    script = (
        "import sys, torch\n"
        "from gradatim.nn.lstm import LSTM\n"
        "layer = LSTM(3, 5)\n"
        "layer(torch.zeros(4, 2, 3))[0].sum().backward()\n"
        "assert layer.path == 'fused', layer.why\n"
        "assert 'torch._dynamo' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
