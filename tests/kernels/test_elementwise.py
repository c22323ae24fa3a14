"""Functions of elements as C: the bits of NumPy's operators, and what has no such form."""

import numpy as np
import pytest

from gradatim.kernels import compile as compiling
from gradatim.kernels import elementwise
from gradatim.kernels.elementwise import Elementwise
from gradatim.kernels.recording import as_c
from gradatim.optim.numpy_updates import METHODS, vector_update

FUSED = [name for name in METHODS if name not in ("muon", "lbfgs", "nadam")]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    held = (compiling.compile_library, compiling.compiler, elementwise._compiled)
    for function in held:
        function.cache_clear()
    yield
    for function in held:
        function.cache_clear()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", FUSED)
def test_an_update_has_the_bits_of_its_text(name, dtype):
    """40 steps on 1,003 elements, zeros among the gradients: every vector equal to the last bit."""
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(1003).astype(dtype)
    update, text = (vector_update(name, theta.copy(), [theta.shape]) for _ in range(2))
    assert (update.path, update.why) == ("compiled", "a C compiler is at hand")
    text.loop = None
    ours, theirs = theta.copy(), theta.copy()
    for t in range(40):
        g = (rng.standard_normal(1003) * (rng.random(1003) < 0.9)).astype(dtype)
        update(ours, g, 0.01 / (t + 1))
        text(theirs, g, 0.01 / (t + 1))
    for found, expected in zip([ours, *update.state.values()], [theirs, *text.state.values()], strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_operator(dtype):
    def mixed(p, g, c):
        q = abs(2 - p) * (1 / c) + (g == 0) * abs(p) - c**2
        p /= 3
        g *= -q
        g -= 1.0 / (3 + abs(p) ** 0.5)

    rng = np.random.default_rng(1)
    p, g = (rng.standard_normal(50).astype(dtype) for _ in range(2))
    g[::7] = 0
    ours, theirs = (p.copy(), g.copy()), (p.copy(), g.copy())
    Elementwise(mixed, ("c",), np.dtype(dtype)).bind(*ours)(1.7)
    mixed(*theirs, 1.7)
    for found, expected in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_has_no_form_in_c_is_refused():
    def branches(p, c):
        if p == c:
            p += 1

    def cubes(p):
        p += p**3

    for function, numbers, said in ((branches, ("c",), "a branch on a value"), (cubes, (), "power 3")):
        with pytest.raises(NotImplementedError, match=said):
            as_c(function, ["p"], numbers, "float64")


def test_arrays_that_do_not_fit_are_refused():
    def move(p, g, lr):
        p -= lr * g

    loop = Elementwise(move, ("lr",), np.dtype("float64"))
    for wrong in (np.zeros(3, "float32"), np.zeros(4), np.zeros(6)[::2]):
        with pytest.raises(ValueError, match=r"^arrays must be contiguous float64 of one size"):
            loop.bind(np.zeros(3), wrong)


def test_without_a_compiler_the_text_runs_and_says_why(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    update = vector_update("adam", np.zeros(3), [(3,)])
    assert update.path == "text"
    assert update.why == "there is no C compiler 'no-such-compiler'; install gcc or clang, or set CC"
    theta = np.zeros(3)
    update(theta, np.ones(3), 0.1)
    np.testing.assert_allclose(theta, -0.1)
