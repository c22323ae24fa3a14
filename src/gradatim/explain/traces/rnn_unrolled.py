"""A recurrent network beside the deep feed-forward network that it is."""

import numpy as np

from gradatim.by_hand.layers.rnn import RNN
from gradatim.by_hand.unrolled import unroll
from gradatim.checks import whole
from gradatim.explain.traces.record import Line, Table, Trace
from gradatim.explain.traces.sums_as_text import short
from gradatim.random import generator

MOST = 24  # weights in the table


def rnn_unrolled(steps: int = 4, inputs: int = 1, hidden: int = 2, seed: int = 0) -> Trace:
    """A recurrent network and its unrolled twin: a layer for each step, an input at each, the weights tied.

        recurrent:  h_t = tanh(W x_t + U h_{t−1} + b), t = 1 … T, one W, U and b;   L = ½ Σ_t ‖h_t‖²
        unrolled:   layer t is a dense layer of [h_{t−1}, x_t] with weights [U, W] and a gradient of its own

    The outputs are the same, and the gradients of the layers add up to what backpropagation through time
    gives. `seed` draws weights and inputs.

    Raises UsageError for a count below 1.
    """
    T, D, H = whole("steps", steps, 1), whole("inputs", inputs, 1), whole("hidden", hidden, 1)
    rng = generator(whole("seed", seed, 0, None), "rnn-unrolled")
    rnn = RNN(D, H)
    rnn.hold(
        {name: rng.uniform(-1, 1, shape).round(1) for name, shape in rnn.shapes.items()},
        {name: np.zeros(shape) for name, shape in rnn.shapes.items()},
    )
    x = rng.uniform(-1, 1, (T, 1, D)).round(1)
    h = rnn.forward(x)
    rnn.backward(h)  # ∂L/∂h_t = h_t
    twin, layers = unroll(rnn, x, h)
    d = rnn.gradients
    joined = np.concatenate([d["weight_hh_l0"], d["weight_ih_l0"]], 1)
    through_time = np.concatenate([joined.ravel(), d["bias_l0"]])
    shares = np.array([np.concatenate([g["weight"].ravel(), g["bias"]]) for g in layers])
    columns = [*(("U", j + 1) for j in range(H)), *(("W", j + 1) for j in range(D))]
    names = [f"{letter}{i + 1}{j}" for i in range(H) for letter, j in columns]
    names += [f"b{i + 1}" for i in range(H)]
    layers_shown = [t for t in range(T) if t < 3 or t >= T - 2]
    tied = len(names)
    return Trace("A recurrent network is a deep network with tied weights", "E19", "", [
        Line(f"{D} input{'s' * (D > 1)}, {H} hidden units, {T} steps; L = ½ Σ ‖h_t‖². Left the loop, right a "
             f"feed-forward network of {T} dense layers, each of which reads the layer below and an input."),
        Line("  recurrent       h_t = tanh(W x_t + U h_{t−1} + b)"),
        Line("  layer t of T    h_t = tanh([U, W] [h_{t−1}, x_t] + b)"),
        Table("The same output", ["t", "unit", "recurrent", "unrolled"], [
            [t + 1, k + 1, h[t, 0, k].item(), twin[t, 0, k].item()]
            for t in layers_shown for k in range(min(H, MOST))
        ]),
        Table("Every layer's own gradient, their sum, and backpropagation through time",
              ["weight", *(f"layer {t + 1}" for t in layers_shown), "sum", "BPTT"], [
            [name, *shares[layers_shown, k].tolist(), shares[:, k].sum().item(), through_time[k].item()]
            for k, name in enumerate(names[:MOST])
        ]),
        Line("The largest difference between the sum over all layers and backpropagation through time is "
             f"{short(abs(shares.sum(0) - through_time).max(), 1)}."),
        Line("Tied, the network has the same weights and the same state however long the sequence is:"),
        Table("What grows with the sequence",
              ["steps", "weights, tied", "weights, were they free", "state"], [
            [n, tied, tied * n, H] for n in (T, 10 * T, 100 * T)
        ]),
    ])  # fmt: skip
