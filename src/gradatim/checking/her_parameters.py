"""The definition's parameters put into her object, matched by name and shape, and her gradients taken out."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from gradatim.checking.her_code import Unfit

SAME = {
    "weight": ("weight", "weights", "w", "kernel", "kernels", "filters", "filter", "gamma", "scale", "gain"),
    "bias": ("bias", "biases", "b", "beta", "shift", "offset"),
}
GATES: dict[str, dict[str, tuple[str, ...]]] = {  # what ends a name, in the definition's order
    "lstm": {"i": ("i", "input", "in"), "f": ("f", "forget"), "g": ("g", "c", "candidate", "cell"),
             "o": ("o", "output", "out")},
    "gru": {"r": ("r", "reset"), "z": ("z", "u", "update"), "n": ("n", "h", "c", "g", "candidate", "new")},
    "rnn": {"h": ("",)},
}  # fmt: skip
GATES["peephole_lstm"] = GATES["lstm"]
PEEPHOLES = ("i", "f", "o")  # the gates that see the memory, in the order of P's rows
PEEPHOLE = re.compile(r"p(_|$|[ifo]$)|v_?[ifo]$|w_?c_?[ifo]$|.*peep.*|.*_c[ifo]$")


class Slot(NamedTuple):
    """One of her arrays, and where its numbers are: index into the definition's, and whether it is turned."""

    name: str
    holder: Any  # what holds it: a dict, or an object with attributes
    pieces: tuple[tuple[str, slice, slice], ...]  # name in the definition, rows there, columns here
    turned: bool


def arrays_of(thing: Any) -> dict[str, tuple[Any, Any]]:
    """Her arrays by name, each with its holder: attributes, entries of her dicts, parameters of torch."""
    if hasattr(thing, "named_parameters"):
        return {name: (None, value) for name, value in thing.named_parameters()}
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in list(vars(thing).items()) if hasattr(thing, "__dict__") else []:
        if isinstance(value, np.ndarray):
            found[name] = (thing, value)
        elif isinstance(value, dict) and "grad" not in name.lower():
            found |= {k: (value, v) for k, v in value.items() if isinstance(v, np.ndarray)}
    return {name: one for name, one in found.items() if not _is_gradient(name, found)}


def _is_gradient(name: str, names: Iterable[str]) -> bool:
    """Whether an array is where she keeps the gradient of another: dW beside W, grad_W, W_grad."""
    return "grad" in name.lower() or any(name in (f"d{one}", f"d_{one}") for one in names)


def put(holder: Any, name: str, old: Any, value: np.ndarray) -> None:
    """Give one of her arrays new numbers, in its own shape."""
    value = value.reshape(tuple(old.shape))
    if holder is None:  # a tensor of torch
        import torch

        with torch.no_grad():
            old.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    elif isinstance(holder, dict):
        holder[name] = value.copy()
    else:
        setattr(holder, name, value.copy())


def turned(array: np.ndarray, turn: bool) -> np.ndarray:
    """Turned, where hers stands the other way around."""
    return array.T if turn else array


def match_layer(thing: Any, parameters: Mapping[str, np.ndarray]) -> dict[str, tuple[str, bool]]:
    """Put a layer's parameters into hers; her name for each, and whether hers is turned."""
    hers = arrays_of(thing)
    found: dict[str, tuple[str, bool]] = {}
    for name, value in parameters.items():
        near = [one for one in hers if one.rpartition(".")[2].lower() in SAME.get(name, (name,))]
        near += [one for one in hers if one not in near and one not in {n for n, _ in found.values()}]
        for one in near:
            holder, old = hers[one]
            straight = tuple(s for s in old.shape if s != 1) == tuple(s for s in value.shape if s != 1)
            turn = not straight and value.ndim == 2 and tuple(old.shape) == value.shape[::-1]
            if straight or turn:
                put(holder, one, old, turned(value, turn))
                found[name] = (one, turn)
                break
        else:
            shapes = ", ".join(f"{k} {tuple(v.shape)}" for k, (_, v) in hers.items()) or "no arrays"
            raise Unfit(
                f"the definition's {name} {value.shape} has no place in it: it holds {shapes}; "
                f"call it self.{name}"
            )
    return found


def match_cell(thing: Any, kind: str, parameters: Mapping[str, np.ndarray]) -> list[Slot]:
    """Put a recurrent cell's weights into hers, stacked or gate by gate, joined over [h, x] or apart."""
    W, U = parameters["W"], parameters["U"]
    D, H = W.shape[1], U.shape[1]
    hers = {name: one for name, one in arrays_of(thing).items() if one[1].ndim in (1, 2)}
    hers = {name: one for name, one in hers.items() if not _is_state(name, one[1], H)}
    turn = _is_turned(hers, len(W), D, H)
    slots: list[Slot] = []
    pieces: tuple[tuple[str, slice, slice], ...]
    biased: set[tuple[int, int]] = set()
    for name, (holder, old) in hers.items():
        shape = tuple(old.shape)[::-1] if turn and old.ndim == 2 else tuple(old.shape)
        is_bias = len(shape) == 1 or 1 in shape
        if kind == "peephole_lstm" and is_bias and PEEPHOLE.match(name.rpartition(".")[2].lower()):
            slot = Slot(name, holder, (("P", _peephole_rows(name, max(shape), H), slice(0, 1)),), False)
            put(holder, name, old, _filled(slot, parameters, shape, True))
            slots.append(slot)
            continue
        rows = _rows(name, kind, max(shape) if is_bias else shape[0], len(W), H)
        if is_bias:
            span = (rows.start, rows.stop)
            pieces = (("b", rows, slice(0, 1)),) if span not in biased else ()
            biased.add(span)
        elif shape[1] == D + H:
            pieces = (("U", rows, slice(0, H)), ("W", rows, slice(H, H + D)))
        elif shape[1] in (D, H):
            pieces = (("W" if shape[1] == D else "U", rows, slice(0, shape[1])),)
        else:
            raise Unfit(f"{name} {tuple(old.shape)} is no weight of a cell of {D} inputs and {H} units")
        slot = Slot(name, holder, pieces, turn and not is_bias)
        put(holder, name, old, _filled(slot, parameters, shape, is_bias))
        slots.append(slot)
    _complete(slots, kind, H, len(W))
    return slots


def _is_state(name: str, value: Any, H: int) -> bool:
    """An attribute that holds the state between steps."""
    return name.rpartition(".")[2].lower() in (
        "h",
        "c",
        "h0",
        "c0",
        "state",
        "hidden",
        "cell",
        "h_t",
        "c_t",
    ) and (value.shape[-1] == H)


def _is_turned(hers: Mapping[str, tuple[Any, Any]], rows: int, D: int, H: int) -> bool:
    """Whether weights multiply from the right, x W: read from those that are not square."""
    for _, value in hers.values():
        shape = tuple(value.shape)
        if len(shape) == 2 and 1 not in shape and shape[0] != shape[1]:
            if shape[0] in (D, H, D + H) and shape[1] in (rows, H) and shape[1] not in (D, D + H):
                return True
            if shape[1] in (D, D + H):
                return False
    return False


def _rows(name: str, kind: str, size: int, stacked: int, H: int) -> slice:
    """Which of the definition's rows an array of so many is: all, or one gate's by its name."""
    if size == stacked:
        return slice(0, stacked)
    if size != H:
        raise Unfit(
            f"{name} has {size} rows; of a cell of {H} units they are {H}, or {stacked} with all gates"
        )
    words = [one for one in name.lower().split(".") if one not in ("weight", "bias")] or [name.lower()]
    plain = words[-1].removesuffix("_l0").rstrip("0123456789_")  # x_i.weight is of x_i
    word = plain.rpartition("_")[2]
    for k, names in enumerate(GATES[kind].values()):
        if word in names or (word and any(len(n) == 1 and word.endswith(n) for n in names) and len(word) < 4):
            return slice(k * H, (k + 1) * H)
    raise Unfit(f"of which gate is {name}? End its name in one of {', '.join(GATES[kind])}")


def _peephole_rows(name: str, size: int, H: int) -> slice:
    """Which rows of P an array of peepholes is: all, or one gate's by the end of its name."""
    if size == 3 * H and (H > 1 or name.rstrip("_l0")[-1:] not in PEEPHOLES):
        return slice(0, 3 * H)
    gate = next(
        (one for one in (name.rpartition(".")[2].lower()[-1:], name.lower()[-1:]) if one in PEEPHOLES), None
    )
    if size != H or gate is None:
        raise Unfit(
            f"{name} has {size} numbers; peepholes are {3 * H} for i, f, o, or {H} for each: p_i, p_f, p_o"
        )
    k = PEEPHOLES.index(gate)
    return slice(k * H, (k + 1) * H)


def _filled(
    slot: Slot, parameters: Mapping[str, np.ndarray], shape: tuple[int, ...], bias: bool
) -> np.ndarray:
    """The numbers of one of her arrays; a second bias is 0."""
    value = np.zeros(shape)
    for source, rows, columns in slot.pieces:
        if bias:
            value = parameters[source][rows].reshape(shape)
        else:
            value[:, columns] = parameters[source][rows]
    return turned(value, slot.turned)


def _complete(slots: list[Slot], kind: str, H: int, rows: int) -> None:
    """Every weight of the definition has a place, or it is said which has none."""
    seen = {row for slot in slots for name, span, _ in slot.pieces if name == "P"
            for row in range(span.start, span.stop)}  # fmt: skip
    if kind == "peephole_lstm" and len(seen) < 3 * H:
        raise Unfit("it has no peepholes of i, f and o: hold them in P (3H,), or in p_i, p_f, p_o")
    for source, said in (("W", "for x"), ("U", "for h"), ("b", "biases")):
        covered = {row for slot in slots for name, span, _ in slot.pieces if name == source
                   for row in range(span.start, span.stop)}  # fmt: skip
        missing = [gate for k, gate in enumerate(GATES[kind]) if k * H not in covered]
        if len(covered) < rows:
            of = "" if len(missing) == rows // H else f" of {', '.join(missing)}"
            kind_of = said if source == "b" else f"weights {said}"
            raise Unfit(
                f"it has no {kind_of}{of}: hold them in attributes such as W, U, b with the gates "
                f"{', '.join(GATES[kind])} stacked, or W_{missing[0]}, U_{missing[0]}, b_{missing[0]} for "
                "each"
            )


def gradients_of(thing: Any, names: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    """Her gradients of the matched parameters, where she keeps any: .grad, dW, grad_W, W_grad, grads["W"]."""
    found: dict[str, Any] = {}
    for name, (hers, turn) in names.items():
        value = _gradient(thing, hers)
        if value is not None:
            found[name] = turned(value, turn)
    return found


def _gradient(thing: Any, name: str) -> Any:
    """One gradient, or None."""
    if hasattr(thing, "named_parameters"):
        grad = dict(thing.named_parameters())[name].grad
        return None if grad is None else grad.detach().numpy()
    for holder in ("grads", "gradients", "grad"):
        table = getattr(thing, holder, None)
        if isinstance(table, dict):
            for key in (name, f"d{name}"):
                if key in table:
                    return np.asarray(table[key])
    for one in (f"d{name}", f"d_{name}", f"grad_{name}", f"{name}_grad", f"{name}_gradient"):
        if getattr(thing, one, None) is not None:
            return np.asarray(getattr(thing, one))
    return None


def gather(thing: Any, slots: list[Slot], like: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Her gradients in the definition's arrays: W, U and b where all of one are there."""
    sums = {
        name: np.full(value.shape, np.nan) for name, value in like.items() if name in ("W", "U", "b", "P")
    }
    for slot in slots:
        value = _gradient(thing, slot.name)
        if value is None:
            continue
        value = turned(value, slot.turned)
        for source, rows, columns in slot.pieces:
            target = sums[source][rows]
            sums[source][rows] = value.reshape(target.shape) if source in ("b", "P") else value[:, columns]
    return {name: value for name, value in sums.items() if not np.isnan(value).all()}
