"""Whatever bytes a file holds, it is read, or refused in one sentence, and soon."""

import csv
import gzip
import io
import json
from time import process_time

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gradatim.checks import GradatimError
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.splits import split
from gradatim.data.tables.examples import examples_like, examples_of
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.schema import TASKS, schema_from

SLOW = settings(
    max_examples=4000,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=False,
    database=None,
)
QUICK = settings(SLOW, max_examples=150, derandomize=True)
SECONDS = 5.0

STRANGE = [
    "", "NA", "?", "nan", "inf", "-inf", "1e400", "-1e400", "1e308", "9007199254740993", "007", "0", "1",
    "true", "no", "Yes", "2024-02-30", "01/02/2024", "31/12/2023", "Jan 5, 2021", "12:30", "1,5", "a b c",
    '"', '""', '"x', "x\ny", "\r", "\t", ";", "|", ",", " ", "é", "日本", "\ufeff", "\x00", "0x1F", "+1",
    "$1,249.76", "(1,200)", "36.8%", "1.234,56", "1 234", "€ 5", "-5 EUR", '"NA"', "None", "-", "12.500",
    "99999999999999999999", "0000-00-00", "1970-13-01", "١٢", "1_000", "٪", "\u2028",
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(STRANGE),
    st.integers(-5, 5).map(str),
    st.floats(allow_nan=False).map(repr),
    st.text(max_size=8),
)


NUMBERS = st.one_of(st.integers(-3, 3).map(str), st.floats(-1e3, 1e3).map(repr))
PLAIN = [  # columns of one kind, now and then with something else among them
    NUMBERS,
    st.sampled_from(["a", "b", "c d", "é"]),
    st.sampled_from(["yes", "no", ""]),
    st.dates().map(str),
    st.floats(-1e6, 1e6).map(lambda value: f"${value:,.2f}"),
    st.sampled_from(['"NA"', "NA", "EU", "+", "-"]),
    st.one_of(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(STRANGE)),
]
LINE_ENDS = ["\n", "\r\n", "\r"]
ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-32"]


@st.composite
def written_tables(draw):
    """Bytes of a table that is nearly, or quite, well formed."""
    cells = [draw(st.sampled_from([*PLAIN, *PLAIN, CELLS])) for _ in range(draw(st.integers(1, 5)))]
    rows = [[draw(cell) for cell in cells] for _ in range(draw(st.integers(0, 30)))]
    if draw(st.booleans()):
        rows.insert(0, [draw(st.sampled_from(["a", "b", "id", "", "a", "y", "date"])) for _ in cells])
    if rows and draw(st.integers(0, 9)) == 0:  # ragged
        rows[draw(st.integers(0, len(rows) - 1))].append("more")
    text = io.StringIO()
    delimiter = draw(st.sampled_from(",;\t|"))
    if draw(st.integers(0, 4)):
        csv.writer(text, delimiter=delimiter, lineterminator=draw(st.sampled_from(LINE_ENDS))).writerows(rows)
    else:
        text.write("\n".join(delimiter.join(row) for row in rows))
    content = text.getvalue().encode(draw(st.sampled_from(ENCODINGS)), errors="replace")
    return gzip.compress(content, 1, mtime=0) if draw(st.integers(0, 9)) == 0 else content


@st.composite
def damaged(draw):
    """A table with some bytes changed, cut or doubled."""
    content = bytearray(draw(written_tables()))
    for _ in range(draw(st.integers(1, 4))):
        if content:
            place = draw(st.integers(0, len(content) - 1))
            match draw(st.integers(0, 2)):
                case 0:
                    content[place] = draw(st.integers(0, 255))
                case 1:
                    del content[place : place + draw(st.integers(1, 20))]
                case _:
                    content[place:place] = content[: draw(st.integers(0, 50))]
    return bytes(content)


def goes_through(content, draw):
    """Read, look, split, encode, and the same rows as another file; only sentences are raised."""
    started = process_time()
    try:
        table = read_table(content)
        names = list(table.columns)
        event("read")
        asked = draw(st.lists(st.sampled_from([*names] * 3 + ["nowhere"]), max_size=2, unique=True))
        task = draw(st.sampled_from([None] * 5 + [*TASKS]))
        other = draw(st.sampled_from([None] * 12 + [*names]))
        by = draw(st.sampled_from(["group", "time"]))
        roles = Roles(tuple(asked), task, **({by: other} if other and other not in asked else {}))
        found = examples_of(table, roles, with_facts=True)
        written = json.loads(json.dumps(found.schema.as_dict()))
        assert schema_from(written, "x").as_dict()["columns"] == [
            {
                k: v
                for k, v in one.items()
                if k in ("name", "kind", "use", "form", "separator", "why", "missing_values")
            }
            for one in written["columns"]
        ]
        if not found.dataset.columns:
            return
        assert np.isfinite(found.dataset.x[~np.isnan(found.dataset.x)]).all()
        parts = split(found.dataset)
        encoder = encoder_from(json.loads(json.dumps(fit_encoder(parts.train).as_dict())))
        again, _ = examples_like(table, found.dataset)
        for part in (*parts, again):
            if part is not None:
                x = encoder.inputs(part, np.float64)
                assert np.isfinite(x).all()
                event("encoded")
                assert x.shape == (len(part), *encoder.shape(part.x.shape[1:]))
    except GradatimError as error:
        assert str(error)
        assert "\n" not in str(error).strip() or any("\n" in name for name in names)
    assert process_time() - started < SECONDS


@QUICK
@given(written_tables(), st.data())
def test_a_table_goes_through(content, data):
    goes_through(content, data.draw)


@pytest.mark.slow
@SLOW
@given(written_tables(), st.data())
def test_thousands_of_tables_go_through(content, data):
    goes_through(content, data.draw)


@pytest.mark.slow
@SLOW
@given(damaged(), st.data())
def test_thousands_of_damaged_tables_go_through(content, data):
    goes_through(content, data.draw)


@pytest.mark.slow
@SLOW
@given(st.binary(max_size=300), st.data())
def test_thousands_of_bytes_go_through(content, data):
    goes_through(content, data.draw)


@pytest.mark.slow
@SLOW
@given(st.text(alphabet=list('ab1",;\n\r\t |é\x00.'), max_size=60), st.data())
def test_thousands_of_short_texts_go_through(text, data):
    goes_through(text.encode(), data.draw)


@settings(QUICK, max_examples=300)
@given(
    st.lists(st.lists(st.text(alphabet=list('ab1",;\n x'), max_size=5), min_size=2, max_size=2), min_size=1)
)
def test_both_readings_give_what_the_definition_says(rows):
    """What csv writes and reads is what stands in the table, by polars and by the slow reading."""
    rows = [["p", "q"], *rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    from gradatim.data.tables.missing import is_missing
    from gradatim.data.tables.reading import _Text
    from gradatim.data.tables.sniffing import Dialect

    expected = [[None if is_missing(c.strip()) else c.strip() for c in row] for row in rows[1:]]
    for regular in (True, False):
        reader = _Text(text.getvalue().encode(), Dialect(), "it")
        assert reader.regular
        reader.regular = regular
        columns = reader.table(("p", "q")).columns.values()
        found = [[column.texts[i] if i >= 0 else None for i in column.values] for column in columns]
        assert [list(row) for row in zip(*found, strict=True)] == expected
