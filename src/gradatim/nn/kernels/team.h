/* The members of a team of threads, one where there is no OpenMP. */

#ifdef _OPENMP
#include <omp.h>
#define MEMBER omp_get_thread_num()
#define MEMBERS omp_get_num_threads()
#else
#define MEMBER 0
#define MEMBERS 1
#endif
