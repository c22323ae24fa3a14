/* The elementary functions of a fused step: without branches, so that a compiler turns them into vectors.

   e^x = 2^n e^r, n = the whole number nearest x / ln 2, |r| <= ln 2 / 2; e^r - 1 is its Taylor polynomial, of degree 7
   in single and 13 in double precision, where the first term left out is below half a unit in the last place.
   2^n is made of n's bits: adding 1.5 * 2^(mantissa bits) leaves n in the low bits of the sum. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef DOUBLE
typedef double real;
typedef uint64_t bits;
#define MANTISSA 52
#define BIAS 1023
#define ROUND 6755399441055744.0
#define LOG2E 1.4426950408889634074
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define LARGEST 709.78271289338397
#define SMALLEST -708.0
#else
typedef float real;
typedef uint32_t bits;
#define MANTISSA 23
#define BIAS 127
#define ROUND 12582912.0f
#define LOG2E 1.44269504f
#define LN2_HIGH 0.693145752f
#define LN2_LOW 1.42860677e-6f
#define LARGEST 88.7228317f
#define SMALLEST -87.0f
#endif

static inline real two_to(real shifted) { /* 2^n, where shifted = ROUND + n and -BIAS < n <= BIAS */
    bits b;
    real y;
    memcpy(&b, &shifted, sizeof b);
    b = (b + BIAS) << MANTISSA;
    memcpy(&y, &b, sizeof y);
    return y;
}

static inline real less_one(real r) { /* e^r - 1 for |r| <= ln 2 / 2 */
#ifdef DOUBLE
    real p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
#else
    real p = 1.0f / 5040.0f;
#endif
    p = p * r + (real)(1.0 / 720.0);
    p = p * r + (real)(1.0 / 120.0);
    p = p * r + (real)(1.0 / 24.0);
    p = p * r + (real)(1.0 / 6.0);
    p = p * r + (real)0.5;
    return p * r * r + r;
}

static inline real exp_clamped(real x, real low, real high, int less) { /* e^x, or e^x - 1; NaN stays NaN */
    x = x < low ? low : x;
    x = x > high ? high : x;
    real shifted = x * LOG2E + ROUND, n = shifted - ROUND;
    real p = less_one((x - n * LN2_HIGH) - n * LN2_LOW), power = two_to(shifted);
    return less ? power * p + (power - 1) : power * p + power;
}

#define HALF_RANGE (LARGEST - 1) /* n stays below BIAS */

static inline real EXP(real x) {
    real half = exp_clamped(x * (real)0.5, SMALLEST, HALF_RANGE, 0); /* e^x = (e^(x/2))^2 reaches infinity and 0 */
    return half * half;
}
static inline real EXPM1(real x) {
    real y = exp_clamped(x, SMALLEST, HALF_RANGE, 1);
    return x > HALF_RANGE ? EXP(x) : y;
}
static inline real SIGMOID(real x) { return 1 / (1 + exp_clamped(-x, SMALLEST, HALF_RANGE, 0)); }
static inline real TANH(real x) { /* (e^2x - 1) / (e^2x + 1), which is 1 to rounding from 20 on */
    real e = exp_clamped(2 * x, -40, 40, 1);
    return e / (e + 2);
}
static inline real SIGN(real x) { return x != x ? x : (real)(x > 0) - (real)(x < 0); }
static inline real MAX(real a, real b) { return a > b || a != a ? a : b; }
static inline real MIN(real a, real b) { return a < b || a != a ? a : b; }
static inline real WHERE(real c, real a, real b) { return c != 0 ? a : b; }
static inline real GT(real a, real b) { return a > b; }
static inline real GE(real a, real b) { return a >= b; }
static inline real LT(real a, real b) { return a < b; }
static inline real LE(real a, real b) { return a <= b; }
static inline real EQ(real a, real b) { return a == b; }
static inline real NE(real a, real b) { return a != b; }

#ifdef DOUBLE
#define LOG log
#define LOG1P log1p
#define SQRT sqrt
#define SIN sin
#define COS cos
#define ERF erf
#define ABS fabs
#define POW pow
#define FLOOR floor
#else
#define LOG logf
#define LOG1P log1pf
#define SQRT sqrtf
#define SIN sinf
#define COS cosf
#define ERF erff
#define ABS fabsf
#define POW powf
#define FLOOR floorf
#endif

static inline real TO_EVEN(real x) { /* the nearest whole number, of two the even one */
    const real low = FLOOR(x), over = x - low, odd = low - 2 * FLOOR(low / 2);
    return over > (real)0.5 || (over == (real)0.5 && odd != 0) ? low + 1 : low;
}
static inline real SOFTPLUS(real x) { return MAX(x, 0) + LOG1P(EXP(-ABS(x))); }
