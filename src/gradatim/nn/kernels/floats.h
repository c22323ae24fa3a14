/* The factors of product.h as they are: one float in a word. Comes behind vector.h. */

#define WORDS(in) (in) /* words in a row of `in` factors */
typedef float word;
typedef lanes words;

static inline lanes plus(lanes sum, word a, words b) { return sum + a * b; }
static inline const word *taken(const float *a, long rows, long in) { return (void)rows, (void)in, a; }
static inline void given_back(const word *a) { (void)a; }
