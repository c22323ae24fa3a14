"""H1: several questions at once say of each task what its own question says."""

import numpy as np
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data.question import Question
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.classes import Classes
from gradatim.problems.numbers import Numbers

QUESTION = Question("tasks", (("sold", ("no", "yes")), ("kind", ("a", "b", "c")), ("price", ())))


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(0)
    y = np.stack([rng.integers(0, 2, 30), rng.integers(0, 3, 30), 50 + 7 * rng.normal(size=30)], 1)
    y[rng.random(y.shape) < 0.3] = np.nan
    return rng.normal(size=(30, 5)), y, pose(QUESTION, y)


def test_each_task_is_posed_by_its_own_targets(case):
    _, y, problem = case
    sold, kind, price = problem.problems()
    known = y[~np.isnan(y[:, 2]), 2]
    assert (sold, kind) == (
        Classes(("no", "yes"), "binary_cross_entropy"), Classes(("a", "b", "c"), "cross_entropy")
    )  # fmt: skip
    assert price == Numbers.pose(Question("regression", ("price",)), known, None)
    assert problem.tasks() == [
        ["sold", "binary_cross_entropy", 1], ["kind", "cross_entropy", 3], ["price", "squared_error", 1]
    ]  # fmt: skip
    assert problem.head(30).outputs == 5 and problem.question == QUESTION


def test_measures_are_those_of_each_task_over_the_rows_that_have_its_target(case):
    a, y, problem = case
    found, loss = problem.measures(a, y), 0.0
    for t, (part, columns) in enumerate(
        zip(problem.problems(), (a[:, :1], a[:, 1:4], a[:, 4:]), strict=True)
    ):
        rows = ~np.isnan(y[:, t])
        target = y[rows, t] if t == 2 else y[rows, t].astype(int)
        own = part.measures(columns[rows], target)
        assert {f"{name} {problem.names[t]}": value for name, value in own.items()}.items() <= found.items()
        loss += own["loss"]
    assert found["loss"] == pytest.approx(loss, abs=1e-12) == problem.mean_loss(a, y)
    beside = problem.measures_of(problem.predictions(a), y)
    for name in ("accuracy sold", "accuracy kind", "rmse price"):
        assert beside[name] == pytest.approx(found[name], abs=1e-12)


def test_targets_stay_missing_and_numbers_stand_around_0(case):
    _, y, problem = case
    z = problem.targets(y)
    assert (np.isnan(z) == np.isnan(y)).all()
    assert np.nanmean(z[:, 2]) == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(z[:, :2], y[:, :2])


def test_columns_and_arrays_bear_the_task_s_name(case):
    a, _, problem = case
    assert list(problem.columns(a)) == [
        "prediction sold", "probability sold", "p(no) sold", "p(yes) sold", "prediction kind",
        "probability kind", "p(a) kind", "p(b) kind", "p(c) kind", "prediction price",
    ]  # fmt: skip
    assert problem.arrays(a)["prediction kind"].tolist() == problem.columns(a)["prediction kind"]
    assert problem.answer(a).shape == (30, 3) and problem.predictions(a).shape == (30, 6)
    assert problem.prediction_names[:3] == ("sold=no", "sold=yes", "kind=a")


def test_a_record_gives_it_back(case):
    import json

    problem = case[2]
    again = problem_from(json.loads(json.dumps(problem.as_dict())))
    assert again.question == problem.question and again.tasks() == problem.tasks()
    assert again.problems() == problem.problems()


def test_the_constant_is_that_of_each_task(case):
    _, y, problem = case
    _, _, found = problem.constant(y)
    assert found[-1] == pytest.approx(np.nanmean(y[:, 2])) and len(found) == 6


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"names": 3}, "names of tasks must be a list of texts or numbers; it is 3"),
        ({"names": ["a"]}, "parts of tasks must be a record for each of the names"),
        ({"parts": [{"kind": "labels", "names": ["a"]}] * 3}, "parts of tasks must be of classes or numbers"),
        ({"parts": [{"kind": "riddle"}] * 3}, "unknown problem 'riddle'"),
        ({"weight": 1}, "the problem tasks has no entry 'weight'"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_is_refused(case, changes, says):
    with pytest.raises(GradatimError, match=says):
        problem_from(case[2].as_dict() | changes)


def test_what_is_no_question_of_several_tasks_is_refused(case):
    with pytest.raises(UsageError, match="several tasks need several targets of a table"):
        pose(Question("tasks", ("a", "b")), case[1])
