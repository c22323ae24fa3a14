"""Networks as functions: resnet20(num_classes=10) is the network of that name, its weights drawn."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from torch import nn

from gradatim import catalog
from gradatim.models.building import build
from gradatim.models.description import parameters_of


def network_function(name: str) -> Callable[..., nn.Module]:
    """A network of the catalogue as a function of its arguments, and of the seed that its weights go by.

    Raises UsageError for an unknown name, and for arguments that the network does not take.

    >>> mlp = network_function("mlp")
    >>> sum(p.numel() for p in mlp(in_features=2, out_features=1, hidden=[3]).parameters())
    13
    """
    row = catalog.find(name, "network")

    def network(*, seed: int = 0, **arguments: Any) -> nn.Module:
        return build({"name": name, **arguments}, seed)

    network.__name__ = network.__qualname__ = name
    made_by = row.load()
    network.__module__, network.__doc__ = made_by.__module__, made_by.__doc__
    takes = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in parameters_of(made_by).values()]
    takes.append(Parameter("seed", Parameter.KEYWORD_ONLY, default=0, annotation=int))
    network.__signature__ = Signature(takes, return_annotation=nn.Module)  # type: ignore[attr-defined]
    return network
