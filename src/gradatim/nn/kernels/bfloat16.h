/* Comes before numbers.h where numbers in memory are bfloat16. */
#define BFLOAT16
