"""Which problem examples pose: by what their targets ask, the task and the loss that were asked for."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.as_dataset import as_dataset
from gradatim.data.dataset import Dataset
from gradatim.data.question import Question
from gradatim.data.tables.labels import Labels as Sets
from gradatim.problems.choose import check_loss, kind_of, kinds, pose, tasks
from gradatim.problems.classes import Classes
from gradatim.problems.counts import Counts
from gradatim.problems.intervals import Intervals
from gradatim.problems.labels import Labels
from gradatim.problems.mixtures import Mixtures
from gradatim.problems.next_character import NextCharacter
from gradatim.problems.numbers import Numbers

X = np.zeros((4, 2))


def posed(y, loss=None, task=None, **more):
    data = as_dataset((X, np.asarray(y)), task=task) if not more else Dataset(X, np.asarray(y), **more)
    return pose(data.question, data.y, loss)


def test_targets_in_memory_pose_their_problem():
    assert posed(["a", "b", "a", "c"]) == Classes(("a", "b", "c"), "cross_entropy")
    assert posed([3, 5, 3, 5]) == Classes((3, 5), "binary_cross_entropy")
    assert posed([[0, 1], [1, 1], [0, 0], [1, 0]]) == Labels(("y1", "y2"), "multilabel")
    assert posed([0.5, 1.0, 1.5, 2.0]) == Numbers(
        ("y",), "squared_error", (1.25,), (np.std([0.5, 1, 1.5, 2]),)
    )
    two = posed([[1, 2], [3, 4], [5, 6], [7, 8]])
    assert (two.names, two.shift) == (("y1", "y2"), (4.0, 5.0))


def test_a_task_that_is_asked_for_wins_over_what_the_targets_look_like():
    assert posed([1, 2, 3, 4]) == Classes((1, 2, 3, 4), "cross_entropy")
    assert posed([1, 2, 3, 4], task="regression").names == ("y",)
    assert posed([[0], [1], [0], [1]], task="multilabel") == Labels(("y",), "multilabel")


def test_a_table_names_what_it_asks():
    assert posed([1.0, 2, 3, 4], task="", targets=("price",)).names == ("price",)
    sets = posed([[0, 1]] * 4, labels=Sets(("blue", "red"), ";"), targets=("colours",))
    assert sets == Labels(("blue", "red"), "multilabel", ";")
    assert sets.question == Question("multilabel", ("blue", "red"), ";")


def test_the_loss_decides_between_the_kinds_of_a_task():
    assert type(posed([0.5, 1, 1.5, 2], "gaussian_nll")) is Intervals
    assert type(posed([0.5, 1, 1.5, 2], "huber")) is Numbers
    assert posed([3, 5, 3, 5], "cross_entropy").loss == "cross_entropy"
    assert posed([3, 5, 3, 5], lambda a, y: 0).loss is None
    assert pose(Question("language", ("a", "b"))) == NextCharacter(("a", "b"), "cross_entropy")


@pytest.mark.parametrize(
    ("loss", "kind"),
    [(None, Classes), ("multilabel", Labels), ("huber", Numbers), ("laplace_nll", Intervals),
     ("poisson_nll", Counts), ("mixture_nll", Mixtures), ("bernoulli_nll", Classes),
     (lambda a, y: 0, Classes)],
)  # fmt: skip
def test_batches_that_nobody_has_seen_ask_what_their_loss_reads(loss, kind):
    found = pose(Question(), None, loss)
    assert type(found) is kind and found.names == ()


@pytest.mark.parametrize(
    ("loss", "task", "sentence"),
    [
        (
            "huber",
            "classification",
            "the loss huber is of regression; classification takes cross_entropy or bi",
        ),
        (
            "cross_entropy",
            "regression",
            "the loss cross_entropy is of classification; regression takes squared",
        ),
        (
            "multilabel",
            "regression",
            "the loss multilabel is of multilabel; regression takes squared_error or",
        ),
        ("gaussian_nll", "multilabel", "the loss gaussian_nll is of regression; multilabel takes multilabel"),
        ("hubre", "regression", "unknown loss 'hubre': did you mean huber?"),
    ],
)
def test_a_loss_of_another_task_is_refused(loss, task, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}"):
        check_loss(loss, task)
    with pytest.raises(UsageError, match=f"^{sentence}"):
        pose(Question(task, ("a", "b")), None, loss)


def test_an_unknown_task_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match=r"^unknown task 'regresion': did you mean regression\?$"):
        pose(Question("regresion", ("a",)))
    with pytest.raises(UsageError, match=r"^unknown task 'x': choose from "):
        kind_of("x")


def test_every_kind_says_what_is_asked_of_it():
    """A task's first kind is the usual; its losses exist, and it says which of two models is better."""
    from gradatim import catalog

    for kind in kinds():
        assert kind.task in tasks()
        assert set(kind.losses) <= set(catalog.names("loss"))
        name, sign = kind.deciding
        assert name and sign in (1, -1)
    assert [kind_of(task).task for task in tasks()] == tasks()
