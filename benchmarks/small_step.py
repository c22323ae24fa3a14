"""Claim: on a small network a step is at least 3.5 times as fast as scikit-learn's, Keras' and a bare torch
loop's, and 10 times as fast as skorch's.

    python -m pip install ".[bench]"
    python benchmarks/small_step.py

A step of 64–64–10, ReLU, softmax, Adam, batch 32, float32, on digits, with all that a user's epoch has: the
loop, the shuffling, the gathering of batches, the record. Each runs in a process of its own, on one core and
on two, and its better time counts; Keras (JAX) also with a whole epoch in one call (steps_per_execution).
Processes take turns for 5 rounds; each warms up and times 5 blocks of 20 epochs, whose median counts.
Those that are not installed are left out.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

BATCH, EPOCHS, BLOCKS, ROUNDS = 32, 20, 5, 5
NAMES = {
    "gradatim": ("gradatim", 0.0), "scikit-learn": ("sklearn", 3.5), "bare torch": ("torch", 3.5),
    "keras jax": ("keras", 3.5), "keras jax, epoch in one call": ("keras", 3.5), "skorch": ("skorch", 10.0),
}  # fmt: skip


def examples() -> tuple[np.ndarray, np.ndarray]:
    import gradatim
    from gradatim.data.encoders.encoder import fit_encoder

    train = gradatim.split(gradatim.load_data("digits"), valid=0).train
    return fit_encoder(train).inputs(train).reshape(len(train), -1), train.y


def ours(x: np.ndarray, y: np.ndarray) -> Callable[[int], None]:
    from gradatim.by_hand.network import Network
    from gradatim.models.mlp import mlp
    from gradatim.training.training import Training

    network = Network(mlp(64, 10, hidden=(64,)))

    def run(epochs: int) -> None:
        records = list(Training(network, (x, y), lr=1e-3, epochs=epochs, batch_size=BATCH))
        assert len(records) == epochs

    return run


def scikit_learn(x: np.ndarray, y: np.ndarray) -> Callable[[int], None]:
    from sklearn.neural_network import MLPClassifier

    def run(epochs: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            MLPClassifier((64,), batch_size=BATCH, max_iter=epochs, n_iter_no_change=epochs, tol=0.0).fit(
                x, y
            )

    return run


def bare_torch(x: np.ndarray, y: np.ndarray) -> Callable[[int], None]:
    import torch
    from torch import nn

    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def run(epochs: int) -> None:
        for _ in range(epochs):
            order = torch.randperm(len(inputs))
            shuffled, labels, total = inputs[order], targets[order], 0.0
            for batch, target in zip(shuffled.split(BATCH), labels.split(BATCH), strict=True):
                optimizer.zero_grad(set_to_none=True)
                loss = nn.functional.cross_entropy(model(batch), target)
                loss.backward()
                optimizer.step()
                total += loss.item()

    return run


def keras_jax(x: np.ndarray, y: np.ndarray, together: int = 1) -> Callable[[int], None]:
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=True, steps_per_execution=together)

    def run(epochs: int) -> None:
        model.fit(x, y, batch_size=BATCH, epochs=epochs, verbose=0)

    return run


def skorch(x: np.ndarray, y: np.ndarray) -> Callable[[int], None]:
    import torch
    from skorch import NeuralNetClassifier
    from torch import nn

    net = NeuralNetClassifier(
        nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)), criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam, optimizer__fused=True, lr=1e-3, batch_size=BATCH, train_split=None,
        verbose=0, warm_start=True, iterator_train__shuffle=True,
    )  # fmt: skip

    def run(epochs: int) -> None:
        net.set_params(max_epochs=epochs)
        net.fit(x, y)

    return run


def one(name: str, cores: int) -> None:
    """Print the microseconds of a step of one contender in this process, on so many cores."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))
    x, y = examples()
    steps = -(-len(x) // BATCH)
    if find_spec("torch") and name in ("bare torch", "skorch"):
        import torch

        torch.set_num_threads(cores)
    made = {
        "gradatim": ours, "scikit-learn": scikit_learn, "bare torch": bare_torch, "keras jax": keras_jax,
        "keras jax, epoch in one call": lambda x, y: keras_jax(x, y, steps), "skorch": skorch,
    }[name]  # fmt: skip
    run = made(x, y)
    run(2), run(2)
    times = []
    for _ in range(BLOCKS):
        started = time.perf_counter()
        run(EPOCHS)
        times.append((time.perf_counter() - started) / EPOCHS / steps * 1e6)
    print(statistics.median(times))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one")
    parser.add_argument("--cores", type=int, default=1)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one, asked.cores)
        return
    found: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for name, (package, _) in NAMES.items():
            for cores in (1, 2):
                if find_spec(package):
                    found.setdefault((name, cores), []).append(_process(name, cores))
    best = {}
    for (name, cores), times in found.items():
        median = statistics.median(times)
        print(f"{name:30s} {cores} core(s)  {median:7.1f} µs a step  ({min(times):.1f} to {max(times):.1f})")
        best[name] = min(median, best.get(name, median))
    for name, (_, limit) in NAMES.items():
        if limit and name in best:
            ratio = best[name] / best["gradatim"]
            print(
                f"{name} / gradatim: {ratio:.1f}; {'met' if ratio >= limit else 'MISSED'}: at least {limit}"
            )


def _process(name: str, cores: int) -> float:
    limits = {key: str(cores) for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    command = [sys.executable, __file__, "--one", name, "--cores", str(cores)]
    done = subprocess.run(
        command, env={**os.environ, **limits}, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
