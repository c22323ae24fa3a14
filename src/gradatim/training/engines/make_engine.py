"""Which engine trains a network: the network says it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradatim import device
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError, UsageError, known, one_of
from gradatim.optim.numpy_updates import METHODS, NUMBERS, check_settings
from gradatim.training.engines.engine import Engine
from gradatim.training.penalties_and_clipping import Shaping


def make_engine(
    model: Any, loss: Any, optimizer: Any, lr: float | None, settings: dict[str, Any], seed: int,
    shaping: Shaping, where: str, precision: str, rates: Mapping[str, float] | None = None,
) -> Engine:  # fmt: skip
    """The NumPy engine for a network by hand, the torch engine for a torch module; UsageError for others."""
    shaping = _with_decay(shaping, optimizer)
    check_settings(optimizer, settings)
    if isinstance(model, Network):
        from gradatim.training.engines.numpy_engine import NumPyEngine

        if where not in ("cpu", "auto"):
            raise UsageError(f"a network by hand runs on the CPU; the device asked for is {where}")
        if precision == "bfloat16":
            raise UsageError(
                "a network by hand computes in float32 or float64; bfloat16 is the torch engine's"
            )
        if precision != model.dtype.name:
            raise UsageError(
                f"the network by hand is of {model.dtype.name}; the precision asked for is {precision}"
            )
        if rates:
            raise UsageError("a network by hand has one learning rate; layers' rates are the torch engine's")
        _refuse_untrainable(model, optimizer)
        return NumPyEngine(model, loss, optimizer, lr, settings, seed, shaping)
    import torch

    from gradatim.models.memory import refuse_untrainable
    from gradatim.training.engines.torch_engine import TorchEngine

    if not isinstance(model, torch.nn.Module):
        raise UsageError(
            f"model must be a torch module; it is {type(model).__name__}. build(description) makes one"
        )
    placed, _ = device.choose_device(where)
    one_of("precision", precision, device.PRECISIONS)
    if precision == "bfloat16" and placed.type not in ("cpu", "cuda"):
        raise UsageError(f"bfloat16 runs on a CPU or a CUDA GPU; the device is {placed}")
    dtype = getattr(torch, device.kept_in(precision))
    refuse_untrainable(model, dtype, optimizer, _kept(optimizer), placed)
    return TorchEngine(model, loss, optimizer, lr, settings, seed, shaping, placed, precision, rates)


def _with_decay(shaping: Shaping, optimizer: Any) -> Shaping:
    """The weight decay that the optimizer's name stands for, where none was asked for."""
    if not isinstance(optimizer, str):
        if shaping.weight_decay is not None:
            raise UsageError("an optimizer that is made has its weight decay; weight_decay is for a name")
        return shaping
    known("optimizer", optimizer, METHODS)
    if shaping.weight_decay is None:
        return replace(shaping, weight_decay=METHODS[optimizer].weight_decay)
    return shaping


def _kept(optimizer: Any) -> int:
    """The numbers that an optimizer of that name keeps for each parameter; 0 where only it knows."""
    return len(set(METHODS[optimizer].state) - set(NUMBERS)) if isinstance(optimizer, str) else 0


def _refuse_untrainable(network: Network, optimizer: Any) -> None:
    """GradatimError for a network by hand that does not fit in memory with the state of its optimizer."""
    most = device.memory()
    if most is not None and (2 + _kept(optimizer)) * network.theta.nbytes > most:
        raise GradatimError(
            f"a network of {network.theta.size:,} parameters does not fit in memory with its gradients "
            f"and the state of {optimizer}"
        )
