"""The forward pass of a small GPT as equations and tables."""

import numpy as np

from gradatim.by_hand.gpt import GPT
from gradatim.explain.traces.gpt_values import Values
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, matrix
from gradatim.explain.traces.sums_as_text import number, product_sum

DIGITS = 3  # behind the point: two tables of four numbers fit beside each other
WEIGHTS = {
    "attention.query": "W_q", "attention.key": "W_k", "attention.value": "W_v", "attention.out": "W_o",
    "up": "W_1", "down": "W_2",
}  # fmt: skip


def named_in(blocks: int, k: int) -> str:
    """Which block a table is of, behind its caption; nothing where there is one."""
    return f", block {k}" if blocks > 1 else ""


def by_step(caption: str, values: np.ndarray, text: str, columns: list[str] | None = None) -> Table:
    """A row for every letter that is read, a column for every number; NaN and −∞ leave their cell empty."""
    columns = columns or [str(i + 1) for i in range(values.shape[1])]
    rows: list[list[Cell]] = [
        [f"{t + 1} {text[t]}", *(value if np.isfinite(value) else None for value in row)]
        for t, row in enumerate(values.tolist())
    ]
    return Table(caption, ["step", *columns], rows, DIGITS)


def forward_parts(v: Values, weights: Values, text: str, letters: list[str], network: GPT) -> list[Part]:
    """Weights, embeddings, every block, scores, probabilities and the loss."""
    blocks = len(network.blocks)
    parts: list[Part] = [
        Line("The weights. Every gain γ is 1 at first, and every bias 0."),
        Beside([
            Table("E, a row a letter", ["", *map(str, range(1, v["x0"].shape[1] + 1))],
                  [[letter, *row] for letter, row in zip(letters, weights["letters"].tolist(), strict=True)],
                  1),
            matrix("P, a row a step", weights["positions"], 1),
            *(matrix(f"{short}{named_in(blocks, k)}", weights[f"block{k}.{name}.weight"], 1)
              for k in range(1, blocks + 1) for name, short in WEIGHTS.items()),
            matrix("W, of the scores", weights["head.weight"], 1),
        ]),
        Line("  x_t = E[letter] + P[t]"),
        by_step("x", v["x0"], text),
    ]  # fmt: skip
    for k in range(1, blocks + 1):
        parts += _block(v, text, k, blocks)
    nexts = [letters[number] for number in v["letters next"]]
    return [
        *parts,
        Line("What the last block gives, normalised, and a score for every letter:"),
        Line("  n = γ (x − μ)/σ + β    s = W n    p = softmax(s)    L = mean of −log p(next)"),
        Beside([
            by_step("n, at the end", v["n"], text), by_step("s = W n", v["s"], text, letters),
            by_step("p = softmax(s)", v["p"], text, letters),
        ]),
        Table("Loss", ["step", "next", "p(next)", "−log p(next)"], [
            [f"{t + 1} {text[t]}", letter, p, float(-np.log(p))]
            for t, (letter, p) in enumerate(zip(nexts, _of_next(v), strict=True))
        ]),
        Line(f"  L = {float(v['loss']):.4f}"),
    ]  # fmt: skip


def _of_next(v: Values) -> list[float]:
    return [float(row[k]) for row, k in zip(v["p"], v["letters next"], strict=True)]


def _block(v: Values, text: str, k: int, blocks: int) -> list[Part]:
    """Norm, queries, keys and values, scores, attention, what is read; norm, the second part."""
    at, said = f"block{k}.", named_in(blocks, k)
    heads = range(len(v[f"{at}q"]))
    parts: list[Part] = [
        Line(f"Every step is normalised{said}: μ is the mean of its numbers, σ² their variance, + 10⁻⁵."),
        Line("  n = γ (x − μ)/σ + β    q = W_q n + b_q    k = W_k n + b_k    v = W_v n + b_v"),
        _norm(f"n = norm(x){said}", v[f"x{k - 1}"], v[f"{at}norm1"], v[f"{at}n1"], text),
        Line(f"Queries, keys and values, shared by {len(heads)} heads. Each head multiplies the query of a "
             "step with the keys of the steps that it may see. An empty cell is −∞: the causal mask, behind "
             "which softmax gives 0."),
        *(Beside([by_step(f"{name}, head {h + 1}{said}", v[f"{at}{name}"][h], text) for name in "qkv"])
          for h in heads),
        Line("  S_ts = q_t · k_s/√d    A = softmax(S)    z_t = Σ A_ts v_s"),
        *_spelled(v, at, text),
    ]  # fmt: skip
    steps = [f"{t + 1} {letter}" for t, letter in enumerate(text[:-1])]
    for h in heads:
        parts.append(Beside([
            by_step(f"S, head {h + 1}{said}", v[f"{at}S"][h], text, steps),
            by_step(f"A, head {h + 1}{said}", v[f"{at}A"][h], text, steps),
            by_step(f"z, head {h + 1}{said}", v[f"{at}z"][h], text),
        ]))  # fmt: skip
    return [
        *parts,
        Line("The heads are joined, and what attention says is added to x:"),
        Line("  a = W_o [z of every head] + b_o    x ← x + a"),
        Beside([by_step(f"a{said}", v[f"{at}a"], text),
                by_step(f"x + a{said}", v[f"{at}middle"], text)]),
        Line("The second part reads every step by itself:"),
        Line("  n = norm(x)    u = W_1 n + b_1    h = g(u)    f = W_2 h + b_2    x ← x + f"),
        _norm(f"n, the second{said}", v[f"{at}middle"], v[f"{at}norm2"], v[f"{at}n2"], text),
        Beside([by_step(f"u{said}", v[f"{at}u"], text), by_step(f"h = g(u){said}", v[f"{at}h"], text),
                by_step(f"f{said}", v[f"{at}f"], text), by_step(f"x + f{said}", v[f"x{k}"], text)]),
    ]  # fmt: skip


def _norm(caption: str, x: np.ndarray, s: np.ndarray, n: np.ndarray, text: str) -> Table:
    columns = ["μ", "σ", *(f"n{i + 1}" for i in range(n.shape[1]))]
    return by_step(caption, np.column_stack([x.mean(1), s, n]), text, columns)


def _spelled(v: Values, at: str, text: str) -> list[Part]:
    """The first head's score and reading of the second step, product by product."""
    if len(text) < 3:
        return []
    q, k, A = v[f"{at}q"][0, 1], v[f"{at}k"][0, 0], v[f"{at}A"][0, 1]
    shown = v[f"{at}v"][0, :2, 0].round(DIGITS).tolist()
    pairs = zip(q.round(DIGITS).tolist(), k.round(DIGITS).tolist(), strict=True)
    sums = product_sum(pairs)
    shares = product_sum(zip(A[:2].round(DIGITS).tolist(), shown, strict=True))
    return [
        Line(f"In the first head step 2, {text[1]}, asks step 1, {text[0]}; and the first number that it "
             "reads:"),
        Line(f"  S_21 = ({sums})/√{len(q)} = {number(float(v[f'{at}S'][0, 1, 0]))}"),
        Line(f"  z_21 = {shares} = {number(float(v[f'{at}z'][0, 1, 0]))}"),
    ]  # fmt: skip
