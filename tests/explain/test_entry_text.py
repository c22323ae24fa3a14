"""A thing of the catalogue in a terminal."""

from gradatim.catalog import names
from gradatim.explain.entry_text import entry_text
from gradatim.jobs.show import show


def test_prose_fills_the_lines_of_the_terminal():
    lines = entry_text(show("mlp"), 80).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("`hidden` holds"))
    assert all(len(line) > 60 for line in lines[at : at + 2])


def test_no_word_of_a_docstring_is_lost():
    for name in ("mlp", "adam", "lstm", "conv2d", *names("loss")[:4]):
        result = show(name)
        words = entry_text(result, 80).split()
        assert all(word in words for entry in result["entries"] for word in entry["text"].split())
