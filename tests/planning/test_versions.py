"""What a run's bits depend on is written down, and a difference is said when it is resumed."""

import subprocess
import sys

import numpy as np
import pytest

import gradatim
from gradatim.kernels import compile as kernels
from gradatim.planning import versions

X, Y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
QUICK = {"epochs": 1, "hidden": 4, "quiet": True}


@pytest.mark.parametrize(("engine", "written"), [("torch", True), ("numpy", False)])
def test_the_compiler_stands_where_kernels_are_compiled_that_change_bits(engine, written):
    run = gradatim.train((X, Y), engine=engine, **QUICK)
    assert ("compiler" in run.config["versions"]) == written


def test_another_compiler_is_said_when_the_run_is_resumed(monkeypatch, capfd):
    monkeypatch.setattr(versions, "compiler", lambda: (("/usr/bin/cc",), "/usr/bin/cc old 1.0"))
    run = gradatim.train((X, Y), engine="torch", **QUICK)

    def none():
        raise kernels.NoCompiler("there is no C compiler")

    monkeypatch.setattr(versions, "compiler", none)
    gradatim.train((X, Y), resume=run.path)
    assert (
        "compiler was /usr/bin/cc old 1.0 when this run began and is none now: equal bits are not promised"
    ) in capfd.readouterr().err


def test_a_cache_that_is_not_used_is_a_line_of_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "gradatim" / "kernels"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    command = [sys.executable, "-m", "gradatim", "train", "digits", "--epochs", "1", "--engine", "numpy"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    notes = [line for line in done.stderr.splitlines() if "others may write" in line]
    assert notes == [
        f"note: others may write to {folder}; kernels are compiled into a temporary folder, again in every "
        "process"
    ]
    assert "Warning" not in done.stderr
