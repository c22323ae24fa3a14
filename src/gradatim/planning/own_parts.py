"""Parts of a run that are the caller's own objects: an optimizer, a network's class with its arguments."""

import json
from typing import Any

from gradatim.checks import UsageError
from gradatim.planning.training_options import OWN


def name_of_optimizer(optimizer: Any) -> str:
    """How the settings name an own optimizer: `own:SGD`, or `own:function`."""
    made = not isinstance(optimizer, type) and not hasattr(optimizer, "__name__")
    kind = type(optimizer) if made else optimizer
    return f"{OWN}:{kind.__name__.strip('<>')}"


def check_optimizer(optimizer: Any, model: Any) -> None:
    """Raise UsageError for what makes no optimizer, and for one that is made but not of the network."""
    from torch import nn
    from torch.optim import Optimizer

    if isinstance(optimizer, Optimizer):
        if not isinstance(model, nn.Module):
            raise UsageError(
                "an optimizer that is made holds the parameters of your own network: give that as model=, or "
                "the optimizer's class, or a function of parameters"
            )
        own = {id(p) for p in model.parameters()}
        if not all(id(p) in own for group in optimizer.param_groups for p in group["params"]):
            raise UsageError("the optimizer holds parameters that are not of the network that is trained")
    elif not callable(optimizer):
        raise UsageError(
            "optimizer must be a name, a class such as torch.optim.SGD, or a function of parameters that "
            f"makes one; it is {optimizer!r}"
        )


def make_network(model: Any, arguments: dict[str, Any], seed: int) -> Any:
    """A network of the caller's class, its weights drawn by the seed; torch's global state stays as it is.

    Raises UsageError for what is no class of networks, and for arguments that config.json cannot hold.
    """
    import torch

    name = model.__name__
    if not issubclass(model, torch.nn.Module):
        raise UsageError(f"model must be a torch module; {name} is none")
    try:
        json.dumps(arguments)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"the arguments of {name} are kept in the run as JSON ({error}): give a network that is made, "
            f"model={name}(…)"
        ) from error
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            return model(**arguments)
        except TypeError as error:
            raise UsageError(
                f"model must be a network, not its class: give {name}(…), or its arguments, network={{…}} "
                f"({error})"
            ) from error
