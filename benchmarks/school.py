"""School: errors of models of several tasks at 10, 20 and 30 % training, beside each school alone.

    python benchmarks/school.py [--splits 10] [--shares 0.1,0.2,0.3] [--models alone,robust]

From each school a share of its students is drawn for training and all others are the test, 10 times,
as is usual for these data. The strengths are chosen inside
the training part: half of each school's students fit, the other half validate, and the best is fitted again
on all; the test is never looked at before. Columns are divided by their largest value in training.

    nMSE = Σ (y − ŷ)² / Σ (y − ȳ)²      over all students of the test; 1 is as good as one mean for all
    aMSE = Σ (y − ŷ)² / Σ y²

`alone` is ridge regression of each school, `together` ridge regression of all schools as one. A
column of ones stands for the intercept and is penalised with the others. Printed
are means and standard deviations over splits; one thread.
"""

import argparse
import os
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.linear_model import Ridge

from gradatim.data.school import school_tasks
from gradatim.estimators import ClusteredMultiTask, JointSparsity, LowRank, RobustMultiTask

warnings.simplefilter("ignore")
SETTINGS = {"fit_intercept": False, "tol": 1e-4, "max_iter": 2000}


class Alone:
    def __init__(self, strength):
        self.strength = strength

    def fit(self, Xs, ys):
        self.W = [
            Ridge(self.strength, fit_intercept=False).fit(X, y).coef_ for X, y in zip(Xs, ys, strict=True)
        ]
        return self

    def predict(self, Xs):
        return [X @ w for X, w in zip(Xs, self.W, strict=True)]


class Together(Alone):
    def fit(self, Xs, ys):
        w = Ridge(self.strength, fit_intercept=False).fit(np.concatenate(Xs), np.concatenate(ys)).coef_
        self.W = [w] * len(Xs)
        return self


GRIDS = {
    "alone": [Alone(s) for s in 10.0 ** np.arange(-2, 4)],
    "together": [Together(s) for s in 10.0 ** np.arange(-2, 4)],
    "joint_sparsity": [JointSparsity(s, **SETTINGS) for s in (300, 100, 50, 25, 10, 5)],
    "low_rank": [LowRank(s, **SETTINGS) for s in (400, 200, 100, 50, 25)],
    "robust": [
        RobustMultiTask(a, b, **SETTINGS) for a in (1.0, 0.3, 0.1, 0.03) for b in (1.0, 0.5, 0.25, 0.12)
    ],
    "clustered": [
        ClusteredMultiTask(k, strength=s, eta=e, **SETTINGS)
        for k in (1, 3)
        for s in (10, 100)
        for e in (0.01, 0.1)
    ],
}


def split(ys, share, rng):
    """For each school the rows drawn, and the others."""
    orders = [rng.permutation(len(y)) for y in ys]
    cuts = [max(round(share * len(y)), 2) for y in ys]
    return [o[:c] for o, c in zip(orders, cuts, strict=True)], [
        o[c:] for o, c in zip(orders, cuts, strict=True)
    ]


def take(Xs, ys, rows):
    return [X[r] for X, r in zip(Xs, rows, strict=True)], [y[r] for y, r in zip(ys, rows, strict=True)]


def errors(model, Xs, ys):
    y, found = np.concatenate(ys), np.concatenate(model.predict(Xs))
    squared = ((y - found) ** 2).sum()
    return squared / ((y - y.mean()) ** 2).sum(), squared / (y**2).sum()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--shares", default="0.1,0.2,0.3")
    parser.add_argument("--models", default=",".join(GRIDS))
    asked = parser.parse_args()
    Xs, ys = school_tasks()
    Xs = [np.concatenate([X, np.ones((len(X), 1))], axis=1) for X in Xs]
    for share in map(float, asked.shares.split(",")):
        results = {name: [] for name in asked.models.split(",")}
        chosen = {name: [] for name in results}
        for seed in range(asked.splits):
            rng = np.random.default_rng(seed)
            train, test = split(ys, share, rng)
            Xt, yt = take(Xs, ys, train)
            size = np.maximum(abs(np.concatenate(Xt)).max(0), 1)
            Xt = [X / size for X in Xt]
            Xe, ye = take(Xs, ys, test)
            Xe = [X / size for X in Xe]
            fit, valid = split(yt, 0.5, rng)
            inner, held = take(Xt, yt, fit), take(Xt, yt, valid)
            for name, kept in results.items():
                scores = [errors(model.fit(*inner), *held)[0] for model in GRIDS[name]]
                best = int(np.argmin(scores))
                chosen[name].append(best)
                kept.append(errors(GRIDS[name][best].fit(Xt, yt), Xe, ye))
        for name, found in results.items():
            mean, spread = np.mean(found, 0), np.std(found, 0)
            print(
                f"{share:4.0%}  {name:15} nMSE {mean[0]:.4f} ± {spread[0]:.4f}   aMSE {mean[1]:.4f} ± "
                f"{spread[1]:.4f}   chosen {sorted(set(chosen[name]))} of {len(GRIDS[name])}",
                flush=True,
            )


if __name__ == "__main__":
    main()
