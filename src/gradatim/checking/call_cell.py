"""How a recurrent cell is called: step by step, or over the whole sequence; with a batch, or one by one."""

import inspect
from typing import Any

import numpy as np

from gradatim.checking.case import Arrays
from gradatim.checking.her_code import Numbers, Unfit, first, forward_of, make, signature_of
from gradatim.checking.her_parameters import GATES, gather, match_cell


def call_cell(thing: Any, arrays: Arrays, settings: dict[str, Any], numbers: Numbers) -> Arrays:
    """Every h (and c, where she gives them) of a sequence, and gradients where there are any.

    One step is forward(x, h, c) → (h, c), of an RNN or GRU forward(x, h) → h; the whole sequence forward(x),
    x (T, N, D), → every h, or (every h, …). A function of one step takes W, U and b behind the state.
    """
    kind = settings["cell"]
    sizes = {key: settings[key] for key in ("input_size", "hidden_size")}
    if inspect.isfunction(thing):
        return _steps(_with_weights(thing, arrays, kind, numbers), arrays, kind, numbers)[0]
    made = make(thing, sizes)
    slots = match_cell(made, kind, arrays)
    forward = forward_of(made)
    if _needed(made, forward) >= len(_states(kind)) + 1:
        found, x = _steps(forward, arrays, kind, numbers)
        return found | _gradients(made, slots, found, x, arrays, numbers)
    x = numbers.give(arrays["x"], grad=True)
    result = forward(x)
    h = numbers.take(first(result), "its output")
    found = {"h": h} if h.ndim == arrays["x"].ndim or len(arrays["x"]) == 1 else {"last h": h}
    out = first(result)
    if numbers.torch is None and hasattr(made, "backward") and h.shape == arrays["g"].shape:
        found["grad x"] = numbers.take(
            first(made.backward(numbers.give(arrays["g"]))), "what backward returns"
        )
        return found | {f"grad {k}": v for k, v in gather(made, slots, arrays).items()}
    return found | _gradients(made, slots, {"_h": out} | found, x, arrays, numbers)


def _states(kind: str) -> tuple[str, ...]:
    return ("h", "c") if kind.endswith("lstm") else ("h",)


def _needed(made: Any, forward: Any) -> int:
    """How many arguments her forward needs."""
    method = getattr(made, "forward", forward) if hasattr(made, "named_parameters") else forward
    return sum(
        p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in signature_of(method).values()
    )


def _with_weights(function: Any, arrays: Arrays, kind: str, numbers: Numbers) -> Any:
    """Her function of one step, with the weights that it takes behind the state."""
    behind = list(signature_of(function))[1 + len(_states(kind)) :]
    keys = [key for key in ("W", "U", "b", "P") if key in arrays]
    weights = [numbers.give(arrays[key]) for key in keys]
    if len(behind) != len(weights):
        states = ", ".join(_states(kind))
        raise Unfit(
            f"a function of one step takes x, {states}, {', '.join(keys)}, the gates "
            f"{', '.join(GATES[kind])} stacked; "
            f"yours takes {', '.join(signature_of(function))}"
        )
    return lambda *given: function(*given, *weights)


def _steps(forward: Any, arrays: Arrays, kind: str, numbers: Numbers) -> tuple[Arrays, Any]:
    """A step after the other, in batches; where these fail, example by example."""
    try:
        return _batch_of_steps(forward, arrays, kind, numbers)
    except Unfit:
        raise
    except Exception as error:
        alone = []
        for n in range(arrays["x"].shape[1]):
            part = {key: arrays[key][n] for key in ("h0", "c0")} | {"x": arrays["x"][:, n]}
            try:
                alone.append(_batch_of_steps(forward, part, kind, numbers)[0])
            except Exception:
                raise error from None
        return {key: np.stack([one[key] for one in alone], 1) for key in ("h", "c") if key in alone[0]}, None


def _batch_of_steps(forward: Any, arrays: Arrays, kind: str, numbers: Numbers) -> tuple[Arrays, Any]:
    x = numbers.give(arrays["x"], grad=True)
    state = [numbers.give(arrays[f"{name}0"]) for name in _states(kind)]
    every: list[list[np.ndarray]] = []
    hs = []
    for x_t in x:
        result = forward(x_t, *state)
        results = list(result) if isinstance(result, tuple | list) else [result]
        if len(results) < len(state):
            raise Unfit(f"a step of an LSTM gives h and c; yours gives {len(results)} array")
        for name, value in zip(_states(kind), results, strict=False):
            shape, wanted = np.shape(numbers.take(value, name)), arrays[f"{name}0"].shape
            if shape != wanted:
                raise ValueError(f"{name} has shape {shape}; it must be {wanted}")
        state = results[: len(state)]
        every.append([numbers.take(value) for value in state])
        hs.append(state[0])
    found = {name: np.stack([row[k] for row in every]) for k, name in enumerate(_states(kind))}
    if numbers.torch is not None and getattr(hs[-1], "requires_grad", False):
        return found | {"_h": numbers.torch.stack(hs)}, x
    return found, x


def _gradients(
    made: Any, slots: list, found: dict[str, Any], x: Any, arrays: Arrays, numbers: Numbers
) -> Arrays:
    """By autograd, of L = Σ g ⊙ h."""
    out = found.pop("_h", None)
    result = dict(found)
    if numbers.torch is None or not getattr(out, "requires_grad", False):
        return result
    if tuple(out.shape) == arrays["g"].shape:
        (out * numbers.give(arrays["g"])).sum().backward()
        result["grad x"] = numbers.take(x.grad)
        result |= {f"grad {name}": value for name, value in gather(made, slots, arrays).items()}
    return result
