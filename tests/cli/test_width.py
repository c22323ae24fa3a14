"""On a terminal of 80 columns no line is wider, and none is broken inside a word."""

import pytest

from gradatim.cli.app import VERBS
from gradatim.cli.folding import fold

SHOWN = [
    ["--help"], *([verb, "--help"] for verb in VERBS), ["trace", "lstm", "--help"],
    ["list"], ["data"], ["plot"], ["trace"], ["data", "digits"], ["data", "tinyshakespeare"],
    ["data", "shop.csv", "--target", "buys"], ["show", "adam"], ["show", "lenet5"], ["show", "lstm"],
    ["show", "mlp", "in_features=4", "hidden=5", "out_features=3"], ["show", "resnet18"],
]  # fmt: skip
SHOP = "customer,town,visits,buys\n" + "".join(
    f"C{k:04d},{('Rome', 'Oslo', 'Llanfairpwllgwyngyll')[k % 3]},{k % 17},{('yes', 'no')[k % 2]}\n"
    for k in range(200)
)


def words(text):
    """The words of a text but for those that only draw lines."""
    return [word for word in text.split() if not set(word) <= set("-─…")]


@pytest.mark.parametrize("typed", SHOWN, ids=" ".join)
def test_no_line_is_wider_and_no_word_is_cut(command, monkeypatch, tmp_path, typed):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.csv").write_text(SHOP)
    monkeypatch.setenv("COLUMNS", "80")
    narrow = command(*typed)[1]
    monkeypatch.setenv("COLUMNS", "400")
    wide = set(words(command(*typed)[1]))
    assert [line for line in narrow.splitlines() if len(line) > 80 and len(line.split()) > 1] == []
    assert [word for word in words(narrow) if word not in wide and "…" not in word] == []


def test_a_pipe_s_lines_stay_whole(command, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert max(map(len, command("list", "network")[1].splitlines())) > 100


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("short", "short"),
        ("a" * 50, "a" * 50),  # a word that is longer stays whole
        ("name    one two three four five six seven", "name    one two three four five\n        six seven"),
        ("    x = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8", "    x = 1 + 2 + 3 + 4 + 5 + 6 +\n    7 + 8"),
    ],
)
def test_a_line_is_broken_below_its_column(text, folded):
    assert fold(text, 32) == folded
