"""What solvers do most, as compiled C: products with tasks' rows, and passes of block coordinate descent.

The definitions in NumPy are `Tasks.scores`, `Tasks.correlate`, `block_descent.one_pass` and
`gram_descent.gram_passes`.
"""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from gradatim.kernels.compile import NoCompiler, compile_library

SUMS = ("-fassociative-math", "-fno-signed-zeros", "-freciprocal-math", "-ffp-contract=fast")  # by vectors
SOURCE = """
#include <math.h>
#include <string.h>

static double dot(const double *restrict a, const double *restrict b, long n) {
    double sum = 0;
    for (long i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

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

/* row j of W at its best where all tasks share X, by row j of Q = XtX and of C = XtY: b = C_j - sum of
   Q_jk w_k over the others in use, four at a time */
static void row_pass(long j, const double *restrict Q, const double *restrict C, double *W, double *restrict b,
                     long *restrict in_use, long D, long m, int q, double lambda) {
    double *w = W + j * m, share[4];
    const double *row[4];
    int count = 0;
    in_use[j] = 0;
    for (long i = 0; i < m; i++) b[i] = C[i];
    for (long k = 0; k < D; k++) {
        if (in_use[k]) { share[count] = Q[k]; row[count++] = W + k * m; }
        if (!count || (count < 4 && k < D - 1)) continue;
        for (; count < 4; count++) { share[count] = 0; row[count] = row[0]; }
        for (long i = 0; i < m; i++)
            b[i] -= share[0] * row[0][i] + share[1] * row[1][i] + share[2] * row[2][i] + share[3] * row[3][i];
        count = 0;
    }
    best(w, b, Q[j], m, q, lambda);
    for (long i = 0; i < m; i++) in_use[j] |= w[i] != 0;
}

/* passes over the first of W's copies, each written into the next; in_use has D places */
void gram_passes(const double *restrict Q, const double *restrict C, double *W, double *restrict b,
                 long *restrict in_use, long D, long m, int q, double lambda, long passes) {
    for (long k = 0; k < D; k++) {
        in_use[k] = 0;
        for (long i = 0; i < m; i++) in_use[k] |= W[k * m + i] != 0;
    }
    for (; passes > 0; passes--, W += D * m) {
        memcpy(W + D * m, W, D * m * sizeof(double));
        for (long j = 0; j < D; j++)
            if (Q[j * D + j] > 0)
                row_pass(j, Q + j * D, C + j * m, W + D * m, b, in_use, D, m, q, lambda);
    }
}
"""


@cache
def _compiled(name: str) -> Any:
    run = compile_library(SOURCE, SUMS)[name]
    p, n, flag, number = ctypes.c_void_p, ctypes.c_long, ctypes.c_int, ctypes.c_double
    more: list[Any] = {"pass": [flag, flag, number], "gram_passes": [flag, number, n]}.get(name, [])
    places = {"pass": [p] * 6 + [n] * 3, "gram_passes": [p] * 5 + [n] * 2}.get(name, [p] * 4 + [n] * 3)
    run.argtypes = places + more
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


def gram_passes(Q: np.ndarray, C: np.ndarray, Ws: np.ndarray, q: int, strength: float) -> None:
    """The same by products of features, for tasks that share X: passes over Ws[0], each one in the next."""
    arrays = (Q, C, Ws, np.empty(Ws.shape[2]), np.empty(len(Q), dtype=np.int64))
    places = (one.ctypes.data for one in arrays)
    _compiled("gram_passes")(*places, *Ws.shape[1:], q, strength, len(Ws) - 1)


def product(
    name: str, Xt: np.ndarray, given: np.ndarray, made: np.ndarray, starts: np.ndarray
) -> np.ndarray:  # fmt: skip
    """`scores` of weights (D, m) into z (N,), or `correlate` of residuals (N,) into G (D, m)."""
    given = np.ascontiguousarray(given, dtype=float)
    arrays = (Xt, given, made, starts)
    _compiled(name)(*(one.ctypes.data for one in arrays), len(Xt), len(starts) - 1, Xt.shape[1])
    return made
