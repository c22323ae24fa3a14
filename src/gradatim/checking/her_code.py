"""Her file loaded, her class made, her function called: numbers go in as she takes them, NumPy's or torch's.

Only NumPy is imported here; torch is there when her file has imported it.
"""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

SAME = {  # what settings are called elsewhere
    "in_features": "n_in in_dim d_in input_dim input_size inputs n_inputs fan_in",
    "out_features": "n_out out_dim d_out output_dim output_size outputs n_outputs units fan_out",
    "in_channels": "c_in channels_in in_depth depth", "out_channels": "c_out channels_out filters n_filters",
    "kernel_size": "size kernel k f pool_size filter_size window", "stride": "strides s",
    "padding": "pad p", "normalized_shape": "features num_features dim d size shape n",
    "num_features": "features dim d size channels n",
    "input_size": "n_in in_dim d_in input_dim n_x d inputs in_features n_inputs",
    "hidden_size": "n_hidden hidden hidden_dim n_h h units out_features hidden_units d_hidden",
    "lr": "learning_rate eta step_size", "beta1": "beta_1 b1", "beta2": "beta_2 b2",
    "momentum": "mu gamma rho beta", "alpha": "rho decay beta gamma decay_rate", "eps": "epsilon delta",
    "num_embeddings": "vocabulary_size vocab_size vocab v num_symbols n_symbols n_words rows n",
    "embedding_dim": "embedding_size embed_dim embed_size d_model dim size width d",
    "p": "rate drop_rate dropout dropout_rate drop prob drop_prob probability ratio",
    "keep_prob": "keep keep_p keep_rate keep_probability",
    "rho": "decay gamma", "weight_decay": "wd lam",
}  # fmt: skip


class Unfit(Exception):
    """Her code cannot be called as these checks call it; the message is a sentence."""


def load(path: Path) -> ModuleType:
    """Her file as a module; her own files beside it are found."""
    sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"submission_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def takes_torch(thing: Any, module: ModuleType) -> bool:
    """Whether her thing takes tensors: a torch class, or a function in a file that imports torch."""
    torch = sys.modules.get("torch")
    if torch is None:
        return False
    if inspect.isclass(thing) and issubclass(thing, torch.nn.Module | torch.optim.Optimizer):
        return True
    homes = [getattr(value, "__module__", None) or getattr(value, "__name__", "") for value in
             vars(module).values()]  # fmt: skip
    homes += [value.__name__ for value in vars(module).values() if inspect.ismodule(value)]
    return any(str(home).partition(".")[0] == "torch" for home in homes)


class Numbers:
    """Arrays as her code takes them, and back."""

    def __init__(self, torch: bool):
        self.torch: Any = sys.modules["torch"] if torch else None

    def give(self, value: np.ndarray, grad: bool = False) -> Any:
        """A copy of an array, or the tensor of it, whose gradient is wanted."""
        value = np.array(value)
        if self.torch is None:
            return value
        tensor = self.torch.from_numpy(value)
        return tensor.requires_grad_() if grad and tensor.is_floating_point() else tensor

    def take(self, value: Any, what: str = "the result") -> np.ndarray:
        """Her numbers as an array of its own."""
        if value is None:
            raise Unfit(f"{what} is None: is a return missing?")
        value = value.detach().cpu().numpy() if hasattr(value, "detach") else value
        try:
            found = np.array(value)
        except ValueError as error:
            raise Unfit(f"{what} is no array of numbers: its rows differ in length") from error
        if found.dtype.kind not in "fiub":
            raise Unfit(f"{what} is no array of numbers; it is {type(value).__name__}")
        return found


def signature_of(thing: Any) -> dict[str, inspect.Parameter]:
    """The parameters of a call by name; none where they cannot be read."""
    try:
        return dict(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return {}


def settings_for(thing: Any, settings: Mapping[str, Any], skip: int = 0) -> tuple[list[Any], dict[str, Any]]:
    """The settings that a call takes, by its own names; in their order where the names say nothing."""
    parameters = [p for p in list(signature_of(thing).values())[skip:] if p.kind is not p.VAR_KEYWORD]
    parameters = [p for p in parameters if p.kind is not p.VAR_POSITIONAL]
    found: dict[str, Any] = {}
    free = dict(settings)
    for names in (lambda key: (key,), lambda key: SAME.get(key, "").split()):
        for p in parameters:
            key = next((k for k in free if p.name not in found and p.name.lower() in names(k)), None)
            if key is not None:
                found[p.name] = free.pop(key)
    if "betas" in (p.name for p in parameters) and {"beta1", "beta2"} <= settings.keys():
        found["betas"] = (settings["beta1"], settings["beta2"])
    missing = [p for p in parameters if p.default is p.empty and p.name not in found]
    if not missing:
        return [], found
    needed = [p for p in parameters if p.default is p.empty]
    if len(needed) <= len(settings) and not found:
        return list(settings.values())[: len(needed)], {}
    asked = ", ".join(p.name for p in missing)
    raise Unfit(f"its constructor needs {asked}; these checks hand in {', '.join(settings) or 'nothing'}")


def make(thing: Any, settings: Mapping[str, Any]) -> Any:
    """An object of her class, or her function as it is."""
    if not inspect.isclass(thing):
        return thing
    positional, named = settings_for(thing, settings)
    made = thing(*positional, **named)
    if hasattr(made, "double") and hasattr(made, "named_parameters"):
        made = made.double()
    return made


def forward_of(thing: Any) -> Callable[..., Any]:
    """What runs her object forwards: a torch module or a function itself, else `forward`, else a call."""
    if inspect.isfunction(thing) or hasattr(thing, "named_parameters"):
        return thing
    for name in ("forward", "step", "__call__"):
        if hasattr(thing, name) and (name != "__call__" or callable(thing)):
            return getattr(thing, name)
    if callable(thing):
        return thing
    raise Unfit("it has no forward method and cannot be called")


def first(value: Any) -> Any:
    """The first of several results."""
    return value[0] if isinstance(value, tuple | list) and value else value


def companion(module: ModuleType, name: str) -> Any:
    """A function beside hers that gives the derivative: NAME_gradient, NAME_grad, NAME_derivative, d_NAME."""
    names: Sequence[str] = [
        f"{name}_{end}" for end in ("gradient", "grad", "derivative", "prime", "backward")
    ]
    return next((vars(module)[one] for one in (*names, f"d_{name}", f"d{name}") if one in vars(module)), None)
