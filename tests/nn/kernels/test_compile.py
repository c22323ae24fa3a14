"""Kernels are compiled once, into a cache that survives damage and company."""

import ctypes
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch

from gradatim.nn.kernels import compile as kernels
from gradatim.nn.kernels.blas import gemm

SOURCE = "int answer(void) { return 42; }"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernels, "_load", kernels._load.__wrapped__)
    return tmp_path / "cache" / "gradatim" / "kernels"


def test_a_library_is_made_once_and_found_again(cache, monkeypatch):
    assert kernels.compiled(SOURCE, ()).answer() == 42
    (library,) = cache.iterdir()
    assert library.suffix == ".so"
    monkeypatch.setattr(kernels, "_compile", None)
    assert kernels.compiled(SOURCE, ()).answer() == 42


def test_another_source_compiler_or_processor_has_another_name(cache, monkeypatch):
    kernels.compiled(SOURCE, ())
    kernels.compiled(SOURCE + "\n", ())
    monkeypatch.setattr(kernels, "processor", lambda: "another")
    kernels.compiled(SOURCE, ())
    path, version = kernels.compiler()
    monkeypatch.setattr(kernels, "compiler", lambda: (path, version + " newer"))
    kernels.compiled(SOURCE, ())
    assert len(list(cache.iterdir())) == 4


def test_a_damaged_library_is_made_again(cache):
    kernels.folder().mkdir(parents=True)
    kernels.compiled(SOURCE, ())
    (library,) = cache.iterdir()
    library.unlink()
    library.write_bytes(b"half a libr")
    assert kernels.compiled(SOURCE, ()).answer() == 42


def test_processes_that_compile_at_the_same_time_do_no_harm(cache, tmp_path):
    script = textwrap.dedent(f"""
        from gradatim.nn.kernels.compile import compiled
        assert compiled({SOURCE!r}, ()).answer() == 42
    """)
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
    assert [process.wait(timeout=120) for process in running] == [0] * 4
    assert [found.suffix for found in cache.iterdir()] == [".so"]


def test_no_compiler_and_a_failing_one_are_said(cache, monkeypatch):
    monkeypatch.setattr(kernels, "compiler", kernels.compiler.__wrapped__)
    with pytest.raises(kernels.NoCompiler, match=r"^the compiler \S+ fails: .*error"):
        kernels.compiled("int answer(void) { return }", ())
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(
        kernels.NoCompiler, match=r"^there is no C compiler 'no-such-compiler'; install gcc or"
    ):
        kernels.compiled(SOURCE, ())


def test_a_cache_that_cannot_be_written_is_said(cache, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(kernels.NoCompiler, match=r"^the cache .*kernels cannot be written: "):
        kernels.compiled(SOURCE, ())


FUNCTIONS = {
    "EXP": np.exp, "EXPM1": np.expm1, "TANH": np.tanh, "SIGMOID": lambda x: 1 / (1 + np.exp(-x)),
    "SOFTPLUS": lambda x: np.logaddexp(0, x), "SIGN": np.sign, "ABS": np.abs,
}  # fmt: skip


@pytest.mark.parametrize("double", [False, True], ids=["float32", "float64"])
def test_the_elementary_functions_are_right(double):
    """Against NumPy in extended precision: to 4 units in the last place; 0, ∞ and NaN exact."""
    loop = "(long n, const real *x, real *y) {{ for (long i = 0; i < n; i++) y[i] = {0}(x[i]); }}\n"
    names = "".join(f"void f_{name}{loop.format(name)}" for name in FUNCTIONS)
    library = kernels.compiled(names, (*(["double.h"] if double else []), "mathematics.h"))
    dtype = np.float64 if double else np.float32
    eps = np.finfo(dtype).eps
    x = np.concatenate(
        [np.linspace(-30, 30, 20001), np.geomspace(1e-30, 1, 500), -np.geomspace(1e-30, 1, 500), [0]]
    )
    x = x.astype(dtype)
    extremes = np.array([np.inf, -np.inf, np.nan, 1e4, -1e4], dtype)
    for name, wanted in FUNCTIONS.items():
        for given, tolerance in ((x, 4 * eps), (extremes, 1e-37)):
            y = np.empty_like(given)
            pointers = (ctypes.c_void_p(a.ctypes.data) for a in (given, y))
            getattr(library, f"f_{name}")(ctypes.c_long(len(given)), *pointers)
            with np.errstate(over="ignore", invalid="ignore"):
                right = wanted(given.astype(np.longdouble)).astype(np.float64)
            with np.errstate(over="ignore"):
                right = right.astype(dtype)
            np.testing.assert_allclose(y, right, rtol=tolerance, atol=1e-37, err_msg=name)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_matrix_product_is_found(dtype):
    found = gemm(dtype)
    assert found.address
    assert found.source in ("torch", "SciPy")
