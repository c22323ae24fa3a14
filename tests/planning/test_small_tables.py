"""The default recipe learns small tables of a user's own; `benchmarks/small_tables.py` has every seed."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(
    "table", ["sine", *(pytest.param(name, marks=pytest.mark.slow) for name in ("xor", "moons", "spiral"))]
)
def test_a_small_table_in_a_csv_file_is_learned(table, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    small_tables = import_module("small_tables")
    options = {"epochs": 60, "members": 5} if table == "sine" else {}
    assert small_tables.learned(table, 0, threads=1, **options)[0] >= small_tables.WANTED[table]
