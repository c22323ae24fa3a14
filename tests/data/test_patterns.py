"""Patterns are linear: a file cannot make one of them search for minutes."""

import importlib
import pkgutil
import re
import signal
from contextlib import contextmanager

import pytest

import gradatim.data
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.reading import read_table

N = 100_000
PARTS = [*"10aA_- e.,;/:Té", "id", "1.", "1,", "1-", "1e", "x1"]
HANGS = 20  # seconds; a linear pattern needs thousandths of one, a quadratic one minutes


def patterns():
    """Every pattern of the room, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(gradatim.data.__path__, "gradatim.data."):
        for name, value in vars(importlib.import_module(module.name)).items():
            several = value.values() if isinstance(value, dict) else value
            several = several if isinstance(value, tuple | list | dict) else [value]
            for i, one in enumerate(several):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    found[f"{module.name.removeprefix('gradatim.data.')}.{name}.{i}"] = one
    return found


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
@pytest.mark.parametrize("name", patterns())
def test_a_pattern_reads_long_texts_without_a_hang(name):
    pattern = patterns()[name]
    with no_hang():
        for part in PARTS:
            for end in ("", "x", "!", "1"):
                text = (part * N)[:N] + end
                assert pattern.fullmatch(text) is None or pattern.match(text)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer on this system")
@pytest.mark.parametrize("part", ["1", "1,", "-", "0.", "1/", " ", "e1", "1 ", "$", "1'"])
@pytest.mark.parametrize("begin", ["", "1", "$ "])
def test_a_table_with_a_long_cell_is_read(begin, part):
    cell = begin + part * N + "x"
    with no_hang():
        table = read_table(f'n,"{cell}"\n1,"{cell}"\n2,y\n'.encode())
        kinds = {kind_of(name, column).kind for name, column in table.columns.items()}
    assert kinds == {"number", "category"}
    assert list(table.columns)[1] in (cell.strip(), cell)


def test_what_is_a_number_has_not_changed():
    from gradatim.data.tables import sniffing

    if not hasattr(sniffing, "COMMA_NUMBER"):
        pytest.skip("numbers are known elsewhere")
    for text in ("1", "1.", ".5", "+1.5e3", "-1E-3", "12.25"):
        assert sniffing.NUMBER.fullmatch(text) and sniffing.COMMA_NUMBER.fullmatch(text.replace(".", ","))
    for text in ("", ".", "1.2.3", "e5", "1e", "+-1", "1 2"):
        assert not sniffing.NUMBER.fullmatch(text)
        assert not sniffing.COMMA_NUMBER.fullmatch(text.replace(".", ","))
