"""Problems as records: every kind comes back from JSON as it was; what cannot be is refused."""

import json

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.question import Question
from gradatim.problems.choose import kinds, problem_from
from gradatim.problems.classes import Classes
from gradatim.problems.intervals import Intervals
from gradatim.problems.labels import Labels
from gradatim.problems.numbers import Numbers

NAMES = ("a", "b")
THRESHOLD = {"by": "f1", "value": 0.3, "valid": 0.75}
INTERVAL = {"level": 0.9, "low": [-1.5, -2.0], "high": [2.0, 1.75], "examples": 120}
SETTLED = [
    Classes(NAMES, "binary_cross_entropy", THRESHOLD),
    Classes((3, 5), "cross_entropy"),
    Classes((False, True), "binary_cross_entropy"),
    Classes(),
    Labels(NAMES, "multilabel", ";"),
    Numbers(NAMES, "huber", (1 / 3, 1e-300), (np.pi, 1e300)),
    Intervals(NAMES, "laplace_nll", (0.0, 1.0), (1.0, 2.0), INTERVAL),
]
KINDS = [kind for kind in kinds() if kind.losses]  # of several tasks each has its own: test_several_tasks
POSED = [kind.pose(Question(kind.task, NAMES), None, loss) for kind in kinds() for loss in kind.losses]


@pytest.mark.parametrize("problem", [*POSED, *SETTLED], ids=lambda p: f"{p.kind}-{p.loss}-{p.names}")
def test_a_problem_comes_back_from_json(problem):
    again = problem_from(json.loads(json.dumps(problem.as_dict(), allow_nan=False)))
    assert again == problem and type(again) is type(problem)
    assert again.as_dict() == problem.as_dict()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_loss_of_one_s_own_is_not_kept(kind):
    own = kind.pose(Question(kind.task, NAMES), None, None).with_own_loss()
    assert problem_from(own.as_dict()).loss is None
    with pytest.raises(
        GradatimError, match="trained with your own loss, which is not saved; evaluate it you"
    ):
        own.reader  # noqa: B018


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"names": 3}, "names of KIND must be a list of texts or numbers; it is 3"),
        ({"names": "ab"}, "names of KIND must be a list of texts or numbers; it is 'ab'"),
        ({"names": [["a"]]}, r"names of KIND must be a list of texts or numbers; it is \(\['a'\],\)"),
        ({"loss": "bernoulli_nll"}, r"loss of KIND must be \w+( or \w+)*; it is 'bernoulli_nll'"),
        ({"loss": 5}, r"loss of KIND must be \w+( or \w+)*; it is 5"),
        ({"weight": 1}, "the problem KIND has no entry 'weight': update Gradatim"),
    ],
)
def test_what_cannot_be_is_refused_whatever_the_kind(kind, changes, sentence):
    record = kind.pose(Question(kind.task, NAMES), None, None).as_dict() | changes
    with pytest.raises(GradatimError, match=f"^{sentence.replace('KIND', kind.kind)}"):
        problem_from(record)


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (None, "unknown problem None: update Gradatim"),
        ({}, "unknown problem None: update Gradatim"),
        ({"kind": "riddle"}, "unknown problem 'riddle': update Gradatim"),
        ({"kind": ["classes"]}, r"unknown problem \['classes'\]: update Gradatim"),
        (
            {"kind": "classes", "names": ["a", "b"], "threshold": 0.5},
            "threshold of classes must be a value, its",
        ),
        (
            {"kind": "classes", "names": ["a", "b"], "threshold": {**THRESHOLD, "value": None}},
            "threshold of classes must be a value, its measure on validation, and by which it was",
        ),
        (
            {"kind": "classes", "names": ["a", "b"], "threshold": {**THRESHOLD, "by": "luck"}},
            "threshold of cl",
        ),
        ({"kind": "classes", "names": ["a"], "threshold": THRESHOLD}, "threshold of classes must be"),
        ({"kind": "labels", "names": ["a"], "separator": 3}, "separator of labels must be a text; it is 3"),
        (
            {"kind": "numbers", "names": ["a", "b"], "shift": [1.0], "scale": [1.0, 2.0]},
            r"shift of numbers must be a number for each name; it is \(1.0,\)",
        ),
        (
            {"kind": "numbers", "names": ["a"], "shift": [0], "scale": [0]},
            "scale of numbers must be other than",
        ),
        (
            {"kind": "numbers", "names": ["a"], "shift": [0], "scale": "x"},
            "scale of numbers must be a number fo",
        ),
        (
            {"kind": "numbers", "names": ["a"], "shift": [float("nan")], "scale": [1]},
            "shift of numbers must be a number for each name",
        ),
        (
            {"kind": "intervals", "names": ["a"], "interval": {**INTERVAL, "low": [0.0]}},
            "interval of intervals must be a level, low and high of each number, and examples",
        ),
        ({"kind": "intervals", "names": ["a"], "interval": 0.9}, "interval of intervals must be a level"),
        (
            {"kind": "next character", "names": ["a", "bc"]},
            "names of next character must be characters, one at least; it is",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(record, sentence):
    with pytest.raises(GradatimError, match=f"^{sentence}") as raised:
        problem_from(record)
    assert "\n" not in str(raised.value)
