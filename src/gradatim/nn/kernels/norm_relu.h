/* y = max(0, gamma (x - mean) / sqrt(variance + eps) + beta + plus), the mean and the variance the batch's own: two
   passes over memory forward, two backward.

   Numbers lie (rows, C): the pixels of all pictures, channels last; C is a multiple of LANES. Each member of the team has
   rows of its own. Sums are taken in single precision over a block of rows, then in double; members' sums are added
   in the members' order, so equal teams find equal bits. */

#include <math.h>
#include <string.h>

#define BLOCK 64
#define EACH_BLOCK                                                                                                   \
    const long end = rows * (MEMBER + 1) / MEMBERS;                                                                  \
    for (long from = rows * MEMBER / MEMBERS, to; from < end && (to = from + BLOCK < end ? from + BLOCK : end); from = to)
#define EACH_VECTOR for (long c = 0; c < C; c += LANES)
#define EACH_ROW for (long i = from * C + c; i < to * C + c; i += C)

static void join(double *sums, long C, long c, lanes one, lanes two) { /* into this member's sums (2, C) */
    double *mine = sums + MEMBER * 2 * C + c;
    for (int i = 0; i < LANES; i++) mine[i] += one[i], mine[C + i] += two[i];
}

static void total(double *sums, long team, long C) { /* into the first member's */
    for (long m = 1; m < team; m++)
        for (long c = 0; c < 2 * C; c++) sums[c] += sums[m * 2 * C + c];
}

/* mean and 1/sqrt(variance + eps) of x; the running ones move by `momentum`, with the variance of the population.
   Sums are of x - its first row, so that a mean far from 0 costs no digits. */
static void normalise(long team, long rows, long C, const number *x, double eps, double momentum, float *running_mean,
                      float *running_variance, float *mean, float *inverse, double *sums) {
#pragma omp parallel num_threads(team)
    {
        EACH_BLOCK EACH_VECTOR {
            const lanes first = load(x + c);
            lanes s = {0}, q = {0};
            EACH_ROW {
                const lanes d = load(x + i) - first;
                s += d, q += d * d;
            }
            join(sums, C, c, s, q);
        }
    }
    total(sums, team, C);
    EACH_VECTOR {
        const lanes first = load(x + c);
        for (int i = 0; i < LANES; i++) {
            const double s = sums[c + i] / rows, v = sums[C + c + i] / rows - s * s, variance = v < 0 ? 0 : v;
            mean[c + i] = (float)(first[i] + s);
            inverse[c + i] = (float)(1 / sqrt(variance + eps));
            running_mean[c + i] += (float)(momentum * (first[i] + s - running_mean[c + i]));
            running_variance[c + i] += (float)(momentum * (variance * rows / (rows - 1.0) - running_variance[c + i]));
        }
    }
}

/* `sums` is (team, 2, C), of zeros */
void forward(long team, long rows, long C, const number *x, const number *plus, const float *gamma, const float *beta,
             double eps, double momentum, float *running_mean, float *running_variance, float *mean, float *inverse,
             number *y, double *sums) {
    normalise(team, rows, C, x, eps, momentum, running_mean, running_variance, mean, inverse, sums);
#pragma omp parallel num_threads(team)
    {
        EACH_BLOCK EACH_VECTOR {
            const lanes m = given(mean + c), a = given(gamma + c) * given(inverse + c), b = given(beta + c);
            EACH_ROW {
                lanes z = (load(x + i) - m) * a + b;
                if (plus) z += load(plus + i);
                store(y + i, only(~(z <= 0), z));
            }
        }
    }
}

/* With d = dy where y > 0 and n numbers a channel, h = (x - mean) inverse:
       dbeta = sum d,   dgamma = sum d h,   dplus = d,   dx = gamma inverse (d - dbeta / n - h dgamma / n) */
void backward(long team, long rows, long C, const number *dy, const number *x, const number *y, const float *gamma,
              const float *mean, const float *inverse, number *dplus, number *dx, float *dgamma, float *dbeta,
              double *sums) {
#pragma omp parallel num_threads(team)
    {
        EACH_BLOCK EACH_VECTOR {
            const lanes m = given(mean + c);
            lanes s = {0}, q = {0};
            EACH_ROW {
                const lanes d = only(~(load(y + i) <= 0), load(dy + i));
                if (dplus) store(dplus + i, d);
                s += d, q += d * (load(x + i) - m);
            }
            join(sums, C, c, s, q);
        }
    }
    total(sums, team, C);
    for (long c = 0; c < C; c++) dbeta[c] = (float)sums[c], dgamma[c] = (float)(sums[C + c] * inverse[c]);
#pragma omp parallel num_threads(team)
    {
        EACH_BLOCK EACH_VECTOR {
            const lanes m = given(mean + c), v = given(inverse + c), a = given(gamma + c) * v;
            const lanes p = given(dbeta + c) / (float)rows, q = v * given(dgamma + c) / (float)rows;
            EACH_ROW {
                const lanes d = dplus ? load(dplus + i) : only(~(load(y + i) <= 0), load(dy + i));
                store(dx + i, a * (d - p - (load(x + i) - m) * q));
            }
        }
    }
}
