"""Claim: a Boltzmann machine's epoch is 5 times as fast as scikit-learn's, at equal pseudo-likelihood.

    GRADATIM_DATA=… OMP_NUM_THREADS=1 python benchmarks/rbm.py [rows] [pairs] [threads]

784 visible and 500 hidden units, MNIST (the first `rows` pictures, 2,000), batches of 20 and of 100, one
thread unless told, no momentum, η = 0.05. scikit-learn's BernoulliRBM learns in double precision, which it
does when it is given MNIST divided by 255, and in single; ours, CD-1 and persistent, in single. Each pair
learns in turn, one epoch each, on rows in memory. On one thread the times are the processor's own
(`process_time`), so that other programs on the machine do not count; on more, for both, they are the
clock's. The figure is the median of the pairs' ratios. The pseudo-likelihood of the same rows is measured
by scikit-learn's own `score_samples` with the weights put in, after 3 epochs each.
"""

import statistics
import sys
import time
import warnings
from typing import Any

import numpy as np
import torch
from sklearn import neural_network
from threadpoolctl import threadpool_limits

from gradatim.data.mnist import mnist
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.rbm import ContrastiveDivergence

HIDDEN, RATE, AIM, EPOCHS = 500, 0.05, 5.0, 3
DEFAULTS = ("2000", "7", "1")


def theirs(x: np.ndarray, batch: int, epochs: int) -> Any:
    return neural_network.BernoulliRBM(
        HIDDEN, learning_rate=RATE, batch_size=batch, n_iter=epochs, random_state=0
    ).fit(x)


def ours(x: np.ndarray, batch: int, persistent: bool, epochs: int) -> RBM:
    rbm = RBM(x.shape[1], HIDDEN)
    loop = ContrastiveDivergence(
        rbm, x, epochs=epochs, batch_size=batch, lr=RATE, momentum=0.0, persistent=persistent
    )
    for _ in loop:
        pass
    return rbm


def seconds(clock: Any, learn: Any, *given: Any) -> float:
    """The time of one epoch: two epochs less one, so that beginnings do not count."""
    found = []
    for epochs in (1, 2):
        started = clock()
        learn(*given, epochs)
        found.append(clock() - started)
    return found[1] - found[0]


def likelihood(machine: Any, x: np.ndarray) -> float:
    """scikit-learn's pseudo-likelihood of the rows."""
    if isinstance(machine, RBM):
        into = theirs(x[:2], 2, 0)
        into.components_, into.intercept_visible_, into.intercept_hidden_ = (
            p.detach().double().numpy() for p in machine.parameters()
        )
        machine = into
    machine.random_state = 0
    return float(machine.score_samples(x).mean())


def main() -> None:
    rows, pairs, threads = (int(value) for value in (*sys.argv[1:], *DEFAULTS[len(sys.argv) - 1 :]))
    torch.set_num_threads(threads)
    threadpool_limits(threads)
    clock = time.process_time if threads == 1 else time.perf_counter
    warnings.simplefilter("ignore")
    x = mnist().x[:rows].reshape(rows, -1) / 255.0
    single = x.astype(np.float32)
    ours(single[:200], 20, False, 1)  # compiles the states' loop, once
    for batch in (20, 100):
        scores = {
            "scikit-learn": likelihood(theirs(x, batch, EPOCHS), x),
            "CD-1": likelihood(ours(single, batch, False, EPOCHS), x),
            "persistent": likelihood(ours(single, batch, True, EPOCHS), x),
        }
        for way, persistent in (("CD-1", False), ("persistent", True)):
            for name, given in (("double", x), ("single", single)):
                times = [
                    (seconds(clock, theirs, given, batch), seconds(clock, ours, single, batch, persistent))
                    for _ in range(pairs)
                ]
                ratio = statistics.median(a / b for a, b in times)
                steps = rows / batch / 1e3
                a, b = (statistics.median(one) / steps for one in zip(*times, strict=True))
                verdict = "met" if ratio >= AIM else "MISSED"
                print(
                    f"{threads} threads, batch {batch:3d} {way:10s}: scikit-learn ({name}) {a:.2f} ms a "
                    f"step, gradatim {b:.2f} ms, {ratio:.1f} times as fast; {verdict}: at least {AIM:g}; "
                    f"pseudo-likelihood after {EPOCHS} epochs {scores['scikit-learn']:.1f} and "
                    f"{scores[way]:.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
