"""Losses of classes (curriculum B9): the outputs are scores, which `probabilities` and `decide` read."""

from typing import Any

import numpy as np

from gradatim.by_hand.layers.activations import sigma
from gradatim.by_hand.layers.softmax import softmax
from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import positive, real


class CrossEntropy(Loss):
    """Categorical cross entropy, −log p_y with p = softmax(a); ∂l/∂a_k = p_k − [k = y].

        l = log Σ_k e^(a_k − m) − (a_y − m),  m = max a, against overflow

    With smoothing ε (Szegedy et al. 2016, section 7) the target is q_k = (1 − ε)[k = y] + ε/K:
    l = −Σ_k q_k log p_k, ∂l/∂a_k = p_k − q_k.

    Soft targets are a probability y_k of each class: l = −Σ_k y_k log p_k, ∂l/∂a_k = p_k Σ_j y_j − y_k.

    Shapes: a (N, K), y (N,) of class numbers or (N, K) of probabilities. Raises UsageError for ε outside
    [0, 1).
    """

    takes_shares = True  # a probability of each class as target
    takes_classes = True  # a class number

    def __init__(self, smoothing: float = 0.0) -> None:
        self.smoothing = real("smoothing", smoothing, at_least=0, below=1)
        self._starts, self._classes = np.arange(0), 0  # where the rows of a begin in its memory
        self._ones = np.ones(0)

    def both(self, a: np.ndarray, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Value and slope of one softmax."""
        y = np.asarray(y)
        if y.shape == a.shape and y.dtype.kind == "f":
            return self._soft(a, y.astype(a.dtype))
        if self._starts.shape != a.shape[:1] or self._classes != a.shape[1]:
            self._starts, self._classes = np.arange(len(a)) * a.shape[1], a.shape[1]
            self._ones = np.ones(a.shape[1], a.dtype)
        at = self._starts + y
        p = np.subtract(a, np.maximum.reduce(a, axis=1, keepdims=True), order="C")
        flat = p.reshape(-1)
        score = flat[at]  # a_y − m
        if self.smoothing:
            score += self.smoothing * (p.mean(1) - score)
        np.exp(p, out=p)
        total = np.dot(p, self._ones)
        p /= total[:, None]
        if self.smoothing:
            p -= self.smoothing / a.shape[1]
        flat[at] -= 1 - self.smoothing
        return np.log(total) - score, p

    def _soft(self, a: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        q = (1 - self.smoothing) * y + self.smoothing / a.shape[1]
        z = a - a.max(1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
        return -(q * log_p).sum(1), np.exp(log_p) * q.sum(1, keepdims=True) - q

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return self.both(a, y)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The error p_k − [k = y]."""
        return self.both(a, y)[1]

    def expects(self, y: np.ndarray) -> int:
        """How many outputs an example these targets need at least."""
        return int(y.max()) + 1

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """Every class's p = softmax(a), (N, K)."""
        return softmax(a)

    def decide(self, a: np.ndarray) -> np.ndarray:
        """The most probable class, (N,)."""
        return a.argmax(1)


def binary(a: np.ndarray, y: Any) -> np.ndarray:
    """−y log σ(a) − (1−y) log(1−σ(a)) = max(a, 0) − a y + log(1 + e^−|a|), which cannot overflow."""
    return np.maximum(a, 0) - a * np.asarray(y, a.dtype) + np.log1p(np.exp(-np.abs(a)))


def extra_of_yes(a: np.ndarray, y: Any, pos_weight: Any) -> tuple[Any, Any]:
    """What a weight w of the answer yes adds to the loss, (w − 1) y log(1 + e^−a), and to its derivative."""
    if pos_weight is None:
        return 0, 0
    more = (np.asarray(pos_weight, a.dtype) - 1) * np.asarray(y, a.dtype)
    return more * (np.maximum(-a, 0) + np.log1p(np.exp(-np.abs(a)))), more * (sigma(a, np.empty_like(a)) - 1)


class BinaryCrossEntropy(Loss):
    """Binary cross entropy, −y log p − (1−y) log(1−p) with p = σ(a); ∂l/∂a = p − y.

    With smoothing ε the target is q = (1 − ε) y + ε/2. With `pos_weight` w the first term counts w times.
    Shapes: a (N,) or (N, 1), y (N,) of 0 and 1. Raises UsageError for ε outside [0, 1) or a w not above 0.
    """

    def __init__(self, smoothing: float = 0.0, pos_weight: float | None = None) -> None:
        self.smoothing = real("smoothing", smoothing, at_least=0, below=1)
        self.pos_weight = None if pos_weight is None else real("pos_weight", pos_weight, above=0)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        a, q = a.reshape(len(y)), self._target(a, y)
        return binary(a, q) + extra_of_yes(a, q, self.pos_weight)[0]

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The error p − q, or p − q − (w − 1) q (1 − p)."""
        slope, q = sigma(a, np.empty_like(a)), self._target(a, y).reshape(a.shape)
        slope -= q
        slope += extra_of_yes(a, q, self.pos_weight)[1]
        return slope

    def _target(self, a: np.ndarray, y: Any) -> np.ndarray:
        return (1 - self.smoothing) * np.asarray(y, a.dtype) + self.smoothing / 2

    def expects(self, y: np.ndarray) -> int:
        """One output an example."""
        return 1

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """(1 − p, p), (N, 2)."""
        p = sigma(a.reshape(-1), np.empty_like(a.reshape(-1)))
        return np.stack([1 - p, p], 1)

    def decide(self, a: np.ndarray) -> np.ndarray:
        """1 where p > ½, (N,)."""
        return (a.reshape(-1) > 0).astype(np.int64)


class MultiLabel(Loss):
    """Multi-label binary cross entropy: K questions an example, each yes or no, their losses added.

        l = −Σ_k y_k log p_k + (1−y_k) log(1−p_k),  p = σ(a);   ∂l/∂a_k = p_k − y_k

    With `pos_weight` w_k, one number or one a label, the term of y_k counts w_k times.

    Shapes: a (N, K), y (N, K) of 0 and 1. Torch's mean is over N·K numbers: this divided by K. Raises
    UsageError for a w_k not above 0.
    """

    def __init__(self, pos_weight: Any = None) -> None:
        self.pos_weight = None if pos_weight is None else positive("pos_weight", pos_weight)

    def __call__(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The loss of every example."""
        return (binary(a, y) + extra_of_yes(a, y, self.pos_weight)[0]).sum(1)

    def slope(self, a: np.ndarray, y: Any) -> np.ndarray:
        """The error p − y, or p − y − (w − 1) y (1 − p)."""
        slope = sigma(a, np.empty_like(a))
        slope -= y
        slope += extra_of_yes(a, y, self.pos_weight)[1]
        return slope

    def probabilities(self, a: np.ndarray) -> np.ndarray:
        """Every label's p = σ(a), (N, K)."""
        return sigma(a, np.empty_like(a))

    def decide(self, a: np.ndarray) -> np.ndarray:
        """1 where p > ½, (N, K)."""
        return (a > 0).astype(np.int64)
