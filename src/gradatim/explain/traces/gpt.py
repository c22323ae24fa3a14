"""A GPT of a few hundred weights over the letters of a word, every number of a forward and backward pass."""

import numpy as np

from gradatim.by_hand.gpt import GPT, make_gpt
from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.checks import UsageError, real, whole
from gradatim.explain.traces.gpt_backward import backward_parts
from gradatim.explain.traces.gpt_drawing import gpt_drawing
from gradatim.explain.traces.gpt_forward import forward_parts
from gradatim.explain.traces.gpt_values import values_of, weights_of
from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number

SOURCE = (
    "Vaswani et al., Attention is all you need (2017); Radford et al., Language models are unsupervised "
    "multitask learners (2019)"
)
MOST = 2000  # updates
LONGEST, WIDEST = 24, 32  # letters of a text and numbers a step that a page can show


def gpt(
    text: str = "hello", width: int = 4, heads: int = 2, layers: int = 1, feedforward: int = 8,
    activation: str = "gelu", lr: float = 0.5, seed: int = 0,
) -> Trace:  # fmt: skip
    """Four letters: a Transformer reads h e l l, is to say e l l o, and is trained until it does.

        x_t = E[letter] + P[t];   in every block   x ← x + attention(norm(x)),   x ← x + W₂ g(W₁ norm(x))
        attention:  q, k, v = W n + b;   S_ts = q_t·k_s/√d for s ≤ t;   A = softmax(S);   z_t = Σ_s A_ts v_s
        s_t = W norm(x_t),   p_t = softmax(s_t);   L = mean_t −log p_t(next);   ∂L/∂s_t = (p_t − [next])/T

    With `width` 4, 2 `heads` and a second part of 8 there are 228 weights. `seed` draws them, to one decimal;
    gains begin at 1 and biases at 0. `activation` is gelu or relu, `lr` η.

    Raises UsageError for a text without two different letters, heads that do not divide the width, and sizes
    that no page holds.
    """
    text = str(text)
    if not 2 <= len(text) <= LONGEST or len(set(text)) < 2:
        raise UsageError(f"text must have 2 to {LONGEST} letters, two of them different; it is {text!r}")
    whole("width", width, 1, WIDEST)
    letters = list(dict.fromkeys(text))
    numbers = np.array([letters.index(letter) for letter in text])
    whole("feedforward", feedforward, 1)
    network = GPT(len(letters), len(text) - 1, width, heads, layers, feedforward, activation)
    make_gpt(whole("seed", seed, 0, None), network)
    lr = real("lr", lr, above=0)
    before = weights_of(network)
    weights = sum(map(np.size, before.values()))
    loss = _pass(network, numbers)
    values = values_of(network, numbers, loss)
    parts: list[Part] = [
        Line(f"Vocabulary {' '.join(letters)}; {weights} weights. The network reads "
             f"{' '.join(text[:-1])} and is to say {' '.join(text[1:])}. All steps are read at once; a step "
             "sees itself and those before it."),
        *forward_parts(values, before, text, letters, network),
        *backward_parts(values, text, letters, network),
        *_learning(network, numbers, letters, text, lr),
    ]  # fmt: skip
    drawing = gpt_drawing(values, text, len(network.blocks))
    return Trace("A GPT in numbers", "I8", SOURCE, parts, drawing, values={**before, **values})


def _pass(network: GPT, numbers: np.ndarray) -> float:
    """One forward and backward pass over the whole text; the loss."""
    scores = network.forward(numbers[None, :-1])[0]
    loss, slope = CrossEntropy().mean_and_gradient(scores, numbers[1:])
    network.backward(slope.reshape(1, *scores.shape))
    return loss


def _learning(network: GPT, numbers: np.ndarray, letters: list[str], text: str, lr: float) -> list[Part]:
    """Update until it says the text: (updates, L, what it says), where that changes."""
    rows: list[list[Cell]] = []
    for updates in range(MOST + 1):
        loss, said = _pass(network, numbers), _said(network, numbers, letters)
        last = said == text or updates == MOST
        if last or updates == 1 or not rows or rows[-1][2] != said:
            rows.append([updates, loss, said])
        if last:
            break
        for name, parameter in network.parameters.items():
            parameter -= lr * network.gradients[name]
    right = "It says" if rows[-1][2] == text else "It does not say"
    return [
        Line(f"  θ ← θ − {number(lr)} ∂L/∂θ"),
        Line(f"{right} “{text}” after {rows[-1][0]:,} updates, each with the gradient of the whole text: "
             f"begun with {text[0]}, fed what it says itself. The rows are those at which that changes."),
        Table("Learning to say it", ["update", "L", "says"], rows if len(rows) < 25 else
              [*rows[:12], *rows[-12:]]),
    ]  # fmt: skip


def _said(network: GPT, numbers: np.ndarray, letters: list[str]) -> str:
    """The first letter, then the most probable ones, each fed back."""
    said = [int(numbers[0])]
    while len(said) < len(numbers):
        said.append(int(network.forward(np.array([said]))[0, -1].argmax()))
    return "".join(letters[k] for k in said)
