"""Standard streams that are closed, full, or not in UTF-8: training goes on, and a sentence says the rest."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TRAIN = ["train", "digits", "--epochs", "1", "--hidden", "4", "--engine", "numpy", "--out", "run"]
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


def run(*arguments, redirect="", **environment):
    """The command in a shell, its streams redirected: (exit status, stdout, stderr)."""
    script = f'exec "{sys.executable}" -m gradatim "$@" {redirect}'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *arguments], capture_output=True, env={**os.environ, **environment}
    )
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


@needs_full
def test_a_log_on_a_full_disk_does_not_stop_training():
    status, out, _ = run(*TRAIN, redirect="2>/dev/full")
    assert status == 0 and "test accuracy" in out
    assert Path("run/report.html").exists()


@needs_full
def test_a_result_that_cannot_be_printed_is_said_and_the_run_is_there():
    status, _, err = run(*TRAIN, "--quiet", redirect=">/dev/full")
    assert status == 1
    assert err == "gradatim: the result cannot be written to standard output: No space left on device\n"
    assert Path("run/report.html").exists()


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_do_not_stop_training(closed):
    status, out, err = run(*TRAIN, redirect=closed)
    assert status == 0 and "Error" not in out + err and "fault" not in out + err
    assert Path("run/report.html").exists()
    assert run("data", "nope", redirect=closed)[0] == 2


def test_an_unfinished_run_is_told_of_on_standard_error_only():
    assert run(*TRAIN, "--quiet")[0] == 0
    config = json.loads(Path("run/config.json").read_text())
    Path("run/config.json").write_text(json.dumps({**config, "ended": False}))
    note = "note: run goes on and has not finished: this is the network that it had before\n"
    for verb in (
        ["evaluate", "run", "--json"],
        ["predict", "run", "digits", "--json"],
        ["report", "run", "--json"],
    ):
        status, out, err = run(*verb)
        assert status == 0 and json.loads(out) and err == note


ENCODINGS = [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]


@pytest.mark.parametrize("environment", ENCODINGS)
def test_what_an_encoding_lacks_is_written_as_its_escape(environment):
    status, out, err = run("show", "adam", **environment)
    assert status == 0 and "\\u03b7" in out and err == ""  # η, the learning rate
    status, _, err = run("data", "grün.csv", **environment)
    assert status == 2 and "there is no file gr" in err and "fault" not in err
