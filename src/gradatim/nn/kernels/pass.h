/* What every generated pass begins with: its arguments, its team of threads, and one matrix product. */

#include <stdlib.h>

typedef void (*gemm_t)(const char *, const char *, const int *, const int *, const int *, const real *, const real *,
                       const int *, const real *, const int *, const real *, real *, const int *);

#define ARGUMENTS                                                                                                    \
    const long T, const long N, const long reverse, const long team, const unsigned char *mask, const long *sizes,   \
        const double *constants, real **b, const int *turned, const int *lead, gemm_t gemm

static inline long max(long a, long b) { return a > b ? a : b; }

/* c (rows, out) = a (rows, in) m (in, out), added to c if `add`; this is member `me`'s share of the columns, whole
   cache lines of them. BLAS counts columns first, so it is told the transposes: c' = m' a'. m lies row by row, `lead`
   numbers apart, or, if `turned`, column by column. */
static inline void multiply(gemm_t gemm, long me, long of, long rows, long in, long out, const real *a, const real *m,
                            int turned, int lead, int add, real *c) {
    const long lines = (out + 15) / 16, from = lines * me / of * 16, end = lines * (me + 1) / of * 16;
    const int r = (int)rows, i = (int)in, o = (int)out, share = (int)((end < out ? end : out) - from);
    const real one = 1, more = add;
#ifdef OWN_PRODUCT
    if (!lead) { /* in strips */
        if (share > 0) by_blocks(rows, in, share, a, (const word *)m + from * WORDS(in), add, c + from, out);
        return;
    }
#endif
    if (share > 0)
        gemm(turned ? "T" : "N", "N", &share, &r, &i, &one, m + from * (turned ? lead : 1), &lead, a, &i, &more,
             c + from, &o);
}
