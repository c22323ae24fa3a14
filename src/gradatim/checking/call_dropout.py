"""How dropout is called: in training twice, then in evaluation; backwards behind the second call."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim.checking.case import Arrays
from gradatim.checking.her_code import Numbers, Unfit, first, forward_of, make, settings_for, signature_of

SWITCHES = ("training", "train", "is_training", "is_train", "train_mode", "mode")
SURE = 5.0  # deviations that a share may be from p


def call_dropout(thing: Any, arrays: Arrays, settings: dict[str, Any], numbers: Numbers) -> Arrays:
    """What she gives, in training with the places filled in that she dropped: her own scale times x."""
    run, made = _runner(thing, settings)
    again = _as_array(run(numbers.give(arrays["x"]), True), numbers, arrays)
    x = numbers.give(arrays["x"], grad=True)
    out = run(x, True)
    given = _as_array(out, numbers, arrays)
    dropped = given == 0
    found = {
        "output": _filled(given, arrays["x"], dropped), "share dropped": _share(dropped, settings["p"]),
        "second mask is new": np.array(float((dropped != (again == 0)).any())),
    }  # fmt: skip
    slope = _gradient(made, out, x, arrays["g"], numbers)
    if slope is not None and slope.shape == dropped.shape:
        found["grad x"] = np.where(dropped & (slope == 0), arrays["g"] / (1 - settings["p"]), slope)
    if _has_switch(thing, made):
        found["evaluation"] = _as_array(run(numbers.give(arrays["x"]), False), numbers, arrays)
    return found


def _runner(thing: Any, settings: dict[str, Any]) -> tuple[Callable[..., Any], Any]:
    """A function of x and whether she is training, and her object, if it is one."""
    if inspect.isfunction(thing):
        switch = _switch_of(thing)
        _, named = settings_for(thing, settings, skip=1) if _takes_rate(thing, switch) else ([], {})
        if not named and _takes_rate(thing, switch):
            name = next(one for one in list(signature_of(thing))[1:] if one != switch)
            named = {name: settings["p"]}
        return lambda x, training: thing(x, **named, **({switch: training} if switch else {})), None
    made = make(thing, settings)
    forward = forward_of(made)
    switch = _switch_of(getattr(made, "forward", forward))

    def run(x: Any, training: bool) -> Any:
        if switch:
            return forward(x, **{switch: training})
        _turn(made, training)
        return forward(x)

    return run, made


def _takes_rate(function: Any, switch: str | None) -> bool:
    return len([one for one in list(signature_of(function))[1:] if one != switch]) > 0


def _switch_of(function: Any) -> str | None:
    return next((name for name in signature_of(function) if name in SWITCHES), None)


def _has_switch(thing: Any, made: Any) -> bool:
    if made is None:
        return _switch_of(thing) is not None
    own = _switch_of(getattr(made, "forward", forward_of(made)))
    return own is not None or hasattr(made, "eval") or any(hasattr(made, name) for name in SWITCHES)


def _turn(made: Any, training: bool) -> None:
    """Tell an object whether it is training: by its methods, or its attribute."""
    if callable(getattr(made, "train", None)):
        if training:
            made.train()
        elif callable(getattr(made, "eval", None)):
            made.eval()
        else:
            made.train(False)
        return
    for name in SWITCHES:
        if hasattr(made, name):
            setattr(made, name, training)


def _as_array(out: Any, numbers: Numbers, arrays: Arrays) -> np.ndarray:
    """Her output, in the shape of x."""
    found = numbers.take(first(out), "its output").astype(float)
    if found.shape != arrays["x"].shape:
        raise Unfit(f"dropout keeps the shape of x, {arrays['x'].shape}; yours gives {found.shape}")
    return found


def _filled(out: np.ndarray, x: np.ndarray, dropped: np.ndarray) -> np.ndarray:
    """Her output, and where she dropped x times the factor by which she scales the others."""
    ratios = out[~dropped] / x[~dropped]
    return np.where(dropped, x * (np.median(ratios) if ratios.size else 0.0), out)


def _share(dropped: np.ndarray, p: float) -> np.ndarray:
    """The share that she dropped; p itself where it is as near as chance allows."""
    share, deviation = float(dropped.mean()), (p * (1 - p) / dropped.size) ** 0.5
    return np.array(p if abs(share - p) <= SURE * deviation else share)


def _gradient(made: Any, out: Any, x: Any, g: np.ndarray, numbers: Numbers) -> np.ndarray | None:
    """∂L/∂x of L = Σ g ⊙ output."""
    result = first(out)
    if numbers.torch is not None and getattr(result, "requires_grad", False):
        (result * numbers.give(g)).sum().backward()
        return numbers.take(x.grad)
    if made is not None and hasattr(made, "backward"):
        return numbers.take(first(made.backward(numbers.give(g))), "what backward returns").astype(float)
    return None
