"""Claim: the memory that a few steps of training need is within 10 % of what `gradatim show` says of it.

    python benchmarks/memory.py [--threads N]

Each network learns two batches of drawn pictures in a process of its own, by Adam, float32, on the CPU. What
is compared with the line "training" of `gradatim show NAME --batch-size N` is by how much the process grows
at its largest (VmHWM) behind a first, small training, when the pictures and the weights are there; the
weights are added, and the copy of the pictures that training holds is taken off. Linux alone tells that.
Buffers of kernels are in it. Printed is, too, what it is where malloc gives every large block back at once
(MALLOC_MMAP_THRESHOLD_), so that none of its holes counts: for that the claim holds (docs/log/models.md).
"""

import argparse
import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NETWORKS = (  # with the size of the pictures and of a batch
    ("resnet20", (3, 32, 32), 256),
    ("small_cnn", (3, 96, 96), 128),
    ("unet", (1, 256, 256), 2),
    ("vgg16", (3, 224, 224), 4),
    ("alexnet_tv", (3, 224, 224), 32),
    ("c3d", (3, 16, 112, 112), 1),
)
STEPS, CLASSES = 2, 2


def status(name: str) -> int:
    """A line of the process's status, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {name}")


def train(network: Any, x: Any, y: Any, batch: int) -> None:
    """An epoch."""
    from gradatim.training.training import Training

    for _ in Training(network, (x, y), epochs=1, batch_size=batch, optimizer="adam"):
        pass


def grown(name: str, shape: tuple[int, ...], batch: int) -> tuple[int, int]:
    """How many bytes training needs, and how many the account says."""
    import numpy as np
    import torch

    from gradatim.models.accounting import account, training_bytes
    from gradatim.models.building import build, make

    entry = {"name": name, "in_channels": shape[0]}
    with torch.device("meta"):
        found = account(make(entry), shape, batch=batch)
    rng = np.random.default_rng(0)
    train(build({"name": "small_cnn"}), rng.random((4, 3, 16, 16), np.float32), np.arange(4) % 2, 2)
    x = rng.standard_normal((STEPS * batch, *shape), dtype=np.float32)
    pixels = (STEPS * batch, *(shape[1:] if name == "unet" else ()))
    y = np.arange(np.prod(pixels)).reshape(pixels) % CLASSES
    network: Any = build(entry)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the largest size so far is forgotten
    before = status("VmRSS")
    train(network, x, y, batch)
    return status("VmHWM") - before - x.nbytes + found.weights, training_bytes(found, 2, 4)["total"]


def main() -> None:
    """Each network in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of a network, from 0 on")
    asked = parser.parse_args()
    if asked.only is None:
        for number in range(len(NETWORKS)):
            own = [sys.executable, __file__, "--only", str(number), "--threads", str(asked.threads)]
            for malloc in ({}, {"MALLOC_MMAP_THRESHOLD_": "65536"}):
                subprocess.run(own, check=True, env=os.environ | malloc)
        return
    import torch

    torch.set_num_threads(asked.threads)
    name, shape, batch = NETWORKS[asked.only]
    found, said = grown(name, shape, batch)
    print(
        f"{name}, {batch} of {'×'.join(map(str, shape))}: {found / 1e6:.1f} MB, said {said / 1e6:.1f} MB: "
        f"{found / said:.3f}{', without holes' if 'MALLOC_MMAP_THRESHOLD_' in os.environ else ''}; "
        f"{asked.threads} thread(s)",
        flush=True,
    )


if __name__ == "__main__":
    main()
