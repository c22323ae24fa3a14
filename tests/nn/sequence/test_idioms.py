"""What people write in a cell: each is fused, and equals the cell as written, gradients too."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.nn.recurrent import Recurrent
from gradatim.nn.sequence.cell.count import Rows
from gradatim.nn.sequence.cell.record import Instruction, Program, Ref
from gradatim.nn.sequence.cell.step import Step
from gradatim.nn.sequence.fused.unfused import Inputs, run_unfused

T, N, H = 4, 3, 8
E = torch.einsum


class Cell(nn.Module):
    """h = f(x, h, self), with a few things of every kind to hand."""

    state_sizes = (H,)

    def __init__(self, f):
        super().__init__()
        torch.manual_seed(0)
        self.f = f
        self.w, self.b = nn.Parameter(torch.randn(H, H) / 4), nn.Parameter(torch.randn(H))
        self.blocks, self.small = nn.Parameter(torch.randn(2, 4, 4) / 4), nn.Linear(4, 4)
        self.u, self.wide = nn.Linear(H, H), nn.Linear(H, 2 * H)
        self.slots = nn.Parameter(torch.randn(3, H))
        self.lstm, self.gru, self.rnn = nn.LSTMCell(H, H), nn.GRUCell(H, H), nn.RNNCell(H, H)
        self.rms, self.group, self.prelu = nn.RMSNorm(H), nn.GroupNorm(2, H), nn.PReLU(H)
        self.register_buffer("mask", torch.arange(H) % 3 == 0)
        self.whole, self.single = torch.arange(H), nn.Parameter(torch.tensor(0.5, dtype=torch.float32))

    def forward(self, x, h):
        return self.f(x, h, self)


def halves(h):
    return h.view(-1, 2, 4)


IDIOMS = {
    # Products
    "linear": lambda x, h, c: torch.tanh(F.linear(x, c.w) + F.linear(h, c.w, c.b)),
    "einsum": lambda x, h, c: torch.tanh(E("nd,dh->nh", x, c.w) + E("hk,nk->nh", c.w, h)),
    "a matrix times the transpose": lambda x, h, c: (c.w @ h.T).T + x,
    "matrix times vector": lambda x, h, c: h * (h @ c.b / 8).unsqueeze(-1) + x,
    "addmm with numbers": lambda x, h, c: torch.addmm(x, h, c.w, alpha=0.5, beta=2),
    "baddbmm": lambda x, h, c: (
        torch.baddbmm(c.b.view(2, 1, 4), halves(h).transpose(0, 1), c.blocks).transpose(0, 1).flatten(1) + x
    ),
    "heads by einsum": lambda x, h, c: x + E("nai,aij->naj", halves(h), c.blocks).reshape(-1, H),
    "heads by matmul": lambda x, h, c: (
        x + (halves(h).transpose(0, 1) @ c.blocks).transpose(0, 1).reshape(-1, H)
    ),
    "heads of the inputs": lambda x, h, c: h / 2 + E("nai,aij->naj", halves(x), c.blocks).reshape(-1, H),
    "transposed blocks": lambda x, h, c: (
        x + (c.blocks @ halves(h).permute(1, 2, 0)).permute(2, 0, 1).reshape(-1, H)
    ),
    "one map for both heads": lambda x, h, c: torch.tanh(c.small(halves(h)).flatten(1) + x),
    "heads as rows": lambda x, h, c: torch.tanh(c.small(h.view(-1, 4)).view(len(x), H) + x),
    "heads of inputs as rows": lambda x, h, c: torch.tanh(c.small(x.view(-1, 4)).view(-1, H) + h),
    "attention to slots": lambda x, h, c: torch.softmax(E("nd,kd->nk", x, c.slots), -1) @ c.slots + h,
    "dot product": lambda x, h, c: torch.tanh(h * E("nd,nd->n", h, x)[:, None]) + x,
    "outer product, flat": lambda x, h, c: (
        h / 9 + (x[:, :, None] * h[:, None]).transpose(1, 2).flatten(1)[:, :H]
    ),
    "outer product": lambda x, h, c: x + torch.bmm(h[:, :4, None], x[:, None, :2]).flatten(1) / 2,
    "fast weights": lambda x, h, c: x + (torch.tanh(h[:, :, None] * x[:, None]) @ h[:, :, None])[..., 0] / 9,
    "cumulative softmax": lambda x, h, c: torch.softmax(c.u(h) + x, -1).cumsum(-1),
    "cells of torch": lambda x, h, c: c.lstm(x, (h, h))[0] + c.gru(x, h) + c.rnn(x, h),
    "a bias of ones": lambda x, h, c: h / 2 + torch.cat([x[:, 1:], x.new_ones(len(x), 1)], 1) @ c.w,
    # Views
    "view": lambda x, h, c: torch.tanh(x + c.u(h).view(h.size(0), -1)),
    "expand": lambda x, h, c: x * h.mean(-1, keepdim=True).expand_as(h) + c.b.expand(h.shape[0], H),
    "squeeze": lambda x, h, c: (h.unsqueeze(1) / 2 + x.unsqueeze(1)).squeeze(1),
    "no keepdim": lambda x, h, c: h * x.sum(-1).unsqueeze(-1) / 8 + h.mean(1)[:, None],
    "select": lambda x, h, c: h * torch.tanh(h[:, 0, None]) + x[:, -1:],
    "every second": lambda x, h, c: torch.cat([h[:, ::2], x[:, 1::2]], 1),
    "stack": lambda x, h, c: torch.stack([h[:, :4], x[:, :4]], 2).flatten(1),
    "repeat": lambda x, h, c: h / 2 * x[:, :1].repeat(1, H) + x[:, :4].tile(1, 2),
    "repeat_interleave": lambda x, h, c: h[:, :4].repeat_interleave(2, dim=1) / 2 + x,
    "roll and flip": lambda x, h, c: h.roll(1, -1) / 2 + h.flip(-1) / 3 + x,
    "unbind": lambda x, h, c: torch.cat(halves(h).unbind(1)[::-1], 1) / 2 + x,
    "shuffled": lambda x, h, c: halves(h).transpose(1, 2).reshape(-1, H) / 2 + x,
    "zeros": lambda x, h, c: torch.maximum(h, h.new_zeros(h.shape)) / 2 + x + torch.zeros(len(x), 1),
    # Sums over columns
    "norms": lambda x, h, c: F.normalize(h, dim=-1) + h / (1 + h.norm(p=1, dim=-1, keepdim=True)) + x,
    "deviations": lambda x, h, c: h / (1 + h.std(-1, keepdim=True)) + h.var(1, False).unsqueeze(1) / 9 + x,
    "largest": lambda x, h, c: h - h.amax(-1, keepdim=True) + x + torch.relu(h).amin(1)[:, None],
    "maxout": lambda x, h, c: c.wide(h).view(-1, 2, H).max(1).values / 2 + halves(x).min(2)[0].repeat(1, 4),
    "log-sum-exp": lambda x, h, c: F.log_softmax(h, -1) / 2 - torch.logsumexp(h, -1, keepdim=True) + x,
    "softmax of heads": lambda x, h, c: torch.softmax(halves(h), -1).flatten(1) + x,
    "four sums across heads": lambda x, h, c: halves(h).sum(1).repeat(1, 2) / 4 + x,
    "softmax across heads": lambda x, h, c: torch.softmax(halves(h), 1).flatten(1) + x,
    "means of heads": lambda x, h, c: (halves(h) - halves(h).mean((1, 2), keepdim=True)).flatten(1) / 2 + x,
    "layer norm of heads": lambda x, h, c: F.layer_norm(halves(h), (4,), c.b[:4]).flatten(1) + x,
    "rms and group norm": lambda x, h, c: c.rms(h + x) + c.group(x - h),
    "rms norm of a GPU": lambda x, h, c: torch.ops.aten._fused_rms_norm(h + x, [H], c.b, None)[0],
    "glu": lambda x, h, c: F.glu(c.wide(h), -1) + x,
    # One number at a time
    "hard gates": lambda x, h, c: F.hardswish(h) / 2 + F.softshrink(h) + F.hardshrink(x) + x,
    "other gates": lambda x, h, c: F.mish(h) + F.celu(h, 0.5) + c.prelu(h) / 2 + F.threshold(h, 0.1, 0.2) + x,
    "powers": lambda x, h, c: torch.exp(-h).pow(x.sigmoid()) / 9 + 2 ** (-h.abs()) + x,
    "exponentials": lambda x, h, c: torch.exp2(-h * h) + torch.log2(1 + h * h) + torch.logaddexp(h, x) / 2,
    "hyperbolic": lambda x, h, c: torch.tanh(torch.sinh(h) + torch.cosh(x) - torch.tan(h / 9)),
    "straight through": lambda x, h, c: h / 2 + (h.round() - h).detach() + x.floor() + x.ceil() / 2 + x,
    "logic": lambda x, h, c: torch.where((h > 0) & (x > 0) | ~(h > -1), h / 2, x),
    "masks": lambda x, h, c: h.masked_fill(h < 0, 0.1) / 2 + (x > 0).double() * x + (h > 0) * x,
    "truth": lambda x, h, c: (
        torch.logical_or(h.floor(), x > 0).double() / 2
        + torch.logical_and(h, x).double() * x
        + h.bool() * h / 2
    ),
    "a mask from outside": lambda x, h, c: h.masked_fill(c.mask, 0.0) / 2 + torch.where(~c.mask, x, h / 3),
    "only torch can, of inputs": lambda x, h, c: h / 2 + torch.atan2(x, x * x + 1) + torch.remainder(x, 1.0),
    "whole numbers from outside": lambda x, h, c: h * c.whole / H + x,
    # In place
    "fresh": lambda x, h, c: c.u(h).add_(x).tanh_(),
    "copied": lambda x, h, c: torch.empty_like(h).copy_(x[:, :1]) @ c.w + torch.zeros_like(h).copy_(h) / 2,
    "numbers made of numbers": lambda x, h, c: torch.tanh(c.b / (1 + x.new_ones(len(x), 1))) + h / 2 + x,
    "inplace=True": lambda x, h, c: F.relu(c.u(h) + x, inplace=True),
    "augmented": lambda x, h, c: _augmented(x, h),
}


def _augmented(x, h):
    y = h * 0.5
    y += x
    y *= torch.sigmoid(x)
    return y


@pytest.mark.parametrize("name", IDIOMS)
def test_an_idiom_is_fused(name, both_paths):
    cell = Cell(IDIOMS[name]).double()
    x, h = (torch.randn(*s, dtype=torch.float64, generator=seeded(s)) for s in ((T, N, H), (N, H)))
    lengths = {"lengths": torch.tensor([4, 0, 2]), "padding": "left"}
    for how in ({}, lengths):
        torch.testing.assert_close(*both_paths(Recurrent(cell), x, (h,), **how), rtol=1e-9, atol=1e-9)


def seeded(shape):
    return torch.Generator().manual_seed(len(shape))


def test_a_number_of_another_precision_from_outside(both_paths):
    """Its gradient is in its own."""
    cell = Cell(lambda x, h, c: h * c.single + x).double()
    cell.single.data = cell.single.data.float()
    fused, defined = both_paths(Recurrent(cell), torch.ones(T, N, H, dtype=torch.float64))
    assert fused["cell.single"].dtype == torch.float32
    torch.testing.assert_close(fused, defined, rtol=1e-6, atol=0)


def test_hardsigmoid():
    """To 1e-7, for torch's derivative is a sixth in single precision."""
    layer = Recurrent(Cell(lambda x, h, c: F.hardsigmoid(h) + x).double())
    x = torch.linspace(-4, 4, T * N * H, dtype=torch.float64).view(T, N, H).requires_grad_()
    outputs, _ = layer(x)
    h = torch.zeros(N, H, dtype=torch.float64)
    for t in range(T):
        h = F.hardsigmoid(h) + x[t]
        torch.testing.assert_close(outputs[t], h, rtol=1e-14, atol=1e-14)
    found, wanted = (torch.autograd.grad(y.sum(), x)[0][-1] for y in (outputs[-1], h))
    assert layer.path == "fused"
    torch.testing.assert_close(found, wanted, rtol=1e-7, atol=0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, h, c: torch.relu(h) - torch.relu(h).amax(-1, keepdim=True) + x,  # zeros share the gradient
        lambda x, h, c: h - torch.relu(h).max(-1, keepdim=True).values + x.min(1, True)[0],
        lambda x, h, c: h / h.norm(dim=-1, keepdim=True).clamp_min(0.1) + h.std(-1, keepdim=True) + x,
        lambda x, h, c: (h * h).pow(1 + torch.sigmoid(x)) / 9 + x,  # 0 to a power
    ],
)
def test_where_derivatives_are_a_convention_it_is_torchs(f, both_paths):
    """At an initial state of zeros, and a first input of zeros."""
    x = torch.randn(T, N, H, dtype=torch.float64, generator=seeded((0,)))
    x[0] = 0
    fused, defined = both_paths(Recurrent(Cell(f).double()), x)
    assert all(bool(torch.isfinite(v).all()) for v in (fused["x"], fused["outputs"]))
    torch.testing.assert_close(fused, defined, rtol=1e-9, atol=1e-9)


def test_functions_far_from_zero_and_near(both_paths):
    """And their derivatives."""
    x = torch.tensor([-50.0, -20, -1, -1e-9, 0, 1e-9, 3, 50], dtype=torch.float64).expand(1, N, H)
    for f in (torch.sinh, torch.cosh, torch.logaddexp, F.mish, torch.exp2):
        arguments = (lambda a: (a, a / 2)) if f is torch.logaddexp else (lambda a: (a,))
        cell = Cell(lambda x, h, c, f=f, arguments=arguments: f(*arguments(x)) + h).double()
        torch.testing.assert_close(*both_paths(Recurrent(cell), x), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_numbers_without_end_and_no_numbers(value):
    """Where largest ones are taken away first, as torch has them."""

    def f(x, h, c):
        both = torch.logaddexp(x, x) + torch.logsumexp(x, -1, keepdim=True) + x.amax(-1, keepdim=True)
        both = both + x.max(-1, keepdim=True).values
        return both + (h - h)

    x = torch.full((1, N, H), 0.5, dtype=torch.float64)
    x[0, 0, 3], x[0, 1] = value, value
    layer = Recurrent(Cell(f).double())
    torch.testing.assert_close(layer(x)[0][0], f(x[0], torch.zeros(N, H), None), equal_nan=True)
    assert layer.path == "fused"


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (
            lambda x, h, c: h.roll(len(x), -1) + x,
            "what the cell does depends on the numbers it is given, or on their count",
        ),
        *[
            (f, "what the cell does depends on the numbers it is given, or on their count")
            for f in (
                lambda x, h, c: h + x / torch.tensor(float(len(x))),
                lambda x, h, c: h + x / torch.full((1,), len(x)),
                lambda x, h, c: h + x * x.new_tensor([len(x)]),
                lambda x, h, c: h + torch.from_numpy(x.numpy() + 1),
            )
        ],
        (lambda x, h, c: h * torch.arange(len(x))[:, None] + x, "arange has no fused form"),
        (lambda x, h, c: torch.relu(x @ h.T @ h), "mm has no fused form"),
        (lambda x, h, c: x + torch.bmm(h[None].mT, h[None])[0, :1], "bmm has no fused form where rows meet"),
        (lambda x, h, c: h + x * h.max(-1, True)[1], "what else max finds has no fused form"),
        (lambda x, h, c: h + x * h.argmax(-1, True), "argmax has no fused form"),
        (lambda x, h, c: x + h.norm(p=3, dim=-1, keepdim=True), "a norm of order 3 has no fused form"),
        (lambda x, h, c: x + h.cumsum(0), "a cumulative sum must be over the columns of a row"),
        (lambda x, h, c: ((h > 0) + (x > 0)).double() + h, "add makes torch.bool of torch.float64"),
        (lambda x, h, c: h + x * (x @ h.T).sum(), "mm has no fused form"),
        (lambda x, h, c: h + (x * h).gt_(0), "gt_ writes in place"),
        (lambda x, h, c: h + (x * 1).gt_(0) @ c.w, "gt_ writes in place"),
        (
            lambda x, h, c: h + x[None].expand(len(x), -1, -1)[0] * x.new_ones(H).erfinv().clamp(max=1),
            "a tensor has more than one axis of rows, which never meet",
        ),
        (lambda x, h, c: x + h * torch.erfinv(x.new_zeros(H)), "what is made of the inputs has no rows"),
        (
            lambda x, h, c: _written_under_a_view(x + h),
            "a tensor is read after another view of its numbers was written into",
        ),
    ],
)
def test_what_is_not_says_why(f, why):
    cell = Cell(f).double()
    x = torch.randn(T, N, H, dtype=torch.float64, generator=seeded((0, 0)))
    layer = Recurrent(cell)
    found = layer(x)[0]
    h = torch.zeros(N, H, dtype=torch.float64)
    for t in range(T):
        h = f(x[t], h, cell)
        torch.testing.assert_close(found[t], h, rtol=1e-12, atol=1e-12)
    assert (layer.path, layer.why) == ("torch", why)


def _written_under_a_view(y):
    y[:, :4].mul_(2.0)
    return y


@pytest.mark.parametrize(
    ("kind", "operation", "gates", "states", "kept"),
    [
        (nn.LSTMCell, torch.ops.aten._thnn_fused_lstm_cell.default, 4, 2, 4),
        (nn.GRUCell, torch.ops.aten._thnn_fused_gru_cell.default, 3, 1, 5),
    ],
)
def test_cells_of_torch_are_one_operation_on_a_gpu(kind, operation, gates, states, kept):
    """Read as if it had been recorded there: two products are given, the rest is one operation."""
    cell, wide = kind(gates * H, H).double(), gates * H
    nn.init.eye_(cell.weight_ih)
    x, *state = (torch.randn(N, width, dtype=torch.float64) for width in (wide, *[H] * states))
    rows = [(Rows(), wide)] * 2 + [(Rows(), H)] * states
    outs = [(Rows(), H)] * states + [(Rows(), kept * H)]
    last, first = 1 + states, 4 + states  # of the states, and of what it makes
    numbers = tuple(range(first, first + len(outs)))
    instruction = Instruction(operation, tuple(map(Ref, (0, 1, last, last + 1, last + 2))), (), numbers)
    program = Program(
        2, 0, states, (*rows, (wide,), (wide,), *outs), (torch.float64,) * (first + len(outs)),
        (last + 1, last + 2), (instruction,), numbers[:-1],
    )  # fmt: skip
    streams = [x[None], (state[0] @ cell.weight_hh.T)[None]]
    given = Inputs(streams, [], [cell.bias_ih, cell.bias_hh], [], state)
    _, *found = run_unfused(Step(program), given, False, None)
    wanted = cell(x, state) if states > 1 else [cell(x, state[0])]
    torch.testing.assert_close(found, list(wanted), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (lambda x, h: h.flip(-1) / 2 + x, "columns are rearranged in more than 64 pieces"),
        (
            lambda x, h: (
                x + F.layer_norm(torch.cat([h, h], 1).view(len(x), -1, 2), (2,)).sum((1, 2))[:, None]
            ),
            "columns are added up or compared at more than 64 places",
        ),
    ],
)
def test_pieces_have_a_limit(f, why):
    """Every one is a line of the kernel."""

    class Sized(nn.Module):
        def __init__(self, size):
            super().__init__()
            self.state_sizes = (size,)

        def forward(self, x, h):
            return f(x, h)

    for size, path in ((64, "fused"), (65, "torch")):
        layer = Recurrent(Sized(size))
        layer(torch.ones(2, 1, size))
        assert layer.path == path
    assert layer.why == why
