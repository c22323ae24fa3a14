"""A trained network with all that prediction needs: `model.json` and `model.safetensors`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim import files
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError, UsageError
from gradatim.data.encoders.encoder import Encoder, encoder_from
from gradatim.device import kept_in
from gradatim.models.description import describe, expand, network_of
from gradatim.problems.choose import problem_from
from gradatim.problems.problem import Problem
from gradatim.record_checks import require
from gradatim.runs.file_forms import MODEL, check_file
from gradatim.runs.folder import Folder
from gradatim.runs.format_1 import model_of_format_1
from gradatim.runs.kept_mean import read_kept
from gradatim.runs.tensors import DIGEST
from gradatim.runs.weights import read_weights, refuse_nonfinite, replace_weights

TRIES = 3  # at a network that another process may be replacing


@dataclass
class Trained:
    """What a run learned: the network, how inputs become what it sees, and what its outputs answer."""

    model: Any  # torch.nn.Module, or by_hand.network.Network
    network: dict[str, Any] | None  # its description's entry; None for a user's own class
    own_class: str | None  # the user's class, "package.module.Name"
    problem: Problem
    encoder: Encoder
    input_shape: tuple[int, ...] | None = None  # of an example's raw inputs
    features: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()  # the columns or the array that held them
    precision: str = "float32"
    facts: dict[str, Any] = field(default_factory=dict)  # epoch, parameters
    kept: Any = None  # the KeptMean that answers in the network's place
    epochs_done: int | None = None  # of a run that has never finished, by its checkpoint

    @property
    def engine(self) -> str:
        """The engine that the network is of."""
        return "numpy" if isinstance(self.model, Network) else "torch"

    @property
    def name(self) -> str:
        """The network's name, or its class's."""
        return self.network["name"] if self.network else str(self.own_class)

    @property
    def template(self) -> Any:
        """Examples, of which there are none, that say what others are read as."""
        empty = self.encoder.template(self.input_shape, self.features)
        return empty.asking(self.problem.question, self.targets)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape of an example as the network sees it."""
        return None if self.input_shape is None else self.encoder.shape(self.input_shape)

    def module(self) -> Any:
        """The network as a torch module; one by hand is built again with its weights."""
        if not isinstance(self.model, Network):
            return self.model
        import torch

        from gradatim.models.building import build, load_weights

        assert self.network is not None
        module = build(self.network, dtype=getattr(torch, kept_in(self.precision))).eval()
        tensors = {name: torch.from_numpy(value) for name, value in self.model.state_dict().items()}
        load_weights(module, tensors, "the weights by hand")
        return module

    def as_dict(self) -> dict[str, Any]:
        """The content of `model.json`."""
        return {
            "engine": self.engine, "network": self.network, "class": self.own_class,
            "problem": self.problem.as_dict(),
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "features": list(self.features), "targets": list(self.targets),
            "encoder": self.encoder.as_dict(), "precision": self.precision,
            **self.facts,
        }  # fmt: skip


def save_trained(folder: Folder, trained: Trained) -> None:
    """Put a network in the place of the one before it. Only the lock's holder may call it."""
    replace_weights(folder, trained.model.state_dict(), trained.as_dict())


def load_trained(folder: Folder, classes: Mapping[str, Callable[[], Any]] | None = None) -> Trained:
    """Read a trained network; of a run that has never finished, the best of its checkpoint.

    `classes` brings back a user's own class: {"Net": Net}, or {"Net": lambda: Net(3)} when it takes
    arguments.
    Raises GradatimError for a missing, damaged, foreign or newer file.
    """
    content, tries = files.read_json(folder.model_json, "model"), TRIES
    while True:
        before, failed = content, None
        try:
            trained = _trained(folder, content, classes or {})
        except GradatimError as error:
            failed = error
        content = files.read_json(folder.model_json, "model")
        if content != before:  # another process has just replaced the network
            tries = TRIES
        elif failed is None:
            return trained
        elif tries := tries - 1:  # its weights may just have moved into their place
            continue
        else:
            raise failed


def _trained(folder: Folder, content: dict[str, Any], classes: Mapping[str, Callable[[], Any]]) -> Trained:
    """The network that the content of `model.json` describes, with its weights."""
    try:
        if content["format"] == 1:
            content = model_of_format_1(content, folder.read_config())
        check_file(content, MODEL, folder.model_json)
        model = _untrained(content, classes)
        trained = Trained(
            model, content["network"], content["class"], *_records(folder, content),
            None if content["input_shape"] is None else tuple(content["input_shape"]),
            tuple(content["features"]), tuple(content["targets"]), content["precision"],
        )  # fmt: skip
        named = {"format", DIGEST, *trained.as_dict()}
        trained.facts = {name: value for name, value in content.items() if name not in named}
    except UsageError as error:
        raise GradatimError(f"{folder.model_json}: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise GradatimError(f"{folder.model_json} is damaged: {error!r}") from error
    framework = "np" if trained.engine == "numpy" else "pt"
    kept = read_kept(folder, trained)
    trained.kept = kept if kept is not None and kept.answers else None
    tensors, path, trained.epochs_done = read_weights(folder, content.get(DIGEST), framework)
    learned = model.parameters if isinstance(model, Network) else dict(model.named_parameters())
    refuse_nonfinite(tensors, learned, path)
    if isinstance(model, Network):
        model.load_state_dict(tensors)
    else:
        from gradatim.models.building import load_weights

        load_weights(model.eval(), tensors, f"the weights in {path}")
    return trained


def read_encoder(folder: Folder, config: dict[str, Any]) -> Encoder | None:
    """How inputs were encoded when a run began, whatever is chosen today; None before it was written, and
    where the file is damaged, which is made again.
    """
    if not folder.model_json.exists():
        return None
    try:
        content = files.read_json(folder.model_json, "model")
        content = model_of_format_1(content, config) if content["format"] == 1 else content
        record = content["encoder"]
    except files.NewerFormat:
        raise
    except (GradatimError, KeyError, TypeError, AttributeError):
        return None
    return encoder_from(record)


def _records(folder: Folder, content: dict[str, Any]) -> tuple[Problem, Encoder]:
    try:
        problem, targets = problem_from(content["problem"]), content["targets"]
        if problem.task == "regression" and len(targets) > 1:
            require(len(targets) == len(problem.names), "targets", "a column for each number", targets)
        return problem, encoder_from(content["encoder"])
    except GradatimError as error:
        raise GradatimError(f"{folder.model_json}: {error}") from error


def _untrained(content: dict[str, Any], classes: Mapping[str, Callable[[], Any]]) -> Any:
    """The network that `model.json` names, its weights not yet read."""
    if content.get("engine") == "numpy":
        return Network(expand(network_of(content["network"])) or [], dtype=content["precision"])
    import torch

    from gradatim.models.building import build

    dtype = getattr(torch, kept_in(content["precision"]))
    if content["class"] is None:
        return build(describe(content["network"]), dtype=dtype)
    return own_network(content["class"], classes, content.get("arguments")).to(dtype)


def own_network(
    name: str, classes: Mapping[str, Callable[..., Any]], arguments: dict[str, Any] | None = None
) -> Any:
    """A network of the user's own class, brought back by its name or its full name.

    `arguments` are those that the run gave to the class; whoever brings something else gives them himself.
    """
    make = classes.get(name) or classes.get(name.rpartition(".")[2])
    if make is None:
        short = name.rpartition(".")[2]
        raise GradatimError(
            f"the network is of your class {name}: bring it with load(run, classes={{{short!r}: {short}}})"
        )
    try:
        return make(**(arguments or {})) if isinstance(make, type) else make()
    except TypeError as error:
        short = name.rpartition(".")[2]
        raise GradatimError(
            f"{name} cannot be made without arguments ({error}): "
            f"use classes={{{short!r}: lambda: {short}(…)}}"
        ) from error
