"""Files are whole or not there: injected failures, limits, locks and damaged JSON."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gradatim import files
from gradatim.checks import GradatimError

HOLD = """
import sys, time
from pathlib import Path
from gradatim import files
with files.lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(files.TEMPORARY)]


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder's lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.parametrize("content", [b"", b"\x00\xff", "γράμμα\n", b"x" * 300_000])
def test_write_gives_the_content_back_and_replaces(tmp_path, content):
    path = tmp_path / "a file.json"
    path.write_bytes(b"old")
    files.write(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("where", ["mkstemp", "fdopen", "fsync", "chmod", "replace"])
def test_a_failure_anywhere_leaves_the_old_file_and_no_temporary(tmp_path, monkeypatch, where):
    path = tmp_path / "metrics.json"
    path.write_text("old")

    def fail(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    if where == "fdopen":  # the handle stands open then; close it as the system would at the end

        def close_and_fail(handle, _mode):
            os.close(handle)
            fail()

        monkeypatch.setattr(os, "fdopen", close_and_fail)
    else:
        owner = {"mkstemp": files.tempfile, "fsync": os, "chmod": Path, "replace": Path}[where]
        monkeypatch.setattr(owner, where, fail)
    with pytest.raises(files.CannotWrite, match=r"cannot write .*metrics\.json: No space left on device"):
        files.write(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


def test_an_interrupt_leaves_the_old_file_and_no_temporary(tmp_path, monkeypatch):
    path = tmp_path / "metrics.json"
    path.write_text("old")

    def interrupt(_handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(path, "new")
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


def test_a_folder_that_cannot_be_flushed_does_not_undo_the_rename(tmp_path, monkeypatch):
    fsync, calls = os.fsync, []

    def second_fails(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(22, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", second_fails)
    files.write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    assert len(calls) == 2  # the file, then its folder


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(files.CannotWrite, match=r"cannot write .*nowhere/a: No such file or directory"):
        files.write(tmp_path / "nowhere" / "a", "x")


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX's")
def test_under_a_file_size_limit_the_old_file_stays(tmp_path):
    path = tmp_path / "model"
    path.write_text("old")
    script = (
        "import resource, sys\n"
        "from gradatim import files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    files.write(sys.argv[1], b'x' * 5000)\n"
        "except files.CannotWrite as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert done.stdout == f"cannot write {path}: File too large\n"
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        files.write(tmp_path / "a", "x")
        assert os.umask(mask) == mask  # and it is put back
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o666 & ~mask


def test_the_lock_excludes_another_process_and_a_kill_releases_it(tmp_path, holder):
    with pytest.raises(GradatimError, match="another process is writing"), files.lock(tmp_path):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with files.lock(tmp_path):
        pass


def test_the_lock_excludes_its_own_process_and_lets_go_at_an_error(tmp_path):
    with files.lock(tmp_path), pytest.raises(GradatimError), files.lock(tmp_path):
        pass
    with pytest.raises(ZeroDivisionError), files.lock(tmp_path):
        raise ZeroDivisionError
    with files.lock(tmp_path):
        pass


def test_only_the_lock_s_holder_sweeps_what_a_killed_writer_left(tmp_path, holder):
    (tmp_path / f"{files.TEMPORARY}abc").write_text("half")
    (tmp_path / "model.json").write_text("whole")
    with pytest.raises(GradatimError), files.lock(tmp_path):
        pass
    assert leftovers(tmp_path) == [f"{files.TEMPORARY}abc"]  # it may be the other's, still being written
    holder.kill()
    holder.wait()
    with files.lock(tmp_path):
        assert leftovers(tmp_path) == []
    assert (tmp_path / "model.json").read_text() == "whole"


@pytest.mark.parametrize("kind", ["link", "hard link", "pipe", "folder"])
def test_a_lock_that_leads_to_another_file_is_refused_and_the_file_stays(tmp_path, kind):
    (mine := tmp_path / "mine").write_text("what I wrote")
    (folder := tmp_path / "run").mkdir()
    place = folder / files.LOCK
    make = {"link": lambda: place.symlink_to(mine), "hard link": lambda: place.hardlink_to(mine),
            "pipe": lambda: os.mkfifo(place), "folder": place.mkdir}  # fmt: skip
    make[kind]()
    with pytest.raises(GradatimError, match=f"^{place} is ") as error, files.lock(folder):
        pass
    assert mine.read_text() == "what I wrote" and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content", [{}, {"α": [1, 2.5, None], "b": {"c": "d"}}, {"path": "/tmp/caf\udce9.npz"}, {"lr": 0.1 + 0.2}]
)
def test_json_comes_back(tmp_path, content):
    path = tmp_path / "config.json"
    files.write_json(path, content)
    assert files.read_json(path, "configuration") == {"format": files.FORMAT, **content}
    assert path.read_text(encoding="utf-8").startswith('{\n "format": 2')


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a model, or is damaged"),
        ('{"format": 1, "network": {"na', "is not a model, or is damaged"),
        ("[" * 100_000, "is not a model, or is damaged"),
        ('{"format": 1, "a": ' * 5_000, "is not a model, or is damaged"),
        (b"\xff\xfe\x00", "cannot read the model"),
        ("[1, 2]", 'it carries no "format" number'),
        ("null", 'it carries no "format" number'),
        ("{}", 'it carries no "format" number'),
        ('{"format": "1"}', 'it carries no "format" number'),
        ('{"format": true}', 'it carries no "format" number'),
        ('{"format": 0}', 'it carries no "format" number'),
        ('{"format": 1.0}', 'it carries no "format" number'),
        ('{"format": 3}', "has format 3, and this version of Gradatim reads up to 2: update Gradatim"),
    ],
)
def test_read_json_says_in_one_sentence_what_is_wrong(tmp_path, text, sentence):
    path = tmp_path / "model.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(GradatimError) as raised:
        files.read_json(path, "model")
    message = str(raised.value)
    assert sentence in message
    assert str(path) in message
    assert "\n" not in message


def test_read_json_of_nothing_and_of_a_folder(tmp_path):
    with pytest.raises(GradatimError, match=r"^there is no model at .*/m\.json$"):
        files.read_json(tmp_path / "m.json", "model")
    with pytest.raises(GradatimError, match=r"^cannot read the model "):
        files.read_json(tmp_path, "model")


def test_every_older_format_is_read(tmp_path, monkeypatch):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"format": 1, "epochs": 3}))
    monkeypatch.setattr(files, "FORMAT", 3)
    assert files.read_json(path, "configuration")["epochs"] == 3


def test_every_cut_of_a_file_is_refused_or_whole(tmp_path):
    path = tmp_path / "model.json"
    files.write_json(path, {"network": {"name": "mlp"}})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        if length < len(whole) - 1:  # the last byte is the line's end
            with pytest.raises(GradatimError):
                files.read_json(path, "model")
        else:
            assert files.read_json(path, "model")["network"] == {"name": "mlp"}
