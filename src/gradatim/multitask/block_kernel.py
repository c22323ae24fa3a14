"""One pass of block coordinate descent as compiled C; `block_descent.one_pass` is its definition."""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from gradatim.kernels.compile import NoCompiler, compile_library

SUMS = ("-fassociative-math", "-fno-signed-zeros", "-freciprocal-math", "-ffp-contract=fast")  # by vectors
SOURCE = """
#include <math.h>

static double dot(const double *restrict a, const double *restrict b, long n) {
    double sum = 0;
    for (long i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* b_i/(L_i nu + lambda) nu, nu = the norm of the result: Newton from below on 1/norm - 1, which is convex */
static void shorten(double *restrict w, const double *restrict b, const double *restrict L, long m,
                    double lambda) {
    double size = sqrt(dot(b, b, m)), largest = 0;
    for (long i = 0; i < m; i++) if (L[i] > largest) largest = L[i];
    if (size <= lambda || largest == 0) { for (long i = 0; i < m; i++) w[i] = 0; return; }
    double nu = (size - lambda) / largest;
    for (int step = 0; step < 30; step++) {
        double square = 0, slope = 0;
        for (long i = 0; i < m; i++) {
            double under = 1 / (L[i] * nu + lambda), share = b[i] * under;
            square += share * share;
            slope += share * share * L[i] * under;
        }
        double move = (square - sqrt(square)) / slope;
        nu += move;
        if (fabs(move) <= 1e-15 * nu) break;
    }
    for (long i = 0; i < m; i++) w[i] = b[i] * nu / (L[i] * nu + lambda);
}

/* b/L less its projection onto the l1 ball of radius lambda/L, L the largest of all tasks */
static void cut(double *restrict w, const double *restrict b, double L, long m, double lambda) {
    double sum = 0, tau = 0;
    for (long i = 0; i < m; i++) sum += fabs(b[i]);
    if (sum <= lambda) { for (long i = 0; i < m; i++) w[i] = 0; return; }
    for (int step = 0; step < 100; step++) {  /* Michelot: those above tau decide the next tau */
        double total = 0;
        long count = 0;
        for (long i = 0; i < m; i++) if (fabs(b[i]) > tau) { total += fabs(b[i]); count++; }
        double next = (total - lambda) / count;
        if (next <= tau) break;
        tau = next;
    }
    for (long i = 0; i < m; i++) {
        double size = fabs(b[i]) < tau ? fabs(b[i]) : tau;
        w[i] = (b[i] < 0 ? -size : size) / L;
    }
}

void pass(const double *restrict X, double *restrict W, double *restrict r, const double *restrict L,
          const long *restrict starts, double *restrict b, long D, long m, long width, int shared, int q,
          double lambda) {
    for (long j = 0; j < D; j++, X += width, W += m, L += m) {
        double *restrict w = b + m, largest = 0;
        for (long i = 0; i < m; i++) if (L[i] > largest) largest = L[i];
        if (largest == 0) continue;
        for (long i = 0; i < m; i++) {
            const double *x = shared ? X : X + starts[i];
            b[i] = dot(x, r + starts[i], starts[i + 1] - starts[i]) + (q ? L[i] : largest) * W[i];
        }
        if (q == 2) shorten(w, b, L, m, lambda);
        else if (q == 0) cut(w, b, largest, m, lambda);
        else for (long i = 0; i < m; i++) {
            double size = fabs(b[i]) - lambda;
            w[i] = size > 0 && L[i] > 0 ? (b[i] < 0 ? -size : size) / L[i] : 0;
        }
        for (long i = 0; i < m; i++) {
            double moved = W[i] - w[i];
            if (moved == 0) continue;
            const double *x = shared ? X : X + starts[i];
            double *restrict at = r + starts[i];
            long n = starts[i + 1] - starts[i];
            for (long k = 0; k < n; k++) at[k] += moved * x[k];
            W[i] = w[i];
        }
    }
}
"""


@cache
def _compiled() -> Any:
    run = compile_library(SOURCE, SUMS)["pass"]
    run.argtypes = [ctypes.c_void_p] * 6 + [ctypes.c_long] * 3 + [ctypes.c_int] * 2 + [ctypes.c_double]
    run.restype = None
    return run


@cache
def path() -> tuple[bool, str]:
    """Whether compiled passes run, and why."""
    try:
        _compiled()
    except NoCompiler as error:
        return False, f"NumPy: {error}"
    return True, "compiled C"


def one_pass(
    Xt: np.ndarray, W: np.ndarray, r: np.ndarray, L: np.ndarray, starts: np.ndarray, shared: bool, q: int,
    strength: float, work: np.ndarray,
) -> None:  # fmt: skip
    """Every row of W at its best in turn, in place, and the residual r with it; q is 0 for ∞."""
    arrays = (Xt, W, r, L, starts, work)
    _compiled()(*(one.ctypes.data for one in arrays), *W.shape, Xt.shape[1], shared, q, strength)
