"""B18: the derivatives in symbols, with numbers those of B8, and autograd's."""

import pytest
import sympy
import torch

from gradatim.checks import UsageError
from gradatim.explain.traces.chain_rule import UNITS, chain_rule
from gradatim.explain.traces.symbols import unit_function

TORCH = {"identity": lambda z: z, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def test_the_numbers_are_those_of_the_learning_loop():
    backward = chain_rule().table("Backward")
    assert backward.column("value") == [10, 20, -10]
    assert backward.column("by differences of L") == pytest.approx([10, 20, -10], abs=1e-6)


@pytest.mark.parametrize("activation", UNITS)
def test_values_are_autograd_s(activation):
    trace = chain_rule(activation, x=(0.7, -1.2), y=0.3, w1=-0.4, w2=0.9, b1=1.5, w3=1.1, b2=0.2)
    w = torch.tensor([-0.4, 0.9], dtype=torch.float64, requires_grad=True)
    b = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    z = w @ torch.tensor([0.7, -1.2], dtype=torch.float64) + b
    ((1.1 * TORCH[activation](z) + 0.2 - 0.3) ** 2).backward()
    backward = trace.table("Backward")
    assert backward.column("value") == pytest.approx([b.grad.item(), *w.grad.tolist()], rel=1e-12)
    assert backward.column("by differences of L") == pytest.approx(backward.column("value"), abs=1e-6)


def test_the_symbols_are_the_lecture_s():
    one = chain_rule().table("The derivative of L as SymPy finds it: in ⟦ ⟧ the shared factor")
    assert one.column("in symbols") == ["⟦ 2 w3 (b2 + w3 max(0, z) − y) [z > 0] ⟧ · x"]
    both = chain_rule().table("The derivatives of L as SymPy finds it: in ⟦ ⟧ the shared factor")
    shared, own = zip(*(cell.split(" · ") for cell in both.column("in symbols")), strict=True)
    assert len(set(shared)) == 1 and own == ("x1", "x2")


def test_products_are_counted():
    counts = chain_rule().table("Products for the weights of so many inputs")
    assert counts.rows[-1] == [1000, 3000, 1002]


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_the_units_slopes_are_their_functions(name):
    z = sympy.Symbol("z")
    own = unit_function(name)(z).diff(z)
    whole = {"sigmoid": 1 / (1 + sympy.exp(-z)), "tanh": sympy.tanh(z)}[name]
    assert sympy.simplify(own.subs(unit_function(name)(z), whole) - whole.diff(z)) == 0


def test_what_is_refused():
    with pytest.raises(UsageError, match="unknown activation 'swish'"):
        chain_rule("swish")
    with pytest.raises(UsageError, match="x must be 2 numbers"):
        chain_rule(x=(1, 2, 3))
