"""What solvers do most, as compiled C: products with tasks' rows, and a pass of block coordinate descent.

The definitions are `Tasks.scores`, `Tasks.correlate` and `block_descent.one_pass` in NumPy.
"""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from gradatim.kernels.compile import NoCompiler, compile_library

SUMS = ("-fassociative-math", "-fno-signed-zeros", "-freciprocal-math", "-ffp-contract=fast")  # by vectors
BASICS = """
#include <math.h>

static double dot(const double *restrict a, const double *restrict b, long n) {
    double sum = 0;
    for (long i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
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
"""
SOURCE = (
    BASICS
    + """
void scores(const double *restrict X, const double *restrict W, double *restrict z,
            const long *restrict starts, long D, long m, long width) {
    for (long i = 0; i < m; i++) {
        long n = starts[i + 1] - starts[i];
        double *restrict at = z + starts[i];
        const double *x = X + starts[i];
        for (long k = 0; k < n; k++) at[k] = 0;
        for (long d = 0; d < D; d++, x += width) {
            double w = W[d * m + i];
            if (w != 0) for (long k = 0; k < n; k++) at[k] += w * x[k];
        }
    }
}

void correlate(const double *restrict X, const double *restrict r, double *restrict G,
               const long *restrict starts, long D, long m, long width) {
    for (long i = 0; i < m; i++) {
        const double *x = X + starts[i];
        long n = starts[i + 1] - starts[i];
        for (long d = 0; d < D; d++, x += width) G[d * m + i] = dot(x, r + starts[i], n);
    }
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
)


@cache
def _compiled(name: str) -> Any:
    run = compile_library(SOURCE, SUMS)[name]
    more: list[Any] = [ctypes.c_int, ctypes.c_int, ctypes.c_double] if name == "pass" else []
    places: list[Any] = [ctypes.c_void_p] * (6 if name == "pass" else 4)
    run.argtypes = places + [ctypes.c_long] * 3 + more
    run.restype = None
    return run


@cache
def path() -> tuple[bool, str]:
    """Whether compiled code runs, and why."""
    try:
        _compiled("pass")
    except NoCompiler as error:
        return False, f"NumPy: {error}"
    return True, "compiled C"


def one_pass(
    Xt: np.ndarray, W: np.ndarray, r: np.ndarray, L: np.ndarray, starts: np.ndarray, shared: bool, q: int,
    strength: float, work: np.ndarray,
) -> None:  # fmt: skip
    """Every row of W at its best in turn, in place, and the residual r with it; q is 0 for ∞."""
    arrays = (Xt, W, r, L, starts, work)
    _compiled("pass")(*(one.ctypes.data for one in arrays), *W.shape, Xt.shape[1], shared, q, strength)


def product(
    name: str, Xt: np.ndarray, given: np.ndarray, made: np.ndarray, starts: np.ndarray
) -> np.ndarray:  # fmt: skip
    """`scores` of weights (D, m) into z (N,), or `correlate` of residuals (N,) into G (D, m)."""
    given = np.ascontiguousarray(given, dtype=float)
    arrays = (Xt, given, made, starts)
    _compiled(name)(*(one.ctypes.data for one in arrays), len(Xt), len(starts) - 1, Xt.shape[1])
    return made
