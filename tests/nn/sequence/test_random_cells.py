"""Cells put together at random from everything that is fused: both paths agree, gradients too."""

import random

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.nn.recurrent import Recurrent

WIDTHS = (1, 2, 3, 5, 16)


def heads(f):
    """F of two heads; one column more is added where there is an odd number, and taken away again."""

    def of(a):
        even = torch.cat([a, a[:, :1]], 1) if a.shape[1] % 2 else a
        return f(even.view(len(a), 2, -1)).reshape(len(a), -1)[:, : a.shape[1]]

    return of


UNARY = [
    torch.tanh, torch.sigmoid, torch.relu, torch.sin, torch.cos, torch.abs, torch.erf, torch.neg,
    F.softplus, F.gelu, F.silu, F.elu, F.selu, F.leaky_relu, F.mish, F.hardtanh, F.hardswish, F.logsigmoid,
    lambda a: F.celu(a, 0.5), lambda a: F.softshrink(a, 0.1), lambda a: F.hardshrink(a, 0.1),
    lambda a: torch.exp(-a * a), lambda a: torch.exp2(-a * a), lambda a: torch.expm1(a / 9),
    lambda a: torch.log1p(a * a), lambda a: torch.log2(1 + a * a), lambda a: torch.sqrt(1 + a * a),
    lambda a: torch.rsqrt(1 + a.pow(2)), lambda a: 1 / (1 + a * a), lambda a: torch.sinh(a / 3),
    lambda a: torch.logaddexp(a, -a), lambda a: torch.tanh(a).pow(3),
    lambda a: (1 + a * a) ** torch.sigmoid(a),
    lambda a: a.clamp(-0.5, 0.5), lambda a: 2 - a, lambda a: a / 3 + 1, lambda a: torch.sign(a) * a,
    lambda a: a - a.floor().detach(), lambda a: a.detach() * a, lambda a: torch.lerp(a, a * a, 0.3),
    lambda a: torch.addcmul(a, a, a, value=0.5), lambda a: torch.where(a > 0, a, torch.zeros_like(a)),
    lambda a: torch.where((a > 0.2) | ~(a > -0.2), a, -a), lambda a: a.masked_fill((a > 0) & (a < 0.5), 0.1),
    lambda a: torch.maximum(a, a.new_zeros(a.shape)),
    # over columns
    lambda a: torch.softmax(a, -1), lambda a: F.log_softmax(a, -1), lambda a: a.cumsum(-1) / 9,
    lambda a: a - a.mean(-1, keepdim=True), lambda a: F.layer_norm(a, a.shape[-1:]),
    lambda a: F.group_norm(a, 1) if a.shape[1] > 1 else a,
    lambda a: a + (a**2).sum(-1, keepdim=True) / 9, lambda a: a * a.sum(-1).unsqueeze(-1) / 9,
    lambda a: F.normalize(a, dim=-1), lambda a: a + a.std(-1, keepdim=True, correction=0),
    lambda a: a - torch.logsumexp(a, -1, keepdim=True), lambda a: a + a.amin(-1, keepdim=True),
    lambda a: torch.einsum("nd,nd->n", a, a)[:, None] / 9 + a, lambda a: F.glu(torch.cat([a, a * a], -1)),
    # heads
    *map(heads, [
        lambda v: torch.softmax(v, -1), lambda v: torch.softmax(v, 1), lambda v: v.transpose(1, 2),
        lambda v: v / (1 + v.norm(dim=-1, keepdim=True)), lambda v: v - v.mean((1, 2), keepdim=True),
        lambda v: F.layer_norm(v, v.shape[2:]), lambda v: v * v.amax(1, keepdim=True),
        lambda v: (v[:, 0] - v[:, 1])[:, None].expand_as(v),
    ]),
    # views, and writing in place
    lambda a: a.roll(1, -1), lambda a: a.flip(-1), lambda a: a.repeat(1, 2)[:, : a.shape[1]],
    lambda a: torch.stack([a, a * a], 1).sum(1), lambda a: torch.stack([a, a * a], 2).flatten(1)[:, ::2],
    lambda a: a.mean(-1, keepdim=True).expand_as(a), lambda a: a.T.clone().T,
    lambda a: torch.cat([a, a.new_ones(len(a), 1)], 1)[:, 1:], lambda a: a.clone().mul_(0.5).add_(a),
    lambda a: F.relu(a + 0, inplace=True), lambda a: torch.zeros_like(a).copy_(a),
    lambda a: a.mul(2).sigmoid_(), lambda a: torch.zeros_like(a).copy_(a[:, :1]).add_(1),
]  # fmt: skip
BINARY = [
    torch.add, torch.sub, torch.mul, torch.maximum, torch.minimum, lambda a, b: a / (1 + b * b),
    lambda a, b: torch.where(a > b, a, b / 2), lambda a, b: torch.lerp(a, b, torch.sigmoid(a)),
]  # fmt: skip
MAPS = [
    lambda m, a: m(a), lambda m, a: torch.einsum("oi,ni->no", m.weight, a), lambda m, a: (m.weight @ a.T).T,
    lambda m, a: m(a[:, None])[:, 0],
]  # fmt: skip


class RandomCell(nn.Module):
    """A few operations in a row, each on something that was there before; then tanh."""

    def __init__(self, rng):
        super().__init__()
        self.state_sizes = tuple(rng.choice(WIDTHS) for _ in range(rng.choice((1, 1, 2, 3))))
        self.features = rng.choice((1, 2, 4, 7))
        self.maps, self.rows = nn.ModuleList(), nn.ParameterList()
        widths, self.steps = [self.features, *self.state_sizes], []
        for _ in range(rng.randint(2, 9)):
            width, f = self._step(rng, widths)
            self.steps.append(f)
            widths.append(width)
        self.ends = [self._map(rng, widths, width)[1] for width in self.state_sizes]

    def _step(self, rng, widths):
        """A width, and what of the values so far gets it."""
        i = rng.randrange(len(widths))
        kind = rng.choice(("map", "map", "one", "one", "one", "two", "join", "cut", "row"))
        if kind == "map":
            return self._map(rng, widths, rng.choice(WIDTHS))
        if kind == "one":
            f = rng.choice(UNARY)
            return widths[i], lambda v: f(v[i])
        if kind == "two":
            f = rng.choice(BINARY)
            j = rng.choice([j for j, width in enumerate(widths) if width in (1, widths[i])])
            return widths[i], lambda v: f(v[i], v[j])
        if kind == "join":
            j = rng.randrange(len(widths))
            return widths[i] + widths[j], lambda v: torch.cat([v[i], v[j]], -1)
        if kind == "cut":
            low = rng.randrange(widths[i])
            high = rng.randint(low + 1, widths[i])
            return high - low, lambda v: v[i][:, low:high]
        self.rows.append(torch.randn(rng.choice([(widths[i],), (1,), (1, widths[i]), ()])) / 2)
        k, f = len(self.rows) - 1, rng.choice((torch.add, torch.mul))
        return widths[i], lambda v: f(v[i], self.rows[k])

    def _map(self, rng, widths, width):
        i, f = rng.randrange(len(widths)), rng.choice(MAPS)
        self.maps.append(nn.Linear(widths[i], width, bias=rng.random() < 0.6))
        k = len(self.maps) - 1
        return width, lambda v: f(self.maps[k], v[i])

    def forward(self, x, *state):
        values = [x, *state]
        for step in self.steps:
            values.append(step(values))
        return tuple(torch.tanh(end(values)) for end in self.ends)


def agree(seed, both_paths):
    rng = random.Random(seed)
    torch.manual_seed(seed)
    cell = RandomCell(rng).double()
    steps, batch = rng.choice([(1, 1), (3, 2), (4, 5), (2, 17)])
    x = torch.randn(steps, batch, cell.features, dtype=torch.float64)
    state = tuple(torch.randn(batch, width, dtype=torch.float64) / 2 for width in cell.state_sizes)
    lengths = torch.tensor([rng.randint(0, steps) for _ in range(batch)])
    how = rng.choice([{}, {"lengths": lengths, "padding": rng.choice(["left", "right"])}])
    layer = Recurrent(cell, reverse=rng.random() < 0.3)
    fused, defined = both_paths(layer, x, state, **how)
    for key in (*fused.keys() - defined.keys(), *defined.keys() - fused.keys()):
        assert not {**fused, **defined}[key].any()  # a gradient of 0, or none
    zero = torch.zeros((), dtype=torch.float64)
    for key in fused.keys() & defined.keys():
        for found, wanted in zip(*(_listed(each[key]) for each in (fused, defined)), strict=True):
            pair = [zero if v is None else v for v in (found, wanted)]
            torch.testing.assert_close(*torch.broadcast_tensors(*pair), rtol=1e-7, atol=1e-7, equal_nan=True)


def _listed(value):
    return value if isinstance(value, list | tuple) else [value]


@pytest.mark.parametrize("seed", range(24))
def test_a_cell_put_together_at_random(seed, both_paths):
    agree(seed, both_paths)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 3000))
def test_many_cells_put_together_at_random(seed, both_paths):
    agree(seed, both_paths)
