/* The factors of product.h rounded to bfloat16: two neighbours of a row in a word, an odd one beside 0, whose products the
   processor adds up in float (AVX512_BF16). Comes behind vector.h. */

#include <immintrin.h>
#include <stdint.h>
#include <stdlib.h>

#define WORDS(in) (((in) + 1) / 2) /* words in a row of `in` factors */
typedef uint32_t word;
typedef uint32_t words __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline lanes plus(lanes sum, word a, words b) {
    return (lanes)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)a), (__m512bh)b);
}

static inline void rounded(const float *x, long n, word *y) { /* reads and writes nothing beyond the row */
    for (long i = 0; i < n; i += 2 * LANES) {
        const long left = n - i, low = left < LANES ? left : LANES, high = left - low < LANES ? left - low : LANES;
        const __m512 a = _mm512_maskz_loadu_ps((__mmask16)((1u << low) - 1), x + i);
        const __m512 b = _mm512_maskz_loadu_ps((__mmask16)((1u << high) - 1), x + i + low);
        const __mmask16 made = (__mmask16)((1u << WORDS(low + high)) - 1);
        _mm512_mask_storeu_epi32(y + i / 2, made, (__m512i)_mm512_cvtne2ps_pbh(b, a));
    }
}

static inline const word *taken(const float *a, long rows, long in) {
    word *all = malloc(rows * WORDS(in) * sizeof(word));
    for (long r = 0; r < rows; r++) rounded(a + r * in, in, all + r * WORDS(in));
    return all;
}
static inline void given_back(const word *a) { free((void *)a); }
