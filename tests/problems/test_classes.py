"""B11, B20: which of K classes; heads from the target, what is decided, said and measured, the threshold."""

import numpy as np
import pytest
import sklearn.metrics as theirs
from scipy.special import expit, softmax

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.problems.classes import MOST_MISTAKES, Classes
from gradatim.problems.evidence import ByClass, Calibration, Confusion, Mistakes, Ranking

RNG = np.random.default_rng(0)
A1, A3 = RNG.normal(0, 2, (200, 1)), RNG.normal(0, 2, (200, 3))
Y1, Y3 = RNG.integers(0, 2, 200), RNG.integers(0, 3, 200)
TWO = Classes(("no", "yes"), "binary_cross_entropy")
THREE = Classes(("a", "b", "c"), "cross_entropy")
P1 = np.concatenate([1 - expit(A1), expit(A1)], 1)
P3 = softmax(A3, axis=1)


def test_heads():
    """B11: two classes one sigmoid, K classes K softmax outputs; the choice as a sentence."""
    two, many = TWO.head(), Classes(tuple(range(10))).head()
    assert two == (1, "two classes (no, yes): one sigmoid output, binary cross entropy")
    assert many == (10, "10 classes: one softmax output each, cross entropy")
    assert set(Classes.losses) <= set(catalog.names("loss"))
    assert [Classes.pose(problem.question, None, None).loss for problem in (TWO, THREE)] == [
        "binary_cross_entropy", "cross_entropy"
    ]  # fmt: skip


@pytest.mark.parametrize(("classes", "found"), [((), "0 class (none)"), (("a",), "1 class (a)")])
def test_a_constant_target_has_no_head(classes, found):
    with pytest.raises(UsageError) as raised:
        Classes(classes).head()
    assert str(raised.value) == f"the target has {found}; learning needs two"


def test_nearly_every_example_a_class_is_no_classification():
    many = Classes(tuple(range(60)))
    assert many.head(120).outputs == 60
    with pytest.raises(
        UsageError, match="has 60 distinct values in 119 examples: too many to be classes; if"
    ):
        many.head(119)
    assert Classes(tuple(range(50))).head(50).outputs == 50


@pytest.mark.parametrize(("problem", "a", "p"), [(TWO, A1, P1), (THREE, A3, P3)])
def test_what_is_said_by_column(problem, a, p):
    np.testing.assert_allclose(problem.predictions(a), p, rtol=1e-12)
    np.testing.assert_array_equal(problem.answer(a), p.argmax(1))
    found = problem.columns(a)
    assert list(found) == ["prediction", "probability", *(f"p({name})" for name in problem.names)]
    assert found["prediction"] == [problem.names[k] for k in p.argmax(1)]
    np.testing.assert_allclose(found["probability"], p.max(1), atol=6e-7)
    for k, name in enumerate(problem.names):
        np.testing.assert_allclose(found[f"p({name})"], p[:, k], atol=6e-7)
        assert all(round(value, 6) == value for value in found[f"p({name})"])
    arrays = problem.arrays(a)
    assert arrays["prediction"].tolist() == found["prediction"]
    assert arrays["classes"].tolist() == list(problem.names)
    assert problem.columns(a[:0])["prediction"] == problem.columns(a[:0])["probability"] == []


def test_names_of_several_types_are_written_as_texts_and_without_names_by_number():
    mixed = Classes(("a", 1, 2.5), "cross_entropy")
    assert set(mixed.columns(A3)["prediction"]) == {"a", "1", "2.5"}
    nameless = Classes((), "cross_entropy")
    assert set(nameless.columns(A3)["prediction"]) == {0, 1, 2}
    assert list(nameless.columns(A3))[2:] == ["p(0)", "p(1)", "p(2)"]


@pytest.mark.parametrize(("problem", "a", "p", "y"), [(TWO, A1, P1, Y1), (THREE, A3, P3, Y3)])
def test_measures_are_scikit_learn_s(problem, a, p, y):
    """To 1e-9; a model of any kind, which gives probabilities, is measured likewise."""
    expected = {
        "accuracy": theirs.accuracy_score(y, p.argmax(1)),
        "balanced_accuracy": theirs.balanced_accuracy_score(y, p.argmax(1)),
        "loss": theirs.log_loss(y, p),
    }
    if len(problem.names) == 2:
        expected["auc"] = theirs.roc_auc_score(y, p[:, 1])
    assert problem.measures(a, y) == pytest.approx(expected, rel=1e-9)
    assert problem.measures_of(p, y) == pytest.approx(expected, rel=1e-9)
    assert list(problem.measures(a, y))[-1] == "loss"


def test_of_one_class_alone_there_is_no_area_under_a_curve():
    assert "auc" not in TWO.measures(A1, np.zeros(200, int))


def test_a_single_output_and_two_of_the_same_odds_are_one_network():
    pair = np.concatenate([np.zeros_like(A1), A1], 1)
    assert TWO.for_outputs(lambda: 2).loss == "cross_entropy"
    assert TWO.for_outputs(lambda: 2).measures(pair, Y1) == pytest.approx(TWO.measures(A1, Y1), rel=1e-12)


@pytest.mark.parametrize(
    ("by", "score"),
    [
        ("f1", theirs.f1_score),
        ("accuracy", theirs.accuracy_score),
        ("balanced", theirs.balanced_accuracy_score),
    ],
)
def test_a_threshold_is_settled_on_validation_and_decides(by, score):
    y = (RNG.random(200) < expit(A1[:, 0] - 2)).astype(int)
    settled = TWO.settle(A1, y, by)
    at = settled.threshold["value"]
    decided = (P1[:, 1] >= at).astype(int)
    assert settled.threshold["valid"] == pytest.approx(score(y, decided), abs=1e-12)
    assert score(y, decided) >= score(y, P1.argmax(1))
    np.testing.assert_array_equal(settled.answer(A1), decided)
    assert settled.columns(A1)["prediction"] == np.array(["no", "yes"])[decided].tolist()
    assert settled.columns(A1)["p(yes)"] == TWO.columns(A1)["p(yes)"]
    measures = settled.measures(A1, y)
    assert measures["accuracy"] == pytest.approx(theirs.accuracy_score(y, decided))
    assert ("f1" in measures) == (by == "f1")
    if by == "f1":
        assert measures["f1"] == pytest.approx(theirs.f1_score(y, decided), abs=1e-12)
    assert settled.settled() == (
        f"yes is decided for from a probability of {at:.4f} on: {by} {settled.threshold['valid']:.4f} on "
        "validation, the best"
    )
    assert TWO.settle(A1, y, None) is TWO and TWO.settled() == ""


def test_a_threshold_that_cannot_be_is_refused():
    TWO.check_settling("f1", Y1)
    TWO.check_settling(None, None)
    for problem, by, valid, sentence in (
        (TWO, "luck", Y1, "threshold must be accuracy or f1 or balanced; it is 'luck'"),
        (THREE, "f1", Y3, "a threshold decides between two classes; the target has 3"),
        (TWO, "f1", None, "a threshold is chosen on validation examples of both classes; there are none"),
        (
            TWO,
            "f1",
            np.ones(9, int),
            "a threshold is chosen on validation examples of both classes; there are",
        ),
    ):
        with pytest.raises(UsageError, match=f"^{sentence}"):
            problem.check_settling(by, valid)


def test_the_constant_is_the_share_of_each_class():
    name, what, shares = THREE.constant(np.array([0, 0, 2, 0]))
    assert (name, what, shares.tolist()) == ("majority", "the commonest class", [0.75, 0, 0.25])


def test_uneven_classes_are_told_of():
    assert TWO.notices(np.array([0] * 9 + [1] * 3)) == []
    (told,) = TWO.notices(np.array([0] * 12 + [1] * 3))
    assert told.startswith(
        "the largest class has 4 times the examples of the smallest; --class-weight balanced"
    )
    assert Classes().notices(Y3) == []


@pytest.mark.parametrize(("problem", "a", "p", "y"), [(TWO, A1, P1, Y1), (THREE, A3, P3, Y3)])
def test_evidence_is_what_was_taken_for_what_how_surely_and_the_worst_mistakes(problem, a, p, y):
    confusion, _, ranking, calibration, mistakes = found = problem.evidence(a, y)
    assert [type(one) for one in found] == [Confusion, ByClass, Ranking, Calibration, Mistakes]
    assert len(ranking.classes) == (1 if len(problem.names) == 2 else len(problem.names))
    decided = p.argmax(1)
    np.testing.assert_array_equal(confusion.counts, theirs.confusion_matrix(y, decided))
    assert confusion.names == problem.names
    if len(problem.names) == 2:
        np.testing.assert_allclose(calibration.p, p[:, 1], rtol=1e-12)
        np.testing.assert_array_equal(calibration.came_true, y == 1)
        assert (calibration.of, calibration.binary) == ("probability of yes", True)
    else:
        np.testing.assert_allclose(calibration.p, p.max(1), rtol=1e-12)
        np.testing.assert_array_equal(calibration.came_true, decided == y)
        assert (calibration.of, calibration.binary) == ("probability of the answer", False)
    wrong = np.flatnonzero(decided != y)
    assert mistakes.wrong == len(wrong)
    worst = wrong[np.argsort(p[wrong, y[wrong]])][:MOST_MISTAKES]  # the least probability of the truth first
    assert list(mistakes.rows) == worst.tolist()
    names = np.array(problem.names)
    assert list(mistakes.true) == names[y[worst]].tolist()
    assert list(mistakes.predicted) == names[decided[worst]].tolist()
    np.testing.assert_allclose(mistakes.probability, p[worst].max(1), rtol=1e-12)
    np.testing.assert_allclose(mistakes.probability_of_true, p[worst, y[worst]], rtol=1e-12)


def test_evidence_by_a_threshold_is_of_what_it_decides():
    settled = TWO.settle(A1, Y1, "f1")
    confusion, by_class, ranking, calibration, mistakes = settled.evidence(A1, Y1)
    assert ranking.threshold == settled.threshold["value"]
    assert by_class.answered[1] == settled.answer(A1).sum()
    np.testing.assert_array_equal(confusion.counts, theirs.confusion_matrix(Y1, settled.answer(A1)))
    np.testing.assert_allclose(calibration.p, P1[:, 1], rtol=1e-12)
    assert mistakes.wrong == (settled.answer(A1) != Y1).sum()


def test_of_nothing_and_of_classes_without_names_there_is_no_evidence():
    assert list(THREE.evidence(A3[:0], Y3[:0])) == []
    assert list(Classes((), "cross_entropy").evidence(A3, Y3)) == []


def test_of_outputs_that_are_no_numbers_there_is_no_calibration():
    a = A3.copy()
    a[5] = np.nan
    assert [type(one) for one in THREE.evidence(a, Y3)] == [Confusion, ByClass, Mistakes]


def test_of_two_classes_the_second_is_drawn_of_many_those_that_move_most():
    moved = np.array([[0.1, 0.1], [0.3, 0.3]])
    assert TWO.moving(moved, 4) == [("mean probability of yes", [1])] * 2
    several = Classes(tuple("abcdef"))
    moved = np.array([[0, 0.1, 0.2, 0.3, 0.4, 0.5], [0, 0.9, 0, 0, 0, 0]])
    assert several.moving(moved, 3) == [("mean probability", [1, 4, 5])] * 2


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "hinge", "squared_hinge", "focal"])
def test_the_scores_of_other_models_are_one_number_where_the_network_s_are(loss):
    problem, p = Classes(("n", "y"), loss), np.array([[0.25, 0.75], [0.9, 0.1]])
    a = problem.outputs_of_scores(np.log(p))
    assert a.shape == (2, problem.head().outputs)
    np.testing.assert_allclose(problem.predictions(a), p, rtol=1e-12)
    np.testing.assert_allclose(problem.probability_of(np.array([1, 0]), a), [[0.75], [0.9]])
    assert problem.loss_beside(a, np.array([1, 0])) == pytest.approx(-np.log([0.75, 0.9]).mean())


def test_members_that_learn_by_the_focal_loss_average_their_probabilities():
    """Of two classes those of one output: the softmax of a single number would be 1 whatever it is."""
    assert Classes(("n", "y"), "focal").mean_of_members == "sigmoid"
    assert Classes(("a", "b", "c"), "focal").mean_of_members == "softmax"
