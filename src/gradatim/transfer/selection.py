"""Choosing among models of a target domain without one of its labels: reverse validation, DEV."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.random import permutation


class Risk(NamedTuple):
    """An estimate of the loss on the target."""

    risk: float  # with the control variate
    weighted: float  # without: mean w l
    eta: float  # of the control variate
    variance: float  # of `risk`, estimated


def deep_embedded_validation(losses: Any, weights: Any) -> Risk:
    """The risk on the target, by weighed losses of its source (DEV: You et al. 2019, Algorithm 1).

        R = mean(w l) + η mean(w) − η,   η = −Cov(w l, w)/Var(w)
        Var R = Var(w l)(1 − ρ²)/n,   ρ the correlation of w l and w

    E[w] = 1 under the source, so that η(w − 1) changes no mean; this η makes the variance least. With equal
    weights it is the mean loss.

    Shapes: losses (N,) of held-out examples of the source, weights (N,), p_target/p_source of each: those of
    the paper are `logistic_ratio(source, target, held_out, squares=False)` of a network's features. Raises
    UsageError for fewer than two, for other lengths, and for a weight below 0.

    >>> deep_embedded_validation([0.0, 1.0, 1.0], [1.0, 1.0, 1.0]).risk
    0.6666666666666666
    """
    l, w = np.asarray(losses, np.float64), np.asarray(weights, np.float64)
    if l.ndim != 1 or l.shape != w.shape or len(l) < 2:
        raise UsageError(f"losses and weights must be (N,), N at least 2; they are {l.shape} and {w.shape}")
    if not (np.isfinite(w).all() and (w >= 0).all() and np.isfinite(l).all()):
        raise UsageError("losses and weights must be finite, and weights at least 0")
    weighed = w * l
    (of_losses, both), (_, of_weights) = np.cov(weighed, w)
    eta = -both / of_weights if of_weights > 0 else 0.0
    left = of_losses - (both * both / of_weights if of_weights > 0 else 0.0)
    risk = weighed.mean() + eta * w.mean() - eta
    return Risk(float(risk), float(weighed.mean()), float(eta), float(max(left, 0.0) / len(l)))


Learn = Callable[[np.ndarray, np.ndarray, np.ndarray], Any]


def reverse_validation(
    learn: Learn, X: Any, y: Any, X_target: Any, held_out: float = 0.1, seed: int = 0,
    score: Callable[[np.ndarray, np.ndarray], float] | None = None,
) -> float:  # fmt: skip
    """How well a way of adapting finds its way back (Zhong et al. 2010; Ganin et al. 2016, section 5.1.2).

        f = learn(S, y, T);   f_r = learn(T, f(T), S);   the score of f_r on held-out source examples

    Where f labels the target well, what is learned back from these labels knows the source. It sees no label
    of the target. Of several ways to adapt, or of several λ, the one with the greatest score is taken.

    Parameters: `learn(X, y, X_target)` gives what has `predict`, such as
    `DomainAdversarialClassifier(weight=0.3).fit`; `held_out`, the share of the source that is scored on and
    that neither learns from, with 0 the score is on what was learned from; `score(y, predicted)`, accuracy.

    Where f gives the whole target one class, that class is what f_r says of everything.

    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = np.arange(40.0)[:, None], np.arange(40) > 19
    >>> reverse_validation(lambda X, y, X_target: LogisticRegression().fit(X, y), X, y, X + 1)
    1.0
    """
    X, y, X_target = np.asarray(X), np.asarray(y), np.asarray(X_target)
    n = round(real("held_out", held_out, at_least=0, below=1) * len(X))
    order = permutation(seed, "reverse validation", len(X))
    rest, scored = (order[n:], order[:n]) if n else (np.arange(len(X)), np.arange(len(X)))
    labelled = np.asarray(learn(X[rest], y[rest], X_target).predict(X_target))
    if (labelled == labelled[0]).all():
        found = np.full(len(scored), labelled[0])
    else:
        found = np.asarray(learn(X_target, labelled, X[rest]).predict(X[scored]))
    return float((score or _accuracy)(y[scored], found))


def _accuracy(y: np.ndarray, found: np.ndarray) -> float:
    return float((y == found).mean())
