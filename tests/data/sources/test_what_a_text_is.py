"""What is taken for a text, and what a run of it is named after."""

from pathlib import Path

from gradatim.data.sources.source import Request, source_of
from gradatim.data.sources.text import TextSource
from gradatim.data.text import text_of


def test_what_a_text_is():
    every = ("sonnets", "a.txt", "./sonnets", "digits", "x.npz", text_of("ab"))
    assert [TextSource().takes(one) for one in every] == [True, True, False, False, False, True]
    Path("sonnets.txt").write_text("my own sonnets")
    found = source_of("sonnets.txt").read("sonnets.txt", Request())
    assert (found.name, found.characters()) == ("sonnets", "my own sonnets")
