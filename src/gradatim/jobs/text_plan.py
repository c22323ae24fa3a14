"""The plan of a run that learns a text: the recipe, the character model, what is shown on the way."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from math import log
from typing import Any

from gradatim import catalog, device
from gradatim.checks import UsageError, known
from gradatim.data.text import Text, Vocabulary
from gradatim.decoding.generating import generate
from gradatim.decoding.of_network import step_of
from gradatim.jobs.recipe import LR
from gradatim.jobs.settings import Settings
from gradatim.jobs.texts import refuse_for_text
from gradatim.models.description import describe, network_of
from gradatim.runs.trained import Trained
from gradatim.training.record import Record

# Chosen on the validation text of Tiny Shakespeare; the figures are in docs/log.md
RECIPE: dict[str, Any] = {
    "window": 32, "schedule": "cosine", "hidden": (320,), "dropout": 0.0, "clip_norm": 5.0,
}  # fmt: skip
MANY, FEW = 32, 16  # streams of a text, and of one with fewer than
LONG = 500_000  # characters
LR_OF_TEXTS = {**LR, "adam": 6e-3}  # of the other optimizers as for other data
UPDATES = 4000  # at least, in epochs between
EPOCHS = (4, 50)
STAGES = 4  # of training, at which a sample is shown
SHOWN = 300  # characters of a sample


def plan_text(
    train: Text, settings: Settings, model: Any, network: dict[str, Any], loss: Any = None
) -> tuple[Settings, dict[str, str], Trained]:
    """Settings with nothing left open, the reasons, and the network, its weights drawn.

    `model` is a name (char_lm, whatever the default for other data), a description, or a torch module with
    `scores` and `carried`. Raises UsageError for settings that a text has no use for.
    """
    import torch

    refuse_for_text(class_weight=settings.class_weight, input_dropout=settings.input_dropout)
    if isinstance(loss, str) and known("loss", loss, catalog.names("loss")) != "cross_entropy":
        raise UsageError(f"a text is learned with cross_entropy over its characters, not with {loss}")
    if settings.engine == "numpy":
        raise UsageError("the NumPy engine cannot run this: a text is learned by the torch engine")
    settings, choices = _complete(settings, len(train))
    entry: dict[str, Any] | None = None
    if isinstance(model, str):
        entry = _entry(model, settings, network, len(train.vocabulary))
    elif isinstance(model, Mapping):
        entry = network_of(dict(model))
    if entry is not None:
        from gradatim.models.building import build

        model = build(describe(entry), settings.seed, getattr(torch, device.kept_in(settings.precision)))
    count = sum(p.numel() for p in model.parameters())
    own = None if entry is not None else f"{type(model).__module__}.{type(model).__qualname__}"
    trained = Trained(
        model, entry, own, "cross_entropy", tuple(train.vocabulary.characters), None, (), None,
        settings.precision, {"parameters": count},
    )  # fmt: skip
    work = 3.0 * count * (settings.batch_size or 1) * (settings.window or 1)
    threads, why = device.choose_threads(settings.threads, work)
    if settings.threads is None:
        choices["threads"] = f"{threads}: {why}"
    where, why = device.choose_device(settings.device)
    if settings.device == "auto":
        choices["device"] = f"{where}: {why}"
    return replace(settings, threads=threads, device=str(where)), choices, trained


def _complete(settings: Settings, characters: int) -> tuple[Settings, dict[str, str]]:
    """Settings with nothing left open: streams by the text's length, epochs by the updates they make."""
    choices = {"engine": "torch: a text is learned by it"}
    recipe = {
        **RECIPE,
        "lr": LR_OF_TEXTS[settings.optimizer],
        "batch_size": MANY if characters >= LONG else FEW,
    }
    for name, value in recipe.items():
        if getattr(settings, name) is None:
            settings = replace(settings, **{name: value})
            plain = ", ".join(map(str, value)) if isinstance(value, tuple) else value
            choices[name] = f"{plain}: the default recipe for texts"
    if settings.epochs is None:
        windows = max(characters // ((settings.batch_size or 1) * (settings.window or 1)), 1)
        epochs = min(max(-(-UPDATES // windows), EPOCHS[0]), EPOCHS[1])
        settings = replace(settings, epochs=epochs)
        choices["epochs"] = f"{epochs}: about {epochs * windows:,} updates, {windows:,} an epoch"
    choices["head"] = f"softmax over the characters; the gradient is cut after {settings.window} steps"
    return replace(settings, engine="torch"), choices


def _entry(model: str, settings: Settings, asked: dict[str, Any], characters: int) -> dict[str, Any]:
    """The entry of the character model: `hidden` holds the units of its layers, which are equal."""
    if model not in ("mlp", "char_lm"):  # mlp is the default of other data
        raise UsageError(f"a text is learned by char_lm, not by {model}")
    hidden = settings.hidden or ()
    if not hidden:
        raise UsageError("char_lm needs hidden units, such as --hidden 320")
    if len(set(hidden)) > 1:
        raise UsageError(f"the layers of char_lm have equally many units; hidden is {list(hidden)}")
    entry = {
        "name": "char_lm", "vocabulary_size": characters, "hidden_size": hidden[0], "num_layers": len(hidden),
        "dropout": settings.dropout or 0.0,
    }  # fmt: skip
    return entry | asked


def sampled(
    network: Any, vocabulary: Vocabulary, prompt: str = "", length: int = SHOWN, seed: int = 0,
    temperature: float = 1.0, top_k: int | None = None,
) -> str:  # fmt: skip
    """What the network writes behind a prompt; behind none it starts as a line does, where it knows lines."""
    begin = prompt or ("\n" if "\n" in vocabulary.characters else vocabulary.characters[0])
    tokens = vocabulary.encode(begin, "the prompt").tolist()
    written = generate(step_of(network), tokens, seed, temperature, top_k)
    return vocabulary.decode(list(islice(written, length)))


def told(trained: Trained, settings: Settings, record: Record) -> dict[str, Any]:
    """What the record of an epoch says of a text besides: bits per character, and at four stages a sample."""
    said: dict[str, Any] = {}
    if record.valid:
        said["valid_bits_per_character"] = record.valid["loss"] / log(2)
    epochs = settings.epochs or 1
    if record.epoch in {max(1, epochs * stage // (STAGES - 1)) for stage in range(STAGES)}:
        vocabulary = Vocabulary(trained.classes)
        said["sample"] = sampled(trained.model, vocabulary, seed=settings.seed)
    return said
