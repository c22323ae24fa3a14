"""The arithmetic in a trace's lines, computed again: what stands on the left is what stands on the right."""

import re
from math import sqrt

import pytest

from gradatim.explain.traces.record import Line

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
WORDS = {"max": max, "mean": lambda *v: sum(v) / len(v), "sum": lambda *v: sum(v), "sqrt": sqrt, "abs": abs,
         "sign": lambda v: (v > 0) - (v < 0)}  # fmt: skip
NAMES = re.compile("|".join(WORDS))


def value_of(text):
    """The value of an expression as it is printed."""
    text = re.sub(r"·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda at: f"e{at[1].translate(RAISED)}", text)
    text = re.sub(r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda at: f"**{at[1].translate(RAISED)}", text)
    text = text.replace("10**-4", "1e-4")
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
    text = re.sub(r"√max\(1, ([^)]*)\)", r"sqrt(max(1, \1))", text)
    text = re.sub(r"√([\d.]+(?:e-?\d+)?)", r"sqrt(\1)", text).replace("√", "sqrt")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = text.replace("·", "*").replace("−", "-").replace("^", "**")
    return eval(text, {"__builtins__": {}}, WORDS)


def check_lines(parts, rel=3e-3, least=1e-3):
    """How many lines have numbers filled in; each is right to the digits shown."""
    found = 0
    for part in parts:
        if not isinstance(part, Line) or "…" in part.text or not part.text.startswith("  "):
            continue
        sides = [one for one in part.text.strip().split(" = ")]
        arithmetic, result = sides[-2:] if len(sides) > 1 else ("x", "")
        arithmetic = re.split(" ≤ | > ", arithmetic)[-1]
        if re.search(r"[A-Za-zα-ωθ̂∂Σ]", NAMES.sub("", arithmetic)) or not re.match(r"[−\d]", result):
            continue
        assert value_of(arithmetic) == pytest.approx(value_of(result), rel=rel, abs=least), part.text
        found += 1
    return found
