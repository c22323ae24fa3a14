"""Every trace of the catalogue as text, page and JSON; and every trace that is written has a row."""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys

import pytest

from gradatim import catalog
from gradatim.explain import traces
from gradatim.explain.traces.page import as_page
from gradatim.explain.traces.record import Trace

ROWS = catalog.entries("trace")
WIDE: set[str] = set()  # traces with a table that no terminal of 80 columns holds


def test_every_trace_has_a_row():
    found = set()
    for module in pkgutil.iter_modules(traces.__path__, f"{traces.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            public = inspect.isfunction(value) and not name.startswith("_")
            if public and value.__module__ == module.name:
                returns = inspect.signature(value).return_annotation
                found |= {f"{module.name}:{name}"} if returns is Trace else set()
    assert found == {row.home for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_trace_is_text_page_and_json(row):
    trace = row.load()()
    assert isinstance(trace, Trace) and trace.rows == row.rows
    text = str(trace)
    assert row.name in WIDE or max(map(len, text.splitlines())) <= 80
    assert "nan" not in text and "-" not in "".join(
        line for line in text.split() if line.strip("-")[:1].isdigit()
    )
    page = as_page(trace)
    assert page.startswith("<!DOCTYPE html>") and page.count("<table") == len(trace.tables())
    content = json.loads(json.dumps(trace.as_json(), allow_nan=False))
    assert len(content["parts"]) == len(trace.parts)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_trace_s_numbers_may_be_changed(row):
    """Every argument has a default, so that a trace runs by its name alone."""
    for parameter in inspect.signature(row.load()).parameters.values():
        assert parameter.default is not parameter.empty


def test_traces_import_no_torch():
    code = (
        "import sys\nfrom gradatim import catalog\n"
        "for row in catalog.entries('trace'): str(row.load()())\n"
        "heavy = {'torch', 'sklearn', 'jinja2', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "" and done.returncode == 0, done.stderr
