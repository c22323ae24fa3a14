"""The mean of several networks' outputs: of the numbers, or of the probabilities that they stand for."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradatim.checks import UsageError, known, plain_numbers, shown, whole


def mean_of_outputs(a: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Σ_m s_m a_m of outputs a (M, N, K).

    >>> mean_of_outputs(np.array([[[1.0]], [[3.0]]]), np.array([0.25, 0.75])).item()
    2.5
    """
    return np.einsum("m,mnk->nk", share, a)


def mean_of_softmax(a: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Log Σ_m s_m softmax(a_m) of outputs a (M, N, K): scores whose softmax is the mean of probabilities."""
    largest = a.max(-1, keepdims=True)
    log_p = a - largest - np.log(np.exp(a - largest).sum(-1, keepdims=True))
    return _log_mean(log_p, share)


def mean_of_sigmoid(a: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Log p̄/(1 − p̄), p̄ = Σ_m s_m σ(a_m), of outputs a (M, N, K), each output for itself."""
    return _log_mean(-np.logaddexp(0, -a), share) - _log_mean(-np.logaddexp(0, a), share)


def _log_mean(log_p: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Log Σ_m s_m p_m, without overflow."""
    largest, tiny = log_p.max(0), np.finfo(log_p.dtype).tiny
    return largest + np.log(np.maximum(np.einsum("m,mnk->nk", share, np.exp(log_p - largest)), tiny))


MEANS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "outputs": mean_of_outputs, "softmax": mean_of_softmax, "sigmoid": mean_of_sigmoid,
}  # fmt: skip


def check_members(members: Any, in_features: int, mean: str) -> list[dict[str, Any]]:
    """The members, or UsageError for what is no list of {"layers": […], "columns": [[start, stop], …]}."""
    known("mean", mean, MEANS)
    whole("in_features", in_features, 1)
    fits = isinstance(members, list) and members
    if not fits or not all(isinstance(one, dict) and isinstance(one.get("layers"), list) for one in members):
        raise UsageError(f'members must be a list of {{"layers": […]}}; it is {shown(members)}')
    return members


def columns_of(ranges: Sequence[Sequence[int]] | None, in_features: int) -> np.ndarray | slice:
    """The columns of ranges [start, stop), one after the other; all where there are none.

    Raises UsageError for a range outside the inputs.

    >>> columns_of([[0, 2], [4, 5]], 6).tolist()
    [0, 1, 4]
    """
    if ranges is None:
        return slice(None)
    ranges = plain_numbers(ranges)
    if not isinstance(ranges, list | tuple) or not ranges or not all(map(_is_range, ranges)):
        raise UsageError(f"columns must be ranges such as [[0, 2], [4, 5]]; they are {shown(ranges)}")
    for start, stop in ranges:
        if not 0 <= start < stop <= in_features:
            raise UsageError(f"columns are ranges within 0 and {in_features}; there is {[start, stop]}")
    return np.concatenate([np.arange(start, stop) for start, stop in ranges])


def _is_range(one: Any) -> bool:
    pair = isinstance(one, list | tuple) and len(one) == 2
    return pair and all(isinstance(end, int) and not isinstance(end, bool) for end in one)
