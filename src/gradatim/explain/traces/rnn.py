"""One recurrent unit through time: forward, backward, and the gradient cut short."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.layers.recurrent import State
from gradatim.by_hand.layers.rnn import RNN
from gradatim.checks import real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum

NAMES = {"weight_hh_l0": "w_hh", "weight_ih_l0": "w_xh", "bias_l0": "b"}
SOURCE = "Elman, Finding structure in time (1990); Werbos, Backpropagation through time (1990)"


def rnn(
    x: Sequence[float] = (1, 0.5, -1), y: Sequence[float] = (0.5, 0, -0.5), h: float = 0,
    whh: float = 0.8, wxh: float = 0.5, b: float = 0.1, why: float = 2,
) -> Trace:  # fmt: skip
    """One recurrent tanh unit with a linear output: a sequence forwards, then back through time.

        h_t = tanh(w_hh h_{t−1} + w_xh x_t + b),   ŷ_t = w_hy h_t,   L = ½ Σ_t (ŷ_t − y_t)²
        ∂L/∂h_t = w_hy (ŷ_t − y_t) + w_hh ∂L/∂a_{t+1},   ∂L/∂a_t = ∂L/∂h_t (1 − h_t²)
        ∂L/∂w_hh = Σ_t ∂L/∂a_t h_{t−1},   ∂L/∂w_xh = Σ_t ∂L/∂a_t x_t,   ∂L/∂b = Σ_t ∂L/∂a_t

    `x` and `y` are inputs and targets, one a step; `h` is the state before the first. At the end the gradient
    is cut every k steps, as truncated backpropagation through time does.

    Raises UsageError for a number that is not finite, or targets that are not as many as the inputs.
    """
    xs = np.array(vector("x", x))
    ys = np.array(vector("y", y, len(xs)))
    p = {"weight_hh_l0": real("whh", whh), "weight_ih_l0": real("wxh", wxh), "bias_l0": real("b", b)}
    h, why = real("h", h), real("why", why)
    unit = RNN(1, 1)
    unit.hold(
        {name: np.full(unit.shapes[name], value) for name, value in p.items()},
        {name: np.zeros(shape) for name, shape in unit.shapes.items()},
    )
    start = (np.full((1, 1), h),)
    errors = _window(unit, xs, ys, why, start)
    weights = ", ".join(f"{NAMES[name]} = {number(value)}" for name, value in p.items())
    return Trace("One recurrent unit through time", "E1 E2 E3", SOURCE, [
        Line("The same function with the same four numbers at every step: "
             f"{weights}, w_hy = {number(why)}; h_0 = {number(h)}."),
        Line("  h_t = tanh(w_hh h_{t−1} + w_xh x_t + b)    ŷ_t = w_hy h_t"),
        Line("  L = ½ Σ (ŷ_t − y_t)²"),
        *_through_time(unit, p, xs, ys, why, errors),
        Line("Truncated: the state is carried on, and the gradient is cut every k steps. In the first row "
             "none passes from step to step; the last is the whole of it."),
        Table("Gradients when cut every k steps", ["k", *NAMES.values()], [
            [k, *_cut(unit, xs, ys, why, start, k)] for k in range(1, len(xs) + 1)
        ]),
    ])  # fmt: skip


def _window(unit: RNN, x: np.ndarray, y: np.ndarray, why: float, state: State) -> np.ndarray:
    """Forward from a state, and back; returns ŷ − y of every step."""
    unit.initial = state
    errors = why * unit.forward(x[:, None, None]).ravel() - y
    unit.backward(why * errors[:, None, None])
    return errors


def _cut(unit: RNN, x: np.ndarray, y: np.ndarray, why: float, state: State, k: int) -> list[float]:
    """The gradients summed over windows of k steps, the state carried from one to the next."""
    sums = dict.fromkeys(NAMES, 0.0)
    for first in range(0, len(x), k):
        _window(unit, x[first : first + k], y[first : first + k], why, state)
        state = unit.state
        sums = {name: value + unit.gradients[name].item() for name, value in sums.items()}
    return list(sums.values())


def _through_time(
    unit: RNN, p: dict[str, float], x: np.ndarray, y: np.ndarray, why: float, errors: np.ndarray
) -> list[Part]:
    h, dh, da = unit.h.ravel(), unit.dh.ravel(), unit.da.ravel()
    outputs, says = why * h[1:], why * errors
    w_hh, w_xh, b = p["weight_hh_l0"], p["weight_ih_l0"], p["bias_l0"]
    sums = [product_sum([(w_hh, h[t]), (w_xh, x[t]), (b,)]) for t in range(len(x))]
    known = np.stack([h[1:], outputs, y, errors], 1).tolist()
    forward: list[list[Cell]] = [
        [t, text, *row] for t, (text, row) in enumerate(zip(sums, known, strict=True), 1)
    ]
    back = np.stack([says, dh - says, dh, da], 1).tolist()
    shares = np.stack([da * h[:-1], da * x, da, errors * h[1:]], 1)
    loss = float((errors**2).sum() / 2)
    return [
        Table("Forward", ["t", "w_hh h + w_xh x + b", "h_t", "ŷ_t", "y_t", "ŷ_t − y_t"], forward),
        Line(f"The loss is L = {loss:.4f}. What reaches h_t comes from its own output and from the step "
             "behind:"),
        Line("  ∂L/∂h_t = w_hy (ŷ_t − y_t) + w_hh ∂L/∂a_{t+1}    ∂L/∂a_t = ∂L/∂h_t (1 − h_t²)"),
        Table("Backward, the last step first", ["t", "from ŷ_t", "from t + 1", "∂L/∂h_t", "∂L/∂a_t"], [
            [t + 1, *back[t]] for t in range(len(x) - 1, -1, -1)
        ]),
        Table("Every step's share of the gradients, and their sums", ["t", *NAMES.values(), "w_hy"], [
            *([str(t), *row] for t, row in enumerate(shares.tolist(), 1)), ["sum", *shares.sum(0).tolist()]
        ]),
    ]  # fmt: skip
