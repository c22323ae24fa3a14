import numpy as np
import pytest

from gradatim.explain.confusion_table import commonest, pairs, precisions, table

COUNTS = np.array([[6, 2, 0], [0, 0, 0], [1, 3, 4]])


def test_recall_and_precision_are_those_of_scikit_learn():
    from sklearn.metrics import precision_score, recall_score

    true = np.repeat([0, 1, 2], COUNTS.sum(axis=1))
    predicted = np.concatenate([np.repeat([0, 1, 2], row) for row in COUNTS])
    recalls = recall_score(true, predicted, average=None, labels=[0, 2], zero_division=0)
    assert [row.recall for row in table(COUNTS, ()) if row.recall is not None] == pytest.approx(recalls)
    assert precisions(COUNTS) == pytest.approx(
        precision_score(true, predicted, average=None, labels=[0, 1, 2], zero_division=0)
    )


def test_a_class_without_examples_has_no_recall():
    assert table(COUNTS, ())[1].recall is None
    assert precisions(np.array([[0, 2], [0, 3]]))[0] is None


def test_guessing_the_commonest_class_is_right_as_often_as_it_occurs():
    assert commonest(COUNTS) == 0.5


def test_confusions_are_listed_commonest_first_and_never_right_answers():
    found = [(pair.true, pair.predicted, pair.count, pair.share) for pair in pairs(COUNTS, ("a", "b", "c"))]
    assert found == [("c", "b", 3, 0.375), ("a", "b", 2, 0.25), ("c", "a", 1, 0.125)]
    assert len(pairs(COUNTS, (), most=1)) == 1


def test_classes_without_names_are_numbered():
    assert [row.name for row in table(COUNTS, ())] == ["0", "1", "2"]
