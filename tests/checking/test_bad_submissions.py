"""Submissions that do not run: each says where and why, and none harms the others."""

import textwrap

import numpy as np
import pytest

from gradatim.checking.definitions import checkable, definition_of
from gradatim.checks import UsageError
from gradatim.jobs.check import check, check_all

BAD = """
import numpy as np

def crash(x):
    pieces = [1, 2]
    return pieces[7] + x

def nothing(x):
    x + 1

def loop(x):
    n = 0
    while True:
        n += 1

def noisy(x):
    for k in range(100_000):
        print("x" * 100)
    return np.maximum(x, 0)

def greedy(x):
    return np.ones((10**5, 10**5))

def leaves(x):
    raise SystemExit(0)

def asks(x):
    return float(input("x? "))

def hard(x):
    import os
    os._exit(3)

def deep(x):
    return np.maximum(x, 0)[..., None].repeat(2, -1)

def nan(x):
    return x * np.nan

def words(x):
    return "many"

def ragged(x):
    return [[1, 2], [3]]

def single(x):
    return np.maximum(x, 0).astype(np.float32)

def needs(x, alpha, beta):
    return x

class Needs:
    def __init__(self, cheese):
        self.cheese = cheese
    def forward(self, x):
        return x

def late(x):
    if x.size > 5:
        raise ValueError("more than five")
    return np.maximum(x, 0)
"""


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("crash", "failed", "IndexError: list index out of range at line 6 in crash: return pieces[7] + x"),
        ("nothing", "failed", "its output is None: is a return missing?"),
        ("noisy", "right", ""), ("single", "right", ""),
        ("greedy", "failed", "MemoryError"), ("leaves", "failed", "SystemExit: 0 at line 25"),
        ("asks", "failed", "EOFError"), ("hard", "failed", "ended by itself with status 3"),
        ("deep", "differs", "output has shape (5, 2); the definition's is (5,)"),
        ("nan", "differs", "yours          nan"), ("words", "failed", "its output is no array of numbers"),
        ("ragged", "failed", "rows differ in length"), ("needs", "failed", "missing 2 required positional"),
        ("Needs", "failed", "its constructor needs cheese"),
        ("late", "failed", "ValueError: more than five at line"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said(checked, name, status, says):
    verdict = checked(BAD, name, "relu")
    assert verdict.status == status and says in str(verdict)


def test_a_loop_without_an_end_is_stopped_and_its_line_is_named(checked):
    verdict = checked(BAD, "loop", "relu", timeout=2)
    assert verdict.status == "failed" and "it did not end within 2 s; it was at line 1" in verdict.failure
    assert "(loop): is there a loop without an end?" in verdict.failure
    verdict = checked("while True:\n    pass\ndef relu(x):\n    return x\n", "relu", "relu", timeout=1)
    assert "it was at line" in verdict.failure


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def relu(x)\n    return x\n", "a syntax error, line 1: expected ':': def relu(x)"),
        ("import nowhere_to_be_found\ndef relu(x):\n    return x\n", "ModuleNotFoundError"),
        ("raise RuntimeError('at once')\ndef relu(x):\n    return x\n", "RuntimeError: at once at line 1"),
    ],
)
def test_a_file_that_cannot_be_loaded(checked, code, says):
    verdict = checked(code, "relu", "relu")
    assert verdict.status == "failed" and says in verdict.failure


def test_names_and_files_that_are_not_there(tmp_path):
    path = tmp_path / "hers.py"
    path.write_text("def relu(x):\n    return x\n\ndef tanh(x):\n    return x\n")
    with pytest.raises(UsageError, match=r"has no 'rely': did you mean relu"):
        check(f"{path}:rely", "relu")
    with pytest.raises(UsageError, match=r"which of .* is meant"):
        check(str(path), "gelu")
    with pytest.raises(UsageError, match="is not there"):
        check(str(tmp_path / "none.py"), "relu")
    with pytest.raises(UsageError, match="is a folder"):
        check(str(tmp_path), "relu")
    with pytest.raises(UsageError, match=r"is no \.py file"):
        (tmp_path / "hers.txt").write_text("")
        check(str(tmp_path / "hers.txt"), "relu")
    with pytest.raises(UsageError, match="did you mean lstm"):
        check(str(path), "lsmt")
    with pytest.raises(UsageError, match="timeout must be a number above 0"):
        check(str(path), "relu", timeout=0)
    assert check(str(path), "relu").name == "relu"


def test_among_several_files_a_bad_one_is_a_verdict(tmp_path):
    texts = {
        "anna": "import numpy as np\ndef relu(x):\n    return np.maximum(x, 0)\n",
        "ben": "def relu(x):\n    return x\n", "cem": "def relu(x:\n", "dora": "x = 1\n",
        "eva": "from anna import relu as theirs\n\ndef relu(x):\n    return theirs(x)\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    found = list(check_all([str(tmp_path / f"{name}.py") for name in texts], "relu"))
    assert [one.status for one in found] == ["right", "differs", "failed", "failed", "right"]
    assert found[1].comparison.hint == "your numbers are those of identity"
    assert "defines no class and no function" in found[3].failure
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(f"{name}.py" for name in texts)


@pytest.mark.parametrize("name", [name for names in checkable().values() for name in names])
def test_every_definition_has_cases_equations_and_slips_that_differ(name):
    definition = definition_of(name)
    assert len(definition.cases) >= 2 and definition.equations
    key = next(iter(definition.cases[0].expected))
    for case in definition.cases:
        assert all(np.isfinite(value).all() for value in case.expected.values()), case.label
    for said, found in definition.slips():
        assert said and len(found) == len(definition.cases) and any(key in one or "h" in one for one in found)
