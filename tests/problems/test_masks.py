"""A class for every pixel: the measures are scikit-learn's, the loss torch's."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, jaccard_score

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.problems.boundary_measure import boundary_f
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.masks import Masks


@pytest.fixture
def answers():
    """Scores (N, 3, H, W) and masks of which class 2 is never there."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=(5, 3, 6, 7)).astype(np.float32)
    a[:, 2] -= 1.5
    return a, rng.integers(0, 2, (5, 6, 7)).astype(np.uint8)


def test_measures_are_scikit_learn_s(answers):
    a, y = answers
    problem = Masks((0, 128, 255), "cross_entropy")
    found, flat, said = problem.measures(a, y), y.ravel(), a.argmax(1).ravel()
    assert found["pixel_accuracy"] == accuracy_score(flat, said)
    each = jaccard_score(flat, said, average=None)  # class 2 is answered, so that it counts
    assert [found[f"iou({name})"] for name in (0, 128, 255)] == pytest.approx(each.tolist(), abs=1e-15)
    assert found["mean_iou"] == pytest.approx(jaccard_score(flat, said, average="macro"), abs=1e-15)
    wanted = torch.nn.functional.cross_entropy(torch.from_numpy(a).double(), torch.from_numpy(y).long())
    assert found["loss"] == pytest.approx(wanted.item(), rel=1e-12)
    assert list(found)[-1] == "loss"
    each = [boundary_f(*pair) for pair in zip(a.argmax(1), y, strict=True)]
    assert found["boundary_f"] == pytest.approx(np.mean(each), abs=1e-15)
    np.testing.assert_array_equal(problem.counts(a.argmax(1), y), confusion_matrix(flat, said))


def test_a_class_that_is_neither_there_nor_answered_has_no_iou(answers):
    a, y = answers
    a[:, 2] = -50
    found = Masks((0, 128, 255), "cross_entropy").measures(a, y)
    assert "iou(255)" not in found
    assert found["mean_iou"] == pytest.approx(jaccard_score(y.ravel(), a.argmax(1).ravel(), average="macro"))


def test_predictions_are_softmax_and_pictures_have_the_values_of_the_masks(answers):
    a, _ = answers
    problem = Masks((0, 128, 255), "cross_entropy")
    p = torch.softmax(torch.from_numpy(a), 1).numpy()
    np.testing.assert_allclose(problem.predictions(a), p, atol=1e-6)
    values = np.array([0, 128, 255])[a.argmax(1)]
    np.testing.assert_array_equal(np.stack(problem.pictures(a))[:, 0], values)
    np.testing.assert_array_equal(problem.arrays(a)["prediction"], values)
    shares = problem.columns(a)
    assert list(shares) == ["share(0)", "share(128)", "share(255)"]
    assert shares["share(128)"][2] == pytest.approx((values[2] == 128).mean())
    red = Masks(("#000000", "#ff0000", "#00ff10"), "cross_entropy").pictures(a)[0]
    assert red.shape == (3, 6, 7) and (red[:, a[0].argmax(0) == 1].T == [255, 0, 0]).all()


def test_evidence_shows_the_worst_first(answers):
    a, y = answers
    a[3] = np.where(np.arange(3)[:, None, None] == 1 - y[3], 9.0, 0.0)  # all wrong
    pairs, confusion, by_class = Masks((0, 128, 255), "cross_entropy").evidence(a, y)
    assert pairs.rows[0] == 3 and pairs.iou[0] == 0
    assert list(pairs.iou) == sorted(pairs.iou)
    row = pairs.rows[1]
    assert pairs.iou[1] == pytest.approx(
        jaccard_score(y[row].ravel(), a[row].argmax(0).ravel(), average="macro")
    )
    np.testing.assert_array_equal(pairs.predicted[1], a[row].argmax(0))
    assert by_class.unit == "pixel" and by_class.support.tolist() == confusion.counts.sum(1).tolist()
    assert confusion.unit == "pixel" and confusion.counts.sum() == y.size
    np.testing.assert_allclose(pairs.shares, [(y == 0).mean(), (y == 1).mean(), 0])


def test_it_is_posed_by_the_task_and_comes_back_from_its_record():
    problem = pose(Question("segmentation", (0, 255)))
    assert problem == Masks((0, 255), "cross_entropy") == problem_from(problem.as_dict())
    head = problem.head()
    assert head.outputs == 2 and head.sentence.startswith("2 classes of pixels: one softmax output each")
    with pytest.raises(UsageError, match=r"the masks hold 1 class \(7\); learning needs two"):
        Masks((7,)).head()
