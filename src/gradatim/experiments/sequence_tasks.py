"""Tasks that need a memory, drawn by their rules: adding, copying, an old input, a new topic."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

SYMBOLS = 8  # that are to be copied
COPIED = 10  # of them


class Examples(NamedTuple):
    """Sequences of one length: x (T, N, D), y (N, …) or an answer a step (T, N, …), and where answers count,
    (T, N) or None.
    """

    x: np.ndarray
    y: np.ndarray
    counts: np.ndarray | None = None


Task = Callable[[np.random.Generator, int], Examples]  # (random, N) → N sequences


def adding(length: int) -> Task:
    """The adding problem (Hochreiter & Schmidhuber 1997, experiment 4).

        x_t = (v_t, m_t),  v_t ~ U(0, 1);   m is 1 at one step of each half and 0 elsewhere;   y = Σ_t m_t v_t

    The best answer that reads nothing, 1, has the mean squared error 1/6.

    >>> x, y, _ = adding(6)(np.random.default_rng(0), 3)
    >>> x.shape, bool(np.allclose((x[..., 0] * x[..., 1]).sum(0), y[:, 0]))
    ((6, 3, 2), True)
    """

    def draw(random: np.random.Generator, n: int) -> Examples:
        half, each = length // 2, np.arange(n)
        x = np.stack([random.random((length, n)), np.zeros((length, n))], 2)
        x[random.integers(0, half, n), each, 1] = 1
        x[random.integers(half, length, n), each, 1] = 1
        return Examples(x.astype(np.float32), x.prod(2).sum(0)[:, None].astype(np.float32))

    return draw


def copying(length: int) -> Task:
    """The copy problem (Hochreiter & Schmidhuber 1997; in this form Arjovsky, Shah & Bengio 2016).

        ten of eight symbols, T − 1 blanks, a signal, ten blanks   →   blanks, and at the end the ten symbols

    Answers count at the last ten steps. Without memory nothing is better there than log 8 = 2.08 nats.

    >>> x, y, counts = copying(5)(np.random.default_rng(0), 2)
    >>> x.shape, y[-10:, 0].tolist() == x[:10, 0, :8].argmax(1).tolist(), int(counts.sum())
    ((25, 2, 10), True, 20)
    """

    def draw(random: np.random.Generator, n: int) -> Examples:
        steps = length + 2 * COPIED
        symbols = random.integers(0, SYMBOLS, (COPIED, n))
        read = np.full((steps, n), SYMBOLS)
        read[:COPIED] = symbols
        read[COPIED + length - 1] = SYMBOLS + 1
        y, counts = np.full((steps, n), SYMBOLS), np.zeros((steps, n), bool)
        y[-COPIED:], counts[-COPIED:] = symbols, True
        return Examples(np.eye(SYMBOLS + 2, dtype=np.float32)[read], y, counts)

    return draw


def delayed(length: int, back: int) -> Task:
    """An input that is asked for later.

        x_t ∈ {0, 1} by a fair coin;   y_t = x_{t−k},   which counts from step k on

    >>> x, y, counts = delayed(5, 2)(np.random.default_rng(0), 1)
    >>> y[2:, 0].tolist() == x[:3, 0, 0].astype(int).tolist(), counts[:, 0].tolist()
    (True, [False, False, True, True, True])
    """

    def draw(random: np.random.Generator, n: int) -> Examples:
        bits = random.integers(0, 2, (length, n))
        y, counts = np.zeros((length, n), np.int64), np.zeros((length, n), bool)
        y[back:], counts[back:] = bits[: length - back], True
        return Examples(bits[..., None].astype(np.float32), y, counts)

    return draw


def latest_topic(length: int, change: int | None) -> Task:
    """The number with which the latest topic began.

        x_t = (v_t, c_t),  v_t ~ U(−1, 1);   c_t is 1 where a topic begins;   y = v_s, s the last such step

    A topic begins at step 0 and, unless `change` is None, at step `change`; where it is negative, at a step
    of each sequence's own.

    >>> x, y, _ = latest_topic(8, 5)(np.random.default_rng(0), 2)
    >>> y[:, 0].tolist() == x[5, :, 0].tolist(), x[:, 0, 1].astype(int).tolist()
    (True, [1, 0, 0, 0, 0, 1, 0, 0])
    """

    def draw(random: np.random.Generator, n: int) -> Examples:
        x = np.stack([random.uniform(-1, 1, (length, n)), np.zeros((length, n))], 2).astype(np.float32)
        begins = np.zeros(n, int)
        if change is not None:
            begins = random.integers(0, length, n) if change < 0 else np.full(n, change)
        x[0, :, 1] = 1
        x[begins, np.arange(n), 1] = 1
        return Examples(x, x[begins, np.arange(n), :1])

    return draw
