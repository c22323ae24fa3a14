"""Passes of block coordinate descent by products of features, as compiled C.

The definition is `gram_descent.gram_passes` in NumPy.
"""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.multitask import task_kernel
from gradatim.multitask.task_kernel import BASICS, SUMS

ROWS = 4  # of W at a time, so that what is read of the others serves all of them
SOURCE = (
    BASICS
    + """
#include <string.h>
enum { ROWS = 4, WIDE = 8 };

/* the best row where all tasks have one L */
static void best(double *restrict w, const double *restrict b, double L, long m, int q, double lambda) {
    if (q == 2) {
        double size = sqrt(dot(b, b, m)), share = size > lambda ? (1 - lambda / size) / L : 0;
        for (long i = 0; i < m; i++) w[i] = share * b[i];
    } else if (q == 0) cut(w, b, L, m, lambda);
    else for (long i = 0; i < m; i++) {
        double size = fabs(b[i]) - lambda;
        w[i] = size > 0 ? (b[i] < 0 ? -size : size) / L : 0;
    }
}

/* b = C less the products with the rows of W in use: ROWS rows, and the tasks of one T, vector or number */
#define SUMS(name, T)                                                                                       \\
    static inline void name(double *b, const double *C, const double *W, const double *share,              \\
                            const long *in_use, long count, long rows, long m) {                           \\
        T sum[ROWS] = {0};                                                                                 \\
        for (long k = 0; k < count; k++, share += ROWS) {                                                  \\
            T w = *(const T *)(W + in_use[k] * m);                                                         \\
            sum[0] += share[0] * w, sum[1] += share[1] * w, sum[2] += share[2] * w, sum[3] += share[3] * w; \\
        }                                                                                                  \\
        for (long r = 0; r < rows; r++) *(T *)(b + r * m) = *(const T *)(C + r * m) - sum[r];              \\
    }
typedef double wide __attribute__((vector_size(WIDE * sizeof(double)), aligned(8), may_alias));
SUMS(wide_sums, wide)
SUMS(single_sums, double)

/* rows of W from j on at their best, in turn; of b, share and in_use only the room is used */
static void block(long j, const double *restrict Q, const double *restrict C, double *W, double *restrict b,
                  double *restrict share, long *restrict in_use, long D, long m, int q, double lambda) {
    long rows = D - j < ROWS ? D - j : ROWS, count = 0, i = 0;
    const double *at = Q + j * D;
    double *now = b + ROWS * m;
    for (long k = 0; k < D; k++) {
        if (!in_use[D + k]) continue;
        for (long r = 0; r < ROWS; r++) share[count * ROWS + r] = r < rows ? at[r * D + k] : 0;
        in_use[count++] = k;
    }
    C += j * m;
    for (; i + WIDE <= m; i += WIDE) wide_sums(b + i, C + i, W + i, share, in_use, count, rows, m);
    if (i < m && m >= WIDE) {  /* the last ones, some of them twice */
        i = m - WIDE;
        wide_sums(b + i, C + i, W + i, share, in_use, count, rows, m);
        i = m;
    }
    for (; i < m; i++) single_sums(b + i, C + i, W + i, share, in_use, count, rows, m);
    for (long r = 0; r < rows; r++, b += m) {
        double *restrict w = W + (j + r) * m, L = at[r * D + j + r];
        if (!(L > 0)) continue;
        for (i = 0; i < m; i++) b[i] += L * w[i];
        best(now, b, L, m, q, lambda);
        long any = 0;
        for (i = 0; i < m; i++) {
            double moved = now[i] - w[i];
            w[i] = now[i];
            now[i] = moved;
            any |= w[i] != 0;
        }
        in_use[D + j + r] = any;
        for (long s = r + 1; s < rows; s++)
            for (i = 0; i < m; i++) b[(s - r) * m + i] -= at[s * D + j + r] * now[i];
    }
}

/* passes over the first of W's copies, each written into the next */
void passes(const double *restrict Q, const double *restrict C, double *W, double *restrict b,
            double *restrict share, long *restrict in_use, long D, long m, long count, int q, double lambda) {
    for (long k = 0; k < D; k++) {
        in_use[D + k] = 0;
        for (long i = 0; i < m; i++) in_use[D + k] |= W[k * m + i] != 0;
    }
    for (; count > 0; count--, W += D * m) {
        memcpy(W + D * m, W, D * m * sizeof(double));
        for (long j = 0; j < D; j += ROWS) block(j, Q, C, W + D * m, b, share, in_use, D, m, q, lambda);
    }
}
"""
)


@cache
def _compiled() -> Any:
    run = compile_library(SOURCE, SUMS).passes
    run.argtypes = [ctypes.c_void_p] * 6 + [ctypes.c_long] * 3 + [ctypes.c_int, ctypes.c_double]
    run.restype = None
    return run


def works() -> bool:
    """Whether compiled code runs, here and for tasks' rows."""
    try:
        return task_kernel.path()[0] and bool(_compiled())
    except NoCompiler:
        return False


def gram_passes(Q: np.ndarray, C: np.ndarray, Ws: np.ndarray, q: int, strength: float) -> None:
    """Passes over the rows of Ws[0], each written into the next of Ws (K + 1, w, m)."""
    _, w, m = Ws.shape
    rooms = (np.empty((ROWS + 1, m)), np.empty((w, ROWS)), np.empty((2, w), dtype=np.int64))
    given = (np.ascontiguousarray(one, dtype=float) for one in (Q, C))
    arrays = (*given, Ws, *rooms)
    places = (one.ctypes.data for one in arrays)
    _compiled()(*places, w, m, len(Ws) - 1, q, strength)
