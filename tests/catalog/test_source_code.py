"""Where a thing is written, and its call: what the source says is what Python says."""

import inspect
import math

import pytest

from gradatim import catalog
from gradatim.catalog.source_code import source_of


@pytest.mark.parametrize("home", sorted({row.home for row in catalog.entries()}))
def test_what_the_source_says_of_a_call_is_what_python_says(home):
    row = next(row for row in catalog.entries() if row.home == home)
    takes = inspect.signature(row.load()).parameters.values()
    named = [p for p in takes if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    found = source_of(home).parameters
    assert [p.name for p in found] == [p.name for p in named]
    for said, parameter in zip(found, named, strict=True):
        assert (said.default is None) == (parameter.default is parameter.empty)
        if said.default is not None:
            assert eval(said.default, {"sqrt": math.sqrt}) == parameter.default


@pytest.mark.parametrize("home", sorted({row.home for row in catalog.entries()}))
def test_a_thing_stands_in_the_line_that_is_named(home):
    found = source_of(home)
    line = found.path.read_text(encoding="utf-8").splitlines()[found.line - 1]
    assert line.startswith((f"def {home.split(':')[1]}(", f"class {home.split(':')[1]}"))
