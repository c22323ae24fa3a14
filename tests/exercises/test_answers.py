"""Answers: read kindly, judged strictly."""

import pytest

from gradatim.checks import UsageError
from gradatim.exercises.answers import check_answers
from gradatim.exercises.kind import Asked

TWO = [Asked("y5", "y_5", 0.51099, 2), Asked("delta5", "δ_5", -0.12222, 3)]


def right(answer, asked=TWO):
    return [mark.right for mark in check_answers(asked, answer)]


@pytest.mark.parametrize(
    "answer",
    [
        "0.51,-0.122", "0.51, −0.122", "0.51 -0.122", "0.51; -0.122", "0,51; −0,122",
        "0,51 -0,122", "0,51,-0,122",
        "y5=0.51,delta5=-0.122", "delta5=−0,122; y5=0,51", "y5 = .51 , delta5 = -.122",
        "δ_5=-0.122 y_5=0.51",
        "(0.51, -0.122)", "5.1e-1,-12.2e-2",
        "51/100 -0.1222", [0.51, -0.122], {"y5": 0.51, "delta5": "-0,122"},
    ],
)  # fmt: skip
def test_answers_are_read_however_they_are_written(answer):
    assert right(answer) == [True, True]


@pytest.mark.parametrize(
    ("value", "decimals", "answer", "expected"),
    [
        (0.125, 2, "0.12", True), (0.125, 2, "0.13", True), (0.125, 2, "0.14", False),
        (-0.125, 2, "-0.13", True), (0.12499, 2, "0.13", False), (0.12222, 4, "0.1222", True),
        (0.12222, 4, "0.12222", True), (0.12222, 4, "0.122", False), (14450688.0, 0, "14,450,688", True),
        (0.0, 4, "-0", True), (7.0, 0, "7.4", True), (7.0, 0, "8", False), (1 / 3, 4, "1/3", True),
    ],
)  # fmt: skip
def test_an_answer_is_right_within_half_of_the_last_decimal_asked(value, decimals, answer, expected):
    assert right(f"v={answer}", [Asked("v", "v", value, decimals)]) == [expected]


@pytest.mark.parametrize(
    ("answer", "remark"),
    [("0.1222", "look at the sign"), ("-0.1224", "near: rounded on the way?"),
     ("-0.12", "right so far: 4 decimals"), ("-0.5", "")],
)  # fmt: skip
def test_a_wrong_answer_says_why_and_never_the_value(answer, remark):
    (mark,) = check_answers([Asked("d", "δ", -0.12222, 4)], answer)
    assert not mark.right and mark.remark.startswith(remark) and "0.12222" not in mark.remark


def test_what_is_left_out_is_not_answered():
    assert [mark.remark for mark in check_answers(TWO, "0.51")] == ["", "not answered"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("y5=half", "the answer y5='half' is no number"),
        ("y6=0.5", "unknown question 'y6': choose from"),
        ("1,2,3", "3 answers"),
        ("", "no answer was given"), ("y5=0.5,7", "no number|not understood"), ("1/0", "no number"),
        ("nan", "no number"), ("inf", "no number"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_in_a_sentence(answer, says):
    with pytest.raises(UsageError, match=says):
        check_answers(TWO, answer)
