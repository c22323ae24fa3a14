"""What models of counted words get on a run's own split of texts, to stand beside the network."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.tables.bag_of_words import words_of
from gradatim.runs.trained import Trained

Model = tuple[str, str, Callable[[], Any]]  # name, what it is, and what learns


class BesideTexts:
    """The models that learn from the words of the same training texts: how often each comes, in whatever
    order.
    """

    def __init__(
        self, train: LabelledTexts, test: LabelledTexts, trained: Trained, class_weight: str | None, seed: int
    ):
        self.train, self.test, self.class_weight = train, test, class_weight
        self.problem, self.rows = trained.problem, np.arange(len(train))

    @property
    def cells(self) -> int:
        """Words that they learn from."""
        return sum(len(words_of(text)) for text in self.train.texts)

    def measures(self, answers: np.ndarray) -> dict[str, float]:
        """Of probabilities (N, K)."""
        assert self.test.y is not None
        return self.problem.measures_of(answers, self.test.y)

    def models(self) -> Iterator[Model]:
        """The commonest class, logistic regression and naive Bayes, with two events of a word."""
        assert self.train.y is not None
        name, sentence, constant = self.problem.constant(self.train.y)
        yield name, sentence, lambda: np.broadcast_to(constant, (len(self.test), len(constant)))
        yield "logistic regression", "of how often each word comes, scikit-learn's defaults", self._logistic
        yield (
            "naive Bayes",
            "of how often each word comes, multinomial, scikit-learn's defaults",
            lambda: self._bayes("MultinomialNB", False),
        )
        yield (
            "naive Bayes of presence",
            "of whether each word comes at all, Bernoulli, scikit-learn's defaults",
            lambda: self._bayes("BernoulliNB", True),
        )

    def _logistic(self) -> "CountedWords":
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(max_iter=1000, class_weight=self.class_weight)
        return CountedWords(self.problem, model, False).fit(self.train)

    def _bayes(self, name: str, is_presence: bool) -> "CountedWords":
        from sklearn import naive_bayes

        return CountedWords(self.problem, getattr(naive_bayes, name)(), is_presence).fit(self.train)


class CountedWords:
    """A model of scikit-learn's that reads how often each word of training comes, or whether it does."""

    def __init__(self, problem: Any, model: Any, is_presence: bool):
        from sklearn.feature_extraction.text import CountVectorizer

        self.problem, self.model = problem, model
        self.counts = CountVectorizer(analyzer=words_of, binary=is_presence)

    def fit(self, train: LabelledTexts) -> "CountedWords":
        """Learn from the training texts."""
        self.model.fit(self.counts.fit_transform(train.texts), train.y)
        return self

    def answers(self, part: LabelledTexts) -> np.ndarray:
        """The probability of each class, (N, K), 0 for those that training has not."""
        found = np.zeros((len(part), len(self.problem.names)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found[:, self.model.classes_] = self.model.predict_proba(self.counts.transform(part.texts))
        return found
