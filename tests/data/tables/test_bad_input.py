"""Bad input: one sentence that names the file, the line and the value; nothing is lost."""

import gzip
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data import unpacking
from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.data.tables.reading import read_table


@pytest.fixture
def file(tmp_path):
    def write(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(path, sentence, error=GradatimError, **how):
    with pytest.raises(error, match=sentence) as raised:
        load_data(path, **how)
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)


def table(n=60, **columns):
    """A table of n rows: a number, a category, a target, and what is given."""
    given = {"size": [f"{i / 7:.3f}" for i in range(n)], "kind": ["ab"[i % 2] for i in range(n)],
             "y": [["no", "yes"][i % 2] for i in range(n)], **columns}  # fmt: skip
    rows = zip(*given.values(), strict=True)
    return "\n".join([",".join(given), *(",".join(map(str, row)) for row in rows)]) + "\n"


@pytest.mark.parametrize("content", ["", "\n", " \n\n", "\ufeff", b"\xff\xfe", gzip.compress(b"", mtime=0)])
def test_an_empty_file(file, content):
    refused(file(content), "a.csv is empty")


def test_a_header_and_nothing_else(file):
    refused(file("a,b,c\n"), "a.csv holds a header and no row")


def test_ragged_rows_are_named_by_their_line(file):
    path = file('a,b\n1,"x\ny"\n3,4,5\n')
    refused(path, r"a.csv: line 4 has 3 fields, but line 1 has 2; mend that line, or quote its text")
    refused(file('a,b\n1,5" x\n3\n'), r"line 3 has 1 field, but line 1 has 2")


def test_a_delimiter_that_is_wrong_is_said_so(file):
    schema = {"reading": {"delimiter": ";"}, "columns": [{"name": "size", "kind": "number"}]}
    refused(
        file(table()), "has no column 'y': choose from size,kind,y", UsageError, target="y", schema=schema
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_marks_and_encodings(file, encoding):
    text = table(kind=["äé"[i % 2] for i in range(60)])
    found = load_data(file(text.encode(encoding)), "y")
    assert found.columns[1].categories == ("ä", "é")
    assert found.fingerprint == load_data(file(text), "y").fingerprint


def test_nul_bytes(file):
    refused(file(b"a,b\n1,2\n3,\x004\n"), "a.csv holds a NUL byte in line 3: it is no text, or it is damaged")


def test_half_a_character(file):
    schema = {"reading": {"encoding": "utf-8"}, "columns": [{"name": "a", "kind": "category"}]}
    refused(file(b"a,b\n\xe9x,1\n"), "a.csv is not utf-8: line 2 holds invalid", schema=schema)
    refused(file(b"\xff\xfea\x00,\x00\x00\xd8"), "a.csv is not utf-16-le: line 1 holds")


def test_duplicate_and_empty_column_names(file):
    found = load_data(file("a,,a,y\n1.5,2.5,3.5,no\n2.5,3.5,4.5,yes\n"), "y")
    assert found.features == ("a", "column 2", "a (2)")
    assert "column 2 has no name: it is called 'column 2'" in found.notices
    assert "column 3 is called 'a', as another is: it is called 'a (2)'" in found.notices


@pytest.mark.parametrize("role", ["target", "group", "time", "ignore"])
def test_a_name_that_two_columns_have(file, role):
    path = file("id,score,score,y\n" + "".join(f"{i},{i % 7},{i % 5},{'ab'[i % 2]}\n" for i in range(40)))
    sentence = r"a.csv has several columns called 'score'; rename all but one"
    refused(path, sentence, UsageError, **{"target": "y", role: "score"})
    assert load_data(path, "y").features == ("score", "score (2)")
    assert load_data(path, "score (2)").targets == ("score (2)",)


def test_a_target_that_is_not_there(file):
    refused(file(table()), "a.csv has no column 'Y': did you mean y", UsageError, target="Y")
    refused(file(table()), "has no column 'price': choose from kind, size, y", UsageError, target="price")


def test_a_target_that_is_constant(file):
    path = file(table(y=["yes"] * 60))
    refused(path, "the target 'y' is 'yes' in every row: there is nothing to learn", UsageError, target="y")
    refused(file(table(y=[3] * 60)), "the target 'y' is '3' in every row", UsageError, target="y")


def test_a_class_with_one_example_is_learned_from(file):
    found = load_data(file(table(y=["rare", *["no", "yes"] * 29, "no"])), "y")
    assert "classes with a single example, which is kept for training: 'rare'" in found.notices
    assert found.classes.index("rare") in split(found).train.y


def test_rows_without_a_target_are_left_out(file):
    found = load_data(file(table(y=["", "NA", "?", *["no", "yes"] * 28, "no"])), "y")
    assert len(found) == 57
    assert "3 rows without a target left out" in found.notices
    refused(file(table(y=[""] * 60)), "the target 'y' is missing in every row", UsageError, target="y")


def test_fifty_thousand_distinct_strings(file):
    n = 50_000
    found = load_data(file(table(n, name=[f"n{i}" for i in range(n)])), "y")
    assert found.features == ("size", "kind")
    assert "column 'name' is left out (identifier: 50,000 of 50,000 values are different)" in found.notices
    sentence = "the target 'name' has 50,000 different values in 50,000 rows: too many to be classes"
    refused(file(table(n, name=[f"n{i}" for i in range(n)])), sentence, UsageError, target="name")


def test_ten_thousand_columns(file):
    names = [f"c{i}" for i in range(10_000)]
    rows = [
        "\n".join([",".join(names), *(",".join(str((i * j) % 7) for i in range(10_000)) for j in range(12))])
    ]
    found = load_data(file(rows[0]), "c1")
    assert found.x.shape == (12, sum(i % 7 != 0 for i in range(10_000)) - 1)  # multiples of 7 are constant


def test_infinities_and_1e400_are_missing_and_told_of(file):
    values = [f"{i}" for i in range(57)] + ["inf", "1e400", "-Infinity"]
    found = load_data(file(table(wide=values)), "y")
    assert np.isnan(found.x[57:, 2]).all()
    assert "column 'wide': 3 infinite values taken as missing" in found.notices


def test_whole_numbers_beyond_2_53(file):
    base = 2**53
    found = load_data(
        file(table(a=[base + i for i in range(60)], b=[i if i else base + 1 for i in range(60)])), "y"
    )
    assert found.features == ("size", "kind", "b")
    assert "column 'a' is left out (identifier: 60 of 60 values are different)" in found.notices
    assert "column 'b': 1 whole number beyond 2^53 rounded" in found.notices


def test_a_column_that_turns_late(file):
    n = 20_000
    numbers = [str(i % 977 / 10) for i in range(n)]
    late = [*numbers[:-2], "unknown", "n.a."]
    found = load_data(file(table(n, late=late)), "y")
    assert found.columns[2].kind == "number"
    said = "2 values taken as missing, being no numbers, first 'unknown' in row 19999"
    assert f"column 'late': {said}" in found.notices
    half = [*numbers[: n // 2], *["much", "little"] * (n // 4)]
    assert load_data(file(table(n, late=half)), "y").columns[2].kind == "category"


def test_dates_in_several_forms(file):
    forms = ["2024-01-31", "31.01.2024", "31 Jan 2024", "January 31, 2024", "2024/01/31 12:00", "31/01/2024"]
    found = load_data(file(table(60, when=[f'"{forms[i % 6]}"' for i in range(60)])), "y")
    assert found.columns[2].kind == "date"
    assert set(found.x[:, 2]) == {1706659200.0, 1706702400.0}


def test_a_column_in_which_everything_is_missing(file):
    found = load_data(file(table(void=[""] * 60)), "y")
    assert "column 'void' is left out (empty: every value is missing)" in found.notices


def test_no_column_is_left(file):
    path = file("name,y\n" + "".join(f"n{i},{'ab'[i % 2]}\n" for i in range(60)))
    refused(
        path, "a has no column to learn from; gradatim data says what each one is", UsageError, target="y"
    )


def test_a_folder_a_stream_and_nothing(tmp_path):
    refused(tmp_path, "holds no sub-folder with pictures", UsageError)
    with pytest.raises(UsageError, match="is a folder; name a file in it"):
        read_table(tmp_path)
    with pytest.raises(UsageError, match="there is no file"):
        read_table(tmp_path / "b.csv")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UsageError, match="is not a file; a stream is read from standard input, as -"):
        read_table(tmp_path / "fifo")
    for name in ("a" * 5000, "a\0b"):
        with pytest.raises(GradatimError, match="cannot read a"):
            read_table(name)


def test_a_file_that_may_not_be_read(file, monkeypatch):
    path = file(table())

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(GradatimError, match=r"cannot read .*a\.csv: Permission denied"):
        read_table(path)


def test_a_file_that_changes_while_it_is_read(file, monkeypatch):
    path = file(table())
    check = unpacking.check_size

    def grow(*arguments):  # between the two looks
        writer = threading.Thread(target=lambda: path.write_bytes(path.read_bytes() + b"1,a,no\n"))
        writer.start()
        writer.join()
        check(*arguments)

    monkeypatch.setattr(unpacking, "check_size", grow)
    with pytest.raises(GradatimError, match="changed while it was read; try again when nothing writes to it"):
        read_table(path)


def test_a_file_larger_than_half_the_memory(file, monkeypatch):
    monkeypatch.setattr(unpacking.os, "sysconf", lambda name: 10)
    with pytest.raises(GradatimError, match="which is more than half of this machine's memory; split it"):
        read_table(file(table()))
    with pytest.raises(GradatimError, match=r"unpacked, has 0\.0 GB"):
        read_table(gzip.compress(table().encode(), mtime=0))


@pytest.mark.parametrize("cut", [3, 12, 40, -1, -9])
def test_a_gzip_file_that_is_cut(file, cut):
    packed = gzip.compress(table().encode(), mtime=0)
    refused(file(packed[:cut], "a.csv.gz"), r"a\.csv\.gz is a damaged gzip file: ")


def test_a_parquet_file_that_is_damaged(file):
    refused(
        file(b"PAR1" + b"\7" * 50 + b"PAR1", "a.parquet"),
        "a.parquet is a damaged Parquet file, or of a newer kind",
    )


@pytest.mark.parametrize(
    ("start", "what"),
    [(b"PK\x03\x04xl", "a spreadsheet or another zip file: save the sheet as CSV"), (b"%PDF-1.4", "a PDF"),
     (b"\x89PNG\r\n", "a picture"), (b"SQLite format 3\0", "a database"), (b"BZh9", "packed with bzip2")],
)  # fmt: skip
def test_files_of_other_kinds_are_called_by_their_name(file, start, what):
    refused(file(start + b"\0" * 20), f"a.csv is {what}")


def test_a_quote_that_is_never_closed(file):
    refused(file('a,b\n1,2\n3,"x\n5,6\n'), "a.csv: the quote in line 3 is never closed")
    refused(file('a,b\n1,5" x\n3,"x\n5,6\n'), "a.csv: the quote in line 3 is never closed")


def test_a_field_without_end(file, monkeypatch):
    from gradatim.data.tables import sniffing

    monkeypatch.setattr(sniffing, "LONGEST", 50)
    with pytest.raises(GradatimError, match=r"a.csv, line 2: field larger than field limit"):
        load_data(file("a,b\n" + "x" * 100 + ',5" y\n'))


def test_options_of_tables_are_for_tables():
    with pytest.raises(UsageError, match="--group is for tables"):
        load_data("digits", group="a")


@pytest.mark.parametrize("content", [b"\x00,more\r", b"\x00\x01\x00\x01\x00\x01\x00", b"\x00"])
def test_an_odd_number_of_bytes_with_zeros_between_is_no_text(content):
    with pytest.raises(GradatimError):
        read_table(content)
