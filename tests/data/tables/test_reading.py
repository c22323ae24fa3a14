"""Reading: how a file is written is sniffed, and what it says is what csv says."""

import gzip
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import GradatimError, UsageError
from gradatim.data.tables import split_records as pieces_home
from gradatim.data.tables.decoding import decode
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.sniffing import Dialect, dialect_from
from gradatim.data.tables.table import Column, distinct_names, format_value

ROWS = [("Ada", 1.63, "yes"), ("Bob", None, "no"), ("Zoë", 1.8, "no")]


def people(delimiter=",", decimal=".", end="\n"):
    lines = [("name", "size", "member")]
    lines += [(a, "" if b is None else str(b).replace(".", decimal), c) for a, b, c in ROWS]
    return end.join(delimiter.join(line) for line in lines) + end


def check(table):
    assert list(table.columns) == ["name", "size", "member"]
    name, size, member = table.columns.values()
    assert [name.texts[i] for i in name.values] == ["Ada", "Bob", "Zoë"]
    np.testing.assert_array_equal(size.values, [1.63, np.nan, 1.8])
    assert [member.texts[i] for i in member.values] == ["yes", "no", "no"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_seen(delimiter, end):
    table = read_table(people(delimiter, end=end).encode())
    check(table)
    assert table.reading["delimiter"] == delimiter


@pytest.mark.parametrize(
    ("encoding", "called"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be"),
     ("utf-16-le", "utf-16-le"), ("utf-32", "utf-32-le"), ("latin-1", "latin-1"), ("cp1252", "latin-1")],
)  # fmt: skip
def test_encodings_are_seen(encoding, called):
    table = read_table(people().encode(encoding))
    check(table)
    assert table.reading["encoding"] == called


def test_windows_latin_1_has_its_quotes_and_its_five_gaps():
    assert read_table("a,b\n“x”,1\n".encode("cp1252")).columns["a"].texts == ("“x”",)
    assert read_table(b"a,b\n\xe9\x81,1\n").columns["a"].texts == ("é\x81",)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas_are_seen(delimiter):
    table = read_table(people(delimiter, ",").encode())
    check(table)
    assert table.reading["decimal"] == ","


def test_gzip_parquet_files_and_streams(tmp_path):
    content = people().encode()
    (tmp_path / "a.csv").write_bytes(content)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(content, mtime=0))
    names, sizes, members = zip(*ROWS, strict=True)
    frame = pl.DataFrame({"name": names, "size": sizes, "member": members})
    frame.write_parquet(tmp_path / "a.parquet")
    for source in (
        tmp_path / "a.csv",
        str(tmp_path / "a.csv.gz"),
        tmp_path / "a.parquet",
        io.BytesIO(content),
    ):
        check(read_table(source))


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("age,income\n39,>50K\n50,<=50K\n", True),
        ("39,>50K\n50,<=50K\n", False),
        ("State-gov,Bachelors,yes\nPrivate,Bachelors,no\nPrivate,HS-grad,no\n", False),
        ("name,town\nAda,London\nBob,Paris\n", True),
        ("when,what\n2024-01-31,a\n2024-02-01,a\n", True),
        (",size\n0,1.5\n1,2.5\n", True),
        ("a,a\n1,2\n", True),
        ("x\n1\n", True),
        ("1\n2\n", False),
    ],
)
def test_a_header_is_seen(text, header):
    assert read_table(text.encode()).reading["header"] is header


@pytest.mark.parametrize("decimal", [".", pytest.param(",", marks=pytest.mark.slow)])
def test_the_header_of_a_wide_table_is_seen(decimal):
    """Its first line alone is longer than the first lines of other tables."""
    names = [f"measurement number {i}" for i in range(10_000)]
    rows = [[f"{i + row}{decimal}5" for i in range(len(names))] for row in range(2)]
    table = read_table("\n".join(";".join(row) for row in [names, *rows]).encode())
    assert list(table.columns) == names
    assert (table.reading["header"], table.reading["decimal"]) == (True, decimal)
    assert len(table) == 2
    np.testing.assert_array_equal(table.columns[names[-1]].values, [9999.5, 10000.5])


def test_what_is_sniffed_can_be_said():
    reading = Dialect(delimiter=";", header=False)
    table = read_table(b"a,b;c\n1,2;3\n", reading)
    assert [list(c.texts) for c in table.columns.values()] == [["a,b", "1,2"], ["c", "3"]]
    with pytest.raises(UsageError, match="x: unknown entry 'delimeter': did you mean delimiter"):
        dialect_from({"delimeter": ";"}, "x")
    for wrong in ({"delimiter": ":"}, {"decimal": "x"}, {"header": 1}, 3):
        with pytest.raises(UsageError, match=r"^x: the "):
            dialect_from(wrong, "x")
    with pytest.raises(UsageError, match="encoding must be utf-8 or"):
        read_table(b"a,b\n1,2\n", Dialect(encoding="klingon"))


def test_blank_lines_are_no_rows():
    assert len(read_table(b"\n\na,b\n\n1,2\n   \n3,4\n\n")) == 2
    assert len(read_table(b"\na\n\n1\n\n")) == 1


def test_quotes_within_fields_go_the_slow_way():
    table = read_table(b'name,what\n5" pipe,"x, y"\n"q", "z"\n')
    assert table.columns["name"].texts == ('5" pipe', "q")
    assert table.columns["what"].texts == ("x, y", "z")


@pytest.mark.parametrize("at_once", [4, 7, 64])
def test_pieces_are_cut_between_records(monkeypatch, at_once):
    """However small the pieces, quoted line ends and delimiters are within their fields."""
    rows = ['"a\nb",1,"x;,"', 'c,2,"""q"""', '"",3,', "d,4,e"] * 5
    content = ("p,n,r\n" + "\n".join(rows) + "\n").encode()
    whole = read_table(content)
    monkeypatch.setattr(pieces_home, "AT_ONCE", at_once)
    for name, column in read_table(content).columns.items():
        assert column.texts == whole.columns[name].texts
        np.testing.assert_array_equal(column.values, whole.columns[name].values)
    assert whole.columns["p"].texts == ("a\nb", "c", "d")
    assert whole.columns["r"].texts == ("x;,", '"q"', "e")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_come_back_to_the_bit(values):
    text = "a,b\n" + "".join(f"{value!r},x\n" for value in values)
    np.testing.assert_array_equal(read_table(text.encode()).columns["a"].values, values)


@given(st.lists(st.one_of(st.text("0123456789.eE+-_ xinfa", max_size=8)), min_size=1, max_size=20))
def test_a_text_is_a_number_when_python_says_so(texts):
    """Except for _ between digits, and nan and inf, which are missing."""
    column = read_table(("a,b\n" + "".join(f"{text},1\n" for text in texts)).encode()).columns["a"]
    if column.kind == "text":
        return
    for text, value in zip(texts, column.values, strict=True):
        try:
            expected = float(text) if "_" not in text else np.nan
        except ValueError:
            expected = np.nan
        np.testing.assert_equal(value, expected if np.isfinite(expected) else np.nan)


def test_few_strange_texts_are_missing_numbers_and_many_make_texts():
    rows = [str(i / 2) for i in range(200)]
    rows[150] = "a lot"
    column = read_table(("n,m\n" + "".join(f"{row},1\n" for row in rows)).encode()).columns["n"]
    assert (column.kind, column.strange, column.first) == ("number", 1, (150, "a lot"))
    assert np.isnan(column.values[150])
    rows[160:164] = ["a", "b", "c", "d"]
    assert read_table(("n,m\n" + "".join(f"{row},1\n" for row in rows)).encode()).columns["n"].kind == "text"


def test_codes_that_begin_with_0_stay_texts():
    table = read_table(b"zip,n\n00501,1\n10001,2\n")
    assert table.columns["zip"].texts == ("00501", "10001")
    assert read_table(b"p,n\n0.5,1\n0,2\n").columns["p"].kind == "number"


def test_columns_that_are_asked_for_are_texts():
    assert read_table(b"a,b\n1.0,1\n1,2\n", texts={"a"}).columns["a"].texts == ("1.0", "1")


def test_a_code_among_numbers_of_one_width_makes_them_codes():
    rows = ["00501", *(str(10_001 + i) for i in range(300))]
    column = read_table(("zip,n\n" + "".join(f"{row},1\n" for row in rows)).encode()).columns["zip"]
    assert column.texts[:2] == ("00501", "10001")
    assert kind_of("zip", column).kind == "identifier"
    rows[0] = "01"  # no code beside 10001: a number with a stray zero
    column = read_table(("zip,n\n" + "".join(f"{row},1\n" for row in rows)).encode()).columns["zip"]
    assert kind_of("zip", column).kind == "number"


@pytest.mark.parametrize("end", ["\n", ""])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_delimiter_that_ends_every_row_but_the_header(delimiter, end):
    rows = ["A,B,C", "1,4,7,", "2,5,8,", "", "3,6,9,", "1,5,9,"]
    table = read_table(("\n".join(rows) + end).replace(",", delimiter).encode())
    columns = {name: column.values.tolist() for name, column in table.columns.items()}
    assert columns == {"A": [1, 2, 3, 1], "B": [4, 5, 6, 5], "C": [7, 8, 9, 9]}
    assert table.notices == ["every row but the header ends in a delimiter, behind which nothing stands"]


def test_a_delimiter_that_ends_quoted_rows():
    table = read_table(b'name,town\n"a, b","x\ny",\n"c",z,\n')
    assert table.columns["name"].texts == ("a, b", "c")
    assert table.columns["town"].texts == ("x\ny", "z")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A,B,C\n1,4,7,\n2,5,8,1\n", "line 2 has 4 fields, but line 1 has 3"),
        ("A,B,C\n1,4,7,\n2,5,8\n", "line 2 has 4 fields, but line 1 has 3"),
        ("A,B,C\n1,4,7,\n2,5,\n", "line 3 has 2 fields, but line 1 has 3"),
        ("A,B,C\n1,4,7,2\n2,5,8,1\n", "line 2 has 4 fields, but line 1 has 3"),
    ],
)
def test_a_row_that_ends_otherwise_is_ragged(text, sentence):
    with pytest.raises(GradatimError, match=sentence):
        read_table(text.encode())


def test_numbers_are_written_as_texts_by_people():
    column = Column("number", np.array([3.0, 0.5, np.nan, 3.0])).as_texts()
    assert [column.texts[i] if i >= 0 else None for i in column.values] == ["3", "0.5", None, "3"]
    assert [format_value(v, "boolean") for v in (0.0, 1.0)] == ["false", "true"]
    assert format_value(1e300) == "1e+300"


@given(st.lists(st.sampled_from(["", "a", "b", "a (2)", "column 1", "column 2"]), max_size=8))
def test_names_become_distinct_and_the_first_of_a_kind_keeps_its_own(given_names):
    names, notices = distinct_names(given_names)
    assert len(set(names)) == len(names)
    assert all(names)
    for i, name in enumerate(given_names):
        if name and name not in given_names[:i]:
            assert names[i] == name
    assert len(notices) == sum(a != b for a, b in zip(names, given_names, strict=True))


@pytest.mark.parametrize("content", [
    b"\0a,\0b\n\0001,\0002\n", b"a,\0b,\0c\n" * 9, b"a\0,b\0\n1\0,2\0\n" * 9, b"\0aa\0bb\ncc\0dd\0" * 5,
])  # fmt: skip
def test_nul_bytes_in_every_second_place_alone_are_no_utf_16(content):
    with pytest.raises(GradatimError, match=r"^a\.csv holds a NUL byte in line 1: it is no text"):
        decode(content, "a.csv")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["a,b\n1,2\n", "имя,б\n1,2\n3,4\n", "name,größe\r\nx,1\r\n", "a,b"])
def test_utf_16_without_a_mark_is_known(text, encoding):
    assert decode(text.encode(encoding), "a.csv") == (text.replace("\r", "").encode(), encoding)
