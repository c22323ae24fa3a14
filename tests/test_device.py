"""Devices, threads and their reasons."""

import os

import pytest
import torch

from gradatim import device
from gradatim.checks import UsageError


def test_auto_is_the_gpu_if_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.choose_device("auto") == (torch.device("cpu"), "no GPU is available")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.choose_device("auto") == (torch.device("cuda"), "a GPU is at hand")


def test_a_device_is_taken_as_asked():
    assert device.choose_device("cpu") == (torch.device("cpu"), "as asked")


def test_a_numbered_gpu_must_exist(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert device.choose_device("cuda:1") == (torch.device("cuda:1"), "as asked")
    with pytest.raises(UsageError, match="device 'cuda:2' is not available on this machine"):
        device.choose_device("cuda:2")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gpu", "device must be auto or cpu or cuda or mps; it is 'gpu'"),
        ("", "device must be auto or cpu or cuda or mps; it is ''"),
        ("cpu:x", "device 'cpu:x' is not a device"),
        ("auto:1", "device 'auto:1' is not a device"),
    ],
)
def test_other_names_are_refused(name, sentence):
    with pytest.raises(UsageError, match=sentence):
        device.choose_device(name)


@pytest.fixture
def no_limit(monkeypatch):
    for name in device.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_limit")
def test_small_networks_get_one_thread():
    assert device.choose_threads(None, device.ONE_THREAD_BELOW * 0.99)[0] == 1
    assert device.choose_threads(None, device.ONE_THREAD_BELOW)[0] == device.cores()
    assert device.choose_threads(3, 0) == (3, "as asked")
    with pytest.raises(UsageError, match="threads must be a whole number of at least 1; it is 0"):
        device.choose_threads(0, 1e9)


@pytest.mark.parametrize(
    ("environment", "number", "why"),
    [
        ({}, 8, "every core"),
        ({"OMP_NUM_THREADS": "1"}, 1, "as many as OMP_NUM_THREADS=1 allows"),
        ({"OMP_NUM_THREADS": "4,2"}, 4, "as many as OMP_NUM_THREADS=4 allows"),
        ({"OMP_NUM_THREADS": "4", "MKL_NUM_THREADS": "2"}, 2, "as many as MKL_NUM_THREADS=2 allows"),
        ({"OPENBLAS_NUM_THREADS": " 3 "}, 3, "as many as OPENBLAS_NUM_THREADS=3 allows"),
        ({"OMP_THREAD_LIMIT": "5"}, 5, "as many as OMP_THREAD_LIMIT=5 allows"),
        ({"OMP_NUM_THREADS": "64"}, 8, "every core"),
        ({"OMP_NUM_THREADS": ""}, 8, "every core"),
        ({"OMP_NUM_THREADS": "0"}, 8, "every core"),
        ({"OMP_NUM_THREADS": "-2"}, 8, "every core"),
        ({"OMP_NUM_THREADS": "many"}, 8, "every core"),
        ({"OMP_NUM_THREADS": "٣"}, 8, "every core"),
    ],
)
@pytest.mark.usefixtures("no_limit")
def test_the_environment_may_allow_fewer(monkeypatch, environment, number, why):
    monkeypatch.setattr(device, "cores", lambda: 8)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found, said = device.choose_threads(None, device.ONE_THREAD_BELOW)
    assert (found, said.partition(": ")[2]) == (number, why)
    assert device.choose_threads(3, 1e9) == (3, "as asked")  # who asks for so many gets them
    assert device.choose_threads(None, 0)[0] == 1


@pytest.mark.usefixtures("no_limit")
def test_idle_threads_leave_busy_cores_alone(monkeypatch):
    monkeypatch.setattr(device, "cores", lambda: 8)
    for load, used, number in ((0.0, 1, 8), (1.0, 1, 8), (3.2, 1, 6), (8.0, 8, 8), (12.0, 2, 1)):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 50.0, 50.0), raising=False)
        assert device.idle_threads(used) == number
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.delattr(os, "getloadavg")  # as on Windows
    assert device.idle_threads() == 2


def test_cores_are_those_this_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 3, 5}, raising=False)
    assert device.cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert device.cores() == 1


def test_describe_is_plain_data():
    import json

    assert json.loads(json.dumps(device.describe()))["torch"] == torch.__version__
