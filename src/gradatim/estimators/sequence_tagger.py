"""A tag for every word of a sentence, or for every step of a sequence, with scikit-learn's interface."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim import catalog
from gradatim.checks import UsageError, whole
from gradatim.estimators.arguments import Bounds, argument, check, keep, seed_of

BOUNDS: Bounds = {
    "learning_rate_init": {"above": 0},
    "dropout": {"at_least": 0, "below": 1},
    "input_dropout": {"at_least": 0, "below": 1},
}
OF_NETWORK = ("hidden_size", "num_layers", "cell", "embedding_size", "dropout", "input_dropout")
CLIP_NORM = 5.0  # of the gradient, which long sequences make large


class SequenceTagger(BaseEstimator):
    """Bidirectional recurrent tagger (Graves & Schmidhuber 2005; dos Santos & Zadrozny 2014; E7, E11).

        s_t = U [h→_t; h←_t] + c;   p(tag t) = softmax(s_t)

    X is a list of sentences, which are lists of words: a word is read by itself, its affixes and its
    characters (`WordTagger`), so that a new one has a tag, too. Or X is a list of sequences: arrays (L_i, D)
    of numbers, which are standardised, or (L_i,) of whole numbers (`Tagger`). y is a list of lists of tags,
    one a step. An empty sentence has no tags, and nothing is learned from it.

    Parameters: `hidden_size` and `num_layers` of the recurrent layers in each direction, of `cell` lstm or
    gru; `embedding_size` of a word's or a step's vector; `dropout` behind the layers, `input_dropout` in
    front of the first; a rate that begins at `learning_rate_init` and falls along a cosine to 0;
    `batch_size`, sequences of a step; `max_iter`, epochs.

    Learned: `classes_`, the tags, sorted; `loss_curve_`, `n_iter_`, and `network_`, a torch module.

    Raises UsageError for a number out of its bounds, and for sequences that cannot be or do not fit their
    tags, naming the first.

    >>> X = [["the", "dog", "barks"], ["a", "cat", "sleeps"]] * 8
    >>> y = [["DET", "NOUN", "VERB"]] * 16
    >>> tagger = SequenceTagger(hidden_size=8, learning_rate_init=0.02, max_iter=10).fit(X, y)
    >>> [tags.tolist() for tags in tagger.predict([["a", "dog"], []])], tagger.score(X, y)
    ([['DET', 'NOUN'], []], 1.0)
    """

    def __init__(
        self, hidden_size: int = 128, *, num_layers: int = 1, cell: str = "lstm", embedding_size: int = 64,
        dropout: float = 0.5, input_dropout: float = 0.3, learning_rate_init: float = 3e-3,
        batch_size: int = 32, max_iter: int = 5, random_state: Any = 0,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any) -> "SequenceTagger":
        """Learn from sequences X and their tags y, each a list of N."""
        from gradatim.data.encoders.encoder import fit_encoder
        from gradatim.models.building import build
        from gradatim.models.description import parameters_of
        from gradatim.planning.network_arguments import encoder_of_network, entry_of
        from gradatim.planning.training_options import Settings
        from gradatim.problems.choose import pose
        from gradatim.runs.trained import Trained
        from gradatim.training.training import Training

        check(self, BOUNDS)
        epochs = whole("max_iter", argument(self, "max_iter"), 1)
        batch_size = whole("batch_size", argument(self, "batch_size"), 1)
        lr = float(argument(self, "learning_rate_init"))
        sequences = _sequences(X)
        tags = _tags(sequences, y)
        held = [i for i, one in enumerate(sequences) if len(one)]
        self._reads_words = _are_words([sequences[i] for i in held])
        self.classes_ = np.unique(np.concatenate([tags[i] for i in held]))
        examples = self._examples([sequences[i] for i in held], [tags[i] for i in held])
        name = "word_tagger" if self._reads_words else "tagger"
        encoder = fit_encoder(examples, encoder_of_network(name, examples.encoder))
        problem = pose(examples.question)
        takes = parameters_of(catalog.find(name, "network").load())
        asked = {one: argument(self, one) for one in OF_NETWORK if one in takes}
        entry = entry_of(name, asked, Settings(), examples, encoder, problem.head().outputs)
        seed = seed_of(self.random_state)
        network = build(entry, seed)
        loop = Training(
            network, encoder.prepare(examples, problem, np.float32), epochs=epochs, batch_size=batch_size,
            lr=lr, schedule="cosine", seed=seed, clip_norm=CLIP_NORM,
        )  # fmt: skip
        self.loss_curve_ = [record.train_loss for record in loop]
        self.n_iter_ = len(self.loss_curve_)
        self.network_ = network.eval()
        self._trained = Trained(network, entry, None, problem, encoder)
        return self

    def predict_proba(self, X: Any) -> list[np.ndarray]:
        """The probability of every tag at every step of sequences X, N arrays (L_i, K)."""
        check_is_fitted(self)
        from gradatim.runs.asking import ask

        sequences = _sequences(X)
        held = [one for one in sequences if len(one)]
        if held and _are_words(held) != self._reads_words:
            wanted = "sentences, lists of words" if self._reads_words else "sequences of numbers"
            raise UsageError(f"the tagger was fitted on {wanted}; X holds others")
        found = np.zeros((0, len(self.classes_)))
        if held:
            trained = self._trained
            found = trained.problem.predictions(ask(trained, self._examples(held, None)).a)
        return np.split(found, np.cumsum([len(one) for one in sequences])[:-1])

    def predict(self, X: Any) -> list[np.ndarray]:
        """The likeliest tag of every step of sequences X, N arrays (L_i,)."""
        return [self.classes_[p.argmax(1)] for p in self.predict_proba(X)]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of steps whose tag is right; `sample_weight` (N,) weighs sequences."""
        sequences = _sequences(X)
        tags, found = _tags(sequences, y), self.predict(sequences)
        weights = np.ones(len(tags)) if sample_weight is None else np.asarray(sample_weight, float)
        right = [(a == b).sum() for a, b in zip(tags, found, strict=True)]
        return float(weights @ right / (weights @ [len(one) for one in tags]))

    def _examples(self, sequences: list[Any], tags: list[np.ndarray] | None) -> Any:
        """The sequences as the networks' encoders take them."""
        from gradatim.data.ragged import Ragged
        from gradatim.data.sentences import sentences_of

        names = tuple(map(str, self.classes_.tolist()))
        y = None if tags is None else [np.searchsorted(self.classes_, one) for one in tags]
        if not self._reads_words:
            return Ragged(sequences, y, classes=names)
        named = None if y is None else [[names[number] for number in one] for one in y]
        return sentences_of(sequences, named, names)


def _sequences(X: Any) -> list[Any]:
    """Sentences as lists of texts, other sequences as arrays; UsageError for what is no list of them."""
    if isinstance(X, str) or not hasattr(X, "__len__") or not hasattr(X, "__iter__"):
        raise UsageError(f"X must be a list of sentences or sequences; it is {type(X).__name__}")
    found: list[Any] = []
    for i, one in enumerate(X):
        if isinstance(one, str) or not hasattr(one, "__len__"):
            raise UsageError(f"X[{i}] must be a list of words or an array; it is {one!r}")
        texts = [isinstance(step, str) for step in one]
        if any(texts) and not all(texts):
            raise UsageError(f"X[{i}] mixes words and others: a sentence is a list of texts")
        found.append([str(word) for word in one] if any(texts) else np.asarray(one))
    return found


def _are_words(sequences: list[Any]) -> bool:
    """Whether they are sentences; UsageError where some are, or where there is none."""
    if not sequences:
        raise UsageError("there is nothing to learn from: X holds no sequence that is not empty")
    kinds = [isinstance(one, list) for one in sequences]
    if any(kinds) and not all(kinds):
        raise UsageError(f"X[{kinds.index(not kinds[0])}] is no sequence of the kind that X[0] is")
    return kinds[0]


def _tags(sequences: list[Any], y: Any) -> list[np.ndarray]:
    """The tags of each sequence as an array; UsageError naming the first sequence that they do not fit."""
    if y is None or isinstance(y, str) or len(y) != len(sequences):
        held = "none" if y is None else len(y)
        raise UsageError(f"y must hold the tags of each of the {len(sequences)} sequences; it holds {held}")
    found = [np.asarray(one) for one in y]
    for i, (one, sequence) in enumerate(zip(found, sequences, strict=True)):
        if one.shape != (len(sequence),):
            raise UsageError(f"sequence {i} has {len(sequence)} steps but tags of shape {one.shape}")
    return found
