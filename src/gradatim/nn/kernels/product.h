/* A matrix product of our own, for processors whose 512-bit vectors BLAS leaves unused. Comes behind vector.h and
   floats.h, or pairs.h, which say what a factor is, and before pass.h.

   m (in, columns) lies in strips of 16 columns, each (words, 16), so that every block reads side by side. Blocks of 8
   rows and 48 columns of c stay in registers while k runs: 24 sums for 3 loads of m and 8 of a. */

#define OWN_PRODUCT

static inline __attribute__((always_inline)) void block(const int R, const int V, long size, const word *a, const word *m,
                                                        int add, float *c, long out) {
    lanes sum[8][3];
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) sum[r][v] = add ? *(lanes *)(c + r * out + LANES * v) : (lanes){0};
    for (long k = 0; k < size; k++) {
        words b[3];
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) b[v] = *(const words *)(m + LANES * (v * size + k));
#pragma GCC unroll 8
        for (int r = 0; r < R; r++)
#pragma GCC unroll 3
            for (int v = 0; v < V; v++) sum[r][v] = plus(sum[r][v], a[r * size + k], b[v]);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) *(lanes *)(c + r * out + LANES * v) = sum[r][v];
}

static inline __attribute__((always_inline)) void strips(const int V, long rows, long size, const word *a, const word *m,
                                                         int add, float *c, long out) {
    long r = 0;
    for (; r + 8 <= rows; r += 8) block(8, V, size, a + r * size, m, add, c + r * out, out);
    for (; r + 4 <= rows; r += 4) block(4, V, size, a + r * size, m, add, c + r * out, out);
    for (; r < rows; r++) block(1, V, size, a + r * size, m, add, c + r * out, out);
}

/* c (rows, columns) = a (rows, in) m, added to c if `add`; m in strips, rows of c `out` apart */
static void by_blocks(long rows, long in, long columns, const float *a, const word *m, int add, float *c, long out) {
    const long size = WORDS(in);
    const word *factors = taken(a, rows, in);
    long j = 0;
    for (; j + 3 * LANES <= columns; j += 3 * LANES) strips(3, rows, size, factors, m + j * size, add, c + j, out);
    for (; j < columns; j += LANES) strips(1, rows, size, factors, m + j * size, add, c + j, out);
    given_back(factors);
}
