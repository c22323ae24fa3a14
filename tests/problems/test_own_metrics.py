"""Own metrics: scorers are scikit-learn's, functions get what is true and what is predicted."""

import numpy as np
import pytest
import sklearn.metrics as theirs

from gradatim.checks import Notice, UsageError
from gradatim.problems.classes import Classes
from gradatim.problems.labels import Labels
from gradatim.problems.numbers import Numbers
from gradatim.problems.own_metrics import OwnMetrics, own_metrics

RNG = np.random.default_rng(0)
TWO = Classes(("no", "yes"), "binary_cross_entropy")
THREE = Classes(("a", "b", "c"), "cross_entropy")
LABELS = Labels(("red", "blue"), "multilabel")
NUMBERS = Numbers(("price",), "squared_error")
A1, Y1 = RNG.normal(size=(80, 1)), RNG.integers(0, 2, 80)
A3, Y3 = RNG.normal(size=(80, 3)), RNG.integers(0, 3, 80)
AL, YL = RNG.normal(size=(80, 2)), RNG.integers(0, 2, (80, 2))
AN, YN = RNG.normal(size=(80, 1)) + 5, RNG.normal(size=80) + 5
P1 = 1 / (1 + np.exp(-A1[:, 0]))


@pytest.mark.parametrize(
    ("problem", "a", "y", "name", "expected"),
    [
        (TWO, A1, Y1, "f1", lambda: theirs.f1_score(Y1, A1[:, 0] > 0)),
        (TWO, A1, Y1, "roc_auc", lambda: theirs.roc_auc_score(Y1, P1)),
        (TWO, A1, Y1, "neg_log_loss", lambda: -theirs.log_loss(Y1, P1)),
        (TWO, A1, Y1, "neg_brier_score", lambda: -theirs.brier_score_loss(Y1, P1)),
        (THREE, A3, Y3, "f1_macro", lambda: theirs.f1_score(Y3, A3.argmax(1), average="macro")),
        (THREE, A3, Y3, "balanced_accuracy", lambda: theirs.balanced_accuracy_score(Y3, A3.argmax(1))),
        (THREE, A3, Y3, "roc_auc_ovr",
         lambda: theirs.roc_auc_score(Y3, THREE.predictions(A3), multi_class="ovr")),
        (LABELS, AL, YL, "f1_samples",
         lambda: theirs.f1_score(YL, AL > 0, average="samples", zero_division=0)),
        (LABELS, AL, YL, "roc_auc", lambda: theirs.roc_auc_score(YL, AL)),
        (NUMBERS, AN, YN, "r2", lambda: theirs.r2_score(YN, AN[:, 0])),
        (NUMBERS, AN, YN, "neg_mean_absolute_error", lambda: -theirs.mean_absolute_error(YN, AN[:, 0])),
        (NUMBERS, AN, YN, "mean_absolute_percentage_error",
         lambda: theirs.mean_absolute_percentage_error(YN, AN[:, 0])),
        (NUMBERS, AN, YN, "max_error", lambda: theirs.max_error(YN, AN[:, 0])),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_scorers_are_scikit_learn_s(problem, a, y, name, expected):
    metrics = own_metrics(name).check(problem)
    assert metrics.measures(problem, a, y)[name] == pytest.approx(expected(), rel=1e-12)


def test_a_scorer_goes_by_the_threshold():
    settled = TWO.settle(A1, Y1, "f1")
    found = own_metrics("precision").measures(settled, A1, Y1)
    assert found["precision"] == pytest.approx(theirs.precision_score(Y1, settled.answer(A1)))


def test_a_function_gets_answers_as_they_are_written_or_probabilities():
    def profit(y_true, y_pred):
        return 10 * ((y_true == "yes") & (y_pred == "yes")).sum() - (y_pred == "yes").sum()

    def loss(y_true, y_score):
        return theirs.log_loss(y_true, y_score)

    found = own_metrics({"profit": profit, "log loss": loss}).measures(TWO, A1, Y1)
    said = A1[:, 0] > 0
    assert found["profit"] == 10 * (said & (Y1 == 1)).sum() - said.sum()
    assert found["log loss"] == pytest.approx(theirs.log_loss(Y1, P1))
    p3 = THREE.predictions(A3)
    assert OwnMetrics((), {"loss": loss}).measures(THREE, A3, Y3)["loss"] == pytest.approx(
        theirs.log_loss(Y3, p3)
    )
    found = own_metrics({"bias": lambda y_true, y_pred: (y_pred - y_true).mean()}).measures(NUMBERS, AN, YN)
    assert found["bias"] == pytest.approx(AN.mean() - YN.mean())
    found = own_metrics([theirs.jaccard_score, "recall"])  # a list of both; a function by its own name
    assert list(found.functions) == ["jaccard_score"] and found.scorers == ("recall",)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda y_true, y_pred: y_pred, "which is not one number"),
        (lambda y_true, y_pred: float("nan"), "it is nan"),
        (lambda y_true, y_pred: 1 / 0, "division by zero"),
        (lambda y_true: 1, "positional argument"),
    ],
)
def test_a_metric_that_fails_is_said_and_left_out(function, said):
    metrics = own_metrics({"odd": function, "fine": lambda y_true, y_pred: 7})
    with pytest.warns(Notice, match=f"the metric odd is not available: .*{said}"):
        assert metrics.measures(TWO, A1, Y1) == {"fine": 7.0}


def test_a_name_that_is_taken_is_said():
    with pytest.warns(Notice, match="accuracy is not available: this name is a measure's already"):
        found = own_metrics({"accuracy": lambda t, p: 3}).measures(TWO, A1, Y1, ("accuracy",))
    assert found == {}
    assert own_metrics("accuracy").measures(TWO, A1, Y1, ("accuracy",)) == {}


@pytest.mark.parametrize(
    ("asked", "problem", "said"),
    [
        ("f1_makro", TWO, "unknown metric 'f1_makro': did you mean f1_macro"),
        ("r2", THREE, "the metric r2 compares numbers; this network answers with classes"),
        ("mean_squared_error", LABELS, "compares numbers; this network answers with classes"),
        ("f1", NUMBERS, "the metric f1 compares classes; this network answers with numbers"),
        ({"x": 3}, TWO, "a metric of your own is"),
        (5, TWO, "metrics are names, functions or {name: function}; here is 5"),
        (True, TWO, "metrics are names, functions or {name: function}; here is True"),
        ([lambda t, p: 1], TWO, "a metric of your own is"),
        ("recall", TWO.with_own_loss(), "a loss of your own"),
    ],
)
def test_what_cannot_be_measured_is_refused(asked, problem, said):
    with pytest.raises(UsageError, match=said):
        own_metrics(asked).check(problem)
