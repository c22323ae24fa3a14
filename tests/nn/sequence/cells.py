"""Cells as a user would write them, for the tests of the sequence core."""

import torch
import torch.nn.functional as F
from torch import nn


class MinimalGatedUnit(nn.Module):
    """f = σ(W_f x + U_f h); g = tanh(W x + U (f ⊙ h) + b); h = (1 − f) ⊙ h + f ⊙ g (Zhou et al. 2016)."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (h,)
        self.w, self.u, self.v = nn.Linear(d, 2 * h), nn.Linear(h, h, bias=False), nn.Linear(h, h)

    def forward(self, x, h):
        wf, wg = self.w(x).chunk(2, -1)
        f = torch.sigmoid(wf + self.u(h))
        return (1 - f) * h + f * torch.tanh(wg + self.v(f * h))


class Concatenated(nn.Module):
    """An LSTM as lectures draw it: four maps of [h; x], scalars from outside, other activations."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (h, h)
        self.f, self.i, self.g, self.o = (nn.Linear(d + h, h) for _ in range(4))
        self.a, self.b = nn.Parameter(torch.tensor(1.3)), nn.Parameter(torch.tensor([0.7]))

    def forward(self, x, h, c):
        z = torch.cat([h, x], 1)
        c = torch.sigmoid(self.f(z)) * c + torch.sigmoid(self.i(z)) * F.softplus(self.g(z) * self.a)
        return torch.sigmoid(self.o(z)) * F.gelu(c) * self.b, c


class Reductions(nn.Module):
    """Softmax, layer norm, means, slices, joins, choices: what needs more than one loop over a row."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (h,)
        self.w, self.u, self.norm = nn.Linear(d, h), nn.Linear(h, h), nn.LayerNorm(h)

    def forward(self, x, h):
        p = torch.softmax(self.u(h) + self.w(x), -1)
        q = F.leaky_relu(self.norm(p * h + torch.relu(x.mean(-1, keepdim=True))))
        joined = torch.cat([q[:, 1:], q[:, :1].clamp(-1, 1)], 1)
        return joined * torch.where(h > 0, h.abs() + 1, 1.0).sqrt()


class Leaky(nn.Module):
    """No matrix at all: h = a ⊙ h + (1 − a) ⊙ x with a = σ(θ)."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (d,)
        self.theta = nn.Parameter(torch.linspace(-1, 1, d))

    def forward(self, x, h):
        a = torch.sigmoid(self.theta)
        return a * h + (1 - a) * x


class TwoMaps(nn.Module):
    """A product of a product, two states and a map of both; the input is used as it is, too."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (h, d)
        self.w, self.v, self.m = nn.Linear(d, h), nn.Linear(h, d), nn.Linear(h + d, h)

    def forward(self, x, h, s):
        s = torch.sin(self.v(torch.tanh(self.w(x * s) + h))) + x
        return torch.tanh(self.m(torch.cat([h, s], -1))), s


class Heads(nn.Module):
    """Two heads: a matrix for each, by einsum; softmax and norms within them; all that views do."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (2 * h,)
        self.w = nn.Linear(d, 2 * h)
        self.u, self.v = nn.Parameter(torch.randn(2, h, h)), nn.Parameter(torch.randn(2, h))
        self.shared = nn.Linear(h, h)

    def forward(self, x, h):
        count = len(x)
        z = torch.einsum("nai,aij->naj", h.view(count, 2, -1), self.u) / h.shape[1]
        z = z + self.w(x).unflatten(1, (2, -1)).transpose(0, 1).transpose(0, 1)
        p = torch.softmax(z, -1) * self.v - z.mean((1, 2), keepdim=True).expand_as(z)
        p = torch.stack([p[:, 0] - p[:, 1], F.normalize(p.sum(1), dim=-1)], 1)
        return (self.shared(p) + z).tanh().reshape(count, -1) + F.group_norm(h, 2) * 0.1


class Functions(nn.Module):
    """What is not smooth, what is written in place, logic, powers, cumulative sums."""

    def __init__(self, d, h):
        super().__init__()
        self.state_sizes = (h,)
        self.u, self.a = nn.LSTMCell(d, h), nn.Parameter(torch.linspace(0.5, 1.5, h))

    def forward(self, x, h):
        y, c = self.u(x, (h, h))
        y = y.add(c).mul_(2).add_(torch.cumsum(torch.softmax(c, -1), -1))
        steps = torch.floor(3 * h) + (torch.round(4 * y) - 4 * y).detach() / 8
        z = torch.where((y > 0) & ~(h > 0.5), y.abs().add(0.1).pow(self.a), y.masked_fill(y < -1, -1.0))
        z -= torch.logsumexp(y, 1, keepdim=True) - h.amax(-1).unsqueeze(-1)
        return 0.3 * torch.sin(z + steps + F.hardtanh(y))


CELLS = (MinimalGatedUnit, Concatenated, Reductions, Leaky, TwoMaps, Heads, Functions)
