/* The product of product.h with both factors rounded to bfloat16, for processors that add up pairs of such products in
   float (AVX512_BF16). Comes in its place.

   m (in, columns) lies in strips of 16 columns, each (pairs, 16, 2): two rows of m beside each other, an odd one beside
   zeros. Rows of a are rounded eight at a time, and stay in cache while all strips pass. */

#include <immintrin.h>
#include <stdint.h>
#include <stdlib.h>

#define OWN_PRODUCT
#define WORDS(in) (((in) + 1) / 2) /* of 32 bits, in a column of a strip */

typedef uint32_t pair; /* two bfloat16 */

/* n floats, to (n + 1) / 2 pairs; no more than 32 are read and written at a time, and none beyond */
static inline void rounded(const float *x, long n, pair *y) {
    for (long i = 0; i < n; i += 32) {
        const long left = n - i, low = left < 16 ? left : 16, high = left - low < 16 ? left - low : 16;
        const __m512 a = _mm512_maskz_loadu_ps((__mmask16)((1u << low) - 1), x + i);
        const __m512 b = _mm512_maskz_loadu_ps((__mmask16)((1u << high) - 1), x + i + low);
        const long words = (low + high + 1) / 2;
        _mm512_mask_storeu_epi32(y + i / 2, (__mmask16)((1u << words) - 1), (__m512i)_mm512_cvtne2ps_pbh(b, a));
    }
}

static inline __attribute__((always_inline)) void block(const int R, const int V, long pairs, const pair *a, const pair *m,
                                                        int add, float *c, long out) {
    __m512 sum[8][3];
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) sum[r][v] = add ? _mm512_loadu_ps(c + r * out + LANES * v) : _mm512_setzero_ps();
    for (long k = 0; k < pairs; k++) {
        __m512i b[3];
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) b[v] = _mm512_loadu_si512(m + LANES * (v * pairs + k));
#pragma GCC unroll 8
        for (int r = 0; r < R; r++)
#pragma GCC unroll 3
            for (int v = 0; v < V; v++)
                sum[r][v] = _mm512_dpbf16_ps(sum[r][v], (__m512bh)_mm512_set1_epi32((int)a[r * pairs + k]), (__m512bh)b[v]);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 3
        for (int v = 0; v < V; v++) _mm512_storeu_ps(c + r * out + LANES * v, sum[r][v]);
}

static inline __attribute__((always_inline)) void strips(const int R, long pairs, long columns, const pair *a, const pair *m,
                                                         int add, float *c, long out) {
    long j = 0;
    for (; j + 3 * LANES <= columns; j += 3 * LANES) block(R, 3, pairs, a, m + j * pairs, add, c + j, out);
    for (; j < columns; j += LANES) block(R, 1, pairs, a, m + j * pairs, add, c + j, out);
}

/* c (rows, columns) = a (rows, in) m, added to c if `add`; rows of c lie `out` apart */
static void by_blocks(long rows, long in, long columns, const float *a, const float *m, int add, float *c, long out) {
    const long pairs = WORDS(in);
    pair *few = malloc(8 * pairs * sizeof(pair));
    for (long r = 0, n; r < rows; r += n) {
        n = rows - r >= 8 ? 8 : rows - r >= 4 ? 4 : 1;
        for (long i = 0; i < n; i++) rounded(a + (r + i) * in, in, few + i * pairs);
        if (n == 8) strips(8, pairs, columns, few, (const pair *)m, add, c + r * out, out);
        else if (n == 4) strips(4, pairs, columns, few, (const pair *)m, add, c + r * out, out);
        else strips(1, pairs, columns, few, (const pair *)m, add, c + r * out, out);
    }
    free(few);
}
