"""The counter of operations on files sees each of them, and each fault does what it says."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from counted_faults import FAULTS, Faults
from gradatim import files


def work(folder: Path) -> None:
    """One operation of every kind, by the ways that Python has."""
    (folder / "sub").mkdir()
    with (folder / "sub" / "a").open("w") as file:
        file.write("one")
        file.flush()
        os.fsync(file.fileno())
        file.truncate(2)
    with open(folder / "b", "ab") as file:  # noqa: PTH123
        file.write(b"two")
    (folder / "b").write_bytes(b"three")
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(b"four")
    Path(name).chmod(0o600)
    Path(name).replace(folder / "b")
    os.rename(folder / "b", folder / "c")  # noqa: PTH104
    handle = os.open(folder / "d", os.O_WRONLY | os.O_CREAT)
    os.write(handle, b"five")
    os.ftruncate(handle, 3)
    os.close(handle)
    (folder / "c").unlink()
    os.remove(folder / "d")  # noqa: PTH107
    shutil.rmtree(folder / "sub")


KINDS = [
    "mkdir", "open", "write", "flush", "fsync", "truncate", "open", "write", "open", "write", "open", "write",
    "chmod", "rename", "rename", "open", "write", "truncate", "unlink", "unlink", "unlink", "rmdir",
]  # fmt: skip


def test_every_operation_below_the_folder_is_counted_in_its_order(tmp_path):
    (tmp_path / "beside").mkdir()
    (inside := tmp_path / "in").mkdir()
    with Faults(inside) as faults:
        work(tmp_path / "beside")
        assert faults.counted == []
        work(inside)
        (inside / "read").exists()
    assert faults.counted == KINDS
    work(inside)
    assert faults.counted == KINDS, "they are counted no more"


def test_a_write_of_files_is_seven_operations(tmp_path):
    with Faults(tmp_path) as faults:
        files.write(tmp_path / "a", b"content")
    assert faults.counted == ["open", "write", "flush", "fsync", "chmod", "rename", "fsync"]


@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
def test_the_nth_operation_fails_and_a_full_disk_stays_full(tmp_path, fault):
    for n, kind in enumerate(KINDS[:6], 1):
        (folder := tmp_path / f"{n}").mkdir()
        with Faults(folder, n, fault) as faults:
            with pytest.raises(OSError) as error:
                work(folder)
            assert error.value.errno == getattr(errno, fault)
            assert faults.counted[-1] == kind and len(faults.counted) == n
            if fault == "EIO":
                (folder / "after").write_bytes(b"whole")
            else:
                with pytest.raises(OSError, match="No space left on device"):
                    (folder / "after").write_bytes(b"whole")


def test_half_of_a_write_is_done_when_the_disk_is_full(tmp_path):
    with Faults(tmp_path, 2, "ENOSPC"), pytest.raises(OSError, match="No space"):
        (tmp_path / "a").write_bytes(b"01234567")
    assert (tmp_path / "a").read_bytes() == b"0123"


@pytest.mark.parametrize("fault", ["KILL", "TORN", "INT", "TERM"])
def test_a_signal_comes_at_the_nth_operation(tmp_path, fault):
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from counted_faults import Faults\n"
        f"folder = Path({str(tmp_path)!r})\n"
        f"with Faults(folder, 2, {fault!r}):\n"
        "    (folder / 'a').write_bytes(b'01234567')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True)
    expected = {"KILL": signal.SIGKILL, "TORN": signal.SIGKILL, "INT": signal.SIGINT, "TERM": signal.SIGTERM}
    assert done.returncode == -expected[fault]
    assert (tmp_path / "a").read_bytes() == (b"0123" if fault == "TORN" else b"")
    assert fault in FAULTS
