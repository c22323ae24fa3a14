"""Claim: the course's GRU is faster than Keras's on JAX and on torch.

    python benchmarks/keras_gru.py [T N H] [--threads N]

GRU(reset="before") beside keras.layers.GRU(reset_after=False) with the same weights and input, float32,
D = H, forward + backward of the sum of all outputs, gradients of weights and input. Keras fixes its backend
when it is imported, so each has a process, which waits while another is timed; the one on JAX is compiled by
jax.jit. A round takes each once; medians. All are bound to as many processors as there are threads. First the
outputs are compared: Keras's gates are z, r, n, ours r, z, n; its z weighs the old state, ours the candidate,
so ours is its complement, 1 − σ(a) = σ(−a), and z's weights change their sign.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SIZE = (100, 32, 256)
BACKENDS = ("jax", "torch")
ROUNDS = 21
Pass = Callable[[], None]


def ours(
    x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, Pass]:
    """Outputs (N, T, H), and one forward and backward pass; the arguments are Keras's."""
    import torch

    from gradatim.nn.gru import GRU

    def turned(of_keras: np.ndarray) -> torch.Tensor:
        z, r, n = np.split(of_keras, 3, -1)
        return torch.tensor(np.concatenate([r, -z, n], -1).T.copy())

    layer = GRU(kernel.shape[0], recurrent.shape[0], reset="before")
    layer.load_state_dict(
        {"weight_ih_l0": turned(kernel), "weight_hh_l0": turned(recurrent), "bias_l0": turned(bias)}
    )
    given = torch.tensor(x.swapaxes(0, 1).copy(), requires_grad=True)

    def run() -> None:
        for p in (*layer.parameters(), given):
            p.grad = None
        layer(given)[0].sum().backward()

    return layer(given)[0].detach().numpy().swapaxes(0, 1), run


def theirs(x: np.ndarray, *weights: np.ndarray) -> tuple[np.ndarray, Pass]:
    """The same of Keras, on the backend that the environment names."""
    import keras

    layer = keras.layers.GRU(weights[1].shape[0], reset_after=False, return_sequences=True)
    layer.build(x.shape)
    layer.set_weights(list(weights))
    return (on_jax if keras.backend.backend() == "jax" else on_torch)(layer, x)


def on_jax(layer: object, x: np.ndarray) -> tuple[np.ndarray, Pass]:
    import jax

    held = [v.value for v in layer.trainable_variables]  # type: ignore[attr-defined]
    others = [v.value for v in layer.non_trainable_variables]  # type: ignore[attr-defined]

    def loss(variables: list, given: jax.Array) -> tuple[jax.Array, jax.Array]:
        outputs, _ = layer.stateless_call(variables, others, given)  # type: ignore[attr-defined]
        return outputs.sum(), outputs

    both = jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))
    given = jax.device_put(x)
    outputs = np.asarray(both(held, given)[0][1])
    return outputs, lambda: jax.block_until_ready(both(held, given)) and None


def on_torch(layer: object, x: np.ndarray) -> tuple[np.ndarray, Pass]:
    import torch

    given = torch.tensor(x, requires_grad=True)

    def run() -> None:
        for p in (*layer.parameters(), given):  # type: ignore[attr-defined]
            p.grad = None
        layer(given).sum().backward()  # type: ignore[operator]

    return layer(given).detach().numpy(), run  # type: ignore[operator]


def serve(folder: Path, threads: int) -> None:
    """In a process of its own: answer every line with the milliseconds of one pass."""
    if os.environ["KERAS_BACKEND"] != "jax":
        import torch

        torch.set_num_threads(threads)
    outputs, run = (ours if os.environ["KERAS_BACKEND"] == "none" else theirs)(*arrays(folder))
    np.save(folder / f"{os.environ['KERAS_BACKEND']}.npy", outputs)
    for _ in sys.stdin:
        started = time.perf_counter()
        run()
        print(json.dumps(1e3 * (time.perf_counter() - started)), flush=True)


def arrays(folder: Path) -> list[np.ndarray]:
    with np.load(folder / "given.npz") as found:
        return [found[name] for name in ("x", "kernel", "recurrent", "bias")]


def compared(t: int, n: int, h: int, threads: int) -> dict[str, float]:
    """Median milliseconds of ours and of each backend, after a check that their outputs agree."""
    rng = np.random.default_rng(0)
    shapes = {"x": (n, t, h), "kernel": (h, 3 * h), "recurrent": (h, 3 * h), "bias": (3 * h,)}
    scale = {"x": 1.0, "bias": 0.1}
    given = {
        name: (scale.get(name, h**-0.5) * rng.standard_normal(shape)).astype(np.float32)
        for name, shape in shapes.items()
    }
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    names = ("none", *BACKENDS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        np.savez(folder / "given.npz", **given)
        workers = {name: started(folder, name, threads) for name in names}
        times: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(ROUNDS + 2):  # two to warm up
            for name, worker in workers.items():
                times[name].append(asked(worker))
        outputs = {name: np.load(folder / f"{name}.npy") for name in names}
        for worker in workers.values():
            worker.communicate()
    for name in BACKENDS:
        np.testing.assert_allclose(outputs[name], outputs["none"], rtol=1e-4, atol=1e-4)
    return {name: statistics.median(each[2:]) for name, each in times.items()}


def started(folder: Path, backend: str, threads: int) -> subprocess.Popen:
    environment = {**os.environ, "KERAS_BACKEND": backend, "OMP_NUM_THREADS": str(threads)}
    command = [sys.executable, __file__, "--serve", str(folder), "--threads", str(threads)]
    return subprocess.Popen(command, stdin=-1, stdout=-1, text=True, env=environment)


def asked(worker: subprocess.Popen) -> float:
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    return float(worker.stdout.readline())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("size", nargs="*", type=int, default=SIZE, metavar="T N H")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.threads)
        return
    t, n, h = asked.size
    found = compared(t, n, h, asked.threads)
    print(
        f"course-form GRU, T {t}, N {n}, D = H = {h}, float32, {asked.threads} threads, medians of {ROUNDS}"
    )
    print(f"GRU(reset='before')     {found['none']:8.2f} ms; outputs agree with Keras's to 1e-4")
    for name in BACKENDS:
        print(
            f"keras GRU on {name:10s} {found[name]:8.2f} ms   ours is {found['none'] / found[name]:.2f} of it"
        )


if __name__ == "__main__":
    main()
