"""Pixels of masks that are not known: in no measure, in no evidence, whatever is answered there."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import accuracy_score, confusion_matrix, jaccard_score

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.explain.sections.masks import HATCHED, WRONG, colours_of, context, masks_in_colour
from gradatim.functional.void import VOID
from gradatim.problems.boundary_measure import boundary_f
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.masks import Masks
from gradatim.problems.membranes import Membranes, border_class
from gradatim.problems.segment_measures import rand_by_threshold

NAMES = (0, 1, 2)


@pytest.fixture
def answers():
    """Scores (N, 3, H, W) and masks of which a quarter is not known, of the last all."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, (5, 8, 9)).astype(np.uint8)
    y[rng.random(y.shape) < 0.25] = VOID
    y[4] = VOID
    return rng.normal(size=(5, 3, 8, 9)), y


def elsewhere(a, y):
    """The same scores where a class is known, others where none is."""
    other = np.random.default_rng(1).normal(size=a.shape)
    return np.where((y == VOID)[:, None], other, a)


@pytest.mark.parametrize("loss", Masks.losses)
def test_measures_are_scikit_learn_s_of_the_known_pixels(loss, answers):
    a, y = answers
    problem, known = Masks(NAMES, loss, void=255), y != VOID
    found, flat, said = problem.measures(a, y), y[known], a.argmax(1)[known]
    assert found["pixel_accuracy"] == pytest.approx(accuracy_score(flat, said), abs=1e-15)
    assert found["mean_iou"] == pytest.approx(jaccard_score(flat, said, average="macro"), abs=1e-15)
    np.testing.assert_array_equal(problem.counts(a.argmax(1), y), confusion_matrix(flat, said))
    assert problem.by_class(a, y).support.tolist() == np.bincount(flat).tolist()
    np.testing.assert_allclose(problem.constant(y)[2], np.bincount(flat) / known.sum())
    if loss == "cross_entropy":
        wanted = F.cross_entropy(torch.from_numpy(a), torch.from_numpy(y).long(), ignore_index=VOID)
        assert found["loss"] == pytest.approx(wanted.item(), rel=1e-13)
    assert problem.example_losses(a, y)[4] == 0 and np.isfinite(problem.example_losses(a, y)).all()


@pytest.mark.parametrize("loss", Masks.losses)
def test_what_is_answered_there_changes_nothing(loss, answers):
    """Measures, losses of examples, evidence and the sums of the bootstrap, to the bit."""
    a, y = answers
    b, problem = elsewhere(a, y), Masks(NAMES, loss)
    assert problem.measures(a, y) == problem.measures(b, y)
    np.testing.assert_array_equal(problem.example_losses(a, y), problem.example_losses(b, y))
    sums = problem.summed(a, y)
    np.testing.assert_array_equal(sums.parts, problem.summed(b, y).parts)
    assert (
        np.isnan(sums.value(sums.parts[4]))
        and sums.value(sums.parts.sum(0)) == problem.measures(a, y)["mean_iou"]
    )
    pairs, confusion, _ = problem.evidence(a, y)
    again, of_others, _ = problem.evidence(b, y)
    assert pairs.rows == again.rows and 4 not in pairs.rows and len(pairs.rows) == 4
    np.testing.assert_array_equal(confusion.counts, of_others.counts)
    np.testing.assert_array_equal(pairs.shares, again.shares)


def test_boundaries_end_where_nothing_is_known():
    """A band between two classes, as Pascal VOC has it, is no boundary; one that is known in part is."""
    y = np.array([[0, 0, VOID, 1, 1]] * 6)
    assert np.isnan(boundary_f(np.array([[0, 0, 1, 1, 1]] * 6), y))
    assert np.isnan(boundary_f(np.array([[0, 1, 1, 1, 1]] * 6), y))  # a wrong one, and no true one beside it
    y[:3, 2] = 1
    assert boundary_f(np.zeros_like(y), y) == 0
    right = np.array([[0, 0, 1, 1, 1]] * 6)
    assert boundary_f(right, y) == 1
    right[3:, 2] = 0
    assert boundary_f(right, y) == 1


def walls(side=11, cells=3):
    """Cells of 1 between walls of 0, (H, W)."""
    return np.kron(np.ones((cells, cells), int), np.pad(np.ones((side, side), int), (0, 1)))


def test_membranes_are_judged_where_they_are_known():
    y = np.stack([walls(), walls(), np.full(walls().shape, VOID)])
    y[0, 8:14, 8:14] = VOID  # over a crossing of walls
    a = np.stack([1.0 - (y == 1), 1.0 * (y == 1)], 1)
    problem = pose(Question("segmentation", (0, 255)), y.astype(np.uint8))
    assert isinstance(problem, Membranes) and problem.border == border_class(walls()[None]) == 0
    found = problem.measures(a, y)
    assert found["v_rand"] == found["pixel_accuracy"] == 1 and found["pixel_error"] == 0
    assert problem.measures(elsewhere(a, y), y) == found
    sums = problem.summed(a, y)
    assert sums.parts[:, -1].tolist() == [1, 1, 0] and sums.value(sums.parts.sum(0)) == 1
    wrong = a.copy()
    wrong[1, :, 11, :11] = wrong[1, ::-1, 11, :11]  # a wall that is missing, in a picture that is all known
    p = problem.predictions(wrong)
    mean = np.mean([rand_by_threshold(p[i, 1], y[i] == 1, y[i] != VOID) for i in range(2)], 0)
    assert problem.measures(wrong, y)["v_rand"] == pytest.approx(mean[:, 2].max()) != 1


def test_nothing_known_is_refused(answers):
    a, _ = answers
    y = np.full((5, 8, 9), VOID)
    for problem in (Masks(NAMES, "dice"), Membranes((0, 255), "dice")):
        with pytest.raises(UsageError, match="no pixel of the masks is known: there is nothing to compare"):
            problem.measures(a[:, : len(problem.names)], y)
    assert Masks(NAMES, "dice").evidence(a, y)[0].rows == []


def test_the_value_stands_in_the_record_and_among_truths():
    question = Question("segmentation", NAMES, void=7)
    problem = pose(question)
    assert problem.void == 7 and problem.question == question
    assert problem_from(json.loads(json.dumps(problem.as_dict()))) == problem
    assert "void" not in pose(Question("segmentation", NAMES)).as_dict()
    np.testing.assert_array_equal(problem.truths(np.array([[[2, VOID]]])), [[[2, 7]]])
    assert problem.head().outputs == 3
    assert problem.head().sentence.endswith("pixels of 7 are not known, and left out")


def test_the_report_hatches_them_and_never_calls_them_wrong(answers):
    a, y = answers
    pairs = Masks(NAMES, "cross_entropy", void=9).evidence(a, y)[0]
    for true, predicted in zip(pairs.true, pairs.predicted, strict=True):
        shown = masks_in_colour(true, predicted, colours_of(NAMES))
        for picture in (shown[0], shown[2]):
            assert set(map(tuple, picture[true == VOID].tolist())) <= set(HATCHED)
        red = (shown[2] == WRONG).all(-1)
        np.testing.assert_array_equal(red, (true != predicted) & (true != VOID))

    class Report:
        word = "test"

    said = context(pairs, Report())
    assert said["legend"][-1]["name"] == "not known (9)" and said["hatched"]
    whole = Masks(NAMES, "cross_entropy").evidence(a, np.where(y == VOID, 0, y))[0]
    assert len(context(whole, Report())["legend"]) == 3
