"""A case: what her code is given, and what the definition makes of it; and what a definition is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """One call: a label, the arrays handed in, a constructor's settings, and what is expected, by name.

    Names of what is expected: `output`, `h`, `c`, `loss`, `step 1` …, and `grad x` for ∂L/∂x. `facts` are
    numbers that hints speak of.
    """

    label: str
    arrays: Arrays
    expected: Arrays
    settings: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


Slip = tuple[str, list[Arrays]]  # a sentence, and what each case gives with this slip


@dataclass(frozen=True)
class Definition:
    """What a student's code is held against: its kind, its cases, its equations, and common slips."""

    name: str
    kind: str  # activation, loss, optimizer, layer or cell
    cases: list[Case]
    equations: str
    slips: Callable[[], Iterable[Slip]]


def shown_name(key: str) -> str:
    """What is expected as a reader sees it.

    >>> shown_name("grad x"), shown_name("step 2"), shown_name("h")
    ('∂L/∂x', 'θ after step 2', 'h')
    """
    word, _, rest = key.partition(" ")
    return f"∂L/∂{rest}" if word == "grad" else f"θ after step {rest}" if word == "step" else key
