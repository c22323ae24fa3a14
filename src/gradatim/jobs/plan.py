"""What a run will do, before it does it: data, splits, network, settings, all that config.json holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import prod
from typing import Any

import numpy as np

from gradatim import __version__, catalog, device
from gradatim.checks import UsageError, did_you_mean
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.jobs.gathering import Data
from gradatim.jobs.recipe import complete
from gradatim.jobs.settings import OF_NETWORK, Settings
from gradatim.jobs.surroundings import versions
from gradatim.models.description import arguments_of, describe, expand, network_of, parameters_of
from gradatim.models.heads import head_for
from gradatim.runs.trained import Trained


@dataclass
class Plan:
    """A run that can begin: everything chosen, nothing open."""

    data: Data
    settings: Settings
    choices: dict[str, str]
    trained: Trained  # the network, its weights drawn or its maker's
    loss: Any  # a name, or the user's function
    asked: dict[str, Any]  # of the network, beyond the settings
    command: str
    extended: list[dict[str, int]] = field(default_factory=list)  # each time it was given more epochs

    def prepared(self, examples: Any) -> Any:
        """Examples as the network sees them; a stranger's loader gives them so itself."""
        if not isinstance(examples, Dataset):
            return examples
        dtype = np.float64 if self.settings.precision == "float64" else np.float32
        return replace(examples, x=preprocessing.apply(self.trained.preprocessing, examples.x, dtype))


def make_plan(
    data: Data, settings: Settings, model: Any, network: dict[str, Any], loss: Any = None, command: str = ""
) -> Plan:
    """Choose what was left open and build the network.

    `model` is a network's name, to which `network` and the settings add arguments, or a description or a
    torch module, to which nothing is added.
    """
    if isinstance(model, type):
        raise UsageError(f"model must be a network, not its class: give {model.__name__}(…)")
    if not isinstance(model, str | Mapping) and not callable(getattr(model, "parameters", None)):
        raise UsageError(f"model must be a name, a description or a torch module; it is {model!r}")
    first = data.first
    pictures = first is not None and first.is_pictures
    examples = 0 if first is None else len(first)
    besides = tuple(network) if isinstance(model, str) and _is_dense(model) else OF_NETWORK
    settings, choices = complete(settings, pictures=pictures, examples=examples, besides=besides)
    if isinstance(model, str):
        if first is None:
            raise UsageError("a loader is learned by a network of your own: model=")
        head = head_for(first.classes, len(first))
        choices["head"] = head.sentence
        entry: dict[str, Any] | None = _entry(model, network, settings, first.x.shape[1:], head.outputs)
        loss = loss or head.loss
    else:
        _refuse_arguments(settings, network)
        entry = network_of(dict(model)) if isinstance(model, Mapping) else None
    module = model if entry is None else _build(entry, settings)
    loss = loss or _loss_of_outputs(module, first)
    prepared = None if entry is None or first is None else preprocessing.fit(first)
    trained = Trained(
        module, entry, _class_name(module) if entry is None else None,
        loss if isinstance(loss, str) else None, first.classes if first is not None else (),
        first.x.shape[1:] if first is not None else None, first.features if first is not None else (),
        prepared, settings.precision, {"parameters": sum(p.numel() for p in module.parameters())},
    )  # fmt: skip
    settings, places = _place(settings, trained.facts["parameters"])
    return Plan(data, settings, {**choices, **places}, trained, loss, dict(network), command)


def _place(settings: Settings, parameters: int) -> tuple[Settings, dict[str, str]]:
    """The threads and the device, and why where they were not asked for."""
    choices = {}
    threads, why = device.choose_threads(settings.threads, 3.0 * parameters * (settings.batch_size or 1))
    if settings.threads is None:
        choices["threads"] = f"{threads}: {why}"
    where, why = device.choose_device(settings.device)
    if settings.device == "auto":
        choices["device"] = f"{where}: {why}"
    return replace(settings, threads=threads, device=str(where)), choices


def _refuse_arguments(settings: Settings, network: dict[str, Any]) -> None:
    given = [name for name in OF_NETWORK if getattr(settings, name) is not None]
    if given or network:
        raise UsageError(
            f"{', '.join([*given, *network])} cannot be added to a network that is complete: a "
            "description, or a module of your own"
        )


def _is_dense(model: str) -> bool:
    """Whether a network of the catalogue reads an example as one vector; the recipes are for those."""
    return "in_features" in parameters_of(catalog.find(model, "network").load())


def _entry(
    model: str, asked: dict[str, Any], settings: Settings, shape: tuple[int, ...], outputs: int
) -> dict[str, Any]:
    """The entry of a network of the catalogue, with the settings it takes, for examples of a shape."""
    row = catalog.find(model, "network")
    takes = parameters_of(row.load())
    for name in asked:
        if name not in takes:
            raise UsageError(f"{model} takes no argument {name!r}: {did_you_mean(name, takes)}")
    entry: dict[str, Any] = {"name": model, **_sizes(model, takes, shape, outputs)}
    for name in OF_NETWORK:
        value = getattr(settings, name)
        if name in takes and value is not None:
            entry[name] = list(value) if isinstance(value, tuple) else value
        elif value is not None:
            raise UsageError(f"{model} takes no argument {name!r}: {did_you_mean(name, takes)}")
    entry |= asked
    arguments_of(entry, row.load())
    return entry


def _sizes(model: str, takes: Collection[str], shape: tuple[int, ...], outputs: int) -> dict[str, Any]:
    """The arguments that the data decide: features, or channels and perhaps the size of pictures or clips."""
    if "in_features" in takes:
        return {"in_features": prod(shape), "out_features": outputs}
    if "in_channels" not in takes:
        raise UsageError(f"{model} needs a description: --model FILE.json")
    axes = catalog.find(model, "network").load().axes
    if len(shape) != 1 + axes:
        what = "pictures (C, H, W)" if axes == 2 else "clips (C, T, H, W)"
        raise UsageError(f"{model} learns from {what}; an example here has the shape {shape}")
    sizes = {"in_channels": shape[0], "num_classes": outputs}
    return {**sizes, "input_size": list(shape[1:])} if "input_size" in takes else sizes


def _build(network: dict[str, Any], settings: Settings) -> Any:
    expand(network)  # errors of a description before torch is imported
    import torch

    from gradatim.models.building import build

    return build(describe(network), settings.seed, getattr(torch, settings.precision))


def _loss_of_outputs(module: Any, data: Dataset | None) -> str:
    """The loss of a network that came complete: with one output it tells two classes apart."""
    import torch

    if data is None:
        return "cross_entropy"
    was = module.training
    module.eval()
    with torch.no_grad():
        outputs = module(torch.from_numpy(data.x[:2]).to(next(module.parameters()).dtype))
    module.train(was)
    return "binary_cross_entropy" if outputs[0].numel() == 1 else "cross_entropy"


def _class_name(module: Any) -> str:
    return f"{type(module).__module__}.{type(module).__qualname__}"


def config_of(plan: Plan) -> dict[str, Any]:
    """The content of config.json: everything needed to run it again."""
    return {
        "gradatim": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": plan.command,
        "name": plan.data.name,
        "data": plan.data.reference,
        "network": {"entry": plan.trained.network, "class": plan.trained.own_class, "asked": plan.asked},
        "loss": plan.loss if isinstance(plan.loss, str) else None,
        "settings": plan.settings.as_dict(),
        "choices": plan.choices,
        "versions": {"gradatim": __version__, **versions()},
        "extended": plan.extended,
    }
