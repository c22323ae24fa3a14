"""Dates: against datetime, in every form, and what is none."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.data.tables.dates import DAY_FIRST, MONTH_FIRST, date_form, dates_of, day_or_month, seconds
from gradatim.data.tables.examples import examples_of
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.schema import schema_from

MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(microsecond=0))
FORMS = {  # how a moment is written, and which part of it that says
    "%Y-%m-%d %H:%M:%S": ("", timedelta(seconds=1)), "%Y-%m-%dT%H:%M:%SZ": ("", timedelta(seconds=1)),
    "%Y/%m/%d": ("", timedelta(days=1)), "%Y.%m.%d %H:%M": ("", timedelta(minutes=1)),
    "%d.%m.%Y": (DAY_FIRST, timedelta(days=1)), "%m/%d/%Y": (MONTH_FIRST, timedelta(days=1)),
    "%d-%m-%Y %H:%M": (DAY_FIRST, timedelta(minutes=1)), "%d %b %Y": ("", timedelta(days=1)),
    "%d-%B-%Y": ("", timedelta(days=1)), "%B %d, %Y": ("", timedelta(days=1)),
    "%b %d %Y %I:%M %p": ("", timedelta(minutes=1)),
    "%m/%d/%Y %I:%M:%S %p": (MONTH_FIRST, timedelta(seconds=1)),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(moment=MOMENTS)
def test_every_form_is_read_as_datetime_writes_it(form, moment):
    which, unit = FORMS[form]
    moment = moment.replace(tzinfo=UTC)
    start = datetime(1900, 1, 1, tzinfo=UTC)
    rounded = start + (moment - start) // unit * unit
    assert seconds(moment.strftime(form), which) == rounded.timestamp()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1970-01-02", 86400), ("1970-01-01T00:00:01.5", 1.5), ("1970-01-01 01:00+01:00", 0),
     ("1970-01-01 00:00:00-0130", 5400), ("1949-03", -657590400), ("3rd Jan 1970", 172800), ("1 Jan 70", 0),
     ("1 Jan 68", 3092601600), ("Jan. 1st, 1970", 0)],
)  # fmt: skip
def test_single_texts(text, expected):
    assert seconds(text, "") == expected


@pytest.mark.parametrize(
    "text", ["", "2024-02-30", "2024-13-01", "31/02/2024", "1 Foo 2020", "12", "1.5", "2024", "10:30",
             "2024-01-01 25:00", "1-2-3-4", "2024-01-01 13:00 pm", "0000-01-01", "2024-01-01x"],
)  # fmt: skip
def test_what_is_no_date(text):
    assert seconds(text, DAY_FIRST) is None


def test_the_column_decides_what_comes_first():
    assert date_form(["01/02/2024", "13/02/2024"]) == DAY_FIRST
    assert date_form(["01/02/2024", "02/13/2024"]) == MONTH_FIRST
    assert date_form(["01/02/2024"]) == MONTH_FIRST
    assert date_form(["01.02.2024"]) == date_form(["01-02-2024"]) == DAY_FIRST
    assert date_form(["a", "b", "2024-01-01"]) is None
    found = dates_of(["01/02/2024", "13/02/2024", "x"], DAY_FIRST)
    np.testing.assert_array_equal(found, [1706745600, 1707782400, np.nan])


def notices_of(dates, **roles):
    rows = [f"{date},{i % 7},{'ab'[i % 2]}" for i, date in enumerate(dates)]
    return examples_of(read_table("\n".join(["d,x,y", *rows]).encode()), Roles(**roles)).dataset.notices


@pytest.mark.parametrize(
    ("mark", "form", "other"),
    [("/", MONTH_FIRST, DAY_FIRST), (".", DAY_FIRST, MONTH_FIRST), ("-", DAY_FIRST, MONTH_FIRST)],
)
def test_a_guess_is_told_as_a_guess(mark, form, other):
    guessed = [f"{i % 12 + 1:02d}{mark}{i * 5 % 12 + 1:02d}{mark}2022" for i in range(40)]
    said = f"{form} (a guess: no number is above 12; form {other!r} in the schema changes it)"
    assert f"column 'd': {said}" in notices_of(guessed, target=("y",))
    assert f"target 'd': {said}" in notices_of(guessed, target=("d",))
    assert f"time 'd': {said}" in notices_of(guessed, target=("y",), time="d")
    decided = [*guessed, f"13{mark}01{mark}2022"]
    assert f"column 'd': {DAY_FIRST}" in notices_of(decided, target=("y",))


@pytest.mark.parametrize(
    ("dates", "guess"),
    [(["01/02/2022", "03/04/2022"], True), (["01/01/2022", "03/03/2022"], False), (["2022-01-02"], False),
     (["01/02/2022", "31/01/2022"], False), (["1 Jan 2022", "01.02.2022"], True)],
)  # fmt: skip
def test_only_what_could_be_both_is_a_guess(dates, guess):
    assert day_or_month(dates)[1] is guess


def test_a_schema_decides_what_a_split_by_time_goes_by():
    rows = [f"{i % 12 + 1:02d}/{i * 5 % 12 + 1:02d}/2022,{i % 7},{'ab'[i % 2]}" for i in range(40)]
    table = read_table("\n".join(["d,x,y", *rows]).encode())
    for form in (DAY_FIRST, MONTH_FIRST):
        schema = schema_from({"columns": [{"name": "d", "kind": "date", "use": "time", "form": form},
                                          {"name": "x", "kind": "number"}]}, "it")  # fmt: skip
        found = examples_of(table, Roles(("y",)), schema).dataset
        assert found.times.tolist() == [seconds(row.split(",")[0], form) for row in rows]
        assert not any(guess in notice for notice in found.notices for guess in (DAY_FIRST, MONTH_FIRST))
