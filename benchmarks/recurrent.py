"""Claim: recurrent layers at torch's speed, its relatives and a user's own cell near it.

    python benchmarks/recurrent.py [size|grid|cells|own|narrow …] [--threads N] [--device cuda]

Forward + backward (of the sum of all outputs), float32, D = H; each pair or group taken in turn in one
process, medians. `size`: LSTM at T = 100, N = 32, H = 256 beside torch.nn.LSTM. `grid`: T ∈ {32, 256} ×
N ∈ {1, 16, 128} × H ∈ {64, 512}. `cells`: the other layers beside torch.nn.LSTM of the same size. `own`: a
cell written by hand beside its own matrix products alone, and beside an eager loop with unbind and addmm.
`narrow`: LSTM beside torch.nn.LSTM, both under autocast to bfloat16.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from gradatim.device import cores
from gradatim.nn.gru import GRU
from gradatim.nn.layer_norm_lstm import LayerNormLSTM
from gradatim.nn.lstm import LSTM
from gradatim.nn.peephole_lstm import PeepholeLSTM
from gradatim.nn.recurrent import Recurrent
from gradatim.nn.rnn import RNN

SIZE = (100, 32, 256)
GRID = [(t, n, h) for t in (32, 256) for n in (1, 16, 128) for h in (64, 512)]
SECONDS, LEAST, MOST = 1.5, 3, 21


class MinimalGatedUnit(nn.Module):
    """f = σ(W_f x + U_f h); g = tanh(W x + U (f ⊙ h)); h = (1 − f) ⊙ h + f ⊙ g (Zhou et al. 2016)."""

    def __init__(self, d: int, h: int):
        super().__init__()
        self.state_sizes = (h,)
        self.w = nn.Linear(d, 2 * h)
        self.u, self.v = nn.Linear(h, h, bias=False), nn.Linear(h, h, bias=False)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        wf, wg = self.w(x).chunk(2, -1)
        f = torch.sigmoid(wf + self.u(h))
        return (1 - f) * h + f * torch.tanh(wg + self.v(f * h))

    def eager(self, x: Tensor) -> Tensor:
        """The same with the input product hoisted: a good loop."""
        h, outputs = x.new_zeros(x.shape[1], self.u.out_features), []
        u, v = self.u.weight.t(), self.v.weight.t()
        for wx in self.w(x).unbind(0):
            wf, wg = wx.chunk(2, -1)
            f = torch.sigmoid(torch.addmm(wf, h, u))
            h = torch.lerp(h, torch.tanh(torch.addmm(wg, f * h, v)), f)
            outputs.append(h)
        return torch.stack(outputs)


def products(t: int, n: int, h: int, device: str) -> Callable[[], None]:
    """Every matrix product of the cell's forward and backward pass, and nothing else."""
    shapes = (t * n, h), (t * n, 2 * h), (2 * h, h), (n, h), (h, h), (t * n, h), (n, h), (t * n, 2 * h)
    x, dx, w, a, u, d, out, wide = (torch.randn(shape, device=device) for shape in shapes)

    def run() -> None:
        torch.mm(x, w.t(), out=wide)
        for _ in range(2 * t):
            torch.mm(a, u.t(), out=out)
            torch.mm(a, u, out=out)
        _ = dx @ w, dx.t() @ x, d.t() @ x, d.t() @ x

    return run


def both_ways(
    module: Callable[[Tensor], Tensor | tuple], parameters: list[Tensor], x: Tensor
) -> Callable[[], None]:
    def run() -> None:
        for p in (*parameters, x):
            p.grad = None
        out = module(x)
        (out[0] if isinstance(out, tuple) else out).sum().backward()

    return run


def layer(module: nn.Module, x: Tensor) -> Callable[[], None]:
    return both_ways(module, list(module.parameters()), x)


def finish() -> None:
    """Wait for a GPU, if there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def in_turn(runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Median milliseconds of each; a round takes each once, after some to warm up."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        for _ in range(3):  # on a GPU a pass is launched, recorded, then replayed
            run()
    began = time.perf_counter()
    while len(next(iter(times.values()))) < LEAST or (
        time.perf_counter() - began < SECONDS and len(next(iter(times.values()))) < MOST
    ):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            finish()
            times[name].append(1e3 * (time.perf_counter() - started))
    return {name: statistics.median(found) for name, found in times.items()}


def beside_torch(t: int, n: int, h: int, device: str) -> float:
    x = torch.randn(t, n, h, device=device, requires_grad=True)
    theirs = nn.LSTM(h, h).to(device)
    ours = LSTM.from_torch(theirs).to(device)
    found = in_turn({"torch": layer(theirs, x), "ours": layer(ours, x)})
    ratio = found["ours"] / found["torch"]
    print(
        f"T {t:3d}  N {n:3d}  H {h:3d}   torch.nn.LSTM {found['torch']:8.2f} ms   "
        f"LSTM {found['ours']:8.2f} ms   ratio {ratio:.2f}   ({ours.path})"
    )
    return ratio


def size(device: str) -> None:
    beside_torch(*SIZE, device)


def grid(device: str) -> None:
    ratios = [beside_torch(*each, device) for each in GRID]
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    print(f"geometric mean {mean:.2f}, worst {max(ratios):.2f}")


def cells(device: str) -> None:
    for t, n, h in (SIZE, (32, 1, 64), (32, 16, 512)):
        x = torch.randn(t, n, h, device=device, requires_grad=True)
        modules = {
            "torch.nn.LSTM": nn.LSTM(h, h), "LSTM": LSTM(h, h), "PeepholeLSTM": PeepholeLSTM(h, h),
            "LayerNormLSTM": LayerNormLSTM(h, h), "GRU before": GRU(h, h, reset="before"),
            "GRU after": GRU(h, h), "torch.nn.GRU": nn.GRU(h, h), "RNN": RNN(h, h),
            "torch.nn.RNN": nn.RNN(h, h),
        }  # fmt: skip
        found = in_turn({name: layer(module.to(device), x) for name, module in modules.items()})
        print(f"T {t}, N {n}, H {h}")
        for name, ms in found.items():
            print(f"  {name:14s} {ms:8.2f} ms   {ms / found['torch.nn.LSTM']:.2f} of torch.nn.LSTM")


def own(device: str) -> None:
    for t, n, h in (SIZE, (32, 1, 64), (32, 16, 64), (32, 128, 64), (32, 16, 512), (256, 16, 64)):
        x = torch.randn(t, n, h, device=device, requires_grad=True)
        cell = MinimalGatedUnit(h, h).to(device)
        module, parameters = Recurrent(cell), list(cell.parameters())
        torch.testing.assert_close(module(x)[0], cell.eager(x), rtol=1e-4, atol=1e-4)
        runs = {"products": products(t, n, h, device), "ours": both_ways(module, parameters, x)}
        found = in_turn({**runs, "eager": both_ways(cell.eager, parameters, x)})
        print(
            f"T {t:3d}  N {n:3d}  H {h:3d}   its products alone {found['products']:7.2f} ms   "
            f"Recurrent(cell) {found['ours']:7.2f} ms, {found['ours'] / found['products']:.2f} of them   "
            f"eager loop {found['eager']:7.2f} ms, ours is {found['ours'] / found['eager']:.2f} of it"
        )


def narrow(device: str) -> None:
    for t, n, h in (SIZE, (32, 16, 64), (64, 64, 320)):
        x = torch.randn(t, n, h, device=device, requires_grad=True)
        theirs = nn.LSTM(h, h).to(device)
        ours, runs = LSTM.from_torch(theirs).to(device), {}
        for name, module in (("torch.nn.LSTM", theirs), ("LSTM", ours)):
            runs[name] = layer(module, x)
            runs[f"{name}, bfloat16"] = layer(Under(module, device), x)
        found = in_turn(runs)
        print(f"T {t}, N {n}, H {h}")
        for name, ms in found.items():
            ratio = ms / found["torch.nn.LSTM, bfloat16"]
            print(f"  {name:23s} {ms:8.2f} ms   {ratio:.2f} of torch.nn.LSTM in bfloat16")


class Under(nn.Module):
    """A layer under autocast."""

    def __init__(self, layer: nn.Module, device: str):
        super().__init__()
        self.layer, self.device = layer, device

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(self.device, torch.bfloat16):
            return self.layer(x)[0].float()


PARTS = {"size": size, "grid": grid, "cells": cells, "own": own, "narrow": narrow}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", metavar="part", help=" ".join(PARTS))
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    where = torch.cuda.get_device_name() if asked.device == "cuda" else f"{asked.threads} threads"
    print(f"float32, forward + backward, {where}, medians")
    for part in asked.parts or PARTS:
        print(f"-- {part}")
        PARTS[part](asked.device)


if __name__ == "__main__":
    main()
