"""Devices, threads and precision; torch is imported only inside functions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.checks import UsageError, one_of, whole

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
ENGINES = ("auto", "numpy", "torch")
PRECISIONS = ("float32", "float64", "bfloat16")
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
# Multiply-adds of one step below which a second thread costs more than it brings: docs/log/training.md,
# "Threads".
ONE_THREAD_BELOW = 3e7
SIDE_BY_SIDE_FROM = 3e7  # multiply-adds of a step
MOST_THREADS = 4096


def free_memory() -> int | None:
    """The bytes of memory that are free for this process; None where the machine does not say."""
    found = [_available(), _left_to_group()]
    return min((one for one in found if one is not None), default=None)


def _available() -> int | None:
    """What Linux believes could be taken without swapping."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, ValueError, StopIteration):
        return None


def _left_to_group() -> int | None:
    """What a container may still take, where its memory is limited; files that are cached give way."""
    folder = Path("/sys/fs/cgroup")
    try:
        most, taken = (int((folder / f"memory.{name}").read_text()) for name in ("max", "current"))
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return max(0, most - taken + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):
        return None


def memory() -> int | None:
    """The bytes of memory that the machine has; None where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


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
        return torch.device("cpu"), "no GPU is available"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(f"device {name!r} is not a device: {error}") from error
    at_hand = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if (device.index or 0) >= at_hand[kind]:
        raise UsageError(f"device {name!r} is not available on this machine; use --device cpu")
    return device, "as asked"


def kept_in(precision: str) -> str:
    """The type of parameters, gradients and everything saved: float32 where only products are rounded.

    >>> kept_in("bfloat16"), kept_in("float64")
    ('float32', 'float64')
    """
    return "float32" if precision == "bfloat16" else precision


def call(network: Any, x: Any, precision: str) -> Any:
    """The outputs of a torch network for inputs, in a precision.

    A tuple of inputs is called as network(*x), inputs by name as network(**x). In bfloat16 convolutions and
    matrix products take factors that are rounded to its 8 bits (torch's autocast), and their sums are
    float32; parameters and outputs are float32.
    """
    if precision != "bfloat16":
        return _apply(network, x)
    import torch

    with torch.autocast(inputs_of(x)[0].device.type, torch.bfloat16):
        outputs = _apply(network, x)
    return tuple(map(_widened, outputs)) if isinstance(outputs, tuple) else _widened(outputs)


@contextmanager
def evaluating(network: Any) -> Iterator[None]:
    """A torch network in evaluation mode, and afterwards every part of it in the mode that it was in."""
    was = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, training in was:
            module.training = training


def inputs_of(x: Any) -> "tuple[torch.Tensor, ...]":
    """The tensors that a network is called with: one, or several in a tuple or by name."""
    return tuple(x.values()) if isinstance(x, dict) else x if isinstance(x, tuple) else (x,)


def _apply(network: Any, x: Any) -> Any:
    if isinstance(x, tuple):
        return network(*x)
    return network(**x) if isinstance(x, dict) else network(x)


def _widened(a: Any) -> Any:
    return a.float() if str(getattr(a, "dtype", "")) == "torch.bfloat16" else a


def in_order(x: "torch.Tensor", network: Any) -> "torch.Tensor":
    """Inputs in the order of memory that a network's operators are quickest on.

    Pictures (N, C, H, W) that convolutions read lie with their channels last, and the convolutions hand the
    order on from layer to layer: `benchmarks/conv_step.py`. Parameters stay as they are, so that nothing
    that is saved depends on it.
    """
    if x.ndim != 4 or not any(p.ndim == 4 for p in network.parameters()):
        return x
    return channels_last(x)


def channels_last(x: "torch.Tensor") -> "torch.Tensor":
    """Pictures (N, C, H, W) or clips (N, C, T, H, W) in memory with their channels last.

    Of one channel both orders are the same memory, and operators go by the strides, which say here that the
    channel is last; `contiguous` would leave them.

    >>> import torch
    >>> channels_last(torch.zeros(2, 1, 5, 7)).stride()
    (35, 1, 7, 1)
    """
    import torch

    if x.shape[1] == 1:
        return x.reshape(x.shape[0], *x.shape[2:], 1).movedim(-1, 1)
    last = torch.channels_last_3d if x.ndim == 5 else torch.channels_last
    return x.contiguous(memory_format=last)


def allowed_threads() -> tuple[int, str]:
    """The most CPU threads that machine and environment allow, and the variable where it allows fewer."""
    found = {name: _first_number(os.environ.get(name, "")) for name in THREAD_VARIABLES}
    limits = {name: number for name, number in found.items() if 0 < number < cores()}
    if not limits:
        return cores(), ""
    name = min(limits, key=lambda name: limits[name])
    return limits[name], f"{name}={limits[name]}"


def idle_threads(used: int = 1) -> int:
    """How many threads find a core that nobody else keeps busy, at least one and no more than are allowed.

    `used` are the caller's own, which the machine's load of the last minute counts, too.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(allowed_threads()[0], round(cores() - load) + used))


def _first_number(text: str) -> int:
    """The number that a variable such as OMP_NUM_THREADS=4,2 begins with; 0 for what is none."""
    text = text.partition(",")[0].strip()  # behind it stand those of nested regions
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def choose_threads(asked: int | None, multiply_adds: float) -> tuple[int, str]:
    """How many CPU threads, and why: small networks are faster on one, and the environment may allow fewer
    than there are cores.

    `multiply_adds` is the work of one training step, about 3 · batch size · that of one example's forward
    pass: the parameters of a dense network, more where convolutions use a weight at every place.
    """
    if asked is not None:
        return whole("threads", asked, 1, MOST_THREADS), "as asked"
    work = f"a step is about {multiply_adds:.0e} multiply-adds"
    if multiply_adds < ONE_THREAD_BELOW:
        return 1, f"{work}, and below {ONE_THREAD_BELOW:.0e} one is faster"
    most, by = allowed_threads()
    return most, f"{work}: " + (f"as many as {by} allows" if by else "every core")


def threads_side_by_side(asked: int | None, parts: int, multiply_adds: float) -> tuple[int, str]:
    """How many CPU threads for so many parts that learn side by side, and why; `multiply_adds` is the work of
    one part's step, of which small ones would wait for Python more than they would gain.
    """
    if asked is not None:
        return whole("threads", asked, 1, MOST_THREADS), "as asked"
    if multiply_adds < SIDE_BY_SIDE_FROM:
        said = f"a step of one of {parts} networks is about {multiply_adds:.0e} multiply-adds"
        return 1, f"{said}, and below {SIDE_BY_SIDE_FROM:.0e} one is as fast"
    most, by = allowed_threads()
    said = f"as many as {by} allows" if by else "every core"
    return min(most, parts), f"{parts} networks learn side by side: {said if most <= parts else 'one each'}"


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
