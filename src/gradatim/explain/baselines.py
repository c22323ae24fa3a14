"""What a constant, a linear model and boosted trees get on a run's own split, to stand beside the network.

They learn from the training examples alone; validation is not theirs. scikit-learn is imported here only.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from time import perf_counter
from typing import Any

import numpy as np

from gradatim.data.captions import CAPTIONED
from gradatim.data.dataset import Dataset
from gradatim.data.forecasting.windows import ForecastWindows
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.sentences import Sentences
from gradatim.device import threads
from gradatim.explain.caption_baselines import BesideCaptions
from gradatim.explain.forecasts_beside import ForecastsBeside
from gradatim.explain.tag_baselines import BesideSentences
from gradatim.explain.text_baselines import BesideTexts
from gradatim.random import permutation
from gradatim.runs.kept_model import MOST_WORDS
from gradatim.runs.trained import Trained

SMALL = 50_000  # rows times columns for which a second thread brings nothing, and waits on a busy machine
MOST_CELLS = 5_000_000  # rows times columns of what they learn from; of more rows, some are drawn
MOST_TREES = 3000  # of several classes or labels, each of which takes a tree a round
ROUNDS = 100
AT_ONCE = 1 << 14  # test examples
Baseline = dict[str, Any]  # name, what it is, metrics, seconds
Inputs = Callable[[Dataset, np.ndarray], np.ndarray]  # of a part's rows, for a model


@dataclass(frozen=True)
class Learners:
    """scikit-learn's models for one kind of problem (`Problem.learners`).

    `one` says whether one model answers all at once, with probabilities; otherwise one is fitted for each
    number or label.
    """

    one: bool
    linear_sentence: str
    linear: Callable[[str | None], Any]  # of the class weights
    trees: Callable[..., Any]  # of rounds, categories, class weights and seed


def _logistic(class_weight: str | None) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000, class_weight=class_weight)


def _ridge(class_weight: str | None) -> Any:
    from sklearn.linear_model import Ridge

    return Ridge()


def _tree_classifier(rounds: int, categories: np.ndarray, class_weight: str | None, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=rounds, categorical_features=categories, class_weight=class_weight, random_state=seed
    )


def _tree_regressor(rounds: int, categories: np.ndarray, class_weight: str | None, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(categorical_features=categories, random_state=seed)


LOGISTIC = "logistic regression, scikit-learn's defaults, to convergence"
LEARNERS: dict[str, Learners | None] = {
    "constants": None,  # nothing but the constant
    "classifier": Learners(True, LOGISTIC, _logistic, _tree_classifier),
    "classifiers": Learners(False, LOGISTIC, _logistic, _tree_classifier),
    "regressors": Learners(False, "ridge regression, scikit-learn's defaults", _ridge, _tree_regressor),
}


OF_FORM: dict[str, tuple[str, Any]] = {  # of examples that are no rows: the learners, and what gathers them
    LabelledTexts.form: ("classifier", BesideTexts),
    Sentences.form: ("tags", BesideSentences),
    CAPTIONED.form: ("captions", BesideCaptions),
    ForecastWindows.form: ("forecasters", ForecastsBeside),
}


def has_baselines(trained: Trained, train: Any, test: Any) -> bool:
    """Whether other models can stand beside a network: for rows of named columns, texts, sentences and
    forecasts, with targets.
    """
    if not trained.problem.learners or test is None:
        return False
    return beside_of(trained, train) is not None and train.has_target and test.has_target


def beside_of(trained: Trained, train: Any) -> Any:
    """What gathers the models beside a network that learns from such examples; None where there are none."""
    if train.form in OF_FORM:
        learners, beside = OF_FORM[train.form]
        return beside if trained.problem.learners == learners else None
    if trained.problem.learners not in LEARNERS:
        return None
    return _Beside if trained.encoder.columns(train) else None


def compare(
    train: Any, test: Any, trained: Trained, class_weight: str | None, seed: int,
    stop: Callable[[], bool], consider: Callable[[str, str, "Fitted"], None] | None = None,
    most_threads: int = 1,
) -> tuple[list[Baseline], list[str]]:  # fmt: skip
    """A row for each: name, what it is, measures on the test examples, and seconds to learn; what failed.

    The linear model sees the network's inputs, the trees the same without scaling: numbers as they are,
    categories as codes, dates expanded.
    `stop` is asked before each; `consider` is shown each that has learned: name, what it is, and itself.
    Of a small table all learn on one thread, else on `most_threads`: trees wait for all their threads often,
    and where one of these waits for a busy core, they take many times as long.
    """
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401  # now, so that no model's seconds are those of an import

    beside = beside_of(trained, train)(train, test, trained, class_weight, seed)
    rows: list[Baseline] = []
    failed: list[str] = []
    number = 1 if beside.cells < SMALL else most_threads
    with threads("numpy", number):  # those of scikit-learn, which is imported by now
        for name, what, fit in beside.models():
            if stop():
                break
            began = perf_counter()
            try:
                fitted, answers = _fitted(fit, test)
            except (ValueError, ArithmeticError, MemoryError) as error:
                failed.append(f"{name} cannot be learned here: {_first_line(error)}")
                continue
            seconds = perf_counter() - began
            if len(beside.rows) < len(train):
                what += f"; learned from {len(beside.rows):,} examples drawn from {len(train):,}"
            if consider is not None and isinstance(fitted, Fitted):
                consider(name, what, fitted)
            metrics = beside.measures(answers)
            rows.append({"name": name, "what": what, "metrics": metrics, "seconds": seconds})
    return rows, failed


def _fitted(fit: Callable[[], Any], test: Dataset) -> tuple[Any, np.ndarray]:
    """What has learned, and its answers to the test examples."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = fit()
        return fitted, fitted if isinstance(fitted, np.ndarray) else fitted.answers(test)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Beside:
    """The models that learn from the same training examples, and their inputs."""

    def __init__(self, train: Dataset, test: Dataset, trained: Trained, class_weight: str | None, seed: int):
        self.train, self.test, self.class_weight, self.seed = train, test, class_weight, seed
        self.problem, self.encoder = trained.problem, trained.encoder
        self.fewer_words = trained.encoder.without_rare_words(MOST_WORDS)
        self.width = prod(self.fewer_words.raw_shape(train.shape))
        self.rows = self._rows()
        self.y = train.y[self.rows]  # type: ignore[index]

    @property
    def cells(self) -> int:
        """Rows times columns of what they learn from."""
        return len(self.rows) * max(self.width, 1)

    def measures(self, answers: np.ndarray) -> dict[str, float]:
        """Of answers to the test examples."""
        assert self.test.y is not None
        return self.problem.measures_of(answers, self.test.y)

    def _rows(self) -> np.ndarray:
        """The rows of the training examples, or of as many of them as are learned from in bearable time."""
        most = max(1000, MOST_CELLS // max(self.width, 1))
        if len(self.train) <= most:
            return np.arange(len(self.train))
        return np.sort(permutation(self.seed, "baselines", len(self.train))[:most])

    def models(self) -> Iterator[tuple[str, str, Callable[[], Any]]]:
        """Name, sentence, and what learns; of the constant, what gives its answers (N, K) or (N, T)."""
        name, sentence, constant = self.problem.constant(self.y)
        yield name, sentence, lambda: np.broadcast_to(constant, (len(self.test), len(constant)))
        learners = LEARNERS[self.problem.learners]
        if learners is None:
            return
        linear = lambda: learners.linear(self.class_weight)  # noqa: E731
        yield "linear model", learners.linear_sentence, lambda: self._each(learners, linear, self._encoded)
        sentence = "histogram gradient boosting, scikit-learn's defaults"
        if self.width > len(self.train.columns) > 0:
            sentence += f", of a free text at most {MOST_WORDS} words"
        rounds = max(5, min(ROUNDS, MOST_TREES // len(constant)))
        categories = self.fewer_words.tree_categories(self.width)
        trees = lambda: learners.trees(rounds, categories, self.class_weight, self.seed)  # noqa: E731
        yield "boosted trees", sentence, lambda: self._each(learners, trees, self._raw)

    def _encoded(self, part: Dataset, rows: np.ndarray) -> np.ndarray:
        return self.encoder.inputs(part.take(rows)).reshape(len(rows), -1)

    def _raw(self, part: Dataset, rows: np.ndarray) -> np.ndarray:
        """The columns as the trees take them."""
        x = self.fewer_words.raw(part.take(rows)).reshape(len(rows), -1)
        return self.fewer_words.tree_columns(x)

    def _each(self, learners: Learners, make: Callable[[], Any], inputs: Inputs) -> "Fitted":
        """Models made so, that have learned."""
        x = inputs(self.train, self.rows)
        if learners.one:
            return Fitted(self.problem, [make().fit(x, self.y)], inputs, True)
        y = self.problem.learners_targets(self.y)
        columns = y.reshape(len(y), -1).T
        models = [one[0] if (one == one[0]).all() else make().fit(x, one) for one in columns]
        return Fitted(self.problem, models, inputs, False)


@dataclass(frozen=True)
class Fitted:
    """Models that have learned: one of all classes, or one for each number or label, which may be a value."""

    problem: Any
    models: list[Any]
    inputs: Inputs
    one: bool

    def answers(self, part: Dataset) -> np.ndarray:
        """What they answer to examples, (N, K) or (N, T) as the problem's predictions are; some at a time, so
        that the examples are never whole in memory again.
        """
        width = len(self.problem.names) if self.one else len(self.models)
        found = np.zeros((len(part), width))
        for start in range(0, len(part), AT_ONCE):
            rows = np.arange(start, min(start + AT_ONCE, len(part)))
            x, place = self.inputs(part, rows), found[rows[0] : rows[-1] + 1]
            if self.one:
                _shares(self.models[0], x, place)
            else:
                _columns(self.models, x, place)
        return found if self.one else self.problem.learners_predictions(found)


def _shares(model: Any, x: np.ndarray, found: np.ndarray) -> None:
    """The probability of each class, 0 for those that the model has not seen."""
    found[:, model.classes_] = model.predict_proba(x)


def _columns(models: list[Any], x: np.ndarray, found: np.ndarray) -> None:
    """An answer a model; one that is a value answers it always."""
    for t, model in enumerate(models):
        found[:, t] = model.predict(x) if hasattr(model, "predict") else model
