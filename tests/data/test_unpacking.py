"""No file, packed or not, fills the memory: every reader stops at half of what the machine has."""

import gzip
import tracemalloc
from io import BytesIO
from pathlib import Path
from struct import pack

import numpy as np
import polars as pl
import pytest

from gradatim.checks import GradatimError
from gradatim.data import unpacking, vocabulary
from gradatim.data.idx import read_idx
from gradatim.data.numpy_files import read_npy, read_npz
from gradatim.data.reading_text import EACH, read_text
from gradatim.data.tables.reading import read_table

SIZE = 20_000_000  # bytes, unpacked
MEMORY = 4_000_000  # of a small machine


def packed_text(path):
    path.write_bytes(gzip.compress(b"to be or " * (SIZE // 9), 1, mtime=0))


def packed_table(path):
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * (SIZE // 4), 1, mtime=0))


def packed_idx(path):
    path.write_bytes(gzip.compress(b"\0\0\x08\x01" + pack(">I", SIZE) + bytes(SIZE), 1, mtime=0))


def packed_arrays(path):
    np.savez_compressed(path, x=np.zeros((SIZE // 8, 1)), y=np.zeros(3, int))


def packed_parquet(path):
    zeros = pl.repeat(0, SIZE // 4, dtype=pl.Int64, eager=True)
    pl.DataFrame({"a": zeros, "b": zeros}).write_parquet(path, compression="zstd")


READERS = {  # by the file's name: what writes it, and what reads it
    "book.txt.gz": (packed_text, read_text),
    "table.csv.gz": (packed_table, read_table),
    "pictures.idx.gz": (packed_idx, read_idx),
    "arrays.npz": (packed_arrays, read_npz),
}


@pytest.mark.parametrize("name", READERS)
def test_what_unpacks_to_more_than_half_the_memory_is_refused_while_it_is_small(tmp_path, monkeypatch, name):
    write, read = READERS[name]
    path = tmp_path / name
    write(path)
    assert path.stat().st_size < MEMORY // 2
    monkeypatch.setattr(unpacking.os, "sysconf", lambda what: MEMORY if what == "SC_PHYS_PAGES" else 1)
    monkeypatch.setattr(unpacking, "AT_ONCE", 1 << 16)
    tracemalloc.start()
    try:
        with pytest.raises(GradatimError) as refused:
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(refused.value).startswith(f"{path}, unpacked, has 0.0 GB, which ")
    assert str(refused.value).endswith("more than half of this machine's memory; split it")
    assert peak < 2 * MEMORY


def test_a_parquet_file_is_refused_by_its_rows_and_columns_before_it_is_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "table.parquet"
    packed_parquet(path)
    assert path.stat().st_size < MEMORY // 100
    for memory, fits in (
        (SIZE * 8, True),
        (SIZE * 8 - 2, False),
    ):  # 2 SIZE/4 numbers of 8 bytes
        monkeypatch.setattr(
            unpacking.os, "sysconf", lambda what, m=memory: m if what == "SC_PHYS_PAGES" else 1
        )
        if fits:
            assert len(read_table(path)) == SIZE // 4
            continue
        monkeypatch.setattr(pl, "read_parquet", None)
        with pytest.raises(GradatimError, match=r"table\.parquet, unpacked, has 0\.1 GB, which is more"):
            read_table(path)


@pytest.mark.parametrize(
    ("name", "write", "read"),
    [
        ("book.txt", lambda path: path.write_bytes(b"to be or " * 999_999), read_text),
        ("table.csv", lambda path: path.write_bytes(b"a,b\n" + b"1,2\n" * 1999_999), read_table),
        ("pictures.idx", lambda path: path.write_bytes(b"\0\0\x08\x01" + bytes(8999_999)), read_idx),
        ("array.npy", lambda path: np.save(path, np.zeros(999_999)), read_npy),
        ("arrays.npz", lambda path: np.savez(path, x=np.zeros(999_999)), read_npz),
    ],
)
def test_a_plain_file_has_the_same_bound(tmp_path, monkeypatch, name, write, read):
    path = tmp_path / name
    write(path)
    monkeypatch.setattr(unpacking.os, "sysconf", lambda what: MEMORY if what == "SC_PHYS_PAGES" else 1)
    with pytest.raises(GradatimError, match="more than half of this machine's memory; split it"):
        read(path)


def test_a_text_may_take_half_the_memory_with_all_that_is_made_of_it(tmp_path, monkeypatch):
    path = tmp_path / "book.txt"
    path.write_bytes(b"ab" * 1000)
    for memory, fits in ((2 * EACH * 2000, True), (2 * EACH * 2000 - 2, False)):
        monkeypatch.setattr(
            unpacking.os, "sysconf", lambda what, m=memory: m if what == "SC_PHYS_PAGES" else 1
        )
        if fits:
            assert len(read_text(path)) == 2000
        else:
            with pytest.raises(GradatimError, match=rf"takes {EACH} times as much when it is read: more"):
                read_text(path)


def test_a_text_takes_no_more_memory_than_the_bound_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(vocabulary, "AT_ONCE", 1 << 16)
    path = tmp_path / "book.txt"
    path.write_bytes(b"to be or not " * 200_000)
    read_text(path)
    tracemalloc.start()
    try:
        read_text(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    room = 40 * (1 << 16)  # of the piece that is being numbered
    assert peak < EACH * path.stat().st_size + room


def test_standard_input_has_the_same_bound(monkeypatch):
    monkeypatch.setattr(unpacking.os, "sysconf", lambda what: MEMORY if what == "SC_PHYS_PAGES" else 1)
    monkeypatch.setattr(unpacking, "AT_ONCE", 1 << 16)
    for content in (b"a,b\n" + b"1,2\n" * 1999_999, gzip.compress(b"a,b\n" + b"1,2\n" * 1999_999, mtime=0)):
        with pytest.raises(GradatimError, match=r"^standard input, (unpacked, )?has|^standard input has"):
            read_table(BytesIO(content))


@pytest.mark.parametrize("name", READERS)
def test_a_memory_that_ends_is_said_in_a_sentence(tmp_path, monkeypatch, name):
    write, read = READERS[name]
    path = tmp_path / name
    write(path)

    def full(*_):
        raise MemoryError

    monkeypatch.setattr(unpacking, "check_size", full)
    monkeypatch.setattr("gradatim.data.numpy_files.check_size", full)
    with pytest.raises(GradatimError, match=r"does not fit in memory$"):
        read(path)


def test_a_file_s_bytes_come_back_packed_or_not(tmp_path):
    content = bytes(range(256)) * 1000
    for name, written in (("plain", content), ("packed", gzip.compress(content, mtime=0))):
        (tmp_path / name).write_bytes(written)
        assert unpacking.read_file(Path(tmp_path / name)) == content
