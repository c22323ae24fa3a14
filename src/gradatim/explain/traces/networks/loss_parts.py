"""The loss of a step: its formula, its numbers, and what it sends back."""

import numpy as np

from gradatim.explain.traces.networks.loss_steps import loss_table
from gradatim.explain.traces.networks.step import Step, judged
from gradatim.explain.traces.networks.view import digits
from gradatim.explain.traces.record import Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import short

FORMULAS = {  # of the outputs a and the targets t: the loss, and ∂L/∂a
    "squared_error": ("L = Σ_k (a_k − t_k)²", "∂L/∂a_k = 2 (a_k − t_k)"),
    "half_squared_error": ("L = ½ Σ_k (t_k − a_k)²", "∂L/∂a_k = a_k − t_k"),
    "absolute_error": ("L = Σ_k |a_k − t_k|", "∂L/∂a_k = the sign of a_k − t_k"),
    "huber": ("L = Σ_k ½ r_k² where |r_k| ≤ d, otherwise d (|r_k| − ½ d)    r_k = a_k − t_k",
              "∂L/∂a_k = r_k, between −d and d"),
    "cross_entropy": ("L = −log p_t    p_k = e^{a_k} / Σ_j e^{a_j}",
                      "∂L/∂a_k = p_k − 1 for k = t, otherwise p_k"),
    "binary_cross_entropy": ("L = −t log p − (1 − t) log(1 − p)    p = σ(a)", "∂L/∂a = p − t"),
    "multilabel": ("L = −Σ_k t_k log p_k + (1 − t_k) log(1 − p_k)    p = σ(a)", "∂L/∂a_k = p_k − t_k"),
    "nll": ("L = −a_t", "∂L/∂a_k = −1 for k = t, otherwise 0"),
    "kl_divergence": ("L = Σ_k t_k (log t_k − log p_k)    p = softmax(a)", "∂L/∂a_k = p_k − t_k"),
    "hinge": ("L = max(0, 1 − s a)    s = ±1, of K scores the mean over k ≠ t of max(0, 1 − a_t + a_k)",
              "∂L/∂a = −s where the margin is short, otherwise 0"),
    "squared_hinge": ("L = max(0, 1 − s a)²    s = ±1, of K scores likewise", "∂L/∂a = −2 s max(0, 1 − s a)"),
    "focal": ("L = −(1 − p_t)^γ log p_t", "∂L/∂a_t = (1 − p_t)^γ (γ p_t log p_t − (1 − p_t))"),
    "poisson_nll": ("L = Σ_k e^{a_k} − t_k a_k", "∂L/∂a_k = e^{a_k} − t_k"),
    "gaussian_nll": ("L = ½ Σ (log 2π + s + (t − μ)² e^−s)    a = (μ, s)",
                     "∂L/∂μ = (μ − t) e^−s    ∂L/∂s = ½ − ½ (t − μ)² e^−s"),
    "laplace_nll": ("L = Σ (log 2 + s + |t − μ| e^−s)    a = (μ, s)",
                    "∂L/∂μ = sign(μ − t) e^−s    ∂L/∂s = 1 − |t − μ| e^−s"),
    "mixture_nll": ("L = −log Σ_k π_k N(t; μ_k, σ_k²)", "∂L/∂z_k = π_k − γ_k    γ_k the posterior of part k"),
}  # fmt: skip
SAME = {"bernoulli_nll": "binary_cross_entropy", "categorical_nll": "cross_entropy"}
ROWS = 32  # outputs in the table


def loss_parts(step: Step) -> list[Part]:
    """The loss's equations, a row an output, and the value."""
    setup = step.setup
    name = SAME.get(setup.loss_name, setup.loss_name)
    formula, slope = FORMULAS[name]
    lines, value = [Line(f"  {formula}"), Line(f"  {slope}")], Line(f"  L = {short(step.loss, 8)}")
    outputs = judged(setup, step.output)
    slopes = setup.sign * judged(setup, step.g[-1])
    minus = "" if setup.sign > 0 else "−"
    sentences = []
    if setup.folded:
        sentences.append(Line(
            f"The last activation, {setup.folded}, and the loss are one function of the score a, so that "
            "nothing overflows and the derivative is a difference."
        ))  # fmt: skip
    steps = len(outputs) > 1
    if steps:
        sentences.append(Line(f"L is the mean over the {len(outputs)} steps."))
    shares = _probabilities(step, outputs)
    columns = ["output", "a", *(["p"] if shares is not None else []), "target", f"{minus}∂L/∂a"]
    rows: list[list[Cell]] = []
    flat, targets = outputs.reshape(len(outputs), -1), _targets(setup.y, outputs)
    names = [(n, k) for n in range(len(flat)) for k in range(flat.shape[1])]
    if steps and len(names) > ROWS:
        return [*lines, *sentences, loss_table(step), value]
    for n, k in names[:ROWS]:
        label = str(k + 1) if len(flat) == 1 else f"step {n + 1}, {k + 1}"
        share = [] if shares is None else [float(shares[n, k])]
        rows.append(
            [label, float(flat[n, k]), *share, targets[n][k], float(slopes.reshape(flat.shape)[n, k])]
        )
    caption = "What the loss reads" + (
        f", the first {ROWS} outputs of {len(names):,}" if len(names) > ROWS else ""
    )
    table = Table(
        caption, columns, rows, [0, digits(flat), *([4] if shares is not None else []), 4, digits(slopes)]
    )
    return [*lines, *sentences, table, *([loss_table(step)] if steps else []), value]


def _probabilities(step: Step, outputs: np.ndarray) -> np.ndarray | None:
    """P of every output, where the loss reads scores."""
    loss = step.setup.loss
    if not hasattr(loss, "probabilities") or step.setup.loss_name == "nll":
        return None
    found = loss.probabilities(outputs)
    width = outputs.reshape(len(outputs), -1).shape[1]
    return found[:, -1:] if width == 1 else found


def _targets(y: np.ndarray, outputs: np.ndarray) -> list[list[Cell]]:
    """The target beside every output: of a class number whether it is the right one."""
    rows, width = len(outputs), outputs.reshape(len(outputs), -1).shape[1]
    y = np.asarray(y)
    if y.size == rows * width:
        return y.reshape(rows, width).tolist()
    if y.dtype.kind in "iu" and y.shape[:1] == (rows,):
        return [["right" if k == right else "" for k in range(width)] for right in y.reshape(rows)]
    flat = y.reshape(rows, -1).tolist()
    return [[row[k] if k < len(row) else None for k in range(width)] for row in flat]
