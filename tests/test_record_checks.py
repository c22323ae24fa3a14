"""Records of JSON: what does not fit is said by its entry, in a sentence of bounded length."""

import json

import pytest

from gradatim.checks import GradatimError, UsageError, one_of, real, shown, whole
from gradatim.record_checks import COUNT, NUMBER, TEXT, DictOf, Entries, ListOf, Maybe, one_in, whole_from

FORM = Entries(
    {"name": TEXT, "sizes": ListOf(whole_from(1), at_least=1, at_most=3, distinct=True), "kind": one_in("ab"),
     "shares": DictOf(NUMBER), "seed": Maybe(COUNT)},
    optional=("seed",),
)  # fmt: skip
RIGHT = {"name": "x", "sizes": [1, 2], "kind": "a", "shares": {"p": 0.5}}


@pytest.mark.parametrize("value", [RIGHT, {**RIGHT, "seed": None}, {**RIGHT, "seed": 0, "other": []}])
def test_what_fits_is_let_through(value):
    FORM.check(value, "record")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": 3}, "record.name must be a text; it is 3"),
        ({"sizes": 3}, "record.sizes must be a list; it is 3"),
        ({"sizes": []}, r"record.sizes must be a list of at least 1; it is \[\]"),
        ({"sizes": [1, 2, 3, 4]}, r"record.sizes must be a list of at most 3"),
        ({"sizes": [2, 2]}, "record.sizes must be a list without doubles"),
        ({"sizes": [1, True]}, r"record.sizes\[1\] must be a whole number of at least 1; it is True"),
        ({"sizes": [1, 0.5]}, r"record.sizes\[1\] must be a whole number of at least 1; it is 0.5"),
        ({"kind": ["a"]}, r"record.kind must be a or b; it is \['a'\]"),
        ({"shares": {"p": float("nan")}}, "record.shares.p must be a finite number; it is nan"),
        ({"shares": {"p": 10**400}}, "record.shares.p must be a finite number; it is 1000"),
        ({"shares": []}, "record.shares must be an object"),
        ({"seed": -1}, "record.seed must be a whole number of at least 0; it is -1"),
    ],
)
def test_what_does_not_fit_is_named(change, sentence):
    with pytest.raises(GradatimError, match=f"^{sentence}"):
        FORM.check({**RIGHT, **change}, "record")


def test_an_entry_that_is_missing_is_named():
    with pytest.raises(GradatimError, match=r"^the entry record\.kind is missing$"):
        FORM.check({name: value for name, value in RIGHT.items() if name != "kind"}, "record")


LONG = ["x" * 10**6, list(range(10**5)), json.loads("[" * 900 + "]" * 900), {"y" * 10**5: 1}, 10**5000]


@pytest.mark.parametrize("value", LONG, ids=["text", "list", "depth", "name", "number"])
def test_a_sentence_is_bounded_whatever_value_stands_in_it(value):
    assert len(shown(value)) <= 60
    refusals = (
        lambda: whole("epochs", value, 1, 10), lambda: real("lr", value, below=1),
        lambda: one_of("keep", value, ("best", "last")), lambda: FORM.check({**RIGHT, "name": [value]}, "r"),
    )  # fmt: skip
    for refuse in refusals:
        with pytest.raises(GradatimError) as refused:
            refuse()
        assert len(str(refused.value)) < 200
    assert len(str(UsageError("x" * 10**6))) <= 1001


def test_a_long_sentence_keeps_its_beginning_and_its_end():
    said = str(GradatimError(f"config.json is damaged: {'x' * 10**4}; bring it back"))
    assert said.startswith("config.json is damaged: xx") and said.endswith("x; bring it back")
