"""Kernels are compiled once, into a cache that survives damage and company."""

import subprocess
import sys
import textwrap

import pytest

from gradatim.kernels import compile as kernels

SOURCE = "int answer(void) { return 42; }"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernels, "compiled", kernels.compiled.__wrapped__)
    return tmp_path / "cache" / "gradatim" / "kernels"


def test_a_library_is_made_once_and_found_again(cache, monkeypatch):
    assert kernels.compiled(SOURCE).answer() == 42
    (library,) = cache.iterdir()
    assert library.suffix == ".so"
    monkeypatch.setattr(kernels, "_compile", None)
    assert kernels.compiled(SOURCE).answer() == 42


def test_another_source_compiler_or_processor_has_another_name(cache, monkeypatch):
    kernels.compiled(SOURCE)
    kernels.compiled(SOURCE + "\n")
    monkeypatch.setattr(kernels, "processor", lambda: "another")
    kernels.compiled(SOURCE)
    path, version = kernels.compiler()
    monkeypatch.setattr(kernels, "compiler", lambda: (path, version + " newer"))
    kernels.compiled(SOURCE)
    assert len(list(cache.iterdir())) == 4


def test_a_damaged_library_is_made_again(cache):
    kernels.folder().mkdir(parents=True)
    kernels.compiled(SOURCE)
    (library,) = cache.iterdir()
    library.unlink()
    library.write_bytes(b"half a libr")
    assert kernels.compiled(SOURCE).answer() == 42


def test_processes_that_compile_at_the_same_time_do_no_harm(cache, tmp_path):
    script = textwrap.dedent(f"""
        from gradatim.kernels.compile import compiled
        assert compiled({SOURCE!r}).answer() == 42
    """)
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
    assert [process.wait(timeout=120) for process in running] == [0] * 4
    assert [found.suffix for found in cache.iterdir()] == [".so"]


def test_no_compiler_and_a_failing_one_are_said(cache, monkeypatch):
    monkeypatch.setattr(kernels, "compiler", kernels.compiler.__wrapped__)
    with pytest.raises(kernels.NoCompiler, match=r"^the compiler \S+ fails: .*error"):
        kernels.compiled("int answer(void) { return }")
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(
        kernels.NoCompiler, match=r"^there is no C compiler 'no-such-compiler'; install gcc or"
    ):
        kernels.compiled(SOURCE)


def test_a_cache_that_cannot_be_written_is_said(cache, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(kernels.NoCompiler, match=r"^the cache .*kernels cannot be written: "):
        kernels.compiled(SOURCE)
