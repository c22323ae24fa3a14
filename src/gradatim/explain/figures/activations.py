"""Activations with their derivatives (curriculum B2), from the layers by hand."""

from functools import partial
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.by_hand.layers.hard_activations import HardSigmoid, HardSwish
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.maxout import Maxout
from gradatim.by_hand.layers.softmax import LogSoftmax, Softmax
from gradatim.by_hand.twins import TWINS, construct
from gradatim.explain.figures.function_lines import function_lines, stretches
from gradatim.explain.figures.panels import Line, Panel, panels_figure
from gradatim.explain.figures.style import Picture

LOW, HIGH = -6.0, 6.0
SATURATED = 0.01  # a derivative nearer to 0 teaches next to nothing
FORMULAS = {
    "identity": "z",
    "step": "1 for z ≥ 0, otherwise 0",
    "sigmoid": "1/(1 + e⁻ᶻ)",
    "tanh": "(eᶻ − e⁻ᶻ)/(eᶻ + e⁻ᶻ)",
    "relu": "max(0, z)",
    "leaky_relu": "z for z > 0, otherwise a z",
    "prelu": "z for z > 0, otherwise a z, a learned",
    "elu": "z for z > 0, otherwise α(eᶻ − 1)",
    "celu": "z for z > 0, otherwise α(exp(z/α) − 1)",
    "selu": "λz for z > 0, otherwise λα(eᶻ − 1)",
    "softplus": "log(1 + eᶻ)",
    "softsign": "z/(1 + ∣z∣)",
    "gelu": "z Φ(z), Φ the normal distribution",
    "silu": "z σ(z)",
    "mish": "z tanh(log(1 + eᶻ))",
    "hard_sigmoid": "min(max(z + 3, 0), 6)/6",
    "hard_swish": "z min(max(z + 3, 0), 6)/6",
    "maxout": "max(z, z₂), the second piece z₂ = 1",
    "softmax": "p₁, scores z₁, 0, 0",
    "log_softmax": "log p₁, scores z₁, 0, 0",
}
KINKS = {Maxout: [1.0], HardSigmoid: [-3.0, 3.0], HardSwish: [-3.0, 3.0]}  # others' are at 0
OTHERS = {Softmax: (0.0, 0.0), LogSoftmax: (0.0, 0.0), Maxout: (1.0,)}  # scores beside the one that moves


def activation_names() -> list[str]:
    """Every activation that has a twin by hand, in the catalogue's order, and PReLU behind leaky ReLU."""
    names = [name for name in catalog.names("activation") if name in TWINS]
    names.insert(names.index("leaky_relu") + 1, "prelu")
    return names


def activations_figure(names: list[str], arguments: dict[str, Any]) -> Picture:
    """The activations by name, side by side; `arguments` are those of each."""
    panels = [activation_panel(name, arguments) for name in names]
    title = "Activations and their derivatives" if len(panels) > 1 else ""
    return panels_figure(panels, title, f"saturated: ∣g′∣ < {SATURATED}", "g′ at a kink")


def activation_panel(name: str, arguments: dict[str, Any] | None = None) -> Panel:
    """Value and derivative of one activation for z from −6 to 6, its kinks and where it is saturated."""
    layer = construct(TWINS[name], name, arguments or {})
    probe = partial(_probe, layer)
    traced = function_lines(probe, LOW, HIGH, KINKS.get(type(layer), [0.0]))
    lines = [
        Line("value g(z)", traced.x, traced.value),
        Line("derivative g′(z)", traced.x, traced.derivative),
    ]
    if isinstance(layer, Softmax):
        output = "log p₂" if isinstance(layer, LogSoftmax) else "p₂"
        lines.append(Line(f"∂{output}/∂z₁", traced.x, _probe(layer, traced.x, 1)[1]))
    fine = np.linspace(LOW, HIGH, 12001)
    shaded = stretches(fine, np.abs(probe(fine)[1]) < SATURATED)
    values = np.concatenate([line.y[np.isfinite(line.y)] for line in lines])
    return Panel(
        name, _notes(name, layer, traced.said("g′")), "z", "g(z), g′(z)", lines,
        filled=traced.kinks, hollow=traced.hollow, shaded=shaded, y_limits=_limits(values),
    )  # fmt: skip


def _probe(layer: Layer, z: np.ndarray, output: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Value h and ∂h/∂z₁ of one output: the layer's own forward and backward pass, one example a number.

    Softmax has two more scores of 0, maxout a second piece of 1.
    """
    others = OTHERS.get(type(layer), ())
    if isinstance(layer, Maxout):
        others = others * (layer.pieces - 1)
    if "weight" in layer.shapes:  # PReLU, as it starts
        layer.hold(layer.draw(0, ""), {"weight": np.zeros(layer.shapes["weight"])})
    x = np.stack([z, *(np.full_like(z, other) for other in others)], 1)
    h = layer.forward(x).copy()
    g = np.zeros_like(h)
    g[:, output] = 1
    return h[:, output], layer.backward(g)[:, 0].copy()


def _notes(name: str, layer: Layer, convention: str) -> tuple[str, ...]:
    """The formula, its constants, and the convention at the kink."""
    formula = FORMULAS.get(name) or catalog.find(name, "activation").sentence.rstrip(".")
    letters = {"a": "a", "alpha": "α"}
    given = [f"{letter} = {vars(layer)[key]:.5g}" for key, letter in letters.items() if key in vars(layer)]
    if name == "prelu":
        given = [f"a = {layer.parameters['weight'][0]:g} at first"]
    if name == "selu":  # its g′(0) is their product
        given = []
    if isinstance(layer, Maxout) and layer.pieces != 2:
        formula = f"the largest of {layer.pieces} pieces, the others 1"
    if isinstance(layer, Softmax):
        convention = "its derivative is a matrix"
    said = ", ".join(given)
    return tuple(line for line in (formula, "; ".join(filter(None, (said, convention)))) if line)


def _limits(values: np.ndarray) -> tuple[float, float]:
    """Room for the curve where it bends; what runs straight out of the picture may be cut off."""
    low, high = max(values.min(), -2.0), min(values.max(), 3.0)
    return low - 0.12 * (high - low), high + 0.08 * (high - low)
