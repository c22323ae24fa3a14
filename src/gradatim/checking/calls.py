"""How a thing of each kind is called: activation, loss, layer, optimizer; a cell stands beside this file."""

import inspect
from types import ModuleType
from typing import Any

import numpy as np

from gradatim.checking.call_cell import call_cell
from gradatim.checking.call_dropout import call_dropout
from gradatim.checking.case import Arrays
from gradatim.checking.her_code import (
    Numbers,
    Unfit,
    companion,
    first,
    forward_of,
    make,
    settings_for,
    signature_of,
)
from gradatim.checking.her_parameters import gradients_of, match_layer

Given = dict[str, Any]  # settings of a case


def call(
    kind: str, thing: Any, name: str, module: ModuleType, arrays: Arrays, settings: Given, numbers: Numbers
) -> Arrays:
    """What her thing makes of a case, by the names that are expected."""
    if kind == "activation":
        return _activation(make(thing, settings), name, module, arrays, numbers)
    if kind == "loss":
        return _loss(make(thing, settings), name, module, arrays, numbers)
    if kind == "layer":
        return _layer(thing, arrays, settings, numbers)
    if kind == "dropout":
        return call_dropout(thing, arrays, settings, numbers)
    if kind == "optimizer":
        return _optimizer(thing, arrays, settings, numbers)
    return call_cell(thing, arrays, settings, numbers)


def _activation(thing: Any, name: str, module: ModuleType, arrays: Arrays, numbers: Numbers) -> Arrays:
    x = numbers.give(arrays["x"], grad=True)
    out = _each_or_all(forward_of(thing), x)
    found = {"output": numbers.take(out, "its output")}
    if "g" not in arrays:
        return found
    g = numbers.give(arrays["g"])
    if numbers.torch is not None and getattr(out, "requires_grad", False):
        (out * g).sum().backward()
        return found | {"grad x": numbers.take(x.grad)}
    derivative = companion(module, name)
    if hasattr(thing, "backward"):
        return found | {"grad x": numbers.take(first(thing.backward(g)), "what backward returns")}
    if derivative is not None and len(signature_of(derivative)) == 1:
        slope = numbers.take(_each_or_all(derivative, x), "its derivative")
        return found | {"grad x": slope * arrays["g"]}
    return found


def _each_or_all(function: Any, x: Any) -> Any:
    """The values of an array at once; of a function of one number, such as max(0, x), one by one."""
    try:
        return function(x)
    except (TypeError, ValueError) as at_once:
        if not isinstance(x, np.ndarray):
            raise
        try:
            return np.reshape([float(function(number)) for number in x.ravel().tolist()], x.shape)
        except ArithmeticError:  # it is for one number, and overflows
            raise
        except Exception:
            raise at_once from None


def _loss(thing: Any, name: str, module: ModuleType, arrays: Arrays, numbers: Numbers) -> Arrays:
    a, y = numbers.give(arrays["a"], grad=True), numbers.give(arrays["y"])
    out = forward_of(thing)(a, y)
    value = numbers.take(out, "the loss")
    if value.size not in (1, len(arrays["a"])):
        n = len(arrays["a"])
        raise Unfit(
            f"a loss is one number, or one for each of the {n} examples; this has shape {value.shape}"
        )
    found = {"loss": np.asarray(value.astype(float).mean())}
    if "no_gradient" in arrays:
        return found
    if numbers.torch is not None and getattr(out, "requires_grad", False):
        out.mean().backward()
        return found | {"grad a": numbers.take(a.grad)}
    derivative = companion(module, name)
    for own in ("backward", "gradient", "grad"):
        if not inspect.isfunction(thing) and hasattr(thing, own):
            method = getattr(thing, own)
            grad = method(a, y) if len(signature_of(method)) == 2 else method()
            return found | {"grad a": numbers.take(grad, f"what {own} returns")}
    if derivative is not None:
        return found | {"grad a": numbers.take(derivative(a, y), "its derivative")}
    return found


def _layer(thing: Any, arrays: Arrays, settings: Given, numbers: Numbers) -> Arrays:
    parameters = {key[2:]: value for key, value in arrays.items() if key.startswith("p ")}
    x, g = numbers.give(arrays["x"], grad=True), numbers.give(arrays["g"])
    made = make(thing, settings)
    if inspect.isfunction(made):
        return _layer_function(made, x, g, parameters, settings, numbers)
    names = match_layer(made, parameters)
    out = forward_of(made)(x)
    found = {"output": numbers.take(out, "its output")}
    if numbers.torch is not None and getattr(out, "requires_grad", False):
        if tuple(out.shape) != tuple(g.shape):
            return found  # the shape is what will be said
        (out * g).sum().backward()
        found |= {"grad x": numbers.take(x.grad)} if x.grad is not None else {}
    elif hasattr(made, "backward") and found["output"].shape == arrays["g"].shape:
        back = first(made.backward(g))
        if back is not None or arrays["x"].dtype.kind == "f":  # of whole numbers there is no gradient
            found["grad x"] = numbers.take(back, "what backward returns")
    else:
        return found
    return found | {f"grad {one}": numbers.take(value) for one, value in gradients_of(made, names).items()}


def _layer_function(
    function: Any, x: Any, g: Any, parameters: Arrays, settings: Given, numbers: Numbers
) -> Arrays:
    """A function of x, and behind it the parameters in their order, and settings by name."""
    given = {name: numbers.give(value, grad=True) for name, value in parameters.items()}
    takes = [p for p in list(signature_of(function).values())[1:] if p.kind is not p.VAR_KEYWORD]
    _, named = settings_for(function, settings, skip=1 + len(given)) if settings else ([], {})
    out = function(x, *list(given.values())[: len(takes)], **named)
    found = {"output": numbers.take(out, "its output")}
    if numbers.torch is not None and getattr(out, "requires_grad", False) and out.shape == g.shape:
        (out * g).sum().backward()
        grads = {"x": x.grad} | {name: value.grad for name, value in given.items()}
        found |= {f"grad {name}": numbers.take(value) for name, value in grads.items() if value is not None}
    return found


def _optimizer(thing: Any, arrays: Arrays, settings: Given, numbers: Numbers) -> Arrays:
    w, gradients = arrays["w"], arrays["gradients"]
    step = _stepper(thing, numbers.give(w), settings, numbers)
    return {f"step {t}": step(g) for t, g in enumerate(gradients, 1)}


def _stepper(thing: Any, w: Any, settings: Given, numbers: Numbers) -> Any:
    """A function of a gradient that makes her step and gives θ."""
    if not inspect.isclass(thing):
        _, named = settings_for(thing, settings, skip=2)
        return _carried(lambda w, g: thing(w, g, **named), w, numbers)
    made: Any
    maker: Any = thing
    parameters = list(signature_of(thing))
    takes_list = bool(parameters) and parameters[0] in ("params", "parameters", "weights", "theta")
    if numbers.torch is not None and takes_list:
        return _torch_stepper(thing, w, settings, numbers)
    if takes_list:
        positional, named = settings_for(thing, settings, skip=1)
        held = [w]
        made = maker(held, *positional, **named)

        def step(g: np.ndarray) -> np.ndarray:
            made.step([numbers.give(g)])
            return numbers.take(_held(made, held)[0])

        return step
    made = make(thing, settings)
    for name in ("step", "update", "__call__"):
        if hasattr(made, name):
            return _carried(getattr(made, name), w, numbers)
    raise Unfit("an optimizer has a method step(w, g): it gives the new w, or changes w in place")


def _held(made: Any, held: list[Any]) -> list[Any]:
    """Her list of arrays, as she keeps it."""
    own = next((getattr(made, name) for name in ("params", "parameters", "weights", "theta")
                if isinstance(getattr(made, name, None), list)), None)  # fmt: skip
    return own or held


def _carried(function: Any, w: Any, numbers: Numbers) -> Any:
    """A step whose result is the next step's w; None says that w was changed in place."""
    now = [w]

    def step(g: np.ndarray) -> np.ndarray:
        result = first(function(now[0], numbers.give(g)))
        if result is not None:
            now[0] = result
        return numbers.take(now[0])

    return step


def _torch_stepper(thing: Any, w: Any, settings: Given, numbers: Numbers) -> Any:
    parameter = numbers.torch.nn.Parameter(w)
    positional, named = settings_for(thing, settings, skip=1)
    made = thing([parameter], *positional, **named)

    def step(g: np.ndarray) -> np.ndarray:
        parameter.grad = numbers.give(g)
        made.step()
        return numbers.take(parameter)

    return step
