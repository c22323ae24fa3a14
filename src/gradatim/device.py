"""Devices, threads and precision; torch is imported only inside functions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError, one_of

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("float32", "float64")
# Multiply-adds of one step below which a second thread costs more than it brings: docs/log.md, "Threads".
ONE_THREAD_BELOW = 3e7


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choose_device(name: str) -> tuple["torch.device", str]:
    """The device and why: `auto` is the first GPU if there is one, otherwise the CPU."""
    import torch

    kind = name.partition(":")[0]
    one_of("device", kind, DEVICES)
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda"), "a GPU is at hand"
        return torch.device("cpu"), "no GPU is at hand"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"device {name!r} is not a device: {error}") from error
    at_hand = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if (device.index or 0) >= at_hand[kind]:
        raise UsageError(f"device {name!r} is not at hand on this machine; use --device cpu")
    return device, "as asked"


def choose_threads(asked: int | None, multiply_adds: float) -> tuple[int, str]:
    """How many CPU threads, and why: small networks are faster on one.

    `multiply_adds` is the work of one training step, about 3 · parameters · batch size for a dense network.
    """
    if asked is not None:
        if asked < 1:
            raise UsageError(f"threads must be a whole number of at least 1; it is {asked}")
        return asked, "as asked"
    work = f"a step is about {multiply_adds:.0e} multiply-adds"
    if multiply_adds < ONE_THREAD_BELOW:
        return 1, f"{work}, and below {ONE_THREAD_BELOW:.0e} one is faster"
    return cores(), f"{work}: every core"


@contextmanager
def threads(engine: str, number: int) -> Iterator[None]:
    """So many CPU threads in an engine, `numpy` or `torch`, and afterwards as many as before."""
    if engine == "numpy":
        from threadpoolctl import threadpool_limits

        with threadpool_limits(number):
            yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def describe() -> dict[str, Any]:
    """The machine as torch sees it: versions, threads and accelerators."""
    import torch

    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), "cores": cores(), "gpus": gpus}
