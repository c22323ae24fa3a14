"""Texts through the jobs: found, divided, measured."""

from math import log
from pathlib import Path
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, real
from gradatim.data.reading_text import is_text_file, read_text
from gradatim.data.text import Text, Vocabulary, split_text
from gradatim.data.windows import Windows
from gradatim.jobs.measure import Measured

KIND = "text"  # of a run's data, in its config


def is_text(data: Any) -> bool:
    """Whether data are a text: one in memory, the name of one, or a file's name such as book.txt.

    >>> is_text("tinyshakespeare"), is_text("book.txt"), is_text("digits")
    (True, True, False)
    """
    if isinstance(data, Text):
        return True
    if isinstance(data, str) and data in [*catalog.names("text"), *catalog.names("dataset")]:
        return data in catalog.names("text")
    return isinstance(data, str | Path) and is_text_file(data)


def load_text(data: Any) -> Text:
    """A text from a name of the catalogue, a file, or memory; a name wins over a path."""
    if isinstance(data, Text):
        return data
    if isinstance(data, str) and data in catalog.names("text"):
        return catalog.find(data, "text").load()()
    return read_text(data)


def divided(data: Any, valid: Any) -> tuple[Text, Text | None, dict[str, Any]]:
    """The text to train on, the one to validate on, and what config.json says of them.

    `valid` is the share that the end of the text has, or another text.
    """
    whole = load_text(data)
    other: Text | None = None
    if isinstance(valid, float | int):
        train, held = split_text(whole, real("valid", valid, at_least=0, below=1))
        validation = held if len(held) else None
    else:
        other = load_text(valid)
        train, validation = whole, within(whole.vocabulary, other)
    reference = {
        "kind": KIND,
        "source": whole.source or {"memory": True},
        "fingerprint": whole.fingerprint,
        "valid": valid if other is None else other.source,
        "test": None,
        "other_fingerprints": {} if other is None else {"valid": other.fingerprint},
        "splits": {"train": len(train), "valid": 0 if validation is None else len(validation), "test": 0},
    }
    return train, validation, reference


def short_name(text: Text) -> str:
    """What a run is named after: book for book.txt.gz."""
    return Path(text.name.removesuffix(".gz")).stem if "path" in text.source else text.name


def within(vocabulary: Vocabulary, text: Text) -> Text:
    """A text in the numbers of the vocabulary that was trained on; UsageError for characters it lacks."""
    if text.vocabulary.characters == vocabulary.characters:
        return text
    return Text(vocabulary.encode(text.characters(), text.name), vocabulary, text.name, text.source)


def measure_text(network: Any, text: Text, window: int) -> Measured:
    """Mean loss in nats, bits per character, and the share of characters that the best guess gets right.

        bits = loss/log 2,   loss = mean of −log p(x_{t+1} | x_1 … x_t)

    The text is read once, in one stream, from no state: every character but the first is predicted from all
    that stand before it.
    """
    import torch
    import torch.nn.functional as F

    from gradatim.training.batches.layout import Batching
    from gradatim.training.batches.torch_streams import TorchStreams

    device = next(network.parameters()).device
    windows = Windows(text, min(window, max(len(text) - 1, 1)))
    streams = TorchStreams(windows, Batching(1, 0, device, torch.float32))
    was, state, loss, right = network.training, None, 0.0, 0
    network.eval()
    try:
        with torch.no_grad():
            for x, y, _ in streams.in_order():
                scores, state = network.scores(x, state)
                loss += float(F.cross_entropy(scores[:, 0].double(), y, reduction="sum"))
                right += int((scores[:, 0].argmax(1) == y).sum())
    finally:
        network.train(was)
    n = len(text) - 1
    metrics = {"bits_per_character": loss / n / log(2), "loss": loss / n, "accuracy": right / n}
    return Measured(n, metrics)


def refuse_for_text(**given: Any) -> None:
    """Raise UsageError for what a text cannot be given."""
    for name, value in given.items():
        if value is not None:
            raise UsageError(
                f"a text is learned whole, each character from those before it: {name} is not for it"
            )
