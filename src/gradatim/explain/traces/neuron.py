"""The biological neuron beside the unit that is named after it, and brain against machine."""

from collections.abc import Sequence
from math import tanh

from gradatim.by_hand.backpropagation import sigmoid
from gradatim.checks import known, real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.neuron_drawing import neuron_drawing
from gradatim.explain.traces.record import Line, Table, Trace
from gradatim.explain.traces.sums_as_text import product_sum

FUNCTIONS = {
    "step": lambda a: float(a >= 0),
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": lambda a: max(a, 0.0),
    "identity": float,
}
PARTS = (
    ("dendrites", "receive signals", "inputs", "x_i"),
    ("synapse", "passes on more or less of it", "weight", "w_i"),
    ("excitatory synapse", "makes firing likelier", "sign", "w_i > 0"),
    ("inhibitory synapse", "makes firing less likely", "sign", "w_i < 0"),
    ("cell body", "adds up what arrives", "sum", "a = Σ w_i x_i + b"),
    ("axon hillock", "fires from a threshold on", "activation", "y = f(a)"),
    ("axon", "carries the pulse on", "output", "y"),
)
AS_LECTURED = (
    ("parts", "about 10¹¹ neurons", "4.2·10⁷ transistors"),
    ("connections", "10⁴ of each neuron", ""),
    ("mass", "0.3 kg at birth, 1.5 kg grown", "0.1 kg (0.3 with its fan)"),
    ("power", "20–40 W, about 20 % of the body’s", "55 W"),
    ("way of working", "complex, non-linear, parallel", ""),
    ("on complex stimuli", "slow", ""),
    ("speed of signals", "about 90 m/s", ""),
    ("length of wire", "170,000 km of axon", ""),
    ("clock", "250–2,000 Hz", "1.5 GHz"),
    ("temperature", "37±2 °C", "15–85 °C"),
    ("sleep", "7.5 h a day", "none"),
)


def neuron(
    x: Sequence[float] = (1, 0, 1), w: Sequence[float] = (0.5, -1, 0.75), b: float = -1,
    activation: str = "step",
) -> Trace:  # fmt: skip
    """A neuron's parts beside a unit's, one unit with its numbers, and brain against machine as lectured.

        a = Σ_i w_i x_i + b,   y = f(a)

    `activation` f is step, sigmoid, tanh, relu or identity. Inputs `x` with
    weights `w`; up to four of them are drawn.

    >>> neuron(b=-2).table("The unit").column("y")
    [0.0]
    """
    inputs = vector("x", x)
    weights, b = vector("w", w, len(inputs)), real("b", b)
    f = FUNCTIONS[known("activation", activation, FUNCTIONS)]
    a = sum(one * other for one, other in zip(weights, inputs, strict=True)) + b
    y = f(a)
    terms = [*zip(weights, inputs, strict=True), (b,)]
    drawing = neuron_drawing(inputs, weights, b, a, y, activation) if len(inputs) <= 4 else ""
    return Trace("The neuron and the unit", "A7", "", [
        Line("A unit keeps of a neuron that it weighs its inputs, adds them up and answers by a threshold or "
             "a smooth step. It leaves out time: pulses, their rate, and the chemistry of a synapse."),
        Table("Part for part", ["neuron", "what it does", "unit", "letters"], PARTS),
        Line("  a = Σ_i w_i x_i + b    y = f(a)"),
        Table("The unit", ["as a sum", "a", "f", "y"], [[product_sum(terms), a, activation, y]]),
        Table("Brain and machine, as lectured", ["", "brain", "Pentium 4"], AS_LECTURED),
        Line("The numbers of the second table are the lecture's, of an adult male and a processor of 2000; "
             "they are rounded, and other sources give others."),
    ], drawing)  # fmt: skip
