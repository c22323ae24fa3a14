/* Numbers in memory, float or bfloat16, as tiles of 16 floats.

   A bfloat16 is the upper half of a float's bits. It is rounded to the nearest, halves to the even one; what is no
   number stays none. */

#include <stdint.h>

#define TILE 16
typedef float tile __attribute__((vector_size(4 * TILE), aligned(4), may_alias));
typedef int32_t lanes __attribute__((vector_size(4 * TILE), aligned(4), may_alias));

static inline tile only(lanes where, tile x) { return (tile)((lanes)x & where); } /* x there, 0 elsewhere */

#ifdef BFLOAT16
typedef uint16_t number;
typedef uint16_t halves __attribute__((vector_size(2 * TILE), aligned(2), may_alias));
typedef uint32_t words __attribute__((vector_size(4 * TILE), aligned(4), may_alias));
static inline tile load(const number *p) { return (tile)(__builtin_convertvector(*(const halves *)p, words) << 16); }
static inline void store(number *p, tile x) {
    const words w = (words)x, rounded = (w + 0x7fff + ((w >> 16) & 1)) >> 16, none = (words)(x != x);
    *(halves *)p = __builtin_convertvector((rounded & ~none) | (0x7fc0 & none), halves);
}
#else
typedef float number;
static inline tile load(const number *p) { return *(const tile *)p; }
static inline void store(number *p, tile x) { *(tile *)p = x; }
#endif
static inline tile given(const float *p) { return *(const tile *)p; } /* of a channel: always a float */
