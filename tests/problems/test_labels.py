"""B11, B20: which of K labels; as columns of answers or as sets, measured as scikit-learn does."""

import numpy as np
import pytest
import sklearn.metrics as theirs
from scipy.special import expit
from sklearn.preprocessing import MultiLabelBinarizer

from gradatim.checks import UsageError
from gradatim.problems.evidence import ByClass, Misses, Ranking
from gradatim.problems.labels import MOST_MISSES, Labels

RNG = np.random.default_rng(0)
A, Y = RNG.normal(0, 2, (150, 3)), RNG.integers(0, 2, (150, 3))
P, DECIDED = expit(A), (A > 0).astype(int)
COLUMNS = Labels(("blue", "green", "red"), "multilabel")
SETS = Labels(("blue", "green", "red"), "multilabel", ";")


def test_the_head_has_an_output_for_each():
    assert COLUMNS.head() == (3, "3 labels: one sigmoid output each, binary cross entropy")


def test_columns_are_a_column_of_answers_for_each_and_its_probability():
    found = COLUMNS.columns(A)
    names = COLUMNS.names
    assert list(found) == [*(f"prediction {name}" for name in names), *(f"p({name})" for name in names)]
    for k, name in enumerate(names):
        assert found[f"prediction {name}"] == DECIDED[:, k].tolist()
        np.testing.assert_allclose(found[f"p({name})"], P[:, k], atol=6e-7)
    assert list(Labels(("rain",), "multilabel").columns(A[:, :1])) == ["prediction", "p(rain)"]
    assert list(Labels((), "multilabel").columns(A))[:2] == ["prediction y1", "prediction y2"]


def test_columns_of_sets_are_sets_as_the_data_write_them():
    found = SETS.columns(A)
    assert list(found) == ["prediction", "p(blue)", "p(green)", "p(red)"]
    oracle = MultiLabelBinarizer(classes=list(SETS.names))
    sets = [tuple(filter(None, cell.split(";"))) for cell in found["prediction"]]
    np.testing.assert_array_equal(oracle.fit_transform(sets), DECIDED)
    assert "" in found["prediction"]


def test_arrays_hold_the_answers_their_probabilities_and_the_labels():
    found = SETS.arrays(A)
    np.testing.assert_array_equal(found["prediction"], DECIDED)
    np.testing.assert_allclose(found["probabilities"], P, rtol=1e-12)
    assert found["classes"].tolist() == ["blue", "green", "red"]


def test_measures_are_scikit_learn_s():
    expected = {
        "subset_accuracy": theirs.accuracy_score(Y, DECIDED),
        "hamming_loss": theirs.hamming_loss(Y, DECIDED),
    }
    losses = [theirs.log_loss(Y[:, k], P[:, k]) for k in range(3)]
    assert COLUMNS.measures(A, Y) == pytest.approx({**expected, "loss": np.sum(losses)}, rel=1e-9)
    assert COLUMNS.measures_of(DECIDED, Y) == pytest.approx(expected, rel=1e-12)


def test_the_constant_is_the_commoner_answer_to_each():
    name, what, answers = COLUMNS.constant(np.array([[1, 0, 1], [1, 0, 0]]))
    assert (name, what, answers.tolist()) == ("majority", "the commonest answer to each label", [1, 0, 0])


def test_there_is_no_threshold():
    COLUMNS.check_settling(None, Y)
    with pytest.raises(UsageError, match=r"^a threshold decides between two classes; the target has none$"):
        COLUMNS.check_settling("f1", Y)
    assert COLUMNS.settle(A, Y, None) is COLUMNS and not COLUMNS.settles(None)


def test_evidence_is_the_examples_with_a_wrong_label_the_worst_first():
    by_class, ranking, misses = SETS.evidence(A, Y)
    assert [type(one) for one in (by_class, ranking, misses)] == [ByClass, Ranking, Misses]
    losses = -(Y * np.log(P) + (1 - Y) * np.log(1 - P)).sum(1)
    wrong = np.flatnonzero((Y != DECIDED).any(1))
    worst = wrong[np.argsort(-losses[wrong])][:MOST_MISSES]
    assert list(misses.rows) == worst.tolist()
    row, told = worst[0], misses.told[0]
    for part, answers in (("true", Y), ("predicted", DECIDED)):
        held = [name for name, there in zip(SETS.names, answers[row], strict=True) if there]
        assert told[part] == (", ".join(held) or "none")
    assert told["loss"] == pytest.approx(losses[row], rel=1e-9)
    *_, none = SETS.evidence(np.where(Y, 9.0, -9.0), Y)
    assert list(none.rows) == list(none.told) == []
    *_, nameless = Labels((), "multilabel").evidence(A, Y)
    assert {word for told in nameless.told for word in told["true"].split(", ")} <= {"y1", "y2", "y3", "none"}


def test_other_models_are_compared_by_the_probability_of_every_label():
    problem, y = Labels(("r", "b"), "multilabel"), np.array([[1, 0], [0, 0]])
    a = np.array([[0.0, np.log(3)], [-np.log(4), np.log(1 / 9)]])  # σ(a) = ½, ¾, ⅕, ⅒
    p = np.array([[0.5, 0.25], [0.8, 0.9]])
    np.testing.assert_allclose(problem.probability_of(y, a), p)
    assert problem.measures_beside(a, y)["loss"] == problem.loss_beside(a, y)
    assert problem.loss_beside(a, y) == pytest.approx(-np.log(p).sum() / 2)  # of an example's labels the sum
