"""What a run will do, before it does it: data, splits, network, settings, all that config.json holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import __version__, catalog, device
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, known
from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.text import Text
from gradatim.data.windows import Windows
from gradatim.jobs.embeddings import with_embeddings
from gradatim.jobs.entry import entry_of, is_dense, work_of
from gradatim.jobs.gathering import Data
from gradatim.jobs.recipe import complete, encodings
from gradatim.jobs.settings import OF_NETWORK, Settings
from gradatim.jobs.surroundings import versions
from gradatim.jobs.text_plan import plan_text
from gradatim.jobs.thresholds import check_threshold
from gradatim.jobs.weights import begin_with, engine_for
from gradatim.models.description import describe, expand, network_of
from gradatim.models.heads import Head, check_loss, head_of
from gradatim.runs.forward import count_of, forward
from gradatim.runs.trained import Trained
from gradatim.training.choosing import choose_engine

TWO_OUTPUTS = ("gaussian_nll", "laplace_nll")  # a place and a width for each number


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
    baselines: bool = False  # whether others learn from the same table, to stand beside the network

    def prepared(self, examples: Any) -> Any:
        """Examples as the network sees them, a text in windows; a stranger's loader gives them so itself."""
        if isinstance(examples, Text):
            return Windows(examples, self.settings.window or 1)
        if not isinstance(examples, Dataset):
            return examples
        dtype = np.float64 if self.settings.precision == "float64" else np.float32
        record = self.trained.preprocessing
        x = preprocessing.encoded(record, examples, dtype)
        return replace(examples, x=x, y=preprocessing.targets(record, examples.y), columns=())


def make_plan(
    data: Data, settings: Settings, model: Any, network: dict[str, Any], loss: Any = None, command: str = "",
    weights: str | Path | None = None,
) -> Plan:  # fmt: skip
    """Choose what was left open and build the network.

    `model` is a network's name, to which `network` and the settings add arguments, or a description or a
    torch module, to which nothing is added. `weights` is a file to begin with, or PUBLISHED.
    """
    if isinstance(model, type):
        raise UsageError(f"model must be a network, not its class: give {model.__name__}(…)")
    if not isinstance(model, str | Mapping) and not callable(getattr(model, "parameters", None)):
        raise UsageError(f"model must be a name, a description or a torch module; it is {model!r}")
    if isinstance(data.train, Text):
        settings, choices, trained = plan_text(data.train, settings, model, network, loss)
        return Plan(data, settings, choices, trained, loss or "cross_entropy", dict(network), command)
    first = data.first
    pictures = first is not None and first.is_pictures
    examples = 0 if first is None else len(first)
    besides = tuple(network) if isinstance(model, str) and is_dense(model) else OF_NETWORK
    if settings.optimizer == "lbfgs":
        _check_whole(settings, examples)
    if settings.threshold is not None:
        check_threshold(settings.threshold, first, data.valid)
    table = first is not None and first.x.ndim == 2  # named or not: arrays and their frame are learned alike
    settings, choices = complete(
        settings, pictures=pictures, examples=examples, table=table, valid=data.valid is not None,
        besides=besides,
    )  # fmt: skip
    choices |= encodings(first.columns if first is not None else ())
    if isinstance(loss, str) and first is not None:
        known("loss", loss, catalog.names("loss"))
        check_loss(loss, first.task or "classification", first.classes)
    if isinstance(model, str):
        if first is None:
            raise UsageError("a loader is learned by a network of your own: model=")
        head = _head(first)
        prepared: dict[str, Any] | None = preprocessing.fit(first)
        data = replace(data, notices=(*data.notices, *preprocessing.notices(prepared)))
        shape = preprocessing.shape_after(prepared, first.x.shape[1:])
        outputs = head.outputs * (2 if loss in TWO_OUTPUTS else 1)
        choices["head"] = _said(head, outputs, loss)
        asked = with_embeddings(network, prepared)
        entry: dict[str, Any] | None = entry_of(model, asked, settings, shape, outputs)
        loss = loss or head.loss
    else:
        _refuse_arguments(settings, network)
        entry = network_of(dict(model)) if isinstance(model, Mapping) else None
        learned = first is not None and (entry is not None or bool(first.columns))
        prepared = preprocessing.fit(first) if learned else None  # type: ignore[arg-type]
    engine, why = choose_engine(
        engine_for(weights, settings.engine), entry, loss or "cross_entropy", settings.device,
        settings.batch_size or 1,
        None if first is None else preprocessing.shape_after(prepared, first.x.shape[1:]), settings.precision,
    )  # fmt: skip
    if settings.engine == "auto":
        choices["engine"] = f"{engine}: {why}"
    settings = replace(settings, engine=engine)
    network_made = model if entry is None else _build(entry, settings)
    if weights is not None:
        choices["weights"] = begin_with(network_made, entry, weights)
    loss = loss or _loss_of_outputs(network_made, first, prepared)
    trained = Trained(
        network_made, entry, _class_name(network_made) if entry is None else None,
        loss if isinstance(loss, str) else None, first.classes if first is not None else (),
        None if first is None else preprocessing.shape_before(prepared, first.x.shape[1:]),
        first.features if first is not None else (),
        prepared, settings.precision, {"parameters": count_of(network_made)},
    )  # fmt: skip
    work = work_of(entry, trained.input_shape or (), trained.facts["parameters"])
    settings, places = _place(settings, work)
    return Plan(data, settings, {**choices, **places}, trained, loss, dict(network), command)


def _head(first: Dataset) -> Head:
    """The head that the target asks for."""
    numbers = 1 if first.y is None or first.y.ndim == 1 else first.y.shape[1]
    return head_of(first.task, first.classes, numbers, len(first))


def _said(head: Head, outputs: int, loss: Any) -> str:
    """The head in a sentence, with the loss that was asked for, if one was."""
    if loss is None or loss == head.loss:
        return head.sentence
    name = loss if isinstance(loss, str) else "a loss of its own"
    some = "one output" if outputs == 1 else f"{outputs} outputs"
    return f"{head.sentence.partition(':')[0]}: {some}, {name} as asked"


def _check_whole(settings: Settings, examples: int) -> None:
    if settings.batch_size is not None and settings.batch_size * settings.accumulate < examples:
        raise UsageError(
            f"lbfgs needs every example at every step: leave batch_size out; it is {settings.batch_size} of "
            f"{examples}"
        )


def _place(settings: Settings, work: int) -> tuple[Settings, dict[str, str]]:
    """The threads and the device, and why where they were not asked for."""
    choices = {}
    threads, why = device.choose_threads(settings.threads, 3.0 * work * (settings.batch_size or 1))
    if settings.threads is None:
        choices["threads"] = f"{threads}: {why}"
    where: Any = "cpu"
    why = "the NumPy engine runs on it"
    if settings.engine == "torch":
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


def _build(network: dict[str, Any], settings: Settings) -> Any:
    layers = expand(network)  # errors of a description before torch is imported
    if settings.engine == "numpy":
        return Network(layers or [], settings.seed, settings.precision)
    import torch

    from gradatim.models.building import build

    return build(describe(network), settings.seed, getattr(torch, device.kept_in(settings.precision)))


def _loss_of_outputs(network: Any, data: Dataset | None, prepared: dict[str, Any] | None) -> str:
    """The loss of a network that came complete: with one output it tells two classes apart."""
    if data is None:
        return "cross_entropy"
    if data.task in ("regression", "multilabel"):
        return _head(data).loss
    x = (
        preprocessing.encoded(prepared, data.take(np.arange(min(2, len(data)))))
        if data.columns
        else data.x[:2]
    )
    outputs = forward(network, x.astype(np.float32))
    return "binary_cross_entropy" if outputs[0].size == 1 else "cross_entropy"


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
        "baselines": plan.baselines,
        "versions": {"gradatim": __version__, **versions(plan.settings.engine)},
        "extended": plan.extended,
        "ended": False,  # until the network is the one that the run was to have
    }
