"""Net2Net: a larger network that begins with the function of a smaller one (curriculum G6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, real
from gradatim.nn.sequence.torch_weights import OneBias
from gradatim.random import generator
from gradatim.transfer.chains import CONVOLUTIONS, DENSE, WEIGHTS, chain_of, is_relu, mixes_units

NOISE = 0.25  # the deviation of a copy's share from that of the others
SAME = (  # settings of recurrent layers that their function depends on
    "nonlinearity", "reset", "gate_activation", "activation", "bidirectional", "cell_clip", "hidden_clip",
)  # fmt: skip
VECTORS = ("weight", "bias", "running_mean", "running_var")  # of a norm, a number each unit


@dataclass
class Link:
    """A layer with weights, what normalises it, and what comes behind them up to the next."""

    name: str
    layer: Any
    norm: Any
    behind: list[nn.Module]

    @property
    def units(self) -> int:
        """How many it has: outputs of a dense layer, channels of a convolution, hidden units."""
        return self.layer.hidden_size if isinstance(self.layer, OneBias) else len(self.layer.weight)


class Identity:
    """A layer that is put in: it says again what it reads, which is at least 0."""

    def __init__(self, before: Link, like: Link):
        self.units, self.like, self.before = before.units, like, before


@torch.no_grad()
def grow(old: nn.Module, new: nn.Module, seed: int = 0, noise: float = NOISE, examples: Any = None) -> None:
    """Give a larger network the function of a smaller one: Net2Net (Chen, Goodfellow & Shlens 2016).

        wider    unit j of n′ > n is a copy of unit g(j);  g(j) = j for j ≤ n, drawn for the others
                 W′[j, :] = W[g(j), :],   V′[k, j] = α_kj V[k, g(j)],   Σ_{j: g(j) = i} α_kj = 1
        deeper   behind a ReLU:  W = I, b = 0, since relu(relu(z)) = relu(z);  of a convolution a kernel that
                 is 1 in its middle;  of a batch norm γ = √(σ² + ε), β = μ, with its running μ and σ²

    The function is kept exactly: to rounding, whatever the inputs; in training too where there is no dropout
    and no batch norm was put in. The paper divides a unit's outgoing weights equally among its copies and
    adds a little noise to the weights, so that copies can come to differ; here the shares α themselves are
    uneven, with the deviation `noise`, which breaks the symmetry and changes nothing. 0 gives the paper's.

    Shapes: W (units, inputs), V (units above, units); of a convolution the first two axes; of recurrent
    layers W and the recurrent weights alike, gate by gate.

    Parameters: `old` and `new`, chains of the same kinds of layers; `new` is filled in place. `examples` are
    inputs of `old` by which a batch norm that is put in knows its μ and σ², 0 and 1 without.

    Raises UsageError for fewer units or layers than there are, and for what cannot grow, by its name.

    >>> from gradatim.models.building import build
    >>> small, large = (build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": hidden})
    ...                 for hidden in ([3], [5, 4]))
    >>> grow(small, large)
    >>> x = torch.eye(2)
    >>> torch.allclose(small(x), large(x), atol=1e-6)
    True
    """
    noise = real("noise", noise, at_least=0)
    here = list(_links(new))
    draw = generator(seed, "net2net")
    copies: Any = None  # which unit of the old network each unit of the signal is a copy of
    for source, link in zip(_aligned(list(_links(old)), here), here, strict=True):
        layer = link.layer
        if isinstance(source, Identity):
            copies = _fill_identity(source, layer, link.norm, copies, draw, noise, (old, examples))
        elif isinstance(layer, OneBias):
            copies = _fill_recurrent(source.layer, layer, copies, draw, noise)
        else:
            copies = _fill(source.layer.weight, source.layer.bias, layer, copies, draw, noise)
            _fill_norm(source.norm, link.norm, copies)
        _check_passes(link, copies)


def _links(network: nn.Module) -> Iterator[Link]:
    link: Link | None = None
    for name, layer in chain_of(network):
        if type(layer) in WEIGHTS or isinstance(layer, OneBias):
            if link is not None:
                yield link
            link = Link(name, layer, None, [])
        elif link is not None and hasattr(layer, "running_mean") and link.norm is None and not link.behind:
            link.norm = layer
        elif any(layer.parameters()):
            raise UsageError(f"layer {name} ({type(layer).__name__}) has weights of a kind that cannot grow")
        elif link is not None:
            link.behind.append(layer)
    if link is None:
        raise UsageError("the network has no layer with weights, so it cannot grow")
    yield link


def _aligned(there: list[Link], here: list[Link]) -> list[Any]:
    """For each layer of the new network the old one's that it takes, or an Identity."""
    if len(here) < len(there):
        raise UsageError(
            f"the network has {len(there)} layers with weights, and {len(here)} are asked for: a network "
            "grows by layers and loses none"
        )
    if len(here) == len(there):
        found, said = _with_identities(dict(enumerate(there)), here)
        if said:
            raise UsageError(said)
        return found
    first = ""
    for places in combinations(range(1, len(here) - 1), len(there) - 2) if len(there) > 1 else ():
        taken = dict(zip((0, *places, len(here) - 1), there, strict=True))
        found, said = _with_identities(taken, here)
        if not said:
            return found
        first = first or said
    raise UsageError(
        first or "a network of one layer cannot become deeper: nothing behind it is kept by ReLU"
    )


def _with_identities(taken: dict[int, Link], here: list[Link]) -> tuple[list[Any], str]:
    found: list[Any] = []
    last = taken[0]
    for place, new in enumerate(here):
        if place in taken:
            last = taken[place]
            found.append(last)
            said = _obstacle(last, new)
        else:
            found.append(Identity(last, new))
            said = _obstacle_of_identity(last, new)
        if said:
            return [], said
    return found, _change_between(taken, here)


def _change_between(taken: dict[int, Link], here: list[Link]) -> str:
    """What stands between the layers of the two networks where that differs, or nothing.

    Dropout may be another; a ReLU behind another changes nothing.
    """
    places = [*sorted(taken), len(here)]
    for place, end in pairwise(places):
        new = _words(layer for link in here[place:end] for layer in link.behind)
        old = _words(taken[place].behind)
        if new != old:
            names = [", ".join(one) or "nothing" for one in (old, new)]
            return f"behind layer {taken[place].name} stands {names[0]}, and {names[1]} is asked for"
    return ""


def _words(layers: Iterable[nn.Module]) -> list[str]:
    """Layers in words, without dropout and all ReLUs but the first."""
    found: list[str] = []
    for layer in layers:
        word = "relu" if is_relu(layer) else repr(layer)
        if "Dropout" not in type(layer).__name__ and (word != "relu" or word not in found):
            found.append(word)
    return found


def _kind(layer: Any) -> int:
    """0 of a dense layer, 1 of a convolution, 2 of recurrent layers."""
    return 0 if isinstance(layer, DENSE) else 1 if isinstance(layer, CONVOLUTIONS) else 2


def _obstacle(old: Link, new: Link) -> str:
    """Why the new layer cannot take the old one's weights, or nothing."""
    kinds = [_kind(old.layer), _kind(new.layer)]
    if kinds[0] != kinds[1] or (kinds[0] == 2 and type(old.layer) is not type(new.layer)):
        return f"layer {new.name} is another kind of layer than {old.name}, whose weights it would take"
    if new.units < old.units:
        return (
            f"layer {old.name} has {old.units} units, and {new.units} are asked for: a network grows and "
            "loses none"
        )
    if kinds[0] == 1 and old.layer.weight.shape[2:] != new.layer.weight.shape[2:]:
        return f"the kernel of layer {old.name} is {tuple(old.layer.weight.shape[2:])}; it cannot change"
    if kinds[0] == 1 and _geometry(old.layer) != _geometry(new.layer):
        return (
            f"stride, padding and dilation of layer {old.name} are {_geometry(old.layer)}; they cannot change"
        )
    if any(getattr(one.layer, "groups", 1) != 1 for one in (old, new)):
        return f"layer {old.name} is a convolution in groups, which cannot grow yet"
    if (old.norm is None) != (new.norm is None):
        return f"layer {old.name} has a batch norm in one of the two networks alone"
    if kinds[0] == 2 and (old.layer.num_layers != new.layer.num_layers or getattr(new.layer, "proj_size", 0)):
        return (
            "a recurrent layer behind another cannot begin as if it were not there, since tanh of tanh is "
            f"not tanh: leave num_layers at {old.layer.num_layers}, and make the layers wider"
        )
    if kinds[0] == 2 and any(getattr(old.layer, n, None) != getattr(new.layer, n, None) for n in SAME):
        return f"the cells of layer {old.name} compute other than those asked for"
    if kinds[0] == 2 and set(new.layer.shapes(1)) - {"weight_ih", "weight_hh", "bias", "bias_hn", "peep"}:
        return f"{type(new.layer).__name__} reads all its units together, so that copies would change it"
    return ""


def _obstacle_of_identity(before: Link, new: Link) -> str:
    """Why a layer cannot be put in here, or nothing."""
    nonlinear = [[layer for layer in one.behind if is_relu(layer)] for one in (before, new)]
    if not all(nonlinear):
        return (
            "a layer can be put in behind a ReLU alone, since relu(relu(z)) = relu(z): not behind layer "
            f"{before.name}"
        )
    if isinstance(new.layer, OneBias) or isinstance(new.layer, DENSE) != isinstance(before.layer, DENSE):
        return f"layer {new.name} would be put in behind {before.name}, which is of another kind"
    if new.units < before.units:
        return (
            f"layer {before.name} has {before.units} units; the layer put in behind it needs as many, and "
            f"{new.units} are asked for"
        )
    if isinstance(new.layer, CONVOLUTIONS) and not _keeps_size(new.layer):
        return (
            f"the convolution {new.name} that is put in must keep the size: an odd kernel, stride 1, padded"
        )
    return ""


def _geometry(layer: Any) -> Any:
    """Stride, padding and dilation of a convolution, ours or torch's."""
    one = getattr(layer, "window", layer)
    return one.stride, one.padding, one.dilation


def _keeps_size(layer: Any) -> bool:
    """Whether a kernel that is 1 in its middle gives each place itself."""
    stride, padding, _ = _geometry(layer)
    size = layer.weight.shape[2:]
    half = [n // 2 for n in size]
    padded = padding == "same" or [p if isinstance(p, int) else min(p) for p in padding] == half
    return padded and all(n % 2 for n in size) and set(stride) == {1} == set(_geometry(layer)[2])


def _drawn_copies(old: int, new: int, draw: np.random.Generator) -> np.ndarray:
    """g: every old unit once, then units drawn at random."""
    return np.concatenate([np.arange(old), draw.integers(0, old, new - old)])


def _shares(rows: int, copies: np.ndarray, draw: np.random.Generator, noise: float) -> np.ndarray:
    """α (rows, inputs): 1/m + noise · (u − ū) of each of a unit's m copies, u ~ N(0, 1); their sum is 1."""
    u = draw.standard_normal((rows, len(copies)))
    sums = np.zeros((copies.max() + 1, rows))
    np.add.at(sums, copies, u.T)
    count = np.bincount(copies)[copies]
    return 1 / count + noise * (count > 1) * (u - sums[copies].T / count)


def _columns(copies: Any, inputs: int) -> np.ndarray:
    """Which old input each new one is: the copies, of maps that were laid flat a block each."""
    if copies is None:
        return np.arange(inputs)
    block = inputs // (copies.max() + 1)
    return (copies[:, None] * block + np.arange(block)).reshape(-1)


def _fill(
    weight: Tensor, bias: Any, layer: Any, copies: Any, draw: np.random.Generator, noise: float
) -> np.ndarray:
    """Weights of a wider dense layer or convolution; g of its units."""
    own = _drawn_copies(len(weight), len(layer.weight), draw)
    read = _columns(copies, weight.shape[1])
    shares = _shares(len(own), read, draw, noise)
    found = weight.double().cpu()[own][:, read] * torch.from_numpy(shares).reshape(
        len(own), len(read), *(1,) * (weight.ndim - 2)
    )
    layer.weight.copy_(found)
    if layer.bias is not None:
        layer.bias.copy_(torch.zeros(len(own)) if bias is None else bias.double().cpu()[own])
    return own


def _fill_norm(old: Any, new: Any, copies: np.ndarray) -> None:
    if new is None:
        return
    for name in VECTORS:
        if getattr(new, name, None) is not None:
            getattr(new, name).copy_(getattr(old, name).double().cpu()[copies])
    new.num_batches_tracked.copy_(old.num_batches_tracked)


def _fill_identity(
    source: Identity, layer: Any, norm: Any, copies: Any, draw: np.random.Generator, noise: float, seen: Any
) -> np.ndarray:
    """A layer that says again what it reads, made wider."""
    n, size = source.units, layer.weight.shape[2:]
    weight = torch.zeros(n, n, *size, dtype=torch.float64)
    weight[(range(n), range(n), *(k // 2 for k in size))] = 1.0
    own = _fill(weight, None, layer, copies, draw, noise)
    if norm is not None:
        mean, variance = _moments(source.before, *seen)
        for name, value in (("running_mean", mean), ("running_var", variance), ("bias", mean),
                            ("weight", (variance + norm.eps).sqrt())):  # fmt: skip
            getattr(norm, name).copy_(value[own])
    return own


def _moments(before: Link, network: nn.Module, examples: Any) -> tuple[Tensor, Tensor]:
    """μ and σ² of each unit behind a layer and its ReLU for examples; 0 and 1 without any."""
    if examples is None:
        return torch.zeros(before.units, dtype=torch.float64), torch.ones(before.units, dtype=torch.float64)
    from gradatim.device import evaluating

    held: list[Tensor] = []
    relu = next(layer for layer in before.behind if is_relu(layer))
    handle = relu.register_forward_hook(lambda _m, _i, out: held.append(out.detach().double().cpu()))
    try:
        with evaluating(network):
            network(examples)
    finally:
        handle.remove()
    units = held[-1].transpose(0, 1).flatten(1)
    return units.mean(1), units.var(1, correction=0)


def _fill_recurrent(
    old: OneBias, new: OneBias, copies: Any, draw: np.random.Generator, noise: float
) -> np.ndarray:
    """Weights of wider recurrent layers; g of what the last gives, of both directions where there are two."""
    h = old.hidden_size
    for number in range(old.num_layers):
        own = _drawn_copies(h, new.hidden_size, draw)
        for end in (f"_l{number}", f"_l{number}_reverse")[: 2 if old.bidirectional else 1]:
            for name in old.shapes(1):
                value = getattr(old, name + end).double().cpu()
                gates = len(value) // h
                rows = (np.arange(gates)[:, None] * h + own).reshape(-1)
                found = value[rows]
                if name.startswith("weight"):
                    read = own if name == "weight_hh" else _columns(copies, value.shape[1])
                    found = found[:, read] * torch.from_numpy(_shares(len(rows), read, draw, noise))
                getattr(new, name + end).copy_(found)
        copies = np.concatenate([own, h + own]) if old.bidirectional else own
    return copies


def _check_passes(link: Link, copies: np.ndarray) -> None:
    """Raise UsageError where what lies behind a layer mixes units, some of which are copies."""
    if len(copies) == copies.max() + 1:
        return
    odd = next((layer for layer in link.behind if mixes_units(layer)), None)
    if odd is not None:
        kind = getattr(odd, "name", type(odd).__name__)
        raise UsageError(
            f"{kind} behind layer {link.name} reads several units for one, so it cannot be wider"
        )
