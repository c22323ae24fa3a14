"""The steps of skip-gram as compiled C: those of `skip_gram_steps`, up to rounding.

A row of W or C is padded with zeros to whole vectors of 64 bytes, so that every loop over D is one of whole
vectors. The numbers of a pair's noise do not depend on the pair before, so their rows are on the way while
that is computed.
"""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from gradatim.data.contexts import Draws
from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.unsupervised import skip_gram_steps as definition
from gradatim.unsupervised.skip_gram_steps import Kept

BYTES = 64  # of a vector
SOURCE = """
#include <math.h>
#include <stdint.h>
#include <string.h>
typedef REAL V __attribute__((vector_size(64)));
typedef REAL Half __attribute__((vector_size(32)));
typedef REAL Quarter __attribute__((vector_size(16)));
enum { LANES = 64 / sizeof(REAL), B = BLOCKS, K = NEGATIVE, D = B * LANES };
typedef struct { uint32_t threshold; int32_t alias; } Slot;
typedef struct { int many; int32_t row[K + 1]; REAL times[K + 1]; } Pair;

static inline uint64_t hash(uint64_t at, uint64_t n) {
    uint64_t h = (n + 1) * 0x9E3779B97F4A7C15u + at;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
}
static inline void draw(Pair *p, int32_t context, uint64_t at, uint64_t n, const Slot *noise, uint64_t size) {
    p->many = 1; p->row[0] = context; p->times[0] = 1;
    for (int k = 0; k < K; k++) {
        uint64_t h = hash(at, n + k);
        uint32_t slot = (uint32_t)((h >> 32) * size >> 32);
        int32_t one = (uint32_t)h < noise[slot].threshold ? (int32_t)slot : noise[slot].alias;
        int j = 0;
        while (j < p->many && p->row[j] != one) j++;
        if (j == p->many) { p->row[j] = one; p->times[p->many++] = 1; }
        else if (j) p->times[j] += 1;
    }
}
static inline REAL total(V a) {
    Half h[2]; memcpy(h, &a, sizeof h); h[0] += h[1];
    Quarter q[2]; memcpy(q, h, sizeof q); q[0] += q[1];
    REAL t[LANES / 4]; memcpy(t, q, sizeof t);
    for (int l = LANES / 8; l; l /= 2) for (int i = 0; i < l; i++) t[i] += t[i + l];
    return t[0];
}
static inline __attribute__((always_inline)) void step(
    const int m, REAL *restrict C, V *restrict v, const Pair *p, REAL rate, double *chance, double *loss) {
    REAL s[K + 1], g[K + 1], right[K + 1];
    V *u[K + 1];
    for (int j = 0; j < m; j++) {
        u[j] = (V *)(C + (long)p->row[j] * D);
        V a = u[j][0] * v[0];
        for (int d = 1; d < B; d++) a += u[j][d] * v[d];
        s[j] = total(a);
    }
    s[0] = -s[0];
    for (int j = 0; j < m; j++) {
        REAL wrong = EXP(s[j] > 80 ? 80 : s[j]);
        right[j] = 1 + wrong;
        g[j] = -rate * p->times[j] * (wrong / right[j]);
    }
    g[0] = -g[0];
    for (int j = 0; j < m; j++) for (int k = 0; k < (int)p->times[j]; k++) {
        *chance *= right[j];
        if (*chance > 1e200) { *loss += log(*chance); *chance = 1; }
    }
    for (int d = 0; d < B; d++) {
        V e = v[d], old = v[d];
        for (int j = 0; j < m; j++) {
            V of = u[j][d];
            e += g[j] * of;
            u[j][d] = of + g[j] * old;
        }
        v[d] = e;
    }
}

double run(REAL *restrict W, REAL *restrict C, const int32_t *restrict words, const int64_t *restrict places,
           const double *restrict rates, const Slot *restrict noise, long size, uint64_t at, long window,
           long first, long last, long kept, long *restrict count) {
    double loss = 0, chance = 1;
    uint64_t stride = 2 + 2 * (uint64_t)window * K;
    Pair pair[2 * window];
    *count = 0;
    for (long i = first; i < last; i++) {
        uint64_t begin = (uint64_t)places[i] * stride;
        long b = 1 + (long)((hash(at, begin + 1) >> 32) * (uint64_t)window >> 32), pairs = 0;
        for (long o = -b; o <= b; o++) {
            if (!o || i + o < 0 || i + o >= kept) continue;
            uint64_t slot = (uint64_t)(o < 0 ? o + window : o + window - 1);
            Pair *p = &pair[pairs++];
            draw(p, words[i + o], at, begin + 2 + slot * K, noise, (uint64_t)size);
            for (int j = 0; j < p->many; j++) for (int d = 0; d < B; d++)
                __builtin_prefetch((V *)(C + (long)p->row[j] * D) + d, 1);
        }
        V *of_word = (V *)(W + (long)words[i] * D), v[B];
        memcpy(v, of_word, sizeof v);
        for (long p = 0; p < pairs; p++) {
            if (pair[p].many == K + 1) step(K + 1, C, v, &pair[p], (REAL)rates[i], &chance, &loss);
            else step(pair[p].many, C, v, &pair[p], (REAL)rates[i], &chance, &loss);
        }
        memcpy(of_word, v, sizeof v);
        *count += pairs;
    }
    return loss + log(chance);
}
"""
REALS = {"float32": "float", "float64": "double"}
EXPS = {"float32": "expf", "float64": "exp"}
FLAGS = (  # vectors are handed on between functions of one file only
    "-Wno-psabi",
)


def padded(D: int, dtype: np.dtype) -> int:
    """How many numbers a row of D has with its zeros behind them."""
    lanes = BYTES // np.dtype(dtype).itemsize
    return -(-D // lanes) * lanes


def padded_rows(K: int, D: int, dtype: np.dtype) -> np.ndarray:
    """Zeros (K, padded D) that begin where a vector may."""
    width = padded(D, dtype)
    room = np.zeros(K * width + BYTES // np.dtype(dtype).itemsize, dtype)
    skip = -room.ctypes.data % BYTES // room.itemsize
    return room[skip : skip + K * width].reshape(K, width)


@cache
def _compiled(dtype: str, width: int, negative: int) -> Any:
    blocks = width * np.dtype(dtype).itemsize // BYTES
    parts = {"REAL": REALS[dtype], "EXP": EXPS[dtype], "BLOCKS": blocks, "NEGATIVE": negative}
    source = SOURCE
    for name, part in parts.items():
        source = source.replace(name, str(part))
    run = compile_library(source, FLAGS).run
    run.argtypes = [
        *[ctypes.c_void_p] * 6, ctypes.c_long, ctypes.c_uint64, *[ctypes.c_long] * 4, ctypes.c_void_p,
    ]  # fmt: skip
    run.restype = ctypes.c_double
    return run


@cache
def steps_path(dtype: str, width: int, negative: int) -> tuple[bool, str]:
    """Whether the compiled steps run, and why."""
    try:
        _compiled(dtype, width, negative)
    except NoCompiler as error:
        return False, f"NumPy: {error}"
    return True, "compiled C"


class Steps:
    """`skip_gram_steps` on padded W and C, compiled where there is a compiler; `path` says which."""

    def __init__(self, W: np.ndarray, C: np.ndarray, negative: int):
        self.W, self.C = W, C
        self.dtype, self.width, self.negative = W.dtype.name, W.shape[1], negative
        self.compiled, self.path = steps_path(self.dtype, self.width, negative)

    def take(self, kept: Kept, draws: Draws, first: int, last: int) -> tuple[float, int]:
        """The steps of the kept words from `first` to `last`."""
        if not self.compiled:
            return definition.skip_gram_steps(self.W, self.C, kept, draws, first, last)
        words, places, rates = (
            np.ascontiguousarray(one, kind)
            for one, kind in zip(kept, (np.int32, np.int64, np.float64), strict=True)
        )
        slots = np.empty(len(draws.noise.alias), [("threshold", np.uint32), ("alias", np.int32)])
        slots["threshold"], slots["alias"] = draws.noise
        count = ctypes.c_long()
        arrays = (self.W, self.C, words, places, rates, slots)
        loss = _compiled(self.dtype, self.width, self.negative)(
            *(one.ctypes.data for one in arrays), len(slots), draws.at, draws.window, first, last,
            len(words), ctypes.byref(count),
        )  # fmt: skip
        return loss, count.value
