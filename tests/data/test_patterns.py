"""Patterns are linear: a file cannot make one of them search for minutes."""

import ast
import importlib
import re
import signal
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim.data.tables.input_values import values_of
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.reading import read_table

N = 100_000
PARTS = [
    *"10aA_- e.,;/:Té\"'$(\n\t\0\\\u202e", "id", "1.", "1,", "1-", "1e", "x1", "a_", "W_1", '""', ";\n",
    "\r\n", "denselayer1.", "{\\", ". A", "1 000 ",
]  # fmt: skip
HANGS = 20  # seconds; a linear pattern needs thousandths of one, a quadratic one minutes


WAYS = ("fullmatch", "match", "search", "finditer", "sub")


def patterns():
    """Every pattern of the package and the ways it is asked, by module and name, or line within a call."""
    found = {}
    root = Path(gradatim.__file__).parent
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))}
    used = {pair for text in texts.values() for pair in re.findall(rf"\b(\w+)\.({'|'.join(WAYS)})\b", text)}
    for path, text in texts.items():
        if "import re\n" not in text:
            continue
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        for name, value in vars(importlib.import_module(f"gradatim.{module}")).items():
            several = value.values() if isinstance(value, dict) else value
            several = several if isinstance(value, tuple | list | dict) else [value]
            for i, one in enumerate(several):
                if isinstance(one, re.Pattern):
                    ways = [way for way in WAYS if (name, way) in used]
                    found[f"{module}.{name}.{i}"] = one, ways or ["fullmatch", "match"]
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            way = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if (
                way in WAYS
                and ast.unparse(call.func.value) == "re"
                and isinstance(call.args[0], ast.Constant)
            ):
                found[f"{module}:{call.lineno}"] = re.compile(call.args[0].value), [way]
    return found


PATTERNS = patterns()


def asked(pattern, way, text):
    """What a pattern finds in a text when it is asked in this way."""
    if way == "sub":
        return pattern.sub("", text)
    found = getattr(pattern, way)(text)
    return list(found if way == "finditer" else [found])


@contextmanager
def no_hang():
    def stop(*_):
        raise TimeoutError(f"longer than {HANGS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer on this system")
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_reads_long_texts_without_a_hang(name):
    pattern, ways = PATTERNS[name]
    with no_hang():
        for part in PARTS:
            for end in ("", "x", "!", "1"):
                for way in ways:
                    found = asked(pattern, way, (part * N)[:N] + end)
                    assert len(found) <= N + len(end)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer on this system")
@pytest.mark.parametrize(
    "part", ["1", "1,", "-", "0.", "1/", " ", "e1", "1 ", "$", "1'", "(1", "1\u202f", "1.0", "%", "9" * 9]
)
@pytest.mark.parametrize("begin", ["", "1", "$ "])
def test_a_table_with_a_long_cell_is_read(begin, part):
    cell = begin + part * N + "x"
    with no_hang():
        table = read_table(f'n,"{cell}"\n1,"{cell}"\n2,y\n'.encode())
        kinds = {kind_of(name, column).kind for name, column in table.columns.items()}
    assert kinds == {"number", "category"}
    assert list(table.columns)[1] in (cell.strip(), cell)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer on this system")
@pytest.mark.parametrize("part", ["1", "$1,", "1/", "2020-01-01 ", "a;", " "])
@pytest.mark.parametrize(
    "usual", ["$1,{:03}.50", "{:03},5 €", "2020-01-{:02}", "a;b{}", "word {} of many", "{}%"]
)
def test_a_long_cell_among_usual_ones_is_read(usual, part):
    cells = [usual.format(i % 28 + 1) for i in range(150)] + [part * N + "x"]
    content = "\n".join(["y", *(f'"{cell}"' for cell in cells), ""]).encode()
    with no_hang():
        table = read_table(content)
        found = kind_of("y", table.columns["y"])
        values = values_of(table.columns["y"], Input("y", found.kind, (), found.form))
    assert len(values) == len(cells)
    if found.kind in ("number", "date"):
        assert np.flatnonzero(np.isnan(values)).tolist() == [150]
