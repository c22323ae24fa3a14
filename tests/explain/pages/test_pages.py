"""B19, I11: every entry of the catalogue has one place on the map, every paper its row."""

import json
from collections import Counter

import pytest

from gradatim import catalog
from gradatim.explain.pages.learning_map import OF_NUMBERS, PARTS, WAYS, placed
from gradatim.explain.pages.reading_list import papers
from gradatim.explain.pages.text import page_text
from gradatim.explain.traces.page import as_page
from gradatim.jobs.show import page_to, show

PAGES = catalog.entries("page")


def test_every_entry_stands_once_on_the_map():
    on_it = Counter(name for _, _, names in placed() for name in names)
    assert on_it == Counter(row.name for row in catalog.entries())
    assert len({kind for _, _, kinds in PARTS for kind in kinds}) == sum(len(kinds) for _, _, kinds in PARTS)


def test_every_problem_is_one_of_the_ways_of_learning():
    """A problem of numbers is supervised by numbers: its loss is one of those that measure them."""
    of = [problem for *_, problems in WAYS for problem in problems]
    assert sorted(of) == sorted(catalog.names("problem"))
    assert {name for name in OF_NUMBERS if name in catalog.names("loss")} >= {"squared_error", "huber"}


def test_the_reading_list_has_every_paper_at_each_of_its_rows():
    wanted = {
        (row, one.paper, one.year) for one in catalog.entries() if one.paper for row in one.rows.split()
    }
    found = papers()
    assert set(found) == wanted
    rows = [row for row, _, _ in found]
    assert rows == sorted(rows, key=lambda row: (row[0], int(row[1:])))


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
@pytest.mark.parametrize("width", [80, 120])
def test_a_page_fits_a_terminal_and_loses_no_word(row, width):
    page = row.load()()
    text = page_text(page, width)
    assert page.rows == row.rows and max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    for table in page.tables():
        for cells in table.rows:
            for cell in cells:
                assert all(word in words for word in str(cell).split())


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_a_page_is_shown_written_and_json(row, tmp_path):
    found = show(row.name)
    assert str(found) == page_text(row.load()())
    page_to(tmp_path / "page.html", found, "light")
    written = (tmp_path / "page.html").read_text()
    assert written == as_page(row.load()(), "light")
    json.dumps(found["page"].as_json(), allow_nan=False)
