"""A new run never lands on another, and a run is found by its path or by its name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gradatim import files
from gradatim.checks import GradatimError, UsageError
from gradatim.runs.folder import Folder, create, find


def run_at(path):
    """A folder that holds a run."""
    Path(path).mkdir(parents=True)
    files.write_json(Path(path) / "config.json", {"n": 1})
    return Path(path)


def test_a_new_run_takes_the_next_free_number():
    assert [str(create("digits", None)) for _ in range(3)] == [f"runs/digits-{n}" for n in (1, 2, 3)]
    assert str(create("adult", None)) == "runs/adult-1"
    Path("runs/digits-2").rmdir()
    assert str(create("digits", None)) == "runs/digits-2"


def test_processes_at_once_get_folders_of_their_own():
    script = "from gradatim.runs.folder import create; print(*(create('d', None) for _ in range(20)))"
    at_once = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    made = [name for process in at_once for name in process.communicate()[0].split()]
    assert sorted(made) == sorted(f"runs/d-{n}" for n in range(1, 81))
    assert not any(process.returncode for process in at_once)


def test_out_is_made_with_its_parents_or_taken_if_empty():
    assert create("digits", "a/b/c").path.is_dir()
    Path("a/b/c/.lock").touch()
    assert create("digits", Path("a/b/c")).path == Path("a/b/c")
    assert not Path("runs").exists()


def test_out_with_a_run_or_other_files_in_it_is_refused():
    run_at("old")
    with pytest.raises(UsageError, match="old already holds a run; go on with it by --resume old"):
        create("digits", "old")
    Path("full").mkdir()
    Path("full/thesis.tex").touch()
    with pytest.raises(UsageError, match=r"full is a folder with other files in it \(thesis.tex\)"):
        create("digits", "full")
    assert [child.name for child in Path("full").iterdir()] == ["thesis.tex"]


def test_a_folder_that_cannot_be_made_is_one_sentence():
    Path("file").touch()
    for out in ("file", "file/run"):
        with pytest.raises(GradatimError, match=r"cannot make the run folder: .*: file"):
            create("digits", out)
    Path("runs").touch()
    with pytest.raises(GradatimError, match="cannot make the run folder: File exists: runs"):
        create("digits", None)


def test_a_run_is_found_by_its_path_and_by_its_name():
    path = run_at("runs/digits-1")
    for given in ("runs/digits-1", "digits-1", path, path.resolve(), "runs/digits-1/"):
        folder = find(given)
        assert folder.path.resolve() == path.resolve() and json.loads(folder.config.read_text())["n"] == 1
    assert find(run_at("elsewhere/mine")).path == Path("elsewhere/mine")


def test_a_folder_of_the_runs_name_does_not_hide_it():
    run_at("runs/digits-1")
    Path("digits-1").mkdir()
    assert find("digits-1").path == Path("runs/digits-1")


def test_what_is_no_run_is_said_so():
    with pytest.raises(UsageError, match="there is no run 'digits-1': there is none"):
        find("digits-1")
    run_at("runs/digits-1")
    run_at("runs/adult-1")
    with pytest.raises(UsageError, match="there is no run 'digtis-1': did you mean digits-1"):
        find("digtis-1")
    with pytest.raises(UsageError, match="choose from adult-1, digits-1"):
        find("zzz")
    Path("empty").mkdir()
    with pytest.raises(GradatimError, match=r"empty holds no run: there is no config.json in it"):
        find("empty")


def test_the_files_of_a_folder():
    folder = Folder("runs/x")
    assert str(folder) == "runs/x"
    assert [path.name for path in (folder.config, folder.metrics, folder.checkpoint, folder.model)] == [
        "config.json", "metrics.jsonl", "checkpoint.safetensors", "model.safetensors",
    ]  # fmt: skip


def test_a_folder_in_which_a_run_has_begun_meanwhile_is_not_cleared():
    folder = create("digits", "run")
    other = create("digits", "run")  # another process, before the first holds the lock
    files.write_json(folder.config, {"n": 1})
    files.write(folder.checkpoint, b"a state")
    with pytest.raises(UsageError, match="run already holds a run; go on with it by --resume run"):
        other.clear()
    assert folder.checkpoint.read_bytes() == b"a state"


def test_what_no_run_had_written_is_not_taken_for_what_one_left():
    Path("mine").mkdir()
    Path("mine/checkpoint.safetensors").write_bytes(b"mine")
    with pytest.raises(
        UsageError, match=r"mine is a folder with other files in it \(checkpoint.safetensors\)"
    ):
        create("digits", "mine")
    assert Path("mine/checkpoint.safetensors").read_bytes() == b"mine"
