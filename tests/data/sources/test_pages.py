"""What `gradatim data` prints: a page that every source gives, whatever its kind."""

import numpy as np
import pytest

from gradatim.cli.page import print_page
from gradatim.data.sources.page import Fact, Grid
from gradatim.jobs.data import data_page


def test_a_page_has_the_facts_and_nothing_else():
    facts, page = data_page((np.arange(12.0).reshape(6, 2), np.array(["a", "b"] * 3)))
    assert page[0] == "data: 6 examples of shape 2"
    assert Fact("values", "0 … 11, mean 5.5") in page
    assert Grid(("class", "examples"), [["a", "3"], ["b", "3"]]) in page
    assert Fact("fingerprint", facts["fingerprint"]) in page


def test_a_text_s_page_begins_with_its_size(tmp_path):
    (tmp_path / "book.txt").write_text("to be or not to be\n" * 20)
    facts, page = data_page(tmp_path / "book.txt")
    assert page[0] == "book: 380 characters in 20 lines, 8 distinct"
    assert Fact("splits", "342 train, 38 valid (the first nine tenths and the last)") in page
    assert facts["n"] == 380


def test_more_classes_than_fit_are_counted(capsys):
    _, page = data_page((np.zeros((80, 1)), np.arange(80) // 2))
    print_page(page)
    out = capsys.readouterr().out
    assert "… and 10 classes more; --json shows all" in out
    assert "   29         2" in out and "   30         2" not in out


@pytest.mark.parametrize("most", [80, 200])
def test_a_note_is_wrapped_between_words_and_a_fingerprint_never(capsys, most):
    print_page([Fact("note", "word " * 60), Fact("fingerprint", "f" * most)])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[:-1])) <= 110 and all(line.startswith(" " * 12) for line in lines[1:-1])
    assert lines[-1] == "fingerprint " + "f" * most


def test_sequences_say_how_long_they_are():
    facts, page = data_page(([[0, 1, 2][: 1 + n % 3] for n in range(60)], ["a", "b"] * 30))
    assert page[0] == "data: 60 sequences of 1 to 3 steps"
    assert Grid(("class", "answers"), [["a", "30"], ["b", "30"]]) in page
    assert sum(facts["splits"].values()) == 60
