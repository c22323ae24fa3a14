"""Her numbers beside the definition's: the first that differs, and which slip would explain it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.checking.case import Arrays, Case, Definition, shown_name

CLOSE = {"relative": 1e-6, "absolute": 1e-8}
CLOSE_SINGLE = {"relative": 1e-4, "absolute": 1e-5}  # hers are 32-bit numbers
FORMULAS = {"h": "h_t", "c": "c_t", "last h": "h_t"}  # the line of the equations that begins so


@dataclass(frozen=True)
class Difference:
    """The first number that differs: its case, its name and place, hers and the definition's."""

    case: str
    name: str
    place: tuple[int, ...]
    hers: float | None
    definition: float | None
    said: str  # a sentence where shapes differ, or hers is no number


@dataclass(frozen=True)
class Comparison:
    """What was compared, and the first difference, if there is one."""

    compared: int  # numbers
    names: list[str]
    difference: Difference | None
    formula: str = ""
    hint: str = ""


def compare(definition: Definition, answers: Sequence[Arrays]) -> Comparison:
    """Outputs of all cases first, then gradients; in each the cases in order."""
    compared = 0
    names: list[str] = []
    pairs = list(zip(definition.cases, answers, strict=False))
    for gradients in (False, True):
        for case, hers in pairs:
            for name, right in case.expected.items():
                if name.startswith("grad") is not gradients or name not in hers:
                    continue
                found = _difference(case, name, hers[name], right)
                if found is not None:
                    formula = _formula(definition.equations, name)
                    return Comparison(compared, names, found, formula, _hint(definition, answers, found))
                compared += right.size
                names += [name] if name not in names else []
    return Comparison(compared, names, None)


def _difference(case: Case, name: str, got: np.ndarray, right: np.ndarray) -> Difference | None:
    """The first number of an array that differs."""
    if got.shape != right.shape:
        if tuple(s for s in got.shape if s != 1) != tuple(s for s in right.shape if s != 1):
            said = f"{shown_name(name)} has shape {got.shape}; the definition's is {right.shape}"
            return Difference(case.label, name, (), None, None, said)
        got = got.reshape(right.shape)
    close = CLOSE_SINGLE if got.dtype in (np.float32, np.float16) else CLOSE
    with np.errstate(all="ignore"):
        right_ones = np.isclose(got, right, rtol=close["relative"], atol=close["absolute"])
    if right_ones.all():
        return None
    place = tuple(int(k) for k in np.argwhere(~right_ones)[0])
    hers, wanted = float(got[place]), float(right[place])
    said = ""
    if not np.isfinite(hers) and np.isfinite(wanted):
        said = f"yours is {hers}, no finite number"
    return Difference(case.label, name, place, hers, wanted, said)


def _same(got: np.ndarray, right: np.ndarray) -> bool:
    """Whether her array is that of a slip."""
    if got.size != np.size(right):
        return False
    with np.errstate(all="ignore"):
        return bool(np.allclose(got.ravel(), np.ravel(right), rtol=1e-5, atol=1e-7))


def _hint(definition: Definition, answers: Sequence[Arrays], found: Difference) -> str:
    """The slip that explains every answer; nothing where none does."""
    key = found.name
    if found.place == () and found.hers is None:
        return _shape_hint(definition, answers, key)
    for said, by_case in definition.slips():
        pairs = [(hers[key], slip[key]) for hers, slip in zip(answers, by_case, strict=False)
                 if key in hers and key in slip]  # fmt: skip
        if pairs and all(_same(got, right) for got, right in pairs):
            return said
    if found.said:
        return "does something overflow, such as e^x of a large x, or is something divided by 0?"
    return _ratio_hint(definition, answers, key)


def _ratio_hint(definition: Definition, answers: Sequence[Arrays], key: str) -> str:
    """Where all of hers is one multiple of the definition's, or one over the number of examples."""
    pairs = [(case, hers[key]) for case, hers in zip(definition.cases, answers, strict=False) if key in hers]
    counted = key.startswith("grad") and all("N" in case.facts for case, _ in pairs)
    if counted and all(_same(got * case.facts["N"], case.expected[key]) for case, got in pairs):
        return "yours is the mean over the examples; L is a sum, so their gradients are added up"
    got = np.concatenate([hers[key].ravel() for hers in answers if key in hers])
    right = np.concatenate(
        [
            case.expected[key].ravel()
            for case, hers in zip(definition.cases, answers, strict=False)
            if key in hers
        ]
    )
    if got.size != right.size:
        return ""
    with np.errstate(all="ignore"):
        ratios = (got / right)[np.abs(right) > 1e-6]
    is_multiple = ratios.size > 2 and np.allclose(ratios, ratios[0], rtol=1e-5)
    if is_multiple and not np.isclose(ratios[0], 1) and _same(got, ratios[0] * right):
        return (
            "yours has the other sign" if np.isclose(ratios[0], -1) else f"yours is {ratios[0]:.6g} times it"
        )
    if definition.kind == "activation" and key.startswith("grad"):
        return "the output is right and the derivative is not: L = Σ g ⊙ output, so ∂L/∂x = g ⊙ derivative"
    return ""


def _shape_hint(definition: Definition, answers: Sequence[Arrays], key: str) -> str:
    right, got = definition.cases[0].expected[key].shape, answers[0].get(key, np.zeros(())).shape
    for case, hers in zip(definition.cases, answers, strict=False):
        if key in hers and hers[key].shape != case.expected[key].shape:
            right, got = case.expected[key].shape, hers[key].shape
            break
    if got == right[::-1] and len(right) > 1:
        return "yours is turned around: a row is an example"
    if definition.kind == "cell" and len(right) == 3 and got == (right[1], right[0], right[2]):
        return "a sequence is handed in as (T, N, D), time first, and every h is expected as (T, N, H)"
    return ""


def _formula(equations: str, name: str) -> str:
    """The line of the equations that a number comes from; all of them where none is its own."""
    lines = [line for line in equations.splitlines() if line.strip()]
    start = FORMULAS.get(name)
    own = [line for line in lines if start and line.strip().startswith(start)]
    return "\n".join(re.split(r"\s{12,}", line.strip())[0] for line in own) if own else "\n".join(lines)
