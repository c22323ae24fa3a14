/* Numbers in memory, float or bfloat16, as vectors of 16 floats. Comes behind vector.h.

   A bfloat16 is the upper half of a float's bits. It is rounded to the nearest, halves to the even one; what is no
   number stays none. */

#include <stdint.h>

typedef int32_t mask __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline lanes only(mask where, lanes x) { return (lanes)((mask)x & where); } /* x there, 0 elsewhere */

#ifdef BFLOAT16
typedef uint16_t number;
typedef uint16_t halves __attribute__((vector_size(2 * LANES), aligned(2), may_alias));
typedef uint32_t words __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
static inline lanes load(const number *p) { return (lanes)(__builtin_convertvector(*(const halves *)p, words) << 16); }
static inline void store(number *p, lanes x) {
    const words w = (words)x, rounded = (w + 0x7fff + ((w >> 16) & 1)) >> 16, none = (words)(x != x);
    *(halves *)p = __builtin_convertvector((rounded & ~none) | (0x7fc0 & none), halves);
}
#else
typedef float number;
static inline lanes load(const number *p) { return *(const lanes *)p; }
static inline void store(number *p, lanes x) { *(lanes *)p = x; }
#endif
static inline lanes given(const float *p) { return *(const lanes *)p; } /* of a channel: always a float */
