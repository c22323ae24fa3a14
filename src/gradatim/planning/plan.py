"""What a run will do, before it does it: data, splits, network, settings, all that config.json holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import device
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder, encoder_for, encoder_for_own, fit_encoder
from gradatim.data.streams import check_window
from gradatim.models.description import describe, expand, network_of
from gradatim.planning.adaptation import check_adaptation, complete_adaptation, model_of_domains
from gradatim.planning.choose_problem import choose_problem, with_transform
from gradatim.planning.defaults import complete, recipe_for
from gradatim.planning.ensembles import (
    encoder_of_numbers,
    is_certain,
    members_in_time,
    members_of,
    numbers_as,
    one_or_several,
    parts_of,
    recipe_form,
    usual_network,
    without_mean,
)
from gradatim.planning.find_data import Data
from gradatim.planning.loop_choice import (
    loop_class,
    named_network,
    useless_settings,
    usual_choices,
    with_usual,
)
from gradatim.planning.named_entry import named_entry
from gradatim.planning.network_arguments import (
    axes_notices,
    check_layout,
    encoder_of_network,
    is_sized_by_hidden,
    units_of,
    work_of,
)
from gradatim.planning.option_checks import refuse_useless
from gradatim.planning.pretraining import (
    check_pretraining,
    complete_pretraining,
    loss_of_pretraining,
)
from gradatim.planning.source_encoder import facts_of
from gradatim.planning.source_run import SourceRun
from gradatim.planning.starting_weights import begin_with, engine_for, place_of, twin_notices
from gradatim.planning.text_units import answers_in, texts_as
from gradatim.planning.training_options import OF_NETWORK, OWN, Settings
from gradatim.planning.versions import versions
from gradatim.planning.word_vectors import starting_vectors
from gradatim.problems.own_metrics import OwnMetrics
from gradatim.problems.problem import Problem
from gradatim.runs.asking import ask, dtype_of
from gradatim.runs.forward import count_of
from gradatim.runs.trained import Trained
from gradatim.training.engines.rule import choose_engine
from gradatim.version import __version__


@dataclass
class Plan:
    """A run that can begin: everything chosen, nothing open."""

    data: Data
    settings: Settings
    choices: dict[str, str]
    trained: Trained  # the network, its weights drawn or its maker's
    loss: Any  # a name, or the user's function
    model: Any  # a name, a description or a module: what was asked for, or the usual
    asked: dict[str, Any]  # of the network, beyond the settings
    command: str
    weights: str | None = None  # that it begins with: a file, or PUBLISHED
    source: dict[str, Any] | None = None  # the run that it begins with, as config.json holds it
    extended: list[dict[str, int]] = field(default_factory=list)  # each time it was given more epochs
    metrics: OwnMetrics = field(default_factory=OwnMetrics)  # beside the problem's own measures
    optimizer: Any = None  # the caller's own, where the settings name none of the catalogue
    keep_best_model: bool = False  # whether the best on validation answers, the network or one of those
    tried: list[dict[str, Any]] = field(default_factory=list)  # before these settings were chosen
    baselines: bool = False  # whether others learn from the same table, to stand beside the network

    def prepare(self, examples: Any) -> Any:
        """Examples as an engine takes them."""
        if examples is None:
            return None
        return self.trained.encoder.prepare(examples, self.trained.problem, dtype_of(self.trained))


def make_plan(
    data: Data, settings: Settings, model: Any = None, network: dict[str, Any] | None = None,
    loss: Any = None, command: str = "", weights: str | Path | None = None, encoder: Encoder | None = None,
    optimizer: Any = None, source: SourceRun | None = None,
) -> Plan:  # fmt: skip
    """Choose what was left open and build the network.

    `model` is a network's name, the usual one when None, to which `network` and the settings add arguments;
    or a description or a torch module, to which nothing is added. `weights` is a file to begin with, or
    PUBLISHED. `encoder` is that of a run that goes on; it is fitted to the training examples when None.
    `source` is a run to begin with, whose network `model` describes and whose `encoder` stands for these
    examples.
    """
    _check_model(model)
    data = answers_in(data, settings.text_units)
    train, network = data.train, network or {}
    model = model_of_domains(named_network(model, data.task, train), data)
    problem, loss, transform = _question(data, settings, model, loss)
    form = problem.form or train.form
    usual = recipe_form(form, train, model if isinstance(model, str | None) else "")
    certain = is_certain(model, settings, network, weights) or settings.pretrain is not None
    certain = certain or data.domain is not None  # one network is adapted
    refuse_useless(settings, _given(settings), form, problem.task, f"{data.name} ({form})")
    settings, alone = without_mean(usual, data, settings, problem)
    named = usual_network(usual, data, settings, loss, certain) if model is None else model
    check_pretraining(settings, named, (settings.members or 1) > 1, problem.reads_target)
    check_adaptation(settings, data, named)
    is_name = isinstance(named, str)
    vectors, network = starting_vectors(settings, named, train, encoder, network)
    settings, choices, encoder = _choose(named, data, settings, problem, network, usual, encoder, certain)
    encoder = encoder.with_words(vectors.by_word)
    choices |= {**data.choices, **transform, **alone}
    entry: dict[str, Any] | None = None
    if is_name:
        arguments = recipe_for(usual, _size(train)).arguments if model is None else {}
        entry, said = named_entry(named, network, arguments, settings, encoder, problem, data, loss)
        choices |= said
        data = replace(data, notices=(*data.notices, *axes_notices(named, train.shape)))
    elif source is not None:
        named = entry = source.entry_for(problem, network, settings, _size(train))
    else:
        _refuse_arguments(settings, network)
        entry = network_of(dict(named)) if isinstance(named, Mapping) else None
    data = replace(data, notices=(*data.notices, *encoder.notices(train.features)))
    settings, choices = _with_engine(
        settings, choices, entry, problem, encoder, train, loss, weights or source
    )
    made = named if entry is None else _build(entry, settings)
    choices, data = vectors.begin(made, encoder, choices, data)
    choices, data = _begin(made, entry, weights, source, problem, choices, data)
    trained = Trained(
        made, entry, _class_name(made) if entry is None else None, problem, encoder,
        None if train.shape is None else encoder.raw_shape(train.shape), train.features, train.targets,
        settings.precision, {"parameters": count_of(made), **facts_of(train, encoder)},
    )  # fmt: skip
    if not is_name and loss is None:
        problem = trained.problem = problem.for_outputs(lambda: _outputs_of(trained, train))
    work = work_of(entry, trained.shape or (), trained.facts["parameters"])
    settings, places = _place(settings, work, members_of(entry))
    choices = {**choices, **places}
    return Plan(
        data, settings, choices, trained, loss or problem.loss, named, dict(network), command,
        place_of(weights), optimizer=optimizer, source=None if source is None else source.record,
    )  # fmt: skip


def _question(data: Data, settings: Settings, model: Any, loss: Any) -> tuple[Problem, Any, dict[str, str]]:
    """What is asked of the network, the loss, and why targets are transformed."""
    loss = loss_of_pretraining(settings, model, data.train, loss)
    problem = choose_problem(data, model, loss)
    loss = problem.loss if isinstance(loss, str) else loss  # a likelihood by the name that it has as a loss
    problem, transform = with_transform(problem, data, settings)
    valid = None if data.valid is None else data.valid.y
    problem.check_settling(settings.threshold, valid)
    problem.check_reach(valid)
    return problem, loss, transform


def _begin(
    made: Any, entry: dict[str, Any] | None, weights: Any, source: SourceRun | None, problem: Problem,
    choices: dict[str, str], data: Data,
) -> tuple[dict[str, str], Data]:  # fmt: skip
    """Weights of a file or of another run put into the network, and what is to be said of them."""
    if weights is not None:
        choices = choices | {"weights": begin_with(made, entry, weights)}
        data = replace(data, notices=(*data.notices, *twin_notices(made)))
    if source is not None and entry is not None:
        choices = choices | {"weights": source.begin(made, entry, problem)}
    return choices, data


def _choose(
    named: Any,
    data: Data,
    settings: Settings,
    problem: Problem,
    network: dict[str, Any],
    usual: str,
    encoder: Encoder | None,
    certain: bool,
) -> tuple[Settings, dict[str, str], Encoder]:
    """The settings with nothing left open, why, and how inputs are encoded."""
    train, is_name = data.train, isinstance(named, str)
    besides = tuple(network) if is_name and is_sized_by_hidden(named) else OF_NETWORK
    if settings.searches:
        _check_whole(settings, len(train))
    asked_for = settings
    settings = with_usual(settings, _given(settings), named)
    units = units_of(network) if is_name else ()
    besides = (*besides, *useless_settings(named), *(OF_NETWORK if loop_class(named).sizes_itself else ()))
    settings, choices = complete(settings, usual, _size(train), data.valid is not None, besides, units)
    choices |= usual_choices(asked_for, settings, named)
    settings, choices = one_or_several(
        settings, choices, named, certain, _size(train) * prod(train.shape or ())
    )
    settings, choices = complete_pretraining(settings, choices, named)
    settings, choices = complete_adaptation(settings, choices, data)
    if is_name:
        check_layout(named, train)
    train = texts_as(train, named, settings.text_units)
    encoder = encoder or fit_encoder(
        numbers_as(train, settings.numbers),
        _encoder_name(train, named, problem, settings, data.domain is not None),
    )
    settings, choices = members_in_time(named, settings, choices, encoder, train, parts_of(data))
    if settings.window:
        check_window(train, data.valid, settings.window)
        encoder = encoder.with_window(settings.window)
    choices |= encoder.choices(train.features)
    return settings, choices, encoder


def _given(settings: Settings) -> set[str]:
    """The settings that differ from what stands where nothing is asked for."""
    return {name for name, value in settings.as_dict().items() if value != Settings().as_dict()[name]}


def _check_model(model: Any) -> None:
    named = model is None or isinstance(model, str | Mapping)
    if not named and not callable(getattr(model, "parameters", None)):
        raise UsageError(f"model must be a name, a description or a torch module; it is {model!r}")


def _size(examples: Any) -> int:
    """The training examples; 0 where a loader does not know."""
    return 0 if examples.shape is None else len(examples)


def _encoder_name(
    train: Any, model: Any, problem: Problem, settings: Settings, two_domains: bool
) -> str | None:  # fmt: skip
    """What the way of learning reads; a user's own network reads arrays as they are.

    Pictures of two domains are not standardised pixel by pixel: what never varies in one may in the other.
    """
    own = not isinstance(model, str | Mapping)
    usual = encoder_for_own(train.encoder) if own else encoder_of_numbers(train, settings.numbers)
    as_units = settings.pretrain is not None or two_domains
    if as_units and not own and getattr(train, "is_pictures", False):
        usual = "unit"
    usual = encoder_of_network(model, usual or train.encoder) or usual
    asked = loop_class(model).encoder_of(train, problem, usual)
    return None if asked is None else encoder_for(asked, train)


def _check_whole(settings: Settings, examples: int) -> None:
    if settings.batch_size is not None and settings.batch_size * settings.accumulate < examples:
        raise UsageError(
            f"lbfgs needs every example at every step: leave batch_size out; it is {settings.batch_size} of "
            f"{examples}"
        )


def _with_engine(
    settings: Settings, choices: dict[str, str], entry: dict[str, Any] | None, problem: Problem,
    encoder: Encoder, train: Any, loss: Any, weights: Any,
) -> tuple[Settings, dict[str, str]]:  # fmt: skip
    """The engine, and why where it was not asked for."""
    engine, why = choose_engine(
        engine_for(weights, settings.engine), entry, loss or problem.loss or "cross_entropy", settings.device,
        settings.batch_size or 1, None if train.shape is None else encoder.shape(train.shape),
        settings.precision, settings.method == OWN,
    )  # fmt: skip
    if weights is not None:
        why = "what a network begins with is read, frozen and given rates by this engine"
    said = {"engine": f"{engine}: {why}"} if settings.engine == "auto" else {}
    return replace(settings, engine=engine), choices | said


def _place(settings: Settings, work: int, members: int) -> tuple[Settings, dict[str, str]]:
    """The threads and the device, and why where they were not asked for; `work` is one example's."""
    choices = {}
    steps = (settings.batch_size or 1) * (settings.window or 1)
    if members > 1 and settings.engine == "numpy":
        threads, why = device.threads_side_by_side(settings.threads, members, 3.0 * work * steps / members)
    else:
        threads, why = device.choose_threads(settings.threads, 3.0 * work * steps)
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


def _outputs_of(trained: Trained, train: Any) -> int:
    """How many outputs a network that came complete gives an example; 2 where none is at hand, or where it
    cannot read them, which the engine says.
    """
    if train.shape is None:
        return 2
    try:
        return ask(trained, train.take(np.arange(min(2, len(train))))).a[0].size
    except Exception:
        return 2


def _class_name(module: Any) -> str:
    return f"{type(module).__module__}.{type(module).__qualname__}"


def functions_of(plan: Plan) -> dict[str, Any]:
    """The names of metrics that are functions, which no file can hold; nothing where there is none."""
    return {"own_metrics": list(plan.metrics.functions)} if plan.metrics.functions else {}


def config_of(plan: Plan) -> dict[str, Any]:
    """The content of config.json: everything needed to run it again."""
    model = plan.model if isinstance(plan.model, str | Mapping) else None
    return {
        "gradatim": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": plan.command,
        "name": plan.data.name,
        "data": plan.data.reference,
        "network": {
            "entry": plan.trained.network, "class": plan.trained.own_class, "model": model,
            "asked": plan.asked,
        },
        "loss": plan.loss if isinstance(plan.loss, str) else None,
        "weights": plan.weights,
        **({"from": plan.source} if plan.source else {}),
        "settings": plan.settings.as_dict(),
        "choices": plan.choices,
        "baselines": plan.baselines,
        **({"tried": plan.tried} if plan.tried else {}),
        **functions_of(plan),
        **({"keep_best_model": True} if plan.keep_best_model else {}),
        "versions": {"gradatim": __version__, **versions(plan.settings.engine)},
        "extended": plan.extended,
        "ended": False,  # until the network is the one that the run was to have
    }  # fmt: skip
