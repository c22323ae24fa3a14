"""The documentation's tables of options are made from their declarations: an option is added in one file."""

from dataclasses import dataclass

import pytest

import option_tables
from gradatim.planning.data_options import DataOptions
from gradatim.planning.options import option, options_of
from gradatim.planning.training_options import Settings
from pages import HERE

FIELDS = [
    (record, one.name, known) for record in (DataOptions, Settings) for one, known, _ in options_of(record)
]


def row_of(name):
    page = option_tables.filled((HERE / "options.md").read_text(encoding="utf-8"))
    return next(line for line in page.splitlines() if line.startswith(f"| `--{name.replace('_', '-')}` |"))


@pytest.mark.parametrize(("record", "name", "known"), FIELDS, ids=[name for _, name, _ in FIELDS])
def test_every_option_has_its_row(record, name, known):
    row = row_of(name)
    assert known.help.replace("|", "\\|") in row
    assert row.count(" | ") == 2  # three cells
    for choice in known.choices:
        assert f"`{choice}`" in row


def test_values_and_uses_are_said():
    assert row_of("dropout").endswith("| at least 0 and below 1 |")
    assert row_of("keep").endswith("| `best` or `last` |")
    assert row_of("optimizer").endswith("| `adam` where not given |")
    assert row_of("window").endswith("For texts, texts of words, texts for word vectors. | at least 1 |")


def test_a_new_option_has_a_row(monkeypatch):
    @dataclass(frozen=True)
    class More:
        heat: float | None = option("How hot.", group="Weather", above=0)

    monkeypatch.setattr(option_tables, "Settings", More)
    assert "### Weather" in option_tables.tables()
    assert "| `--heat` | How hot. | above 0 |" in option_tables.tables()
