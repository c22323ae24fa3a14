import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
KILLS, FAULTS = BENCHMARKS / "kills.py", BENCHMARKS / "faults.py"


def hit(*options: str) -> None:
    """Let operations on files meet faults; the figures stand in the log of a test that fails, or with -s."""
    done = subprocess.run([sys.executable, str(FAULTS), *options], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    trials, well = re.search(r"^(\d+) faults, (\d+) as they should be$", done.stdout, re.M).groups()
    assert trials == well and int(trials) >= 35


@pytest.mark.slow
def test_some_operations_on_files_meet_faults_and_nothing_is_lost():
    hit("--every", "7", "--faults", "KILL", "ENOSPC", "--work", "extending", "reporting", "compiling")


@pytest.mark.slow
def test_every_operation_on_files_meets_every_fault_and_nothing_is_lost():
    hit()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "engine"), [("KILL", "numpy"), ("INT", "numpy"), ("KILL", "torch")])
def test_runs_hit_at_random_moments_end_in_the_same_bits(kind, engine):
    done = subprocess.run(
        [sys.executable, str(KILLS), "--trials", "4", "--signal", kind, "--engine", engine, "--seed", "11"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 identical ends" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["KILL", "INT"])
def test_two_hundred_runs_hit_at_random_moments_end_in_the_same_bits(kind):
    done = subprocess.run([sys.executable, str(KILLS), "--signal", kind], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_exits_130_and_prints_the_command_that_goes_on(number):
    command = [sys.executable, "-m", "gradatim", "train", "digits", "--epochs", "100000", "--threads", "1"]
    said = Path("said.txt")
    with said.open("w") as stderr:
        process = subprocess.Popen(command, stderr=stderr, stdout=subprocess.PIPE, text=True)
        while "epoch 3" not in said.read_text():
            assert process.poll() is None, said.read_text()
            time.sleep(0.02)
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    err = said.read_text()
    assert process.returncode == 130, err
    assert out == ""
    last = err.strip().splitlines()[-1]
    assert "the state is saved, go on with: gradatim train --resume runs/digits-1" in last
    on = [*last.split("go on with: gradatim ")[1].split(), "--max-minutes", "0.002", "--json"]
    done = subprocess.run([sys.executable, "-m", "gradatim", *on], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "going on after" in done.stderr


def test_a_second_interrupt_does_not_wait():
    command = [sys.executable, "-m", "gradatim", "train", "digits", "--epochs", "4000", "--quiet"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert not [name for _, _, files in os.walk(".") for name in files if name.startswith(".writing")]
