"""What a constant, a linear model and boosted trees get on a run's own split, to stand beside the network.

They learn from the training examples alone; validation is not theirs. scikit-learn is imported here only.
"""

import warnings
from collections.abc import Callable, Iterator
from math import prod
from time import perf_counter
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.tables.encoding import with_fewer_words
from gradatim.data.tables.for_trees import are_categories, tree_columns
from gradatim.jobs.gathering import Data
from gradatim.jobs.measure import of_classes
from gradatim.jobs.scores import of_labels, of_numbers
from gradatim.random import permutation
from gradatim.runs.folder import Folder
from gradatim.runs.trained import Trained

MOST_WORDS = 500  # of a free text, for the trees
MOST_CELLS = 5_000_000  # rows times columns of what they learn from; of more rows, some are drawn
MOST_TREES = 3000  # of several classes or labels, each of which takes a tree a round
ROUNDS = 100
TINY = 1e-12  # the least probability in a loss
AT_ONCE = 1 << 14  # test examples
Row = dict[str, Any]
Inputs = Callable[[Dataset, np.ndarray], np.ndarray]  # of a part's rows, for a model


def has_baselines(data: Data) -> bool:
    """Whether a run's examples are a table: columns of a file, or named columns of a data frame."""
    train, test = data.train, data.test
    if not isinstance(train, Dataset) or not isinstance(test, Dataset) or train.y is None or test.y is None:
        return False
    return train.is_table


def compare(
    data: Data, trained: Trained, class_weight: str | None, seed: int, stop: Callable[[], bool]
) -> tuple[list[Row], list[str]]:
    """A row for each: name, what it is, measures on the test examples, and seconds to learn; what failed.

    The linear model sees the network's inputs, the trees the same without scaling: numbers as they are,
    categories as codes, dates expanded.
    `stop` is asked before each.
    """
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401  # now, so that no model's seconds are those of an import

    drawn, test = _enough(data.train, trained, seed), data.test
    rows: list[Row] = []
    failed: list[str] = []
    for name, what, fit in _models(data.train, drawn, test, trained, class_weight, seed):
        if stop():
            break
        began = perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answers = fit()
            seconds = perf_counter() - began
        except (ValueError, ArithmeticError, MemoryError) as error:
            failed.append(f"{name} cannot be learned here: {_first_line(error)}")
            continue
        if len(drawn) < len(data.train):
            what += f"; learned from {len(drawn):,} examples drawn from {len(data.train):,}"
        rows.append({"name": name, "what": what, "metrics": _measures(answers, test), "seconds": seconds})
    return rows, failed


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _enough(train: Dataset, trained: Trained, seed: int) -> np.ndarray:
    """The rows of the training examples, or of as many of them as are learned from in bearable time."""
    shape = preprocessing.shape_before(_record(trained), train.x.shape[1:])
    most = max(1000, MOST_CELLS // max(prod(shape), 1))
    if len(train) <= most:
        return np.arange(len(train))
    return np.sort(permutation(seed, "baselines", len(train))[:most])


def _models(
    train: Dataset, drawn: np.ndarray, test: Dataset, trained: Trained, class_weight: str | None, seed: int
) -> Iterator[tuple[str, str, Callable[[], np.ndarray]]]:
    """Name, sentence, and what learns and answers: probabilities (N, K) of classes, else (N, T)."""
    y = train.y[drawn]  # type: ignore[index]
    record = _record(trained)
    width = prod(preprocessing.shape_before(record, train.x.shape[1:]))
    constant = ("majority", "the commonest class") if train.classes else ("mean", "the mean of the target")
    if train.task == "multilabel":
        constant = ("majority", "the commonest answer to each label")
    yield *constant, lambda: _constant(train, y, len(test))
    if train.task == "regression":
        linear = ("linear model", "ridge regression, scikit-learn's defaults")
    else:
        linear = ("linear model", "logistic regression, scikit-learn's defaults, to convergence")

    def encoded(part: Dataset, rows: np.ndarray) -> np.ndarray:
        return preprocessing.encoded(trained.preprocessing, part.take(rows)).reshape(len(rows), -1)

    def raw(part: Dataset, rows: np.ndarray) -> np.ndarray:
        x = preprocessing.inputs(record, part.take(rows)).reshape(len(rows), -1)
        return tree_columns(record, x) if preprocessing.is_table(record) else x  # type: ignore[arg-type]

    def each(make: Callable[[], Any], inputs: Inputs) -> np.ndarray:
        x = inputs(train, drawn)
        models = [make().fit(x, y)] if train.classes else _of_each(make, x, y)
        del x
        return _answers(models, inputs, test, len(train.classes))

    yield (*linear, lambda: each(lambda: _linear(train.task, class_weight), encoded))
    sentence = "histogram gradient boosting, scikit-learn's defaults"
    if width > len(train.columns) > 0:
        sentence += f", of a free text at most {MOST_WORDS} words"
    yield (
        "boosted trees",
        sentence,
        lambda: each(lambda: _trees(train, _categories(record, width), class_weight, seed), raw),
    )


def _constant(train: Dataset, y: np.ndarray, n: int) -> np.ndarray:
    """The classes' frequencies, the means, or the commoner answers, for n examples."""
    if train.classes:
        share = np.bincount(y, minlength=len(train.classes)) / len(y)
    else:
        share = y.reshape(len(y), -1).mean(0)
        share = (share > 0.5) * 1.0 if train.task == "multilabel" else share
    return np.broadcast_to(share, (n, len(share)))


def _of_each(make: Callable[[], Any], x: np.ndarray, y: np.ndarray) -> list[Any]:
    """A model for each number or label; a constant one is its value."""
    columns = y.reshape(len(y), -1).T
    return [one[0] if (one == one[0]).all() else make().fit(x, one) for one in columns]


def _answers(models: list[Any], inputs: Inputs, test: Dataset, classes: int) -> np.ndarray:
    """What they say of the test examples, some at a time, so that these are never whole in memory again."""
    found = np.zeros((len(test), classes or len(models)))
    for start in range(0, len(test), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(test)))
        x = inputs(test, rows)
        if classes:
            found[start : start + len(rows), models[0].classes_] = models[0].predict_proba(x)
            continue
        for t, model in enumerate(models):
            found[rows, t] = model.predict(x) if hasattr(model, "predict") else model
    return found


def _linear(task: str, class_weight: str | None) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return Ridge() if task == "regression" else LogisticRegression(max_iter=1000, class_weight=class_weight)


def _trees(train: Dataset, categories: np.ndarray, class_weight: str | None, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if train.task == "regression":
        return HistGradientBoostingRegressor(categorical_features=categories, random_state=seed)
    many = len(train.classes) or train.y.reshape(len(train), -1).shape[1]  # type: ignore[union-attr]
    rounds = max(5, min(ROUNDS, MOST_TREES // many))
    return HistGradientBoostingClassifier(
        max_iter=rounds, categorical_features=categories, class_weight=class_weight, random_state=seed
    )


def _record(trained: Trained) -> dict[str, Any] | None:
    """The preprocessing, with fewer words where there are very many."""
    record = trained.preprocessing
    return with_fewer_words(record, MOST_WORDS) if preprocessing.is_table(record) else record  # type: ignore[arg-type]


def _categories(record: dict[str, Any] | None, width: int) -> np.ndarray:
    """Which of the trees' columns are categories."""
    table = preprocessing.is_table(record)
    return are_categories(record) if table else np.zeros(width, dtype=bool)  # type: ignore[arg-type]


def _measures(answers: np.ndarray, test: Dataset) -> dict[str, float]:
    """The same measures as the network's."""
    y = test.y
    assert y is not None
    if test.classes:
        p = answers / answers.sum(1, keepdims=True)
        return of_classes(p, y, -np.log(np.maximum(p[np.arange(len(y)), y], TINY)))
    return (
        of_labels(y.reshape(answers.shape), answers) if test.task == "multilabel" else of_numbers(y, answers)
    )


def write_baselines(folder: Folder, rows: list[Row]) -> None:
    """Keep them in the run folder, so that a report does not learn them again."""
    files.write_json(folder.baselines, {"split": "test", "rows": rows})


def read_baselines(folder: Folder) -> list[Row]:
    """What was kept; nothing where there is nothing. GradatimError for a damaged file."""
    if not folder.baselines.exists():
        return []
    rows = files.read_json(folder.baselines, "comparison").get("rows")
    fits = isinstance(rows, list) and all(
        isinstance(row, dict) and {"name", "what", "metrics", "seconds"} <= row.keys() for row in rows
    )
    if not fits:
        raise GradatimError(f"{folder.baselines} is damaged: it holds no rows of a comparison")
    return rows  # type: ignore[return-value]
