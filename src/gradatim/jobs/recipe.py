"""What a run uses where nothing was asked for; each choice with its reason, for the run's config.

The recipes were chosen on validation; the figures are in docs/log.md, "The recipe for digits", "The recipe
for many pictures" and "The recipe for tables".
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from gradatim.jobs.settings import Settings

TRAINING: dict[str, Any] = {"epochs": 40, "batch_size": 32, "schedule": "cosine"}
# Chosen on validation, digits, 10 and 40 epochs, two seeds: the best of two or three rates, or a smaller one
# within 0.02 of its loss; the figures are in docs/log.md, "Learning rates of the other optimizers".
LR = {
    "sgd": 0.1, "momentum": 0.03, "nesterov": 0.03, "nesterov_torch": 0.03, "adagrad": 0.03, "rmsprop": 1e-3,
    "adam": 3e-3, "adam_uncorrected": 1e-3, "adamw": 3e-3, "adadelta": 3.0, "nadam": 3e-3, "lion": 3e-4,
    "muon": 0.01, "lbfgs": 1.0,
}  # fmt: skip
MANY = 10_000  # training examples
MANY_PICTURES = f"{MANY:,} pictures or more"
FEW_ROWS = 2000
SMALL_TABLES = f"tables of fewer than {FEW_ROWS:,} rows"
TABLES = f"tables of {FEW_ROWS:,} rows or more"
RECIPES: dict[str, dict[str, Any]] = {  # what each adds, or has instead of the above
    "vectors": {"hidden": (64,), "dropout": 0.1},
    "pictures": {"hidden": (512,), "dropout": 0.5},
    MANY_PICTURES: {
        "hidden": (1024, 1024), "dropout": 0.5, "input_dropout": 0.2, "epochs": 20, "batch_size": 128,
    },
    SMALL_TABLES: {"hidden": (64,), "dropout": 0.25, "epochs": 200, "batch_size": 16},
    TABLES: {"hidden": (128, 64), "dropout": 0.1, "epochs": 60, "batch_size": 256, "patience": 10},
}  # fmt: skip
# L-BFGS searches along lines, each on the whole loss: masks and rates that change would mislead it
SEARCH = {"epochs": 100, "schedule": "constant", "dropout": 0.0, "input_dropout": 0.0}
RECIPE_LR = {MANY_PICTURES: {"adam": 1e-3}, TABLES: {"adam": 1e-3, "adamw": 1e-3}}
DECAY = {SMALL_TABLES: 2.0, TABLES: 0.3}  # decoupled, with Adam's and AdamW's steps


def complete(
    settings: Settings, *, pictures: bool, examples: int, table: bool = False, valid: bool = True,
    besides: Collection[str] = (),
) -> tuple[Settings, dict[str, str]]:  # fmt: skip
    """The settings with nothing left open, and the reason of each choice.

    `examples` is the number of those to train on, `valid` whether there are others to validate on; `besides`
    names what the network has of its own.
    """
    kind = _kind(pictures, table, examples)
    lr = {**LR, **RECIPE_LR.get(kind, {})}[settings.optimizer]
    chosen = {**TRAINING, "lr": lr, **RECIPES[kind]}
    if kind in DECAY and settings.optimizer in ("adam", "adamw"):
        chosen["weight_decay"] = DECAY[kind]
        if kind == SMALL_TABLES and settings.weight_decay is None and settings.patience is None:
            chosen["keep"] = "last"
    if not valid:
        chosen.pop("keep", None)
        chosen.pop("patience", None)
    reasons = dict.fromkeys(TRAINING, "the default recipe")
    reasons |= dict.fromkeys([*RECIPES[kind], "weight_decay"], f"the default recipe for {kind}")
    if settings.optimizer == "lbfgs":
        whole = {**SEARCH, "batch_size": examples}
        chosen, reasons = chosen | whole, reasons | dict.fromkeys(whole, "lbfgs searches the whole loss")
    reasons["keep"] = "few validation examples tell epochs apart by chance, and decay keeps from overfitting"
    reasons["lr"] = f"the default for {settings.optimizer}"
    said = {}
    for name, value in chosen.items():
        if getattr(settings, name) is None and name not in besides:
            settings = replace(settings, **{name: value})
            said[name] = f"{_plain(value)}: {reasons[name]}"
    return settings, said


def _kind(pictures: bool, table: bool, examples: int) -> str:
    """Which recipe it is."""
    if pictures:
        return "pictures" if examples < MANY else MANY_PICTURES
    if table:
        return SMALL_TABLES if examples < FEW_ROWS else TABLES
    return "vectors"


def encodings(columns: Collection[Any], ranked: Collection[str] = ()) -> dict[str, str]:
    """How a table's columns become numbers, and why: nothing for columns that are not there.

    `ranked` names those that are scaled by their quantiles.
    """
    kinds = {one.kind for one in columns}
    said = {}
    if "text" in kinds:
        said["texts"] = "a bag of words, as tf-idf: on validation of a real text, the more words the better"
    if "number" in kinds:
        said["numbers"] = "standard: on validation of four tables, robust and quantile were no better"
    if ranked:
        said["ranks"] = f"of {', '.join(ranked)}: a few enormous values decide mean and deviation"
    if "category" in kinds:
        said["categories"] = "one-hot: of four tables, embeddings were better on one and worse on three"
    return said


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
