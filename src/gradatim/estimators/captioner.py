"""From pictures to sentences about them, with scikit-learn's interface."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.captions import CAPTIONED, captioned_pictures
from gradatim.data.pairs import Pairs
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.text_network import TextNetwork


class Captioner(TextNetwork):
    """Captions by attention to the places of a picture (Xu et al. 2015; curriculum E13).

        a_1 … a_L = CNN(picture);   p(y | x) = Π_t softmax(LSTM(y_1 … y_{t−1}, Σ_l α_tl a_l))

    X is an array of pictures (N, C, H, W) of 1 or 3 channels, bytes or numbers, y a list of captions, of
    which each may be a list of several right ones. What is not given is the recipe's: see `gradatim train`.

    Parameters: `network`, show_attend_and_tell, or show_and_tell, which reads the picture once, or
    lrcn_captioner, which reads it at every word; `hidden_size` units of the LSTM; `units` of the captions,
    words, characters or bpe, at most `vocabulary` of them; `dropout`; a rate that begins at
    `learning_rate_init`; `batch_size`, pairs of a step; `max_iter`, epochs; `validation_fraction`, the share
    of pictures by which the epoch is chosen; `beam`, captions that are followed at every step.

    Learned: `loss_curve_`, `n_iter_`, and `network_`, a torch module. `score` is BLEU-1.

    Raises UsageError for a number out of its bounds, and for pictures that have no caption or cannot be.

    >>> X = np.random.default_rng(0).integers(0, 40, (40, 1, 16, 16)).astype(np.uint8)
    >>> X[1::2, :, 4:12, 4:12] = 255
    >>> found = Captioner(16, learning_rate_init=0.01, batch_size=8, max_iter=15, validation_fraction=0.2)
    >>> found = found.fit(X, ["a dark night", "one bright window"] * 20)
    >>> found.predict(X[:2]).tolist()
    ['a dark night', 'one bright window']
    """

    measure: ClassVar[str] = "bleu_1"

    def __init__(
        self, hidden_size: int | None = None, *, network: str = "show_attend_and_tell", units: str = "words",
        vocabulary: int | None = None, dropout: float | None = None, learning_rate_init: float | None = None,
        batch_size: int | None = None, max_iter: int | None = None, validation_fraction: float = 0.1,
        beam: int = 5, random_state: Any = 0, n_jobs: int | None = None, verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def _pairs(self, X: Any, y: Sequence[Any] | None) -> Pairs:
        x = np.asarray(X)
        if y is not None:
            return captioned_pictures(x, y, most=argument(self, "vocabulary"))
        shape = self._trained.input_shape
        if tuple(x.shape[1:]) != shape:
            raise UsageError(f"X must be pictures {shape}, as those of fit; these are {tuple(x.shape[1:])}")
        return Pairs(x, (), CAPTIONED)

    def _network(self) -> tuple[str | None, dict[str, Any]]:
        return argument(self, "network"), {}
