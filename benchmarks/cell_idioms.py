"""Claim: a cell of one's own is fused however it is written, and quicker than the loop over its steps.

    python benchmarks/cell_idioms.py [--threads N]

Forward + backward (of the sum of all outputs) at T = 100, N = 32, D = H = 256, float32, of cells that use one
idiom each, beside the same cell called once a step; medians.
"""

import argparse
import statistics
import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.device import cores
from gradatim.nn.recurrent import Recurrent

T, N, H = 100, 32, 256
ROUNDS = 9


def blocks(count: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(count, H // count, H // count) / 16)


class Cell(nn.Module):
    """h = f(x, h, self)."""

    state_sizes = (H,)

    def __init__(self, f):
        super().__init__()
        self.f = f
        self.w, self.u, self.m = nn.Linear(H, H), nn.Linear(H, H), nn.Parameter(torch.randn(H, H) / 16)
        self.four, self.eight, self.shared = blocks(4), blocks(8), nn.Linear(H // 4, H // 4)
        self.wide, self.wide_h = nn.Linear(H, 2 * H), nn.Linear(H, 2 * H)
        self.lstm, self.gru, self.rms = nn.LSTMCell(H, H), nn.GRUCell(H, H), nn.RMSNorm(H)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        return self.f(x, h, self)


def by_head(x: Tensor, h: Tensor, c: Cell) -> Tensor:
    each = torch.softmax((c.w(x) + c.u(h)).view(-1, 8, H // 8), -1)
    return each.flatten(1) + h / 2


CELLS = {
    "einsum": lambda x, h, c: torch.tanh(c.w(x) + torch.einsum("hk,nk->nh", c.m, h)),
    "(W @ h.T).T": lambda x, h, c: torch.tanh(c.w(x) + (c.m @ h.T).T),
    "four heads by einsum": lambda x, h, c: torch.tanh(
        c.w(x) + torch.einsum("nai,aij->naj", h.view(-1, 4, H // 4), c.four).reshape(-1, H)
    ),
    "eight heads by matmul": lambda x, h, c: torch.tanh(
        c.w(x) + (h.view(-1, 8, H // 8).transpose(0, 1) @ c.eight).transpose(0, 1).reshape(-1, H)
    ),
    "one map for four heads": lambda x, h, c: torch.tanh(c.w(x) + c.shared(h.view(-1, H // 4)).view(-1, H)),
    "softmax of heads": by_head,
    "cumulative softmax": lambda x, h, c: torch.softmax(c.w(x) + c.u(h), -1).cumsum(-1) * h + 0.1,
    "RMS norm and GLU": lambda x, h, c: F.glu(c.wide_h(c.rms(h)) + c.wide(x), -1),
    "written in place": lambda x, h, c: c.u(h).add_(c.w(x)).tanh_(),
    "nn.LSTMCell": lambda x, h, c: c.lstm(x, (h, h))[0],
    "nn.GRUCell": lambda x, h, c: c.gru(x, h),
}


def loop(cell: Cell, x: Tensor) -> Tensor:
    h, outputs = x.new_zeros(N, H), []
    for each in x.unbind(0):
        h = cell(each, h)
        outputs.append(h)
    return torch.stack(outputs)


def both(name: str) -> str:
    """A line about one cell."""
    cell, x = Cell(CELLS[name]), torch.randn(T, N, H, requires_grad=True)
    layer = Recurrent(cell)
    torch.testing.assert_close(layer(x)[0], loop(cell, x), rtol=1e-4, atol=1e-4)
    times: dict[str, list[float]] = {"fused": [], "loop": []}
    for _ in range(ROUNDS):
        for kind, run in (("fused", lambda: layer(x)[0]), ("loop", lambda: loop(cell, x))):
            cell.zero_grad()
            x.grad = None
            began = time.perf_counter()
            run().sum().backward()
            times[kind].append(1e3 * (time.perf_counter() - began))
    fused, plain = (statistics.median(times[kind][1:]) for kind in ("fused", "loop"))
    return f"{name:24s} {layer.path} {fused:6.1f} ms   loop {plain:6.1f} ms   {fused / plain:.2f} of it"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=cores())
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    print(f"T {T}, N {N}, H {H}, float32, forward + backward, {threads} threads, medians")
    for name in CELLS:
        print(both(name))


if __name__ == "__main__":
    main()
