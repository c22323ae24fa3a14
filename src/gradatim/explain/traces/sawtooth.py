"""The sawtooth of 2^k teeth: units that shallow and deep networks need, counted, built and trained."""

import numpy as np

from gradatim.by_hand.sawtooth import constructed, shares, units_needed
from gradatim.by_hand.sawtooth_training import MULTIPLES, largest_error, smallest
from gradatim.checks import real, whole
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number

SOURCE = "Telgarsky, Benefits of depth in neural networks (2016)"
MOST = 6  # k, of what is trained here
COUNTED = 10  # teeth 2^1 … 2^10 in the table of counts


def sawtooth(k: int = 3, error: float = 0.1, steps: int = 1500, seed: int = 0) -> Trace:
    """Networks of depth 1, 2 and k for the sawtooth of 2^k teeth: fewest units, exact weights, training.

        m(x) = 1 − |2x − 1| = 2 max(0, x) − 4 max(0, x − ½) on [0, 1];   f_k = m ∘ … ∘ m, k times
        error below ½ everywhere  ⇒  (n_1 + 1) ⋯ (n_l + 1) ≥ 2^k

    A tooth is a straight piece, up or down. `error` is the sup-norm error that training shall reach within
    `steps` of Adam, from `seed`; `steps=0` leaves training out.

    >>> sawtooth(k=2, steps=0).table("Exact networks for 2^2 = 4 teeth").column("units")
    [4, 4]
    """
    k = whole("k", k, 1, MOST)
    error, steps = real("error", error, above=0), whole("steps", steps, 0, 20_000)
    depths = sorted({1, min(2, k), k})
    exact: list[list[Cell]] = []
    for depth in depths:
        network = constructed(k, depth)
        widths = [2**a for a in shares(k, depth)]
        exact.append([
            depth, ", ".join(map(str, widths)), sum(widths), int(network.theta.size),
            largest_error(network, k), units_needed(k, depth),
        ])  # fmt: skip
    return Trace("Depth and the sawtooth", "A10", SOURCE, [
        Line("The tent m applied k times is a sawtooth of 2^k teeth, straight pieces up and down. Each "
             "further layer of two units doubles them; in one layer every tooth needs a unit of its own."),
        Line("  m(x) = 2 max(0, x) − 4 max(0, x − ½)    f_k(x) = m(f_{k−1}(x))    0 ≤ x ≤ 1"),
        _counts(),
        Line("Fewest: a layer of n ReLU units cuts each straight piece into n + 1 at most. A network whose "
             "error is below ½ everywhere crosses the height ½ in each of the 2^k teeth, so the product of "
             "all n + 1 must be at least 2^k, whatever its weights are."),
        Table(f"Exact networks for 2^{k} = {2**k} teeth", ["depth", "width", "units", "parameters",
              "sup-norm error", "fewest"], exact),
        *_weights(),
        *(_training(k, depths, error, steps, whole("seed", seed, 0)) if steps else []),
    ])  # fmt: skip


def _counts() -> Table:
    """Units of the exact networks by k."""
    rows: list[list[Cell]] = []
    for k in range(1, COUNTED + 1):
        two = min(2, k)
        rows.append([
            k, 2**k, 2**k, units_needed(k, 1), sum(2**a for a in shares(k, two)), units_needed(k, two),
            2 * k, units_needed(k, k),
        ])  # fmt: skip
    names = ["k", "teeth", "depth 1", "fewest", "depth 2", "fewest ", "depth k", "fewest  "]
    return Table("Units: exact network, and fewest for an error below ½", names, rows)


def _weights() -> list[Part]:
    """The weights of the network of depth k, which are the same in every layer."""
    network = constructed(2, 2)
    named = {"to the first layer": "0", "to every other layer": "2", "to the output": "4"}
    return [
        Line("The exact weights of the network of depth k, two units in each layer:"),
        Beside([
            Table(f"Weights and biases {where}", ["from x" if at == "0" else "from h1",
                  *([] if at == "0" else ["from h2"]), "bias"],
                  np.column_stack([network.parameters[f"{at}.weight"],
                                   network.parameters[f"{at}.bias"]]).tolist(), 1)
            for where, at in named.items()
        ]),
    ]  # fmt: skip


def _training(k: int, depths: list[int], error: float, steps: int, seed: int) -> list[Part]:
    """The first of several widths that training fits, of each depth."""
    rows: list[list[Cell]] = []
    for depth in depths:
        found = smallest(k, depth, error, steps, seed)
        times = found.units // sum(2**a for a in shares(k, depth))
        size = int(found.network.theta.size)
        rows.append([depth, found.units, times, size, found.error, found.steps, found.error <= error])
    tried = ", ".join(map(str, MULTIPLES))
    return [
        Line(f"Trained: Adam on the mean squared error from seed {seed}, the kinks of the first layer spread "
             f"over [0, 1], until the error is at most {number(error)} or {steps:,} steps are done. The "
             f"widths tried are {tried} times the exact ones; the first that is fitted is shown."),
        Table(f"Trained to a sup-norm error of {number(error)}",
              ["depth", "units", "times", "parameters", "error", "steps", "reached"], rows),
        Line("Gradient descent needs more units than the exact network: that few are enough does not say "
             "that they are found."),
    ]  # fmt: skip
