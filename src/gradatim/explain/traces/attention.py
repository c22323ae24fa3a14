"""One step of a decoder with attention: scores, weights, context, new state, word, and all gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.by_hand import attention as by_hand
from gradatim.by_hand.attention import Arrays
from gradatim.by_hand.attention_step import step, step_back
from gradatim.checks import UsageError, one_of, whole
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.attention_drawing import attention_drawing
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number, product_sum
from gradatim.functional.attention_scores import SCORES, score_named

SOURCE = (
    "Bahdanau, Cho & Bengio, Neural machine translation by jointly learning to align and translate (2015); "
    "Luong, Pham & Manning, Effective approaches to attention-based neural machine translation (2015)"
)
EQUATIONS = {
    "additive": "e_l = vᵀ tanh(W s + U h_l)", "concat": "e_l = vᵀ tanh(W [s; h_l])", "dot": "e_l = sᵀ h_l",
    "general": "e_l = sᵀ W h_l", "scaled_dot": "e_l = (W s)ᵀ (U h_l) / √A",
}  # fmt: skip
Grid = Sequence[Sequence[float]]


def attention(
    h: Grid = ((1, 0), (0, 1), (-1, 0.5), (2, 2)), s: Sequence[float] = (0.5, -0.5),
    y: Sequence[float] = (1, 0), length: int | None = 3, score: str = "additive", w: Grid = ((1, 0), (0, 1)),
    u: Grid = ((2, 0), (0, -1)), v: Sequence[float] = (1, 1), r: Grid = ((0.5, 0), (0, 0.5)),
    e: Grid = ((0, 1), (1, 0)), c: Grid = ((1, 0.5), (-0.5, 1)), o: Grid = ((1, 0), (0, 1), (-1, -1)),
    target: int = 0,
) -> Trace:  # fmt: skip
    """One decoding step with attention: which steps of the input are read, and what is said then.

        e_l = score(s, h_l),   α = softmax(e) over the real steps,   c = Σ_l α_l h_l
        a = R s + E y + C c,   s′ = tanh(a),   p = softmax(O s′),   L = −log p_target

    `h` are the encoder's states, one a row, of which the first `length` are real and the rest padding (all
    are real where it is None); `s` is the decoder's state and `y` the vector of the word said last. `score`
    is additive, vᵀ tanh(W s + U h); concat, vᵀ tanh(W [s; h]) with [`w`, `u`] for W; dot, sᵀ h; general,
    sᵀ W h; or scaled_dot, (W s)ᵀ (U h)/√A. `w`, `u`, `v`, `r`, `e`, `c` and `o` are the matrices of these
    letters; `target` is the number of the right word, from 0.

    Raises UsageError for numbers that are not finite, and for matrices that do not fit each other.
    """
    one_of("score", score, SCORES)
    states, state, word = np.array(grid("h", h)), np.array(vector("s", s)), np.array(vector("y", y))
    given = {"W": w, "U": u, "R": r, "E": e, "C": c, "O": o}
    p = {name: np.array(grid(name.lower(), value)) for name, value in given.items()}
    p["v"] = np.array(vector("v", v))[None]
    _check(p, states.shape[1], len(state), len(word), score)
    real = np.arange(len(states)) < whole("length", len(states) if length is None else length, 1, len(states))
    target = whole("target", target, 0, len(p["O"]) - 1)
    p = _own(score, p)
    f = step(score, p, state, word, states, real, target)
    d = step_back(score, p, f, target)
    return Trace("One step of a decoder with attention", "E12", SOURCE, [
        *_given(score, p, f, real),
        *_scored(score, f, real), *_said(p, f, target),
        *_backward(score, d, target),
        *_others(p, f, real),
    ], attention_drawing(f["alpha"][0].tolist(), real.tolist(), state.tolist(), f["c"][0].tolist(),
                         f["s_"].tolist()))  # fmt: skip


def _own(score: str, p: Arrays) -> Arrays:
    """The parameters as the score has them: concat's W stands in one piece."""
    return p | {"W": np.concatenate([p["W"], p["U"]], 1)} if score == "concat" else p


def _check(p: Arrays, m: int, q: int, d: int, score: str) -> None:
    """UsageError for a matrix that does not fit, with the shape that would."""
    score_named(score, q, m)
    size = len(p["U"]) if score != "general" else 0
    shapes: dict[str, tuple[int, ...]] = {"R": (q, q), "E": (q, d), "C": (q, m), "O": (len(p["O"]), q)}
    shapes |= {
        "additive": {"W": (size, q), "U": (size, m), "v": (1, size)},
        "concat": {"W": (size, q), "U": (size, m), "v": (1, size)},
        "dot": {}, "general": {"W": (q, m)}, "scaled_dot": {"W": (size, q), "U": (size, m)},
    }[score]  # fmt: skip
    for name, shape in shapes.items():
        if p[name].shape != shape:
            wanted, got = (f"{rows} × {columns}" for rows, columns in (shape, p[name].shape))
            raise UsageError(f"{name.lower()} must be {wanted} numbers beside the others; it is {got}")


def _given(score: str, p: Arrays, f: Arrays, real: np.ndarray) -> list[Part]:
    names = {"dot": "", "general": "W", "concat": "Wv"}.get(score, "WU" if score == "scaled_dot" else "WUv")
    count = int((~real).sum())
    padding = f" The last {count} are padding: their weights are 0." if count > 1 else ""
    padding = " The last one is padding: its weight is 0." if count == 1 else padding
    return [
        Line(f"A memory of {len(real)} steps, h_1 … h_{len(real)}, one a row.{padding} The decoder's state "
             f"before is s = {_vector(f['s'][0])}, the vector of the word said last y = {_vector(f['y'])}."),
        Line(f"  {EQUATIONS[score]}    α = softmax(e)    c = Σ α_l h_l"),
        Line("  a = R s + E y + C c    s′ = tanh(a)    p = softmax(O s′)    L = −log p_target"),
        Beside([_matrix("h", f["h"]), *(_matrix(name, p[name]) for name in names)]),
        Beside([_matrix(name, p[name]) for name in "RECO"]),
    ]  # fmt: skip


def _scored(score: str, f: Arrays, real: np.ndarray) -> list[Part]:
    """From the query to the context."""
    tanh, steps = SCORES[score].tanh, range(len(real))
    parts: list[Part] = []
    if score in ("additive", "concat", "scaled_dot"):
        name = {"concat": "the part of W for s, times s"}.get(score, "W s")
        parts.append(Line(f"  q = {name} = {_vector(f['q'][0])}, the same for every step of the memory"))
    if score != "dot":
        name = {"general": "W h_l", "concat": "its part for h_l, times h_l"}.get(score, "U h_l")
        columns = ["l", *(f"k{i + 1}" for i in range(f["k"].shape[1]))]
        parts.append(Table(f"Keys k_l = {name}", columns, [[t + 1, *f["k"][t].tolist()] for t in steps]))
    if tanh:
        columns = ["l", *(f"u{i + 1}" for i in range(f["u"].shape[2])), "e_l = vᵀ u_l"]
        rows: list[list[Cell]] = [[t + 1, *f["u"][0, t].tolist(), float(f["e"][0, t])] for t in steps]
        parts.append(Table("Scores u_l = tanh(q + k_l)", columns, rows))
    else:
        sums = [product_sum(zip(f["q"][0], f["k"][t], strict=True)) for t in steps]
        last = "e_l = qᵀ k_l / √A" if SCORES[score].scaled else "e_l"
        rows = [[t + 1, sums[t], float(f["e"][0, t])] for t in steps]
        parts.append(Table("Scores", ["l", "qᵀ k_l", last], rows))
    e, alpha = f["e"][0], f["alpha"][0]
    largest = e[real].max()
    lifted = np.where(real, np.exp(e - largest), 0)
    shares: list[list[Cell]] = [
        [str(t + 1), float(e[t]) if real[t] else "padding", float(lifted[t]), float(alpha[t])] for t in steps
    ]
    shares.append(["sum", "", float(lifted.sum()), float(alpha.sum())])
    terms = [product_sum(zip(alpha[real], column, strict=True)) for column in f["h"][real].T]
    context: list[list[Cell]] = [[i + 1, terms[i], float(f["c"][0, i])] for i in range(len(terms))]
    return [
        *parts,
        Table("Weights: softmax of the scores", ["l", "e_l", "exp(e_l − max e)", "α_l"], shares),
        Table("Context", ["number", "Σ α_l h_l", "c"], context),
    ]


def _said(p: Arrays, f: Arrays, target: int) -> list[Part]:
    """From the context to the loss."""
    shares = np.stack([p["R"] @ f["s"][0], p["E"] @ f["y"], p["C"] @ f["c"][0], f["a"], f["s_"]], 1).tolist()
    words = np.stack([f["o"], f["p"]], 1).tolist()
    return [
        Table("New state", ["unit", "R s", "E y", "C c", "a", "s′ = tanh(a)"], [
            [i + 1, *row] for i, row in enumerate(shares)
        ]),
        Table("Word", ["k", "o = O s′", "p", "right"], [
            [k, *row, k == target] for k, row in enumerate(words)
        ]),
        Line(f"  L = −log p_{target} = {number(float(f['loss']))}"),
    ]  # fmt: skip


def _backward(score: str, d: Arrays, target: int) -> list[Part]:
    state = np.stack([d["ds_"], d["dstate"]], 1).tolist()
    steps = np.stack([d["dalpha"][0], d["de"][0]], 1)
    of_h = np.concatenate([steps, d["dh"]], 1).tolist()
    before = np.stack([d["ds"] - d["ds by score"], d["ds by score"], d["ds"]], 1).tolist()
    own = [name for name in ("W", "U", "v") if f"d{name}" in d]
    columns = ["l", "∂L/∂α_l", "∂L/∂e_l", *(f"∂L/∂h_l{i + 1}" for i in range(d["dh"].shape[1]))]
    weights = [matrix(f"∂L/∂{name}", d[f"d{name}"], 4) for name in own]
    return [
        Line("Backwards. What comes to the context reaches every step of the memory on two ways: the step is "
             "a part of the sum, and it is scored."),
        Line(f"  ∂L/∂o = p − [k = {target}] = {_vector(d['do'])}"),
        Line("  ∂L/∂s′ = Oᵀ ∂L/∂o    ∂L/∂a = ∂L/∂s′ (1 − s′²)"),
        Table("Behind the new state", ["unit", "∂L/∂s′", "∂L/∂a"], [
            [i + 1, *row] for i, row in enumerate(state)
        ]),
        Line(f"  ∂L/∂c = Cᵀ ∂L/∂a = {_vector(d['dc'])}"), Line(f"  ∂L/∂y = Eᵀ ∂L/∂a = {_vector(d['dy'])}"),
        Line("  ∂L/∂α_l = ∂L/∂c · h_l    ∂L/∂e_l = α_l (∂L/∂α_l − Σ_j α_j ∂L/∂α_j)"),
        Table("Behind the memory", columns, [[t + 1, *row] for t, row in enumerate(of_h)]),
        Table("Behind the state before", ["unit", "by the cell, Rᵀ ∂L/∂a", "by the scores", "∂L/∂s"], [
            [i + 1, *row] for i, row in enumerate(before)
        ]),
        *([Beside(weights)] if weights else []),
        Beside([matrix(f"∂L/∂{name}", d[f"d{name}"], 4) for name in "RECO"]),
    ]  # fmt: skip


def _others(p: Arrays, f: Arrays, real: np.ndarray) -> list[Part]:
    """The weights that every score gives the same memory, where the matrices fit it."""
    s, h = f["s"][None], f["h"][None]
    q, m = s.shape[2], h.shape[2]
    rows: list[list[Cell]] = []
    size = p["U"].shape[0]
    for name, kind in SCORES.items():
        wanted = kind.shapes(q, m, size)
        fits = all(p[one].shape == shape for one, shape in wanted.items())
        if fits and (kind.mapped or q == m):
            alpha = by_hand.forward(name, p, s, h, real[None])["alpha"][0, 0]
            rows.append([name, *(float(weight) for weight in alpha)])
    if len(rows) < 2:
        return []
    return [Table("α by each score that these matrices fit",
                  ["score", *(f"α_{t + 1}" for t in range(len(real)))], rows)]  # fmt: skip


def _matrix(name: str, values: np.ndarray) -> Table:
    """A matrix with as many decimals as its numbers need."""
    needed = next((d for d in range(9) if np.allclose(values, values.round(d), rtol=0, atol=1e-12)), 9)
    return matrix(name, values, needed)


def _vector(values: Any) -> str:
    return f"({', '.join(number(float(value)) for value in values)})"
