"""A text as windows for truncated backpropagation through time (curriculum E3, E9)."""

from dataclasses import dataclass
from math import ceil
from typing import ClassVar, NamedTuple

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.data.text import Text

LEAST = 11  # characters of a text of which the last tenth, two of them, are validated on


class Streams(NamedTuple):
    """Inputs and targets (S, N): N streams side by side, each of S steps; y_t is the character after x_t."""

    x: np.ndarray
    y: np.ndarray


def count_text(n: int, unit: str = "characters") -> str:
    """So many characters, or words.

    >>> count_text(1), count_text(2000)
    ('1 character', '2,000 characters')
    """
    return f"{n:,} {unit.removesuffix('s') if n == 1 else unit}"


def check_window(train: Text, valid: Text | None, window: int) -> None:
    """Raise UsageError for a window that is too long for a part of a text, naming one that suits all parts,
    or, where none does, how long the text must be.

    A window of T needs T characters and the one behind them.
    """
    parts = [train] if valid is None else [train, valid]
    lengths = [len(part) for part in parts]
    if min(lengths) > window:
        return
    uses = ("to train on", "to validate on")
    has = " and ".join(f"{count_text(n, train.unit)} {use}" for n, use in zip(lengths, uses, strict=False))
    total = sum(lengths)
    if min(lengths) > 1:
        advice = f"take a window of at most {min(lengths) - 1}"
    elif valid is None or valid.source != train.source:
        advice = "each text needs at least 2"
    elif total > 3:
        advice = f"validate on a larger share, such as {ceil(200 / total) / 100:g}"
    else:
        advice = f"a text needs at least {LEAST}"
    raise UsageError(f"{train.file_name} has {has}, too few for a window of {window}; {advice}")


@dataclass(frozen=True)
class Windows:
    """A text, and the number of steps after which the gradient is cut.

    The text is laid out in N streams of S = ⌊(L − 1)/N⌋ steps, each beginning where the one before it ends.
    Window w is steps wT … wT + T − 1 of all streams: so the state in which window w ends is the one in which
    window w + 1 begins, stream for stream. The last window may be shorter; at most N − 1 characters at the
    text's end are in no stream.
    """

    layout: ClassVar[str] = "streams"

    text: Text
    length: int  # T

    def streams(self, n: int) -> Streams:
        """The text in n streams, or in fewer where n would leave them shorter than a window.

        Raises UsageError for a text that is shorter than one window and the character behind it.

        >>> from gradatim.data.text import text_of
        >>> x, y = Windows(text_of("abcdefg"), 3).streams(2)
        >>> x.T.tolist(), y.T.tolist()
        ([[0, 1, 2], [3, 4, 5]], [[1, 2, 3], [4, 5, 6]])
        """
        whole("window", self.length, 1)
        steps = len(self.text) - 1
        n = min(whole("streams", n, 1), steps // self.length)
        if n < 1:
            advice = (
                f"take a window of at most {steps}"
                if steps
                else f"a text of at least {self.length + 1} {self.text.unit} is needed"
            )
            raise UsageError(
                f"{self.text.file_name} has {count_text(len(self.text), self.text.unit)} here, fewer than "
                f"one window of {self.length} and the character behind it; {advice}"
            )
        S = steps // n
        tokens = self.text.tokens
        x = tokens[: n * S].reshape(n, S).T
        y = tokens[1 : n * S + 1].reshape(n, S).T
        return Streams(np.ascontiguousarray(x), np.ascontiguousarray(y))
