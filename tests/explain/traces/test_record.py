import json
from html.parser import HTMLParser

import numpy as np
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.as_json import as_json
from gradatim.explain.traces.page import as_page
from gradatim.explain.traces.record import Beside, Line, Table, Trace, cell_text, matrix
from gradatim.explain.traces.text import WIDTH, as_text

TABLE = Table("Sums of <a> & b", ["name", "n", "x"], [["one", 1, 0.123456789], ["minus two", -2, -1e-9]], 3)
TRACE = Trace(
    "A title", "B1 B2", "Someone (1986)",
    [
        Line("A sentence that is longer than the eighty columns of a terminal, so that it has to be broken."),
        Line("  y = W x + b"), Line("  z = 0"), TABLE,
        Beside([matrix("left", np.eye(2)), matrix("right", [1, 2, 3])]), matrix("all", np.ones((1, 9), int)),
    ],
)  # fmt: skip


class Checker(HTMLParser):
    """Which tags are open, and every text."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.rows = [], [], 0

    def handle_starttag(self, tag, attributes):
        self.rows += tag == "tr"
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data.strip())


def test_text_is_aligned_and_sentences_are_filled():
    text = as_text(TRACE)
    assert text.splitlines()[:2] == ["A title [B1 B2]", "Someone (1986)"]
    assert max(map(len, text.splitlines())) <= WIDTH
    table = text.split("\n\n")[3].splitlines()
    assert table == [
        "Sums of <a> & b",
        "name        n      x",
        "---------  --  -----",
        "one         1  0.123",
        "minus two  −2  0.000",
    ]
    assert text.split("\n\n")[2] == "  y = W x + b\n  z = 0"
    assert text.split("\n\n")[4].splitlines() == ["left    right", "1  0    1  2  3", "0  1"]
    assert str(TRACE) == text


def test_tables_go_below_where_the_width_is_used_up():
    wide = matrix("w", np.full((2, 15), 1234))
    blocks = as_text(Trace("t", "B1", "", [Beside([wide, wide, matrix("v", [1])])])).split("\n\n")[1:]
    assert len(blocks) == 3 and all(block.startswith("w") for block in blocks[:2])


def test_the_page_is_well_formed_and_escaped():
    page, checker = as_page(TRACE), Checker()
    checker.feed(page)
    assert checker.open == []
    assert "Sums of <a> & b" in checker.texts and "<mi>W</mi><mi>x</mi><mo>+</mo><mi>b</mi>" in page
    assert "−2" in checker.texts and "0.123" in checker.texts
    assert checker.rows == 3 + 2 + 1 + 1
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert TRACE._repr_html_().startswith('<article class="trace">')


def test_an_index_is_set_lower_and_a_name_is_not():
    page = as_page(Trace("t", "B1", "", [Line("w_ij and running_mean of δ_5 < a_b_c")]))
    assert "w<sub>ij</sub> and running_mean of δ<sub>5</sub> &lt; a_b_c" in page


def test_json_has_every_digit():
    content = json.loads(json.dumps(as_json(TRACE), allow_nan=False))
    assert content["title"] == "A title" and content["rows"] == ["B1", "B2"] and content["format"] == 1
    table = content["parts"][3]
    assert table["rows"] == [["one", 1, 0.123456789], ["minus two", -2, -1e-9]]
    assert content["parts"][4]["beside"][0]["rows"] == [[1, 0], [0, 1]]
    odd = Trace("t", "B1", "", [Table("x", ["v"], [[float("inf")], [np.float64(0.1)], [None]])])
    assert json.loads(json.dumps(as_json(odd), allow_nan=False))["parts"][0]["rows"] == [
        ["inf"],
        [0.1],
        [None],
    ]


def test_tables_are_found_by_caption_and_columns_by_name():
    assert TRACE.table("left").rows == [[1, 0], [0, 1]]
    assert TABLE.column("n") == [1, -2]
    with pytest.raises(UsageError, match="unknown table 'lefd': did you mean left"):
        TRACE.table("lefd")
    with pytest.raises(UsageError, match="unknown column 'm'"):
        TABLE.column("m")
    with pytest.raises(GradatimError, match="the rows of the table 'x' differ in length"):
        Table("x", ["a"], [[1, 2]])


def test_columns_may_have_decimals_of_their_own():
    table = Table("t", ["a", "b"], [[0.5, 0.25]], (1, 3))
    assert as_text(Trace("t", "B1", "", [table])).splitlines()[-1] == "0.5  0.250"
    assert cell_text(-0.5, 0) == "0" and cell_text(-1.5, 0) == "−2"


@pytest.mark.parametrize("value", [3, "1,2", [], [1, "a"], [1, float("nan")], [1, 2, 3], None])
def test_a_vector_that_is_none_is_refused(value):
    with pytest.raises(UsageError, match=r"^x must be "):
        vector("x", value, 2)


@pytest.mark.parametrize("value", [3, "1", [1, 2], [[1], [1, 2]], [["a"]], [[]], [], {"a": 1}])
def test_a_grid_that_is_none_is_refused(value):
    with pytest.raises(UsageError, match=r"of k(ernel)? must|^kernel must"):
        grid("kernel", value)
