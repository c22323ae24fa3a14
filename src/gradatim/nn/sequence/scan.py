"""One pass of a cell over a batch of sequences, on the path that fits."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from gradatim.checks import UsageError
from gradatim.nn.sequence.cell.count import CannotFuse
from gradatim.nn.sequence.cell.record import Program, record
from gradatim.nn.sequence.cell.rehearse import Memory, default_device
from gradatim.nn.sequence.fused.autograd import Fused
from gradatim.nn.sequence.fused.on_cpu import OnCPU
from gradatim.nn.sequence.fused.on_gpu import OnGPU
from gradatim.nn.sequence.fused.plan import Plan, Request
from gradatim.nn.sequence.fused.unfused import run_unfused
from gradatim.nn.sequence.loop import Cell, State, loop
from gradatim.nn.sequence.precision import narrow_dtype, without_autocast

DTYPES = (torch.float32, torch.float64)
MOST = 512  # plans that are remembered
ANEW = "; recorded anew at every call, for the cell asks torch for more than tensors, or for very large ones"
FUSED: dict[str, type[Plan]] = {"cpu": OnCPU, "cuda": OnGPU}  # the fast path of each device
_PLANS: dict[tuple[Program, str], Plan | str] = {}
_KNOWN: dict[Hashable, tuple[Plan | str, list[int]]] = {}


class Known(NamedTuple):
    """A cell whose step is determined by a signature, and the tensors it may take from outside."""

    signature: Hashable
    tensors: Sequence[Tensor]


class ScanResult(NamedTuple):
    """What a pass returns: every output, the last state, and which path ran and why."""

    outputs: Tensor
    state: State
    path: str
    why: str


def scan(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State,
    mask: Tensor | None = None, reverse: bool = False, known: Known | Memory | None = None,
) -> ScanResult:  # fmt: skip
    """s_t = cell((x_t, …, fixed), s_{t−1}) for every t, as `loop` defines it.

    The path is "fused", or "torch" with the reason. A cell that is not `known` by a signature is run once at
    every call, so what it reads of the world may change between calls: recorded, or rehearsed if a memory of
    it is given.
    """
    device = steps[0].device.type
    narrow = narrow_dtype(device)
    with without_autocast(device):
        return _scanned(cell, steps, fixed, state, mask, reverse, known, narrow)


def _scanned(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State, mask: Tensor | None,
    reverse: bool, known: Known | Memory | None, narrow: torch.dtype | None,
) -> ScanResult:  # fmt: skip
    plan: Plan | str
    why = _unfit(steps, fixed, state)
    if why:
        return ScanResult(*loop(cell, steps, fixed, state, mask, reverse), "torch", why)
    if mask is not None:  # what stands in the padding is nobody's business, not even a NaN
        steps = [s.masked_fill(~mask[..., None], 0) for s in steps]
    try:
        plan, captured, note = _read(cell, steps, fixed, state, known)
    except CannotFuse as reason:
        plan = str(reason)
    except UsageError:
        raise
    except Exception as error:  # the cell's own, on rows that are not the user's
        plan = f"it cannot be recorded: {error}"
    if isinstance(plan, str):
        return ScanResult(*loop(cell, steps, fixed, state, mask, reverse), "torch", plan)
    ran = _run(plan, captured, steps, fixed, state, mask, reverse, narrow)
    return ran._replace(why=ran.why + note + (plan.said_narrow if narrow and not plan.why else ""))


def _run(
    plan: Plan, captured: Sequence[Tensor], steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State,
    mask: Tensor | None, reverse: bool, narrow: torch.dtype | None,
) -> ScanResult:  # fmt: skip
    count, batch = steps[0].shape[:2]
    tensors = (*plan.operands.tensors(captured, steps), *fixed, *state)
    if plan.why:
        given = plan.operands.inputs(tensors)
        streams = [s.view(count, batch, -1) for s in given.streams]
        outputs, *last = run_unfused(plan.step, given._replace(streams=streams), reverse, mask)
    else:
        outputs, *last = Fused.apply(plan, Request(count, batch, reverse, mask, narrow), *tensors)
    if mask is not None:
        outputs = outputs.masked_fill(~mask[..., None], 0)
    return ScanResult(outputs, tuple(last), "torch" if plan.why else "fused", plan.why or plan.said)


def _unfit(steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State) -> str:
    """Why this call takes the readable path whatever the cell; empty if it need not."""
    if steps[0].is_meta:
        return "on meta there are no numbers to fuse the steps for"
    dtypes = {t.dtype for t in (*steps, *fixed, *state)}
    if not steps[0].numel() or {t.ndim for t in state} != {2}:
        return "there is nothing to do"
    if len(dtypes) > 1 or dtypes.isdisjoint(DTYPES):
        return f"numbers are {' and '.join(sorted(map(str, dtypes)))}, not all float32 or all float64"
    if any(t.requires_grad for t in fixed):
        return "a gradient of something that is the same at every step is asked for"
    if steps[0].device.type not in FUSED:
        return f"there is no kernel for {steps[0].device.type}"
    if torch._C._are_functorch_transforms_active() or torch.compiler.is_compiling():
        return "another transformation of torch is at work"
    return ""


def _read(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State, known: Known | Memory | None
) -> tuple["Plan | str", list[Tensor], str]:
    """The plan of what the cell does, or why there is none; the tensors from outside; a note, if any."""
    shapes = tuple(t.shape[-1] for t in (*steps, *fixed, *state))
    defaults = torch.get_default_dtype(), default_device()
    about = (shapes, len(steps), len(state), steps[0].dtype, steps[0].device, defaults)
    if isinstance(known, Known):
        return *_signed(cell, steps, fixed, state, known, about), ""
    found = known and known.again(about, cell, len(state))
    if found:
        return *found, ""
    program, captured, listener = record(cell, steps, fixed, state)
    plan = _plan(program, steps[0].device.type)
    kept = known is None or known.keep(about, listener, captured, plan)
    return plan, captured, "" if kept else ANEW


def _signed(
    cell: Cell, steps: Sequence[Tensor], fixed: Sequence[Tensor], state: State, known: Known, about: Hashable
) -> tuple[Plan | str, list[Tensor]]:
    """The plan of a signature, recorded if it is new, and the tensors from outside."""
    key = (known.signature, about, tuple(t.shape for t in known.tensors))
    if key not in _KNOWN:
        program, captured, _ = record(cell, steps, fixed, state)
        places = {id(t): i for i, t in enumerate(known.tensors)}
        _forget(_KNOWN)
        _KNOWN[key] = _plan(program, steps[0].device.type), [places[id(t)] for t in captured]
    plan, places_ = _KNOWN[key]
    return plan, [known.tensors[i] for i in places_]


def _plan(program: Program, device: str) -> "Plan | str":
    """The plan of a recorded step, or why there is none."""
    if (program, device) not in _PLANS:
        _forget(_PLANS)
        try:
            _PLANS[program, device] = FUSED[device](program)
        except CannotFuse as reason:
            _PLANS[program, device] = str(reason)
    return _PLANS[program, device]


def _forget(memory: dict) -> None:
    """Make room by dropping the oldest."""
    if len(memory) >= MOST:
        memory.pop(next(iter(memory)))
