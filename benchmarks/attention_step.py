"""Claim: a training step of the decoder with attention takes at most 1.3 times its matrix products' time.

    python benchmarks/attention_step.py [--threads N] [--cell gru] [--attention additive dot …]

Forward + backward of `AttentionDecoder` on a batch of N = 64 sentences, L = T = 14, E = H = M = A = 256,
float32, teacher forced, from a random gradient of the scores on: with the scores of K = 8,000 words, and
without them (K = 2). Beside it the same matrix products alone, forward and backward: those of all steps at
once as one, those of the two states with themselves one a step, weights' gradients as one. Both in turn;
medians; per step of T.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from gradatim.device import cores
from gradatim.models.attention_decoder import AttentionDecoder
from gradatim.models.cells import CELLS

N, L, T, H = 64, 14, 14, 256
ROUNDS = 15
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


class Product:
    """x W, and its gradients by both, from numbers that are random."""

    def __init__(self, rows: int, inner: int, columns: int, batch: int | None = None):
        lead = () if batch is None else (batch,)
        self.x, self.w = torch.randn(*lead, rows, inner), torch.randn(*lead, inner, columns)
        self.g = torch.randn(*lead, rows, columns)

    def __call__(self) -> None:
        _ = self.x @ self.w
        _ = self.g @ self.w.mT
        _ = self.x.mT @ self.g


class Recurrence:
    """T products of a state with its weights, one after the other, and back; the weights' gradient as one."""

    def __init__(self, gates: int):
        self.h, self.u = torch.randn(N, H), torch.randn(H, gates * H)
        self.g, self.all = torch.randn(N, gates * H), torch.randn(N * T, H)
        self.all_g = torch.randn(N * T, gates * H)

    def __call__(self) -> None:
        for _ in range(T):
            _ = self.h @ self.u
        for _ in range(T):
            _ = self.g @ self.u.t()
        _ = self.all.t() @ self.all_g


def products(cell: str, attention: str, symbols: int) -> list[Callable[[], None]]:
    """All that the decoder multiplies."""
    gates = GATES[cell]
    found: list[Callable[[], None]] = [
        Product(N * T, H, gates * H), Recurrence(gates),  # the lower cell
        Product(N * T, 2 * H, gates * H), Recurrence(gates),  # the upper cell
        Product(T, L, H, batch=N),  # contexts
        Product(N * T, 3 * H, H), Product(N * T, H, symbols),  # readout, scores
    ]  # fmt: skip
    mapped = {"additive": 2, "concat": 2, "scaled_dot": 2, "general": 1, "dot": 0}[attention]
    found += [Product(N * T, H, H)] * min(mapped, 1) + [Product(N * L, H, H)] * max(mapped - 1, 0)
    tanh = attention in ("additive", "concat")
    return [*found, Product(N * T * L, H, 1) if tanh else Product(T, H, L, batch=N)]


def decoder(cell: str, attention: str, symbols: int) -> Callable[[], None]:
    """Forward and backward of the decoder."""
    network = AttentionDecoder(H, H, symbols, H, H, cell, attention)
    memory, v = torch.randn(N, L, H, requires_grad=True), torch.randn(N, H)
    real, y, lengths = torch.ones(N, L, dtype=torch.bool), torch.randint(symbols, (N, T)), torch.full((N,), T)
    g = torch.randn(N * T, symbols)

    def step() -> None:
        network.zero_grad(set_to_none=True)
        scores: Tensor = network(memory, real, v, y, lengths)
        scores.backward(g)

    return step


def medians(*calls: Callable[[], None]) -> list[float]:
    """Milliseconds of each, taken in turn."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, times in zip(calls, taken, strict=True):
            start = time.perf_counter()
            call()
            times.append(1e3 * (time.perf_counter() - start))
    return [statistics.median(times[2:]) for times in taken]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--cell", choices=[name for name in CELLS if name in GATES], default="gru")
    parser.add_argument("--attention", nargs="*", default=["additive", "dot", "general", "scaled_dot"])
    told = parser.parse_args()
    torch.set_num_threads(told.threads)
    print(f"N = {N}, L = T = {T}, E = H = {H}, {told.cell}, float32, {told.threads} threads; ms a step of T")
    for attention in told.attention:
        for symbols in (8000, 2):
            multiply = products(told.cell, attention, symbols)
            ours, theirs = medians(
                decoder(told.cell, attention, symbols), lambda multiply=multiply: [one() for one in multiply]
            )
            print(
                f"{attention:<11} K = {symbols:<5} decoder {ours / T:7.2f}  its products {theirs / T:7.2f}  "
                f"ratio {ours / theirs:.2f}"
            )
