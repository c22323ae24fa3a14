/* Sixteen floats: one vector where the processor has 512 bits, several where it has not. */

#define LANES 16
typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
