"""A restricted Boltzmann machine in NumPy: energies, and steps of contrastive divergence (curriculum F6)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import get_blas_funcs
from scipy.special import expit

Uniform = Callable[[str, tuple[int, ...]], np.ndarray]  # numbers from [0, 1) by name and shape


@dataclass(frozen=True)
class Machine:
    """Weights W (H, V), visible biases b (V,) and hidden biases c (H,)."""

    W: np.ndarray
    b: np.ndarray
    c: np.ndarray

    def hidden(self, v: np.ndarray) -> np.ndarray:
        """P(h_i = 1 | v) = σ(c_i + Σ_j W_ij v_j), (N, H)."""
        return expit(v @ self.W.T + self.c)

    def visible(self, h: np.ndarray) -> np.ndarray:
        """P(v_j = 1 | h) = σ(b_j + Σ_i W_ij h_i), (N, V)."""
        return expit(h @ self.W + self.b)

    def free_energy(self, v: np.ndarray) -> np.ndarray:
        """F(v) = −bᵀ v − Σ_i log(1 + exp(c_i + Σ_j W_ij v_j)), (N,)."""
        return -v @ self.b - np.logaddexp(0, v @ self.W.T + self.c).sum(1)


@dataclass(frozen=True)
class Step:
    """Everything that one step of CD-k looks at."""

    h0: np.ndarray  # P(h | data)
    chain: list[tuple[np.ndarray, np.ndarray, np.ndarray]]  # of every step: h as drawn, P(v | h), v as drawn
    hk: np.ndarray  # P(h | the last v)
    of_W: np.ndarray
    of_b: np.ndarray
    of_c: np.ndarray


def cd_step(machine: Machine, v: np.ndarray, k: int, numbers: Uniform) -> Step:
    """The gradient of log P(v) by CD-k (Hinton 2002), and all that it comes from.

        ∇W = (h₀ᵀ v − h_kᵀ v_k)/N,   ∇b = mean(v − v_k),   ∇c = mean(h₀ − h_k),   h = P(h = 1 | v)

    A unit is 1 where its number is below its probability. Shapes: v (N, V).

    >>> machine = Machine(np.zeros((1, 2)), np.zeros(2), np.zeros(1))
    >>> cd_step(machine, np.array([[1.0, 0.0]]), 1, lambda name, shape: np.full(shape, 0.25)).of_b
    array([ 0., -1.])
    """
    h0 = machine.hidden(v)
    mean, at, chain = h0, v, []
    for t in range(k):
        h = (numbers(f"hidden {t}", mean.shape) < mean).astype(v.dtype)
        p = machine.visible(h)
        at = (numbers(f"visible {t}", p.shape) < p).astype(v.dtype)
        mean = machine.hidden(at)
        chain.append((h, p, at))
    n = len(v)
    return Step(h0, chain, mean, (h0.T @ v - mean.T @ at) / n, (v - at).mean(0), (h0 - mean).mean(0))


def moved(machine: Machine, step: Step, lr: float) -> Machine:
    """The machine after W ← W + η ∇W, b ← b + η ∇b, c ← c + η ∇c."""
    return replace(
        machine, W=machine.W + lr * step.of_W, b=machine.b + lr * step.of_b, c=machine.c + lr * step.of_c
    )


def persistent_step(
    machine: Machine, v: np.ndarray, chains: np.ndarray, lr: float, uniform: Callable[[tuple], np.ndarray]
) -> None:
    """A step of persistent contrastive divergence (Tieleman 2008) in place, as in scikit-learn.

        v′ ~ P(v | chains),   h′ = P(h = 1 | v′),   chains ~ h′
        W ← W + η (h₀ᵀ v − h′ᵀ v′)/N,   the same of v and v′ for b, of h₀ and h′ for c

    N is the rows of v, however many chains there are. Numbers are drawn for the visible units, then for the
    hidden ones. Shapes: v (N, V), chains (M, H) of hidden states; W is C-contiguous.

    >>> machine = Machine(np.zeros((1, 2)), np.zeros(2), np.zeros(1))
    >>> persistent_step(machine, np.ones((1, 2)), np.zeros((1, 1)), 0.5, lambda shape: np.full(shape, 0.75))
    >>> machine.W, machine.b
    (array([[0.25, 0.25]]), array([0.5, 0.5]))
    """
    rate = lr / len(v)
    h0, p = machine.hidden(v), machine.visible(chains)
    again = (uniform(p.shape) < p).astype(p.dtype)
    h1 = machine.hidden(again)
    left, right = np.concatenate([h0, -h1]), np.concatenate([v, again])
    (gemm,) = get_blas_funcs(("gemm",), (machine.W,))
    gemm(rate, right.T, left.T, beta=1, c=machine.W.T, trans_b=True, overwrite_c=True)  # into W
    machine.b[:] += rate * (v.sum(0, np.float64) - again.sum(0, np.float64))
    machine.c[:] += rate * (h0.sum(0, np.float64) - h1.sum(0, np.float64))
    chains[:] = uniform(h1.shape) < h1


def pseudo_likelihood(machine: Machine, v: np.ndarray, flipped: np.ndarray) -> np.ndarray:
    """V log σ(F(v with one unit flipped) − F(v)), (N,): an estimate of Σ_j log P(v_j | the others).

    `flipped` (N,) is which unit of each row.
    """
    other = v.copy()
    rows = np.arange(len(v))
    other[rows, flipped] = 1 - other[rows, flipped]
    return -v.shape[1] * np.logaddexp(0, machine.free_energy(v) - machine.free_energy(other))
