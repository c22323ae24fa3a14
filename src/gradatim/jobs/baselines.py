"""What a constant, a linear model and boosted trees get on a run's own split, to stand beside the network.

They learn from the training examples alone; validation is not theirs. scikit-learn is imported here only.
"""

import warnings
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.jobs.gathering import Data
from gradatim.jobs.measure import of_classes
from gradatim.jobs.scores import of_labels, of_numbers
from gradatim.random import permutation
from gradatim.runs.folder import Folder
from gradatim.runs.trained import Trained

MOST_CATEGORIES = 255  # of a column, for the trees
MOST_CELLS = 5_000_000  # rows times columns of what they learn from; of more rows, some are drawn
MOST_TREES = 3000  # of several classes, each of which takes a tree a round
ROUNDS = 100
TINY = 1e-12  # the least probability in a loss
Row = dict[str, Any]


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

    The linear model sees the network's inputs, the trees the raw columns with their categories.
    `stop` is asked before each.
    """
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401  # now, so that no model's seconds are those of an import

    train, test = _enough(data.train, seed), data.test
    rows: list[Row] = []
    failed: list[str] = []
    for name, what, fit in _models(train, test, trained, class_weight, seed):
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
        if len(train) < len(data.train):
            what += f"; learned from {len(train):,} examples drawn from {len(data.train):,}"
        rows.append({"name": name, "what": what, "metrics": _measures(answers, test), "seconds": seconds})
    return rows, failed


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _enough(train: Dataset, seed: int) -> Dataset:
    """The training examples, or as many of them as these models learn from in bearable time."""
    most = max(1000, MOST_CELLS // max(train.x[0].size, 1))
    if len(train) <= most:
        return train
    return train.take(np.sort(permutation(seed, "baselines", len(train))[:most]))


def _models(
    train: Dataset, test: Dataset, trained: Trained, class_weight: str | None, seed: int
) -> Iterator[tuple[str, str, Callable[[], np.ndarray]]]:
    """Name, sentence, and what learns and answers: probabilities (N, K) of classes, else (N, T)."""
    constant = ("majority", "the commonest class") if train.classes else ("mean", "the mean of the target")
    if train.task == "multilabel":
        constant = ("majority", "the commonest answer to each label")
    yield *constant, lambda: _constant(train, len(test))
    if train.task == "regression":
        linear = ("linear model", "ridge regression, scikit-learn's defaults")
    else:
        linear = ("linear model", "logistic regression, scikit-learn's defaults, to convergence")

    def encoded(part: Dataset) -> np.ndarray:
        record = trained.preprocessing
        return preprocessing.apply(record, preprocessing.inputs(record, part)).reshape(len(part), -1)

    yield (
        *linear,
        lambda: _each(lambda: _linear(train.task, class_weight), encoded(train), encoded(test), train),
    )
    sentence = "histogram gradient boosting, scikit-learn's defaults"
    yield (
        "boosted trees",
        sentence,
        lambda: _each(lambda: _trees(train, class_weight, seed), _raw(train), _raw(test), train),
    )


def _constant(train: Dataset, n: int) -> np.ndarray:
    """The classes' frequencies, the means, or the commoner answers, for n examples."""
    assert train.y is not None
    if train.classes:
        share = np.bincount(train.y, minlength=len(train.classes)) / len(train)
    else:
        share = train.y.reshape(len(train), -1).mean(0)
        share = (share > 0.5) * 1.0 if train.task == "multilabel" else share
    return np.broadcast_to(share, (n, len(share)))


def _each(make: Callable[[], Any], x: np.ndarray, x_test: np.ndarray, train: Dataset) -> np.ndarray:
    """A model of the classes, or one for each number or label."""
    y = train.y
    assert y is not None
    if train.classes:
        model = make().fit(x, y)
        p = np.zeros((len(x_test), len(train.classes)))
        p[:, model.classes_] = model.predict_proba(x_test)
        return p
    found = []
    for one in y.reshape(len(y), -1).T:
        constant = (one == one[0]).all()
        found.append(np.full(len(x_test), one[0]) if constant else make().fit(x, one).predict(x_test))
    return np.stack(found, 1)


def _linear(task: str, class_weight: str | None) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return Ridge() if task == "regression" else LogisticRegression(max_iter=1000, class_weight=class_weight)


def _trees(train: Dataset, class_weight: str | None, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    categories = [one.kind == "category" for one in train.columns] or None
    if train.task == "regression":
        return HistGradientBoostingRegressor(categorical_features=categories, random_state=seed)
    rounds = max(5, min(ROUNDS, MOST_TREES // max(len(train.classes), 1)))
    return HistGradientBoostingClassifier(
        max_iter=rounds, categorical_features=categories, class_weight=class_weight, random_state=seed
    )


def _raw(part: Dataset) -> np.ndarray:
    """The columns as the trees take them: NaN for a missing or unknown value, the rarest as one."""
    x = part.x.reshape(len(part), -1)
    categories = [i for i, one in enumerate(part.columns) if one.kind == "category"]
    x = x.copy() if categories else x
    for i in categories:
        x[:, i] = np.where(x[:, i] < 0, np.nan, np.minimum(x[:, i], MOST_CATEGORIES - 1))
    return x


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
