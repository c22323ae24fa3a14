"""Formulas that SymPy has found, written as a person writes them."""

from typing import Any

import sympy


class Sigmoid(sympy.Function):
    """1/(1 + e^−z), whose derivative is written with itself."""

    def fdiff(self, argindex: int = 1) -> Any:
        """σ′ = σ (1 − σ)."""
        return self * (1 - self)


class Step(sympy.Function):
    """1 where z > 0, 0 elsewhere."""

    def fdiff(self, argindex: int = 1) -> Any:
        """0 wherever there is one."""
        return sympy.Integer(0)


class Relu(sympy.Function):
    """max(0, z)."""

    def fdiff(self, argindex: int = 1) -> Any:
        """The step; at 0 it is 0 by convention."""
        return Step(self.args[0])


def unit_function(name: str) -> Any:
    """The activation of this name as a function of SymPy's."""
    return {"identity": lambda z: z, "sigmoid": Sigmoid, "tanh": sympy.tanh, "relu": Relu}[name]


def written_out(expression: Any) -> str:
    """An expression without stars: products by spaces, powers raised, a real minus.

    >>> a, b = sympy.symbols("a b")
    >>> written_out(2 * a**2 * (b - 1)), written_out(Relu(a)), written_out(Step(a + b))
    ('2 a² (b − 1)', 'max(0, a)', '[a + b > 0]')
    """
    text = sympy.sstr(expression)
    text = text.replace("**2", "²").replace("*", " ").replace("-", "−")
    text = text.replace("Relu(", "max(0, ").replace("Sigmoid(", "σ(")
    while (at := text.find("Step(")) >= 0:
        end = _closing(text, at + 4)
        text = f"{text[:at]}[{text[at + 5 : end]} > 0]{text[end + 1 :]}"
    return text


def _closing(text: str, opening: int) -> int:
    """Where the bracket closes that opens at a place."""
    depth = 0
    for place in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    raise ValueError(text)
