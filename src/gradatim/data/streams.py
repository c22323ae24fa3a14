"""A text as windows for truncated backpropagation through time (curriculum E3, E9)."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.data.text import Text


class Streams(NamedTuple):
    """Inputs and targets (S, N): N streams side by side, each of S steps; y_t is the character after x_t."""

    x: np.ndarray
    y: np.ndarray


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
            raise UsageError(
                f"{self.text.file_name} has {len(self.text):,} characters here, fewer than one window of "
                f"{self.length} and the character behind it; take a window of at most {max(steps, 0)}"
            )
        S = steps // n
        tokens = self.text.tokens
        x = tokens[: n * S].reshape(n, S).T
        y = tokens[1 : n * S + 1].reshape(n, S).T
        return Streams(np.ascontiguousarray(x), np.ascontiguousarray(y))
