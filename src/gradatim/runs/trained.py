"""A trained network with all that prediction needs: `model.json` and `model.safetensors`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradatim import files
from gradatim.checks import GradatimError, UsageError, one_of
from gradatim.device import PRECISIONS
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import read_tensors, write_tensors

if TYPE_CHECKING:
    import torch


@dataclass
class Trained:
    """What a run learned: the network, and how inputs become what it sees and outputs what they mean."""

    model: Any  # torch.nn.Module
    network: dict[str, Any] | None  # its description's entry; None for a user's own class
    own_class: str | None  # the user's class, "package.module.Name"
    loss: str | None  # a name, by which outputs are read; None for a user's own loss
    classes: tuple = ()
    input_shape: tuple[int, ...] | None = None
    features: tuple[str, ...] = ()
    preprocessing: dict[str, Any] | None = None
    precision: str = "float32"
    facts: dict[str, Any] = field(default_factory=dict)  # epoch, parameters

    def as_dict(self) -> dict[str, Any]:
        """The content of `model.json`."""
        return {
            "network": self.network, "class": self.own_class, "loss": self.loss,
            "classes": list(self.classes),
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "features": list(self.features), "preprocessing": self.preprocessing, "precision": self.precision,
            **self.facts,
        }  # fmt: skip


def save_trained(folder: Folder, trained: Trained) -> None:
    """Write the weights, then the file that describes them."""
    write_tensors(folder.model, trained.model.state_dict(), {})
    files.write_json(folder.model_json, trained.as_dict())


def load_trained(folder: Folder, classes: Mapping[str, Callable[[], Any]] | None = None) -> Trained:
    """Read a trained network; of a run that has not finished, the best of its checkpoint.

    `classes` brings back a user's own class: {"Net": Net}, or {"Net": lambda: Net(3)} when it takes
    arguments.
    Raises GradatimError for a missing, damaged, foreign or newer file.
    """
    import torch

    from gradatim.models.building import build, load_weights

    content = files.read_json(folder.model_json, "model")
    try:
        own = content["class"]
        dtype = getattr(torch, one_of("precision", content["precision"], PRECISIONS))
        if own is None:
            model = build({"format": content["format"], "network": content["network"]}, dtype=dtype)
        else:
            model = own_network(own, classes or {}).to(dtype)
        trained = Trained(
            model, content["network"], own, content["loss"], tuple(content["classes"]),
            None if content["input_shape"] is None else tuple(content["input_shape"]),
            tuple(content["features"]), content["preprocessing"], content["precision"],
        )  # fmt: skip
        named = {"format", *trained.as_dict()}
        trained.facts = {name: value for name, value in content.items() if name not in named}
    except UsageError as error:
        raise GradatimError(f"{folder.model_json}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise GradatimError(f"{folder.model_json} is damaged: {error!r}") from error
    tensors, where = _weights(folder)
    model.eval()
    load_weights(model, tensors, f"the weights in {where}")
    return trained


def _weights(folder: Folder) -> tuple[dict[str, "torch.Tensor"], str]:
    if folder.model.exists() or not folder.checkpoint.exists():
        return read_tensors(folder.model, "model")[0], str(folder.model)
    tensors, _ = read_tensors(folder.checkpoint, "checkpoint")
    part = "best." if any(name.startswith("best.") for name in tensors) else "model."
    found = {name.removeprefix(part): t for name, t in tensors.items() if name.startswith(part)}
    return found, str(folder.checkpoint)


def own_network(name: str, classes: Mapping[str, Callable[[], Any]]) -> Any:
    """A network of the user's own class, brought back by its name or its full name."""
    make = classes.get(name) or classes.get(name.rpartition(".")[2])
    if make is None:
        short = name.rpartition(".")[2]
        raise GradatimError(
            f"the network is of your class {name}: bring it with load(run, classes={{{short!r}: {short}}})"
        )
    try:
        return make()
    except TypeError as error:
        short = name.rpartition(".")[2]
        raise GradatimError(
            f"{name} cannot be made without arguments ({error}): "
            f"use classes={{{short!r}: lambda: {short}(…)}}"
        ) from error
