"""What a trained network answers to examples, whatever their layout."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.sources.source import New, source_like
from gradatim.runs.forward import forward
from gradatim.runs.gathered import gathered
from gradatim.runs.kept_model import KeptModel
from gradatim.runs.trained import Trained


class Outputs(NamedTuple):
    """A network's outputs a (N, …), and the right answers y (N, …) as the data hold them, or None."""

    a: np.ndarray
    y: np.ndarray | None


def new_examples(trained: Trained, data: Any) -> New:
    """Examples without targets, as a network was trained to be given them.

    Of a table missing columns and unknown categories are odd; its columns may stand in any order. The columns
    of a table in a file or a stream are kept.
    """
    first = trained.template.asking(trained.problem.question, ())
    return source_like(data, first, trained.problem.task).new(data, first)


def ask(trained: Trained, examples: Any) -> Outputs:
    """The outputs for examples, of the network or of what was kept in its place; UsageError for examples that
    cannot be read.
    """
    if trained.kept is not None:
        return _kept_rows(trained, examples)
    a, y = LAYOUTS[examples.layout](trained, examples)
    return Outputs(trained.problem.own_outputs(a, examples), y)


def dtype_of(trained: Trained) -> Any:
    """The type in which the network sees its inputs."""
    return np.float64 if trained.precision == "float64" else np.float32


def encode_inputs(trained: Trained, x: np.ndarray) -> np.ndarray:
    """Raw inputs (N, …) as the network sees them; UsageError for inputs of another shape."""
    return trained.encoder.encode(_in_shape(trained, x), dtype_of(trained))


def _in_shape(trained: Trained, x: np.ndarray) -> np.ndarray:
    """Raw inputs in the shape of those that were trained on; UsageError for others."""
    expected = trained.input_shape
    if expected is not None and tuple(x.shape[1:]) != tuple(expected):
        if x.ndim < 2 or np.prod(x.shape[1:]) != np.prod(expected):
            raise UsageError(
                f"the network was trained on examples of shape {tuple(expected)}; these have {x.shape[1:]}"
            )
        x = x.reshape(len(x), *expected)
    return x


def outputs_of(trained: Trained, x: np.ndarray) -> np.ndarray:
    """The outputs for raw inputs (N, …), of the network or of what was kept in its place."""

    def network() -> np.ndarray:
        return forward(trained.model, encode_inputs(trained, x), trained.precision)

    if trained.kept is None:
        return network()
    return trained.kept.outputs(trained.problem, trained.encoder, _in_shape(trained, x), network)


def ask_beside(trained: Trained, model: KeptModel, data: Dataset) -> np.ndarray:
    """The outputs of one of the models beside a network for examples."""
    encoder = trained.encoder
    parts = [model.outputs(trained.problem, encoder, encoder.raw(part)) for part in encoder.pieces(data)]
    return np.concatenate(parts)


def _kept_rows(trained: Trained, data: Dataset) -> Outputs:
    """The answers of what stands in the network's place."""
    parts = [outputs_of(trained, trained.encoder.raw(part)) for part in trained.encoder.pieces(data)]
    return Outputs(np.concatenate(parts), data.y)


def _rows(trained: Trained, data: Dataset) -> Outputs:
    """Some rows at a time, where their raw inputs would be large."""
    truths = []

    def outputs() -> Iterator[np.ndarray]:
        for part in trained.encoder.pieces(data):
            x = encode_inputs(trained, trained.encoder.raw(part))
            truths.append(trained.problem.truth(part.y, x))
            yield forward(trained.model, x, trained.precision)

    a = gathered(outputs(), len(data))
    known = [y for y in truths if y is not None]
    y = known[0] if len(known) == 1 else np.concatenate(known) if known else None
    return Outputs(a, y)


def _batches(trained: Trained, examples: Any) -> Outputs:
    """Batches of a stranger's loader, or the windows of one stream of a text."""
    from gradatim.training.outputs import outputs_by_batch

    prepared = examples  # a loader's batches come as the network sees them
    if examples.layout != "foreign":
        prepared = trained.encoder.prepare_to_ask(examples, trained.problem, dtype_of(trained))
    outputs, targets = [], []
    for a, y in outputs_by_batch(trained.module(), prepared, trained.precision):
        outputs.append(a.cpu().numpy())
        targets.append(y.cpu().numpy())
    if not outputs:
        raise UsageError("the loader gave no batch")
    return Outputs(np.concatenate(outputs), np.concatenate(targets))


def _padded(trained: Trained, examples: Any) -> Outputs:
    """Sequences in their own order, which are asked the short ones first."""
    from gradatim.training.outputs import outputs_by_batch

    prepared = trained.encoder.prepare_to_ask(examples, trained.problem, dtype_of(trained))
    asked = outputs_by_batch(trained.module(), prepared, trained.precision)
    by_length = np.concatenate([a.cpu().numpy() for a, _ in asked])
    rows = np.argsort(prepared.lengths, kind="stable")
    outputs = np.empty_like(by_length)
    outputs[prepared.places(rows) if prepared.per_step else rows] = by_length
    return Outputs(outputs, examples.y)


def _pairs(trained: Trained, examples: Any) -> Outputs:
    """What is said of each input, and what the network thinks of its references; see `problems.texts`."""
    from gradatim.data.encoders.pairs import PairEncoder
    from gradatim.decoding.answering import nats, say
    from gradatim.decoding.sequence_sampling import Draw
    from gradatim.problems.texts import ROW, Alternative, Texts
    from gradatim.runs.answer_text import text_of, words_to_copy

    problem, encoder = trained.problem, trained.encoder
    assert isinstance(problem, Texts) and isinstance(encoder, PairEncoder)
    prepared = encoder.prepare_to_ask(examples, problem, dtype_of(trained))
    draw = None if problem.temperature is None else Draw(problem.seed, problem.temperature, problem.top_k)
    said = say(
        trained.module(), prepared, encoder.most_steps, problem.beam, problem.best, problem.length_penalty,
        problem.coverage, draw, problem.first,
    )  # fmt: skip
    a = np.zeros(len(said), ROW)
    for number, (row, some) in enumerate(zip(a, said, strict=True)):
        read = words_to_copy(encoder, examples.inputs[number]) if problem.copies else None
        others = tuple(Alternative(text_of(encoder, one, read), one.score) for one in some)
        row["text"], row["others"] = others[0].text, others
    if not examples.has_target:
        return Outputs(a, None)
    losses = nats(trained.module(), prepared, trained.precision)
    a["nats"] = np.bincount(prepared.rows, losses, len(a))
    a["symbols"] = np.bincount(prepared.rows, prepared.answers.lengths, len(a))
    y = np.empty(len(a), object)
    y[:] = list(examples.references)
    return Outputs(a, y)


LAYOUTS = {
    "rows": _rows, "streams": _batches, "foreign": _batches, "padded": _padded, "pairs": _pairs,
}  # fmt: skip
