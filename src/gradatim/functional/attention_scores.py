"""How attention scores a step of its memory: a family whose members differ in three things."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gradatim.checks import UsageError, known
from gradatim.functional.initialisers import Shape

Maps = tuple[Any, Any]  # of the query and of the memory; None is the identity


class Score(NamedTuple):
    """One score: what its parameters are, which of them maps the query and the memory, and what joins both.

    q = A s and k = B h are joined as vᵀ tanh(q + k) where `tanh` is set, else as qᵀ k; over √A where `scaled`
    is.
    `shapes` takes the sizes Q of a query, M of a step of the memory, and A of the attention.
    """

    shapes: Callable[[int, int, int], dict[str, Shape]]
    maps: Callable[[Mapping[str, Any], int], Maps]  # from the parameters and Q to A and B
    tanh: bool = False
    scaled: bool = False
    mapped: bool = True  # the sizes of query and memory may differ


SCORES = {
    "additive": Score(  # vᵀ tanh(W s + U h): Bahdanau, Cho & Bengio 2015, appendix A.1.2
        lambda q, m, a: {"W": (a, q), "U": (a, m), "v": (1, a)}, lambda p, q: (p["W"], p["U"]), tanh=True
    ),
    "dot": Score(lambda q, m, a: {}, lambda p, q: (None, None), mapped=False),  # sᵀ h: Luong et al. 2015
    "general": Score(lambda q, m, a: {"W": (q, m)}, lambda p, q: (None, p["W"])),  # sᵀ W h: likewise
    "concat": Score(  # vᵀ tanh(W [s; h]): likewise
        lambda q, m, a: {"W": (a, q + m), "v": (1, a)}, lambda p, q: (p["W"][:, :q], p["W"][:, q:]), tanh=True
    ),
    "scaled_dot": Score(  # (W s)ᵀ (U h) / √A: Vaswani et al. 2017, eq. 1
        lambda q, m, a: {"W": (a, q), "U": (a, m)}, lambda p, q: (p["W"], p["U"]), scaled=True
    ),
}  # fmt: skip


def score_named(name: str, query_size: int, memory_size: int) -> Score:
    """The score of this name; UsageError for one that there is not, or that these sizes do not fit.

    >>> sorted(score_named("general", 3, 4).shapes(3, 4, 2).items())
    [('W', (3, 4))]
    """
    score = SCORES[known("attention score", name, SCORES)]
    if not score.mapped and query_size != memory_size:
        raise UsageError(
            f"{name} multiplies a query with a step of the memory, so both must have one size; they have "
            f"{query_size} and {memory_size}: general maps one to the other"
        )
    return score
