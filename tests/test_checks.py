"""Error sentences: they name the value, what was expected, and the nearest name."""

import math

import pytest

from gradatim.checks import (
    GradatimError,
    NonFiniteLoss,
    UsageError,
    did_you_mean,
    known,
    one_of,
    real,
    whole,
)


@pytest.mark.parametrize(
    ("name", "choices", "answer"),
    [
        ("adma", ["adam", "sgd"], "did you mean adam?"),
        ("ADAM", ["adam", "sgd"], "did you mean adam?"),
        ("quux", ["b", "a"], "choose from a, b"),
        ("quux", [], "there is none"),
        (
            "quux",
            [f"n{i:02}" for i in range(20)],
            "choose from " + ", ".join(f"n{i:02}" for i in range(12)) + ", …",
        ),
    ],
)
def test_did_you_mean(name, choices, answer):
    assert did_you_mean(name, choices) == answer


def test_did_you_mean_names_at_most_three_nearest():
    assert did_you_mean("relu", ["relu1", "relu2", "relu3", "relu4"]).count("relu") == 3


def test_known_hands_back_the_name_or_says_what_is_unknown():
    assert known("loss", "a", iter("ab")) == "a"
    with pytest.raises(UsageError, match=r"^unknown loss 'c': choose from a, b$"):
        known("loss", "c", iter("ab"))


@pytest.mark.parametrize("value", [2, 3, 2**31 - 1])
def test_whole_takes_whole_numbers_inside_its_bounds(value):
    assert whole("epochs", value, 2) == value


def test_whole_refuses_what_no_machine_counts_to_where_it_is_a_count():
    assert whole("seed", 10**30, 0, None) == 10**30
    with pytest.raises(
        UsageError, match=r"^epochs must be a whole number of at most 2,147,483,647; it is 10+$"
    ):
        whole("epochs", 10**30, 1)
    with pytest.raises(UsageError, match=r"^threads must be a whole number of at most 5; it is 6$"):
        whole("threads", 6, 1, 5)


@pytest.mark.parametrize("value", [1, -1, 2.0, True, "2", None, math.nan])
def test_whole_refuses_by_name(value):
    with pytest.raises(UsageError) as raised:
        whole("epochs", value, 2)
    assert str(raised.value) == f"epochs must be a whole number of at least 2; it is {value!r}"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, "1", None, True, 1j])
def test_real_refuses_what_is_no_finite_number(value):
    with pytest.raises(UsageError, match=r"^lr must be a number that is finite; it is "):
        real("lr", value)


@pytest.mark.parametrize(
    ("bounds", "good", "bad", "sentence"),
    [
        ({"above": 0}, 1e-300, 0, "a number above 0"),
        ({"at_least": 0, "below": 1}, 0, 1, "a number at least 0 and below 1"),
        ({"at_least": 0, "below": 1}, 0.999, -1e-9, "a number at least 0 and below 1"),
    ],
)
def test_real_keeps_its_bounds(bounds, good, bad, sentence):
    assert real("p", good, **bounds) == good
    with pytest.raises(UsageError) as raised:
        real("p", bad, **bounds)
    assert str(raised.value) == f"p must be {sentence}; it is {bad!r}"


def test_one_of_lists_the_choices():
    assert one_of("precision", "float64", ["float32", "float64"]) == "float64"
    with pytest.raises(UsageError, match=r"^precision must be float32 or float64; it is 'half'$"):
        one_of("precision", "half", ["float32", "float64"])


def test_every_error_is_a_gradatim_error():
    assert issubclass(UsageError, GradatimError)
    assert issubclass(UsageError, ValueError)  # so scikit-learn's contract holds for estimators
    assert issubclass(NonFiniteLoss, GradatimError)
