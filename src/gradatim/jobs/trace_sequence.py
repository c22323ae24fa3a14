"""A sequence, or a window of a text, as a trace reads it."""

from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.jobs.trace_example import BLANK, Example, check_number, target_in_words
from gradatim.jobs.trace_twin import RunTwin

if TYPE_CHECKING:
    from gradatim.jobs.run import Run

SHOWN, WORDS = 60, 20  # characters of a window, symbols of a sequence that are quoted
UNKNOWN = " (unknown)"


def sequence_example(run: "Run", part: Any, split: str, number: Any) -> Example:
    """Sequence `number` of a part of a run's data, or window `number` of its text.

    Raises UsageError for one that is not there, and for a network without a twin by hand.
    """
    make = _window if part.layout == "streams" else _sequence
    return make(run, part, split, number)


def _window(run: "Run", text: Any, split: str, number: Any) -> Example:
    """A window, read from a state of zeros; every target is the character behind."""
    encoder: Any = run.trained.encoder
    if not hasattr(encoder, "characters"):
        raise UsageError(f"a trace follows the characters of a text; {run.path} learned from {text.form}")
    windows = encoder.prepare_to_ask(text, run.trained.problem, np.float64)
    x, y = windows.streams(1)
    count = ceil(len(x) / windows.length)
    number = check_number(run, split, number, count, "window")
    place = slice((number - 1) * windows.length, number * windows.length)
    x, y = x[place, 0], y[place, 0]
    read = "".join(encoder.characters[i] for i in x)
    quoted = read[:SHOWN].replace("\n", "\\n") + "…" * (len(read) > SHOWN)
    where = (
        f"Window {number:,} of the {count:,} of the {split} part of {run.path}, in the network that the run "
        "kept. It is read from a state of zeros: what stands before the window is not seen, and the gradient "
        f"reaches back to its first step{_looked_up(run)}"
    )
    return Example(
        _twin(run, _one_hot(run, x)), y, f"One step of {run.path.name} from its {split} window {number:,}",
        f'the window is "{quoted}", {len(x)} steps, and the target of each is the character behind it',
        where, steps=_characters(encoder, x), answers=_characters(encoder, y),
        symbols=_known_characters(encoder),
    )  # fmt: skip


def _characters(encoder: Any, numbers: np.ndarray) -> tuple[str, ...]:
    """Characters by their numbers; blank ones by their names."""
    return tuple(BLANK.get(c, c) for c in (encoder.characters[i] for i in numbers))


def _known_characters(encoder: Any) -> dict[str, int]:
    """The number of every character; blank ones by their names, too."""
    known = {c: number for number, c in enumerate(encoder.characters)}
    return known | {BLANK[c]: number for c, number in known.items() if c in BLANK}


def _sequence(run: "Run", part: Any, split: str, number: Any) -> Example:
    """A sequence with its answer, or with one at every step."""
    trained, count = run.trained, len(part)
    number = check_number(run, split, number, count)
    one = part.take(np.array([number - 1]))
    if one.y is None:
        raise UsageError("there is no target to learn from")
    found = trained.encoder.prepare_to_ask(one, trained.problem, np.float64)
    y, steps = np.asarray(found.y), len(found.values)
    where = f"Example {number:,} of the {count:,} of the {split} part of {run.path}, in the network that the "
    where += f"run kept{_looked_up(run)}"
    answers = _answers(trained, y) if found.per_step else ()
    said = "every step has its target" if found.per_step else target_in_words(trained, one.y, y)
    symbols = _symbols(trained.encoder, one, found.values) if found.values.ndim == 1 else ()
    quoted = f' "{" ".join(symbols[:WORDS])}{" …" * (len(symbols) > WORDS)}"' if symbols else ""
    return Example(
        _twin(run, _one_hot(run, found.values)), y,
        f"One step of {run.path.name} from its {split} example {number:,}",
        f"the sequence{quoted} has {steps} step{'s' * (steps != 1)}, and {said}", where,
        steps=symbols, answers=answers, raw=np.asarray(one.y), symbols=_known_symbols(run) if symbols else {},
    )  # fmt: skip


def _symbols(encoder: Any, one: Any, values: np.ndarray) -> tuple[str, ...]:
    """The words or whole numbers of a sequence, as the data have them; 0 stands for the unknown."""
    if hasattr(encoder, "split"):
        raw = [BLANK.get(part, part) for part in encoder.split(one.texts[0])]
    else:
        raw = one.words()[0] if hasattr(one, "words") else [str(v) for v in one.values.tolist()]
    return tuple(
        word + UNKNOWN * (int(number) == 0) for word, number in zip(raw, values.tolist(), strict=True)
    )


def _known_symbols(run: "Run") -> dict[str, int]:
    """The number of every word or whole number that the network knows."""
    encoder: Any = run.trained.encoder
    known = getattr(encoder, "words", getattr(encoder, "known", None))
    if known is not None:
        return {str(one): number for number, one in enumerate(known, 1)}
    return {str(one): one for one in range(run.trained.model.vocabulary_size)}


def _answers(trained: Any, y: np.ndarray) -> tuple[str, ...]:
    names = trained.problem.names
    if y.dtype.kind in "iu" and y.ndim == 1 and len(names) > y.max(initial=0):
        return tuple(str(names[i]) for i in y)
    return tuple(", ".join(f"{v:.4g}" for v in row) for row in y.reshape(len(y), -1).astype(float))


def _one_hot(run: "Run", values: np.ndarray) -> np.ndarray:
    """What the twin reads, (T, 1, D): symbols one-hot, numbers as they are."""
    if values.ndim == 2:
        return np.asarray(values, np.float64)[:, None]
    size = getattr(run.trained.model, "vocabulary_size", None) or int(values.max()) + 1
    return np.eye(size)[values][:, None]


def _looked_up(run: "Run") -> str:
    """What a one-hot step makes of the first matrix."""
    if getattr(run.trained.model, "vocabulary_size", None) is None:
        return ""
    return ". Steps are symbols, x_t one-hot: the first layer's W x_t is the column of W that is the symbol's"


def _twin(run: "Run", x: np.ndarray) -> RunTwin:
    from gradatim.jobs.trace_sequence_twin import sequence_twin

    network, names = sequence_twin(run.trained, x)
    return RunTwin(network, {name: names[name] for name in network.parameters}, x)
