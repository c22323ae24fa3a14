"""Numbers as people write them: read to the last digit, said, and codes left alone."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.loading import load_data
from gradatim.data.sources.source import Request, source_of
from gradatim.data.sources.table import read_examples
from gradatim.data.tables.number_forms import number_form, numbers_in
from gradatim.data.tables.roles import Roles

N = 80
AMOUNTS = [1000.25 * i - 17.5 for i in range(N)]


def stored(data):
    """A Dataset without examples of the same table, as a run knows it from its record."""
    encoder = encoder_from(json.loads(json.dumps(fit_encoder(data).as_dict())))
    return encoder.template((), ()).asking(data.question, data.targets)


def load_like(data, first):
    return source_of(data).like(data, first)


def english(value):
    return f"{value:,.2f}"


def continental(value):
    return english(value).translate(str.maketrans(",.", ".,"))


WAYS = {
    "1,249.76": (english, "1,234.5"),
    "$1,249.76": (lambda v: f"{'-' if v < 0 else ''}${english(abs(v))}", "1,234.5 $"),
    "US$ 1,249.76": (lambda v: f"US$ {english(v)}", "1,234.5 US$"),
    "1,249.76 USD": (lambda v: f"{english(v)} USD", "1,234.5 USD"),
    "(1,249.76)": (lambda v: f"({english(-v)})" if v < 0 else english(v), "1,234.5"),
    "$(1,249.76)": (lambda v: f"$({english(-v)})" if v < 0 else f"${english(v)}", "1,234.5 $"),
    "1.249,76": (continental, "1.234,5"),
    "€ 1.249,76": (lambda v: f"€ {continental(v)}", "1.234,5 €"),
    "1.249,76 €": (lambda v: f"{continental(v)} €", "1.234,5 €"),
    "R$ 1.249,76": (lambda v: f"R$ {continental(v)}", "1.234,5 R$"),
    "1 249,76": (lambda v: english(v).replace(",", " ").replace(".", ","), "1.234,5"),
    "1\u202f249,76 kr": (lambda v: english(v).replace(",", "\u202f").replace(".", ",") + " kr", "1.234,5 kr"),
    "1'249.76": (lambda v: english(v).replace(",", "'"), "1,234.5"),
    "CHF 1’249.76": (lambda v: f"CHF {english(v).replace(',', '’')}", "1,234.5 CHF"),
    "1249,76": (lambda v: f"{v:.2f}".replace(".", ","), "1.234,5"),
    "\u22121249.76": (lambda v: f"{v:.2f}".replace("-", "\u2212"), "1,234.5"),
    "36.8%": (lambda v: f"{v:.2f}%", "1,234.5 %"),
    "36,8 %": (lambda v: f"{v:.2f} %".replace(".", ","), "1.234,5 %"),
}


def table_of(texts, name="a", delimiter=","):
    quote = '"{}"'.format
    rows = [
        f"{quote(text)}{delimiter}{i % 7}{delimiter}{'no' if i % 3 else 'yes'}"
        for i, text in enumerate(texts)
    ]
    return delimiter.join([name, "x", "y"]) + "\n" + "\n".join(rows) + "\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="a.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("way", WAYS)
def test_amounts_are_read_in_every_national_style(file, way, delimiter):
    write, form = WAYS[way]
    texts = [write(value) for value in AMOUNTS]
    found = load_data(file(table_of(texts, delimiter=delimiter)), "y")
    assert found.features == ("a", "x")
    np.testing.assert_array_equal(found.x[:, 0], np.round(AMOUNTS, 2))
    assert found.columns[0].form in (form, "")  # plain where the file's own decimal mark is this
    said = [notice for notice in found.notices if notice.startswith("column 'a': ") and "read as" in notice]
    assert bool(said) is bool(found.columns[0].form)


@pytest.mark.parametrize("way", WAYS)
def test_amounts_are_targets_of_regressions(file, way):
    write, form = WAYS[way]
    path = file(table_of([write(value) for value in AMOUNTS]))
    found = load_data(path, "a")
    assert (found.task, found.target_columns[0].form) == ("regression", form)
    np.testing.assert_array_equal(found.y, np.round(AMOUNTS, 2))
    assert any(notice.startswith("target 'a': ") for notice in found.notices)


def test_commas_in_quotes_between_commas_are_decimal(file):
    text = "a,y\n" + "".join(f'"{i // 10},{i % 10}",{"no" if i < 40 else "yes"}\n' for i in range(80))
    found = load_data(file(text), "y")
    np.testing.assert_array_equal(found.x[:, 0], [i / 10 for i in range(80)])
    assert "column 'a': '7,9' is read as 7.9" in found.notices


def test_the_share_of_rows_above_a_thousand_does_not_matter(file):
    """One number in 200 with a comma was a stray text, and missing."""
    texts = [str(i) for i in range(1, 200)] + ["1,249.76"]
    found = load_data(file(table_of(texts)), "y")
    assert found.x[-1, 0] == 1249.76
    assert not np.isnan(found.x).any()


@pytest.mark.parametrize(
    ("texts", "decimal", "values"),
    [
        (["1,249", "999"], ".", [1249, 999]),  # 999 without a comma: they part thousands
        (["1,249", "0,998"], ".", [1.249, 0.998]),  # no thousand begins with 0
        (["1,249", "12,5"], ".", [1.249, 12.5]),
        (["1,249", "9999"], ".", [1.249, 9999]),  # in all numbers, or in none
        (["1,249", "1,249,000"], ",", [1249, 1249000]),
        (["1,249.5", "3"], ",", [1249.5, 3]),
        (["1.249", "7", "12.500", "5", "3.100", "8"], ".", [1249, 7, 12500, 5, 3100, 8]),
        (["1.249", "7", "12.5", "5", "3.1", "8"], ".", [1.249, 7, 12.5, 5, 3.1, 8]),
        (["0.500", "7", "12.500", "5", "3.100", "8"], ".", [0.5, 7, 12.5, 5, 3.1, 8]),
        (["12,34,567", "1,00,000"], ".", [1234567, 100000]),  # as in India
        (["$ -", "$3", "$(2.50)"], ".", [0, 3, -2.5]),  # as in accounts
        (["5 %", "%7", "0"], ".", [5, 7, 0]),  # as in Turkey
    ],
)
def test_what_parts_thousands_is_decided_by_the_column(texts, decimal, values):
    found = number_form(texts, np.ones(len(texts), int), decimal)
    assert numbers_in(texts, found.form, decimal).tolist() == values
    assert "nothing decides" not in found.why


def test_what_nothing_decides_is_said_and_can_be_changed(file):
    path = file(table_of([f"{1000 + 37 * i:,}" for i in range(N)]))
    found = read_examples(path, Request(Roles(("y",))))
    assert found.dataset.x[:, 0].tolist() == [1000 + 37 * i for i in range(N)]
    said = "'3,923' is read as 3923, which nothing decides; form '1.234,5' in the schema reads it as 3.923"
    assert f"column 'a': {said}" in found.dataset.notices
    schema = json.loads(json.dumps(found.schema.as_dict()))
    schema["columns"][0]["form"] = "1.234,5"
    again = load_data(path, schema=schema)
    assert again.x[:, 0].tolist() == [(1000 + 37 * i) / 1000 for i in range(N)]


def test_points_that_part_thousands_can_be_read_as_decimal_again(file):
    texts = [f"{1 + i % 9}.{i * 10:03d}" if i % 2 else str(i) for i in range(N)]
    path = file(table_of(texts))
    found = load_data(path, "y")
    np.testing.assert_array_equal(found.x[:, 0], [int(text.replace(".", "")) for text in texts])
    assert any("is read as" in notice for notice in found.notices)
    plain = {"columns": [{"name": "a", "kind": "number", "form": "1,234.5"}]}
    np.testing.assert_array_equal(load_data(path, "y", schema=plain).x[:, 0], [float(text) for text in texts])


CODES = {
    "zip codes": [f"{501 + 997 * i:05d}" for i in range(N)],
    "zip codes of which few begin with 0": ["00501"] + [f"{10001 + 97 * i}" for i in range(299)],
    "telephones": [f"612 345 {i:03d}" for i in range(N)],
    "telephones of several countries": [f"+{i % 40 + 10} 345 6{i:02d}" for i in range(N)],
    "telephones with points": [f"612.345.{i:03d}" for i in range(N)],
    "versions": [f"1.{i % 9}.{i % 7}" for i in range(N)],
    "dates": [f"{i % 28 + 1:02d}.{i % 12 + 1:02d}.2024" for i in range(N)],
    "addresses": [f"10.0.{i % 3}.{i}" for i in range(N)],
    "names": [f"u{i}" for i in range(N)],
    "several currencies": [f"{'$€'[i % 2]}{i}" for i in range(N)],
    "percents and shares": [f"{i}%" if i % 2 else f"0.{i}" for i in range(N)],
    "lists": [f"({i})" for i in range(N)],
    "sets": [",".join(str(j) for j in range(i % 5 + 1)) for i in range(N)],
    "times": [f"{i % 24}:30" for i in range(N)],
    "ranges": [f"{i}-{i + 9}" for i in range(N)],
    "long codes": [f"{10**18 + i}" for i in range(N)],
}


@pytest.mark.parametrize("what", CODES)
def test_codes_are_no_numbers(file, what):
    texts = CODES[what]
    found = read_examples(file(table_of(texts)), Request(Roles(("y",)))).schema.fields[0]
    assert found.kind not in ("number", "boolean"), found


def test_plain_numbers_stay_plain(file):
    for texts in (["1.5", "2.25", "3"], ["1e5", "-2", "7"], ["5", "6", "7"], ["0.001", "12.500", "3.250"]):
        found = load_data(file(table_of(texts * 20)), "y")
        assert found.columns[0].form == ""
        np.testing.assert_array_equal(found.x[:, 0], [float(text) for text in texts * 20])


def test_texts_in_memory_stay_texts_unless_they_are_written_so():
    frame = pd.DataFrame({
        "digits": ["10", "20", "30"] * 20, "version": ["1.1", "1.2", "2.0"] * 20,
        "price": ["$1,249.76", "$3", "$12"] * 20, "y": [1, 2, 3] * 20,
    })  # fmt: skip
    found = load_data(frame, "y")
    assert [one.kind for one in found.columns] == ["category", "category", "number"]
    assert found.x[:3, 2].tolist() == [1249.76, 3, 12]


def test_a_later_file_is_read_the_same_way(file):
    first = load_data(file(table_of([f"€ {continental(value)}" for value in AMOUNTS])), "y")
    like = stored(first)
    later = load_like(file("a,x\n€ 1.249,1\n1.249,2\n999,3\n$5,4\n", "later.csv"), like)
    np.testing.assert_array_equal(later.x[:, 0], [1249, 1249, 999, np.nan])
    assert later.notices == ("unreadable values: 1 in 'a'",)


def test_a_later_file_of_plain_numbers_is_read_plainly(file):
    """What parts thousands is decided by the file that was learned from."""
    first = load_data(file(table_of([f"{value / 7:.3f}" for value in range(N)])), "y")
    later = load_like(file("a,x\n1.250,1\n7,2\n12.500,3\n5,4\n3.100,5\n8,6\n", "later.csv"), first)
    assert later.x[:, 0].tolist() == [1.25, 7, 12.5, 5, 3.1, 8]
    written = load_like(file('a,x\n"$1,249.76",1\n$3,2\n', "written.csv"), first)
    assert written.x[:, 0].tolist() == [1249.76, 3]


def test_a_target_of_a_later_file_is_read_the_same_way(file):
    first = load_data(file(table_of([f"€ {continental(value)}" for value in AMOUNTS])), "a")
    like = stored(first)
    later = load_like(file("a,x,y\n1.249,1,no\n€ 2.350,2,no\nn.a.,2,no\n", "later.csv"), like)
    assert later.y.tolist() == [1249, 2350]
    assert "1 row without a target left out" in later.notices


def test_numbers_without_a_percent_sign_are_told_of(file):
    first = load_data(file(table_of([f"{i}%" for i in range(N)])), "y")
    later = load_like(file("a,x\n5%,1\n0.05,2\n0,3\n,4\n", "later.csv"), first)
    np.testing.assert_array_equal(later.x[:, 0], [5, 0.05, 0, np.nan])
    assert "numbers without a percent sign, read as percent: 1 in 'a'" in later.notices
    frame = load_like(pd.DataFrame({"a": [5.0, 0.05], "x": [1, 2]}), first)
    assert "numbers without a percent sign, read as percent: 2 in 'a'" in frame.notices


def test_few_different_amounts_that_are_to_be_classes_keep_their_names(file):
    path = file(table_of([f"${i % 3 + 1}" for i in range(N)]))
    for task in (None, "classification"):
        found = load_data(path, "a", task=task)
        assert (found.task, found.classes) == ("classification", ("$1", "$2", "$3"))
    assert load_data(path, "a", task="regression").y[:4].tolist() == [1, 2, 3, 1]


def test_few_texts_among_amounts_are_missing_and_told_of(file):
    texts = [f"${i}.50" for i in range(300)]
    texts[7] = "a lot"
    found = load_data(file(table_of(texts)), "y")
    assert np.flatnonzero(np.isnan(found.x[:, 0])).tolist() == [7]
    said = "'$299.50' is read as 299.5; 1 value taken as missing, being no number, first 'a lot' in row 8"
    assert f"column 'a': {said}" in found.notices


def test_a_schema_makes_a_number_of_texts_and_counts_what_is_none(file):
    texts = ["rome" if i % 5 == 0 else str(i) for i in range(60)]
    schema = {"columns": [{"name": "a", "kind": "number"}, {"name": "x", "kind": "number"}]}
    found = load_data(file(table_of(texts)), "y", schema=schema)
    np.testing.assert_array_equal(found.x[:, 0], [np.nan if i % 5 == 0 else i for i in range(60)])
    assert "column 'a': 12 values taken as missing, being no number, first 'rome' in row 1" in found.notices
    few = load_data(file(table_of([*map(str, range(199)), "rome"])), "y", schema=schema)
    assert "column 'a': 1 value taken as missing, being no number, first 'rome' in row 200" in few.notices
    target = {"columns": [{"name": "a", "kind": "number", "use": "target"}, schema["columns"][1]]}
    assert load_data(file(table_of(texts)), schema=target).y.tolist() == [i for i in range(60) if i % 5]


@pytest.mark.parametrize("kind", ["number", "date", "boolean"])
def test_a_schema_that_more_than_half_of_a_column_contradicts(file, kind):
    path = file(table_of(["rome", "oslo", "bern"] * 20))
    schema = {"columns": [{"name": "a", "kind": kind}, {"name": "x", "kind": "number"}]}
    sentence = (
        f"column 'a' is a {kind} in the schema, but 60 of its 60 values are none, first 'rome' in row 1"
    )
    with pytest.raises(UsageError, match=sentence):
        load_data(path, "y", schema=schema)
    target = {"columns": [{"name": "a", "kind": "number", "use": "target"}, schema["columns"][1]]}
    with pytest.raises(UsageError, match="the target 'a' is to be a number; of 60 values 60 values taken as"):
        load_data(path, schema=target)


def test_a_form_that_is_none(file):
    path = file(table_of(["1.5"] * 20))
    with pytest.raises(UsageError, match=r"column 'a': unknown form '1\.5': choose from 1,234\.5, 1\.234,5"):
        load_data(path, schema={"columns": [{"name": "a", "kind": "number", "form": "1.5"}]})


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1), st.sampled_from(sorted(WAYS)))
def test_every_amount_comes_back(values, way):
    write, form = WAYS[way]
    texts = [write(value) for value in values]
    np.testing.assert_array_equal(numbers_in(texts, form), [float(value) for value in values])
