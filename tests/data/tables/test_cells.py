"""Cells as they stand in a file: to the last character, in front of columns in the file's own way."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.data.tables.cells import Cells, cells_of, one_below_another
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.sniffing import Dialect

FILES = {
    "numbers too long to hold": "price,code\n98765432109876543210,NA\n1.50,None\n",
    "numbers as people write them": "a,b\n+1,007\n1e3,.5\n-0,1.\n",
    "quotes that need not be": 'a,b\n"x","1"\ny,2\n',
    "quotes that must be": 'a,b\n"x,1","say ""hi"""\ny,"two\nlines"\n',
    "spaces around": "a,b\n x , 1\ny,2 \n",
    "a space before a quote": 'a,b\nx, "1"\ny,2\n',
    "a quote within a field": 'size,b\n12" wide,1\n6",2\n',
    "decimal commas": "name;cost\nx;1,50\ny;-0,7\n",
    "tabs": "a\tb\n1\t\n2\tx\n",
    "bars": "a|b\n1|2,5\n2|x\n",
    "no end of the last line": "a,b\n1,2\n3,4",
    "blank lines": "\na,b\n\n1,2\n   \n3,4\n\n",
    "one column": 'a\n1\n""\n3\n',
    "words for missing": "a,b\nN/A,-\n?,#REF!\n1,null\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_s_rows_are_copied_as_they_are(name):
    text = FILES[name]
    table = read_table(text.encode(), with_cells=True)
    lines = [line for line in text.split("\n") if line.strip()]
    assert table.cells is not None
    assert [table.cells.header, *table.cells.rows] == (
        lines if "two" not in text else [lines[0], lines[1], "\n".join(lines[2:])]
    )
    assert len(table.cells.rows) == len(table)


@pytest.mark.parametrize(
    ("encoding", "end"), [("utf-8-sig", "\n"), ("utf-8", "\r\n"), ("utf-16", "\n"), ("latin-1", "\r\n")]
)
def test_whatever_the_encoding_and_the_line_ends(encoding, end):
    text = "naïve;x\nça;1,5\noù;2,5\n"
    table = read_table(text.replace("\n", end).encode(encoding), with_cells=True)
    assert table.cells is not None
    assert table.cells.with_columns({"p": [0.25, 1.0]}) == "naïve;x;p\nça;1,5;0,25\noù;2,5;1,0\n"


def test_without_a_header_columns_are_numbered():
    table = read_table(b"1,x\n2,y\n", Dialect(header=False), with_cells=True)
    assert table.cells is not None
    assert table.cells.with_columns({"p": ["a", "b"]}) == "column 1,column 2,p\n1,x,a\n2,y,b\n"


def test_what_is_written_behind_is_quoted_where_it_must_be_and_named_apart():
    cells = Cells(("p", "x"), "p;x", ["1;2"], ";", ",")
    assert cells.with_columns({"p": ["a;b"], "q": [1e-5]}) == 'p;x;p (2);q\n1;2;"a;b";1e-05\n'
    assert Cells(("x",), "x", ["1"], ",", ",").with_columns({"p": [0.5]}) == 'x,p\n1,"0,5"\n'


def test_rows_that_end_with_a_delimiter_need_no_other():
    from gradatim.data.tables.cells import _records

    assert list(_records("A,B\n1,4,\n2,5, \n", ",", 2)) == ["A,B", "1,4", "2,5"]


def test_a_table_that_stands_in_no_text_is_written_with_commas():
    table = read_table(b"a;b\n1,5;x,y\n2;\n")
    assert cells_of(table).with_columns({"p": [1, 2]}) == 'a,b,p\n1.5,"x,y",1\n2,,2\n'


def test_several_files_are_one_only_when_they_are_written_alike():
    one = Cells(("a",), "a", ["1"])
    found = one_below_another([one, Cells(("a",), '"a"', ["2"])])
    assert found is not None and found.rows == ["1", "2"]
    assert one_below_another([one, Cells(("a",), "a", ["2"], ";")]) is None
    assert one_below_another([one, Cells(("b",), "b", ["2"])]) is None
    assert one_below_another([one, None]) is None


FIELDS = st.text(st.sampled_from('ab1 .,;"\n'), max_size=5)


@given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=6), st.sampled_from(",;\t|"), st.booleans())
def test_reading_what_was_written_gives_the_same_fields(rows, delimiter, all_quoted):
    text = io.StringIO()
    how = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=how).writerows([("x1", "x2"), *rows])
    table = read_table(text.getvalue().encode(), Dialect(delimiter=delimiter), with_cells=True)
    assert table.cells is not None and len(table.cells.rows) == len(table)
    written = table.cells.with_columns({"p": [0.5] * len(table)})
    back = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, skipinitialspace=True))
    want = list(
        csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter, skipinitialspace=True)
    )
    assert back[0] == ["x1", "x2", "p"]
    assert [row[:2] for row in back[1:]] == [row for row in want[1:] if row]
    assert {row[2] for row in back[1:]} == {"0.5"}
