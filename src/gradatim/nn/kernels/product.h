/* A matrix product of our own, for processors whose 512-bit vectors BLAS leaves unused. Comes behind vector.h and before pass.h.

   m (in, columns) lies in strips of 16 columns, each (in, 16), so that every block reads side by side. Blocks of 8 rows
   and 48 columns of c stay in registers while k runs: 24 sums for 3 loads of m and 8 of a. */

#define OWN_PRODUCT
#define WORDS(in) (in) /* of 32 bits, in a column of a strip */

static inline __attribute__((always_inline)) void block(const int R, const int V, long in, const float *a, const float *m,
                                                        int add, float *c, long out) {
    lanes sum[8][3];
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) sum[r][v] = add ? *(lanes *)(c + r * out + LANES * v) : (lanes){0};
    for (long k = 0; k < in; k++) {
        lanes b[3];
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) b[v] = *(const lanes *)(m + LANES * (v * in + k));
#pragma GCC unroll 8
        for (int r = 0; r < R; r++)
#pragma GCC unroll 3
            for (int v = 0; v < V; v++) sum[r][v] += a[r * in + k] * b[v];
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) *(lanes *)(c + r * out + LANES * v) = sum[r][v];
}

static inline __attribute__((always_inline)) void strips(const int V, long rows, long in, const float *a, const float *m,
                                                         int add, float *c, long out) {
    long r = 0;
    for (; r + 8 <= rows; r += 8) block(8, V, in, a + r * in, m, add, c + r * out, out);
    for (; r + 4 <= rows; r += 4) block(4, V, in, a + r * in, m, add, c + r * out, out);
    for (; r < rows; r++) block(1, V, in, a + r * in, m, add, c + r * out, out);
}

/* c (rows, columns) = a (rows, in) m, added to c if `add`; rows of c lie `out` apart */
static void by_blocks(long rows, long in, long columns, const float *a, const float *m, int add, float *c, long out) {
    long j = 0;
    for (; j + 3 * LANES <= columns; j += 3 * LANES) strips(3, rows, in, a, m + j * in, add, c + j, out);
    for (; j < columns; j += LANES) strips(1, rows, in, a, m + j * in, add, c + j, out);
}
