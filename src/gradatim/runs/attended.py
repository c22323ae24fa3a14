"""What a trained network attends to while it says its answer, or one that is given (curriculum E12)."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.text_units import END, Units
from gradatim.decoding.answering import inputs_of, say
from gradatim.decoding.attention import attention_weights
from gradatim.device import evaluating
from gradatim.runs.asking import dtype_of
from gradatim.runs.trained import Trained


class Attended(NamedTuple):
    """The units that are read and those that are said, and the weights (T, L) of the first at the second."""

    read: list[str]
    said: list[str]
    weights: np.ndarray
    text: str


def attended(trained: Trained, examples: Any, text: str | None = None) -> Attended:
    """The weights for the first of some pairs: of the answer that beam search finds, or of a given text.

    Raises UsageError for a network that attends to nothing, for inputs that are not texts, and for an empty
    text.
    """
    encoder: Any = trained.encoder
    inputs: Units | None = getattr(encoder, "sentences", None)
    if not isinstance(inputs, Units):
        raise UsageError("attention is drawn over the words of a sentence; this network reads other inputs")
    if text is not None and not text.strip():
        raise UsageError("the text that is said is empty")
    first = examples.take(np.array([0]))
    read = [*inputs.cut(first.inputs[0]), END]
    symbols, weights = _own(trained, first) if text is None else _given(trained, first, text)
    if weights is None:
        raise UsageError("this network attends to nothing: it reads the sentence into one vector")
    known = [encoder.answers.symbols[number] for number in symbols]
    if text is None:
        return Attended(read, known, weights, encoder.answers.text(symbols))
    return Attended(read, [*encoder.answers.cut(text), END], weights, text)


def _own(trained: Trained, examples: Any) -> tuple[list[int], np.ndarray | None]:
    """What is said of a pair's input, and the weights."""
    encoder: Any = trained.encoder
    problem: Any = trained.problem
    prepared = encoder.prepare(examples, problem, dtype_of(trained))
    ((said, *_),) = say(
        trained.module(), prepared, encoder.most_steps, problem.beam, 1, problem.length_penalty,
        problem.coverage,
    )  # fmt: skip
    return said.symbols, said.attention


def _given(trained: Trained, examples: Any, text: str) -> tuple[list[int], np.ndarray | None]:
    """The symbols of a text, and the weights while it is said."""
    import torch

    encoder: Any = trained.encoder
    network = trained.module()
    prepared = encoder.prepare(examples, trained.problem, dtype_of(trained))
    symbols = encoder.answers.ended(text)
    values, lengths = inputs_of(network, prepared).take(np.array([0]))
    y = torch.tensor([symbols], device=values.device)
    with evaluating(network):
        weights = attention_weights(network, values, lengths, y, prepared.symbols)
    return symbols, None if weights is None else weights[0].double().cpu().numpy()


def attends(trained: Trained) -> bool:
    """Whether a network attends to the units of a text."""
    units = getattr(trained.encoder, "sentences", None)
    return isinstance(units, Units) and getattr(trained.module(), "attends", False)
