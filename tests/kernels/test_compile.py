"""Kernels are compiled once, into a cache that survives damage and company."""

import shlex
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from gradatim.checks import Notice, notice
from gradatim.kernels import compile as kernels
from gradatim.kernels import elementwise
from gradatim.optim.numpy_updates import METHODS, VectorUpdate

SOURCE = "int answer(void) { return 42; }"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernels, "compile_library", kernels.compile_library.__wrapped__)
    return tmp_path / "cache" / "gradatim" / "kernels"


def compiler_that(folder, does: str) -> str:
    """The path of a compiler that says its version and then does something else than to compile."""
    path = folder / "strange cc"
    path.write_text(f'#!/bin/sh\ncase "$*" in *--version*) echo strange 1.0; exit 0;; esac\n{does}\n')
    path.chmod(0o755)
    return shlex.quote(str(path))


@pytest.fixture
def use(monkeypatch):
    """Have CC be this."""
    monkeypatch.setattr(kernels, "compiler", kernels.compiler.__wrapped__)
    monkeypatch.setattr(kernels, "_hanging", {})
    notice.cache_clear()
    return lambda cc: monkeypatch.setenv("CC", cc)


def test_a_library_is_made_once_and_found_again(cache, monkeypatch):
    assert kernels.compile_library(SOURCE).answer() == 42
    assert sorted(file.suffix for file in cache.iterdir()) == [".sha256", ".so"]
    monkeypatch.setattr(kernels, "_made", None)
    assert kernels.compile_library(SOURCE).answer() == 42


def test_another_source_compiler_or_processor_has_another_name(cache, monkeypatch):
    kernels.compile_library(SOURCE)
    kernels.compile_library(SOURCE + "\n")
    monkeypatch.setattr(kernels, "processor", lambda: "another")
    kernels.compile_library(SOURCE)
    path, version = kernels.compiler()
    monkeypatch.setattr(kernels, "compiler", lambda: (path, version + " newer"))
    kernels.compile_library(SOURCE)
    assert len(list(cache.glob("*.so"))) == 4


def test_processes_that_compile_at_the_same_time_do_no_harm(cache, tmp_path):
    script = textwrap.dedent(f"""
        from gradatim.kernels.compile import compile_library
        assert compile_library({SOURCE!r}).answer() == 42
    """)
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
    assert [process.wait(timeout=120) for process in running] == [0] * 4
    assert sorted(found.suffix for found in cache.iterdir()) == [".sha256", ".so"]


def test_no_compiler_and_a_text_that_it_refuses_are_reasons_and_no_notice(cache, use):
    with pytest.raises(kernels.NoCompiler, match=r"^the compiler \S+ fails: .*error"):
        kernels.compile_library("int answer(void) { return }")
    use("no-such-compiler")
    with pytest.raises(
        kernels.NoCompiler, match=r"^there is no C compiler 'no-such-compiler'; install gcc or"
    ):
        kernels.compile_library(SOURCE)


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        ("exit 0", "fails: it makes no file"),
        ("exit 3", "fails: status 3"),
        ("printf 'error: \\377\\376 caf\\351\\n' >&2; exit 1", "fails: error: "),
        ("while [ $1 != -o ]; do shift; done; echo junk > $2", "has made what is no library: "),
        ("while [ $1 != -o ]; do shift; done; : > $2", "has made what is no library: "),
        ("kill -9 $$", "fails: status -9"),
        ('cc "$@"; while [ $1 != -o ]; do shift; done; truncate -s 2000 $2', "is no library: it is cut"),
        ('cc "$@"; while [ $1 != -o ]; do shift; done; truncate -s -1 $2', "is no library: it is cut"),
        ("while [ $1 != -o ]; do shift; done; printf '\\177ELF\\2\\1' > $2", "is no library: it is cut"),
    ],
)
def test_a_compiler_that_does_not_serve_is_a_reason_said_once(cache, use, tmp_path, does, sentence):
    use(compiler_that(tmp_path, does))
    with (
        pytest.warns(Notice, match=f"{sentence}.*; a slower path runs$") as said,
        pytest.raises(kernels.NoCompiler, match=sentence) as error,
    ):
        kernels.compile_library(SOURCE)
    assert len(said) == 1 and "\n" not in str(error.value)
    with pytest.raises(kernels.NoCompiler):  # said once: a second warning would be an error here
        kernels.compile_library(SOURCE)


@pytest.mark.parametrize("cc", ["true", "false", "/dev/null", "'unclosed"])
def test_what_is_no_compiler_at_all(cache, use, cc):
    use(cc)
    with warnings.catch_warnings(), pytest.raises(kernels.NoCompiler):
        warnings.simplefilter("ignore")
        kernels.compile_library(SOURCE)


def test_a_library_without_its_function_is_a_reason(cache, use):
    with pytest.warns(Notice), pytest.raises(kernels.NoCompiler, match="without the function answer"):
        kernels.compile_library("int another(void) { return 1; }").answer  # noqa: B018


def test_a_compiler_that_hangs_is_waited_for_once_and_ends_with_what_it_started(
    cache, use, tmp_path, monkeypatch
):
    monkeypatch.setattr(kernels._run, "__defaults__", (0.3,))
    pid = tmp_path / "pid"
    use(compiler_that(tmp_path, f"sleep 600 & echo $! > {pid}; wait"))
    for source in (SOURCE, SOURCE + "\n"):
        began = time.perf_counter()
        with warnings.catch_warnings(record=True) as said, pytest.raises(kernels.NoCompiler) as error:
            warnings.simplefilter("always")
            kernels.compile_library(source)
        assert "takes longer than 0.3 seconds" in str(error.value)
        assert len(said) == (source == SOURCE)
    assert time.perf_counter() - began < 0.3
    for _ in range(100):
        state = Path(f"/proc/{pid.read_text().strip()}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.02)
    else:
        pytest.fail("what the compiler had started is still there")


def test_a_compiler_may_have_options(cache, use):
    use("cc -O1 -DANSWER=42")
    assert kernels.compile_library("int answer(void) { return ANSWER; }").answer() == 42
    command, version = kernels.compiler()
    assert command[1:] == ("-O1", "-DANSWER=42") and "-O1 -DANSWER=42 " in version


def test_training_goes_on_without_the_kernel_that_cannot_be_made(cache, use, tmp_path, monkeypatch):
    method, theta = METHODS["adam"], np.ones(5)
    expected = VectorUpdate(method, theta.copy())
    expected(a := theta.copy(), np.arange(5.0), 0.1)
    use(compiler_that(tmp_path, "exit 0"))
    monkeypatch.setattr(elementwise, "compile_library", kernels.compile_library)
    monkeypatch.setattr(elementwise, "_compiled", elementwise._compiled.__wrapped__)
    with pytest.warns(Notice, match="a slower path runs"):
        update = VectorUpdate(method, theta.copy())
    update(b := theta.copy(), np.arange(5.0), 0.1)
    assert update.path == "text" and "makes no file" in update.why
    np.testing.assert_array_equal(a, b)
