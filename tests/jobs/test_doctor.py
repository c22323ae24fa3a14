"""The doctor says which path recurrent cells run on, and why."""

import pytest

from gradatim.jobs.doctor import doctor
from gradatim.kernels.compile import NoCompiler
from gradatim.nn.sequence import on_cpu, scan

NAME = "a recurrent cell runs, and is right"


def recurrent():
    (found,) = (check for check in doctor()["checks"] if check["name"] == NAME)
    return found


def test_the_fused_path_is_named():
    found = recurrent()
    assert found["ok"]
    assert found["said"].startswith("fused: one C kernel a step")


@pytest.fixture
def without_a_compiler(monkeypatch):
    def none(*_, **__):
        raise NoCompiler("there is no C compiler 'cc'; install gcc or clang, or set CC")

    monkeypatch.setattr(scan, "_PLANS", {})
    monkeypatch.setattr(scan, "_KNOWN", {})
    monkeypatch.setattr(on_cpu, "compiled", none)


def test_without_a_compiler_it_says_so_and_all_is_well(without_a_compiler):
    found = recurrent()
    assert found["ok"]
    assert found["said"] == "torch: there is no C compiler 'cc'; install gcc or clang, or set CC"
