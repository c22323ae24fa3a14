"""The backward pass of a small GPT as equations and tables."""

import numpy as np

from gradatim.by_hand.gpt import GPT
from gradatim.explain.traces.gpt_forward import DIGITS, WEIGHTS, by_step, named_in
from gradatim.explain.traces.gpt_values import Values
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, matrix

VECTORS = {
    "norm1.weight": "γ of the first norm", "norm1.bias": "β of the first norm",
    "attention.query.bias": "b_q", "attention.key.bias": "b_k", "attention.value.bias": "b_v",
    "attention.out.bias": "b_o", "norm2.weight": "γ of the second norm", "norm2.bias": "β of the second norm",
    "up.bias": "b_1", "down.bias": "b_2",
}  # fmt: skip


def backward_parts(v: Values, text: str, letters: list[str], network: GPT) -> list[Part]:
    """From ∂L/∂s back to the embeddings, and the gradient of every weight."""
    blocks = len(network.blocks)
    T = len(text) - 1
    parts: list[Part] = [
        Line("Backwards. A sum hands its gradient to both of its terms, so ∂L/∂x goes on as it is and gets "
             "added what comes back through each part. A norm takes out of what comes back its mean and its "
             "share along n:"),
        Line(f"  ∂L/∂s_t = (p_t − [next])/{T}    ∂L/∂n = Wᵀ ∂L/∂s"),
        Line("  through a norm, with h = γ ∂L/∂n and x̂ = (x − μ)/σ:"),
        Line("  ∂L/∂x = (h − mean(h) − x̂ mean(h x̂))/σ"),
        Beside([
            by_step("∂L/∂s", v["ds"], text, letters), by_step("∂L/∂n, at the end", v["dn"], text),
            by_step("∂L/∂x, behind the last block", v[f"dx{blocks}"], text),
        ]),
    ]  # fmt: skip
    for k in range(blocks, 0, -1):
        parts += _block(v, text, k, blocks)
    return [*parts, *_gradients(v, letters, blocks)]


def _block(v: Values, text: str, k: int, blocks: int) -> list[Part]:
    """Back through the second part, then through attention."""
    at, said = f"block{k}.d", named_in(blocks, k)
    steps = [f"{t + 1} {letter}" for t, letter in enumerate(text[:-1])]
    parts: list[Part] = [
        Line(f"Back through the second part{said}:"),
        Line("  ∂L/∂h = W_2ᵀ ∂L/∂x    ∂L/∂u = ∂L/∂h g′(u)    ∂L/∂n = W_1ᵀ ∂L/∂u"),
        Beside([
            by_step(f"∂L/∂h{said}", v[f"{at}h"], text), by_step(f"∂L/∂u{said}", v[f"{at}u"], text),
            by_step(f"∂L/∂n, the second{said}", v[f"{at}n2"], text),
            by_step(f"∂L/∂(x + a){said}", v[f"{at}middle"], text),
        ]),
        Line(f"Back through attention, head by head{said}; what is masked gets nothing:"),
        Line("  ∂L/∂z = W_oᵀ ∂L/∂a    ∂L/∂A_ts = ∂L/∂z_t · v_s    ∂L/∂v_s = Σ A_ts ∂L/∂z_t"),
        Line("  ∂L/∂S_ts = A_ts (∂L/∂A_ts − Σ A_tr ∂L/∂A_tr)"),
        Line("  ∂L/∂q_t = Σ ∂L/∂S_ts k_s/√d    ∂L/∂k_s = Σ ∂L/∂S_ts q_t/√d"),
    ]  # fmt: skip
    for h in range(len(v[f"{at}q"])):
        parts.append(Beside([
            by_step(f"∂L/∂z, head {h + 1}{said}", v[f"{at}z"][h], text),
            by_step(f"∂L/∂A, head {h + 1}{said}", v[f"{at}A"][h], text, steps),
            by_step(f"∂L/∂S, head {h + 1}{said}", v[f"{at}S"][h], text, steps),
            *(by_step(f"∂L/∂{name}, head {h + 1}{said}", v[f"{at}{name}"][h], text) for name in "qkv"),
        ]))  # fmt: skip
    return [
        *parts,
        Line("  ∂L/∂n = W_qᵀ ∂L/∂q + W_kᵀ ∂L/∂k + W_vᵀ ∂L/∂v"),
        Beside([by_step(f"∂L/∂n{said}", v[f"{at}n1"], text),
                by_step(f"∂L/∂x{said}", v[f"dx{k - 1}"], text)]),
    ]  # fmt: skip


def _gradients(v: Values, letters: list[str], blocks: int) -> list[Part]:
    """∂L/∂θ: a letter's row is the sum over the steps that read it."""
    numbers = range(1, v["x0"].shape[1] + 1)
    rows: list[list[Cell]] = []
    for k in range(1, blocks + 1):
        rows += [_vector(f"{said}{named_in(blocks, k)}", v[f"dblock{k}.{name}"]) for name, said in
                 VECTORS.items() if name != "up.bias"]  # fmt: skip
    rows += [_vector("γ at the end", v["dnorm.weight"]), _vector("β at the end", v["dnorm.bias"])]
    return [
        Line("The gradients of the weights, sums over the steps: of a matrix Σ ∂L/∂output_t input_tᵀ, of a "
             "letter's row of E the ∂L/∂x of the steps that read it, of P that of its step."),
        Beside([
            Table("∂L/∂E", ["", *map(str, numbers)],
                  [[letter, *row] for letter, row in zip(letters, v["dletters"].tolist(), strict=True)],
                  DIGITS),
            matrix("∂L/∂P", v["dpositions"], DIGITS),
            *(matrix(f"∂L/∂{short}{named_in(blocks, k)}", v[f"dblock{k}.{name}.weight"], DIGITS)
              for k in range(1, blocks + 1) for name, short in WEIGHTS.items()),
            matrix("∂L/∂W", v["dhead.weight"], DIGITS),
            *(matrix(f"∂L/∂b_1{named_in(blocks, k)}", v[f"dblock{k}.up.bias"], DIGITS)
              for k in range(1, blocks + 1)),
        ]),
        Table("Gradients of gains and biases", ["of", *map(str, numbers)], rows, DIGITS),
        Line("b_k gets nothing: it adds the same to every score of a step, which softmax does not see."),
    ]  # fmt: skip


def _vector(name: str, values: np.ndarray) -> list[Cell]:
    return [name, *values.tolist()]
