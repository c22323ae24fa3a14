"""A recurrent network of three hidden units that learns to spell a word, every quantity of its first step."""

import numpy as np

from gradatim.by_hand.layers.softmax import softmax
from gradatim.by_hand.speller import Speller
from gradatim.checks import real
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number

MOST = 5000  # updates
WEIGHTS = {"0.weight_ih_l0": "W_xh", "0.weight_hh_l0": "W_hh", "1.weight": "W_hy"}


def hello(word: str = "hello", hidden: int = 3, lr: float = 0.5, seed: int = 0) -> Trace:
    """Four letters: an RNN without biases reads h e l l, is to say e l l o, and is trained until it spells.

        h_t = tanh(W_xh x_t + W_hh h_{t−1}),   s_t = W_hy h_t,   p_t = softmax(s_t)
        L = mean_t −log p_t(next);   ∂L/∂s_t = (p_t − [next])/T
        ∂L/∂h_t = W_hyᵀ ∂L/∂s_t + W_hhᵀ ∂L/∂a_{t+1},   ∂L/∂a_t = ∂L/∂h_t ⊙ (1 − h_t²)
        ∂L/∂W_xh = Σ_t ∂L/∂a_t x_tᵀ,   ∂L/∂W_hh = Σ_t ∂L/∂a_t h_{t−1}ᵀ,   ∂L/∂W_hy = Σ_t ∂L/∂s_t h_tᵀ

    x_t is one-hot: 1 for its letter and 0 for the others. With three hidden units and four letters there are
    3·4 + 3·3 + 4·3 = 33 weights. `seed` draws them, to one decimal; `lr` is η.

    Raises UsageError for a word without two different letters.
    """
    speller, lr = Speller(str(word), hidden, seed), real("lr", lr, above=0)
    word, letters = speller.word, speller.letters
    first = speller.spelled()
    shown, loss = _first_step(speller, lr)
    rows: list[list[Cell]] = [[0, loss, first], *_taught(speller, lr)]
    scores, _, loss = speller.backpropagate()
    done = rows[-1][2] == word
    said = f"It spells “{word}” after" if done else f"It does not spell “{word}” after"
    return Trace(f"{len(letters)} letters: “{word}”", "E20", "", [
        Line(f"Vocabulary {' '.join(letters)}; {hidden} hidden units, no biases: "
             f"{speller.network.theta.size} weights. The network reads {' '.join(word[:-1])} and is to say "
             f"{' '.join(word[1:])}. Begun with {word[0]} and fed what it says itself, it now spells "
             f"“{first}”."),
        *shown,
        Line(f"{said} {speller.updates:,} updates, each with the gradient of the whole word and "
             f"η = {number(lr)}. The rows are those at which what it spells changes."),
        Table("Learning to spell", ["update", "L", "spells"], rows),
        Table("What it says then", ["reads", *(f"p({c})" for c in letters), "next"], [
            [c, *p, n] for c, p, n in zip(word, softmax(scores).tolist(), word[1:], strict=False)
        ]),
        Line(f"  L = {loss:.4f}"),
    ])  # fmt: skip


def _first_step(speller: Speller, lr: float) -> tuple[list[Part], float]:
    """Every quantity of one forward pass, one backward pass and one update; and the loss."""
    network, rnn, word, letters = speller.network, speller.rnn, speller.word, speller.letters
    scores, ds, loss = speller.backpropagate()
    T, H = len(scores), rnn.hidden_size
    h, da, dh = rnn.h[1:, 0], rnn.da[:, 0], rnn.dh[:, 0]
    p, a = softmax(scores), rnn.a[:, 0]
    units = [str(k + 1) for k in range(H)]
    before = {name: network.parameters[name].copy() for name in WEIGHTS}
    gradients = {name: network.gradients[name].copy() for name in WEIGHTS}
    speller.update(lr)
    parts: list[Part] = [
        Line("  h_t = tanh(W_xh x_t + W_hh h_{t−1})    s_t = W_hy h_t    p_t = softmax(s_t)"),
        Beside([matrix(f"{WEIGHTS[name]}", value, 1) for name, value in before.items()]),
        Table("Letters as numbers: x", ["letter", *(f"x{k + 1}" for k in range(len(letters)))], [
            [letter, *row]
            for letter, row in zip(letters, np.eye(len(letters), dtype=int).tolist(), strict=True)
        ]),
        Beside([
            _by_step("a = W_xh x + W_hh h_before", units, a, word), _by_step("h = tanh(a)", units, h, word),
            _by_step("s = W_hy h", letters, scores, word), _by_step("p = softmax(s)", letters, p, word),
        ]),
        Table("Loss", ["reads", "next", "p(next)", "−log p"], [
            [word[t], word[t + 1], p[t, speller.y[t]].item(), -np.log(p[t, speller.y[t]]).item()]
            for t in range(T)
        ]),
        Line(f"  L = mean of −log p = {loss:.4f}"),
        Line("Backwards, from the last letter to the first:"),
        Line(f"  ∂L/∂s_t = (p_t − [next])/{T}              ∂L/∂a_t = ∂L/∂h_t ⊙ (1 − h_t²)"),
        Line("  ∂L/∂h_t = W_hyᵀ ∂L/∂s_t + W_hhᵀ ∂L/∂a_{t+1}"),
        Beside([
            _by_step("∂L/∂s", letters, ds, word), _by_step("∂L/∂h", units, dh, word),
            _by_step("∂L/∂a", units, da, word),
        ]),
        Line("  ∂L/∂W_xh = Σ ∂L/∂a_t x_tᵀ        ∂L/∂W_hh = Σ ∂L/∂a_t h_{t−1}ᵀ"),
        Line("  ∂L/∂W_hy = Σ ∂L/∂s_t h_tᵀ"),
        Beside([matrix(f"∂L/∂{WEIGHTS[name]}", value, 4) for name, value in gradients.items()]),
        Line(f"  W ← W − {number(lr)} ∂L/∂W"),
        Beside([matrix(f"new {WEIGHTS[name]}", network.parameters[name].copy(), 4) for name in WEIGHTS]),
    ]  # fmt: skip
    return parts, loss


def _by_step(caption: str, columns: list[str], values: np.ndarray, word: str) -> Table:
    """A row for every letter that is read."""
    rows: list[list[Cell]] = [[c, *row] for c, row in zip(word, values.tolist(), strict=False)]
    return Table(caption, ["reads", *columns], rows)


def _taught(speller: Speller, lr: float) -> list[list[Cell]]:
    """Update until it spells: (updates, L, what it spells), where that changes."""
    rows: list[list[Cell]] = []
    while speller.updates <= MOST:
        text = speller.spelled()
        _, _, loss = speller.backpropagate()
        last = text == speller.word or speller.updates == MOST
        if last or not rows or rows[-1][2] != text:
            rows.append([speller.updates, loss, text])
        if last:
            break
        speller.update(lr)
    return rows if len(rows) <= 25 else [*rows[:12], *rows[-12:]]
