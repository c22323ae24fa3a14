"""A word for missing is one where nothing speaks for a text: no quotes, no class, no memory."""

import csv
import io
import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.tables.missing import WORDS, mark_quoted
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.table_from_frame import table_of_frame

CODES = ["NA", "EU", "AS"]


def stored(data):
    """A Dataset without examples of the same table, as a run knows it from its record."""
    encoder = encoder_from(json.loads(json.dumps(fit_encoder(data).as_dict())))
    return encoder.template((), ()).asking(data.question, data.targets)


def load_like(data, first):
    return source_of(data).like(data, first)


@pytest.fixture
def file(tmp_path):
    def write(text, name="a.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def regions(quote='"', head="x,y"):
    return f"{head}\n" + "".join(f"{i % 7},{quote}{CODES[i % 3]}{quote}\n" for i in range(60))


def column_of(texts, delimiter=","):
    """A column of these fields as they stand, behind one of numbers."""
    text = f"n{delimiter}it\n" + "".join(f"{i}{delimiter}{field}\n" for i, field in enumerate(texts))
    column = read_table(text.encode()).columns["it"]
    return [column.texts[i] if i >= 0 else None for i in column.values]


def test_a_quoted_word_is_a_class(file):
    found = load_data(file(regions()), "y")
    assert (len(found), found.classes) == (60, ("AS", "EU", "NA"))
    assert found.y[:3].tolist() == [2, 1, 0]
    said = "target 'y': 'NA' is taken as a text, not as missing (20 values)"
    assert f'{said}; "missing_values": ["NA"] in the schema changes that' in found.notices
    schema = {
        "columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category", "use": "target"}]
    }
    schema["columns"][1]["missing_values"] = ["NA"]
    again = load_data(file(regions()), schema=schema)
    assert (len(again), again.classes) == (40, ("AS", "EU"))


def test_a_plain_word_is_missing_and_a_schema_makes_it_a_class(file):
    found = load_data(file(regions("")), "y")
    assert (len(found), found.classes) == (40, ("AS", "EU"))
    said = "left out: 20 rows whose target is 'NA', which stands for missing"
    assert f'{said}; "missing_values": [] in the schema makes them classes' in found.notices
    schema = {
        "columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category", "use": "target"}]
    }
    schema["columns"][1]["missing_values"] = []
    again = load_data(file(regions("")), schema=json.loads(json.dumps(schema)))
    assert (len(again), again.classes) == (60, ("AS", "EU", "NA"))


def test_numbers_that_are_classes_beside_a_word(file):
    text = "x,y\n" + "".join(f"{i % 7},{['NA', 1, 2][i % 3]}\n" for i in range(60))
    found = load_data(file(text), "y")
    said = "left out: 20 rows whose target is 'NA', which stands for missing"
    keep = "kind 'category' and \"missing_values\": [] in the schema makes them classes"
    assert f"{said}; {keep}" in found.notices
    schema = {
        "columns": [{"name": "x", "kind": "number"}, {"name": "y", "kind": "category", "use": "target"}]
    }
    schema["columns"][1]["missing_values"] = []
    assert load_data(file(text), schema=schema).classes == ("1", "2", "NA")


def test_a_target_of_one_class_beside_a_word_says_so(file):
    text = "x,y\n" + "".join(f"{i % 7},{['None', 'some'][i % 2]}\n" for i in range(60))
    with pytest.raises(
        UsageError, match=r"is 'some' in every row: there is nothing to learn; 'None' is taken as"
    ):
        load_data(file(text), "y")


def test_minus_beside_plus_is_a_class(file):
    found = load_data(file("x,y\n" + "".join(f"{i % 7},{'+-'[i % 2]}\n" for i in range(60))), "y")
    assert (len(found), found.classes) == (60, ("+", "-"))


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_in_quotes_is_a_text_and_without_them_missing(word):
    assert column_of([f'"{word}"', word, "a"]) == [word, None, "a"]
    assert column_of([word, "a", f'"{word}"'], ";") == [None, "a", word]


def test_what_is_in_quotes_and_always_missing():
    assert column_of(['""', '"NaN"', '"#N/A"', "a"]) == [None, None, None, "a"]


def test_quotes_within_texts_are_none_around_them():
    text = io.StringIO()
    csv.writer(text).writerows([["n", "it"], [1, 'say "NA"'], [2, 'a,"NA",b'], [3, '"NA",'], [5, "b"]])
    column = read_table(text.getvalue().encode()).columns["it"]
    assert column.texts == ('say "NA"', 'a,"NA",b', '"NA",', "b")
    assert mark_quoted(b'a\n"x ""NA"" y"\n', ",") == b'a\n"x ""NA"" y"\n'
    assert column_of(['5" pipe', '"NA"', "NA"]) == ['5" pipe', "NA", None]  # read record by record


def test_a_word_in_quotes_is_missing_among_numbers_dates_and_truths():
    text = "n,d,b\n" + "".join(
        f'"{i / 3}","2024-01-{i + 1:02d}","{["yes", "no"][i % 2]}"\n' for i in range(20)
    )
    found = load_data_of(text + '"NA","NA","NA"\n' * 5)
    assert [one.kind for one in found.columns] == ["number", "date", "boolean"]
    assert np.isnan(found.x).sum(0).tolist() == [5, 5, 5]


def load_data_of(text):
    from gradatim.data.tables.examples import examples_of
    from gradatim.data.tables.roles import Roles

    return examples_of(read_table(text.encode()), Roles()).dataset


def test_a_word_among_inputs_is_told_of():
    text = "it,n\n" + "".join(f"{['None', 'brick', 'stone'][i % 3]},{i % 7}\n" for i in range(60))
    said = "'None' is taken as missing (20 values); \"missing_values\": [] in the schema keeps it"
    assert f"column 'it': {said}" in load_data_of(text).notices
    quoted = load_data_of(text.replace("None", '"None"'))
    assert quoted.columns[0].categories == ("None", "brick", "stone")
    assert any("'None' is taken as a text" in notice for notice in quoted.notices)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_a_text_in_memory_is_no_missing_value(library):
    frame = library(
        {"code": ["NA", "EU", None, ""] * 10, "n": [1.5, 2.0, 3.0, 4.0] * 10, "y": ["None", "a"] * 20}
    )
    found = load_data(frame, "y")
    assert (len(found), found.classes) == (40, ("None", "a"))
    assert found.columns[0].categories == ("EU", "NA")
    assert np.isnan(found.x[:4, 0]).tolist() == [False, False, True, True]
    assert any("'NA' is taken as a text, not as missing (10 values)" in notice for notice in found.notices)
    schema = {"columns": [{"name": "code", "kind": "category", "missing_values": ["NA"]}]}
    again = load_data(frame, "y", schema=schema)
    assert np.isnan(again.x[:4, 0]).tolist() == [True, False, True, True]


def test_a_word_beside_numbers_in_memory_is_missing():
    column = table_of_frame(pd.DataFrame({"a": pd.Series([1, "NA", 3, "?"], dtype=object)})).columns["a"]
    np.testing.assert_array_equal(column.values, [1, np.nan, 3, np.nan])


def test_a_schema_says_which_numbers_are_missing(file):
    text = "a,y\n" + "".join(f"{-999 if i % 4 == 0 else i},{'ab'[i % 2]}\n" for i in range(60))
    schema = {"columns": [{"name": "a", "kind": "number", "missing_values": ["-999", "-1"]}]}
    found = load_data(file(text), "y", schema=schema)
    np.testing.assert_array_equal(found.x[:, 0], [np.nan if i % 4 == 0 else i for i in range(60)])
    assert not found.notices
    like = stored(found)
    later = load_like(file("a\n-999\n5\n-1\n", "later.csv"), like)
    np.testing.assert_array_equal(later.x[:, 0], [np.nan, 5, np.nan])
    frame = load_like(pd.DataFrame({"a": [-999, 5, -1.0]}), like)
    np.testing.assert_array_equal(frame.x[:, 0], [np.nan, 5, np.nan])
    for other in (file("A \n-999\n5\n-1\n", "case.csv"), pd.DataFrame({" A": [-999, 5, -1.0]})):
        np.testing.assert_array_equal(load_like(other, like).x[:, 0], [np.nan, 5, np.nan])


def test_a_later_file_knows_that_a_word_is_a_category_or_a_class(file):
    """Learned in quotes or in memory, written without."""
    frame = pd.DataFrame({"code": CODES * 20, "y": ["None", "some"] * 30})
    first = load_data(frame, "y")
    later = load_like(file("code,y\nNA,None\nEU,some\n?,some\n", "later.csv"), first)
    np.testing.assert_array_equal(later.x[:, 0], [2, 1, np.nan])
    assert later.y.tolist() == [0, 1, 1]


@pytest.mark.parametrize("words", ["NA", [1], {"a": 1}])
def test_missing_values_are_a_list_of_texts(file, words):
    schema = {"columns": [{"name": "x", "kind": "number", "missing_values": words}]}
    with pytest.raises(UsageError, match="column 'x': missing_values is a list of texts"):
        load_data(file(regions()), "y", schema=schema)


@pytest.mark.parametrize("words", [["None", "null", "n/a"], ["NA", "N/A"], ["?", "-", "--"]])
def test_a_column_of_nothing_but_quoted_words_is_texts(words):
    column = read_table(("y\n" + "".join(f'"{word}"\n' for word in words * 9)).encode()).columns["y"]
    assert column.texts == tuple(words) and not column.missing.any()
    plain = read_table(("x,y\n" + "".join(f"1,{word}\n" for word in words * 9)).encode()).columns["y"]
    assert plain.texts == () and plain.missing.all()
