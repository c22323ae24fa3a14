"""A sheet: problems that give nothing away, and the solutions apart."""

import re

import pytest

from gradatim.checks import UsageError
from gradatim.exercises.sheet import as_pages, make_sheet, solutions_path
from gradatim.jobs.exercise import write_sheet


def test_the_problems_give_no_answer_away_and_the_solutions_give_all():
    sheet = make_sheet(["backprop", "lstm", "optimizer"], 6, 7)
    assert [(one.kind, one.seed) for one in sheet[:4]] == [
        ("backprop-or", 7), ("lstm", 8), ("optimizer-step", 9), ("backprop-or", 10)
    ]  # fmt: skip
    problems, solutions = as_pages(sheet, "Week <4>")
    assert "Week &lt;4&gt;" in problems and problems.count("<section") == solutions.count("<section") == 6
    for one in sheet:
        assert f"--seed {one.seed}" in problems
        for asked in one.asked:
            value = f"{asked.value:.4f}".replace("-", "−")
            assert value in solutions
            assert not re.search(rf"(?<![\d.]){value}(?!\d)", problems)
    assert not re.search(r"(src|href)=\"?https?:", problems + solutions)


def test_both_files_are_written_side_by_side(tmp_path):
    problems, solutions = write_sheet(["pooling"], tmp_path / "week.html", 2, 1)
    assert solutions == tmp_path / "week-solutions.html" and solutions.exists() and problems.exists()
    before = problems.read_text()
    write_sheet(["pooling"], tmp_path / "week.html", 2, 1)
    assert problems.read_text() == before


@pytest.mark.parametrize(
    ("kinds", "count", "says"),
    [([], 10, "a sheet needs kinds"), (["lstn"], 10, "did you mean lstm"), (["lstm"], 0, "at least 1"),
     (["lstm"], 201, "at most 200")],
)  # fmt: skip
def test_what_is_no_sheet_is_refused(kinds, count, says):
    with pytest.raises(UsageError, match=says):
        make_sheet(kinds, count)


def test_a_sheet_is_an_html_file(tmp_path):
    with pytest.raises(UsageError, match=r"an \.html file"):
        solutions_path(tmp_path / "sheet.pdf")
