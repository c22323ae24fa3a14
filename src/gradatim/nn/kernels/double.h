/* Comes before mathematics.h where the numbers have double precision. */
#define DOUBLE
