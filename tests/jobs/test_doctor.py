"""The doctor says which path recurrent cells run on, and why."""

import pytest
import torch

from gradatim.jobs import doctor as doctor_module
from gradatim.jobs.doctor import doctor
from gradatim.kernels.compile import NoCompiler
from gradatim.nn.sequence import scan
from gradatim.nn.sequence.fused import on_cpu

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
    monkeypatch.setattr(on_cpu, "compile_library", none)


def test_without_a_compiler_it_says_so_and_all_is_well(without_a_compiler):
    found = recurrent()
    assert found["ok"]
    assert found["said"] == "torch: there is no C compiler 'cc'; install gcc or clang, or set CC"


def test_a_gpu_has_a_check_of_its_own(monkeypatch):
    """Which is run here on the CPU, where it must pass, and fail when the numbers are off."""
    machine = doctor_module.device.describe()
    recurs_on = doctor_module._recurs_on
    monkeypatch.setattr(doctor_module.device, "describe", lambda: machine | {"gpus": ["a GPU"]})
    monkeypatch.setattr(doctor_module, "_recurs_on", lambda device: recurs_on("cpu"))
    found = doctor()["checks"][-1]
    assert found["name"] == "a recurrent cell runs on the GPU, and is right"
    assert found["ok"] and found["said"].startswith("fused: one C kernel a step")
    monkeypatch.setattr(torch.nn.Module, "load_state_dict", lambda *_: None)
    with torch.random.fork_rng():
        monkeypatch.setattr("gradatim.nn.lstm.LSTM.draw_parameters", _drawn)
        found = doctor()["checks"][-1]
    assert not found["ok"] and found["said"].startswith("fused, call 1: off by ")


def _drawn(self, *_):
    for p in self.parameters():
        torch.nn.init.normal_(p)
