"""What a run uses where nothing was asked for; each choice with its reason, for the run's config.

The recipes were chosen on validation; the figures are in docs/log/planning.md, "The recipe for digits",
"The recipe for many pictures", "The recipe for tables" and "A character model".
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gradatim.planning.mask_recipe import fit_to_masks
from gradatim.planning.picture_recipe import fit_to_pictures
from gradatim.planning.training_options import PRECISION, Settings

# Chosen on validation, digits, 10 and 40 epochs, two seeds: the best of two or three rates, or a smaller one
# within 0.02 of its loss; the figures are in docs/log/planning.md, "Learning rates of the other optimizers".
LR = {
    "sgd": 0.1, "momentum": 0.03, "nesterov": 0.03, "nesterov_torch": 0.03, "adagrad": 0.03, "rmsprop": 1e-3,
    "adam": 3e-3, "adam_uncorrected": 1e-3, "adamw": 3e-3, "adadelta": 3.0, "nadam": 3e-3, "lion": 3e-4,
    "muon": 0.01, "lbfgs": 1.0, "rmsprop_centered": 3e-3, "amsgrad": 3e-3, "adamax": 0.01,
    "radam": 0.01, "ftrl": 0.03,
}  # fmt: skip
TRAINING: dict[str, Any] = {"epochs": 40, "batch_size": 32, "schedule": "cosine"}
# L-BFGS searches along lines, each on the whole loss: masks and rates that change would mislead it
SEARCH = {"epochs": 100, "schedule": "constant", "dropout": 0.0, "input_dropout": 0.0}
FEW_UNITS = 16  # in the narrowest hidden layer; to drop some of fewer takes too much of what it knows
UPDATES, FEWEST, MOST = 4000, 4, 50  # of a recipe that counts updates: at least so many, and epochs


@dataclass(frozen=True)
class Recipe:
    """Settings for one form of data up to a number of examples, beside those of `TRAINING`."""

    name: str  # "the default recipe for NAME"
    form: str
    below: float  # examples
    settings: dict[str, Any]
    lr: dict[str, float] = field(default_factory=dict)  # by optimizer, where it is another
    decay: float | None = None  # decoupled, with Adam's and AdamW's steps
    keep: str | None = None  # the epoch that is kept where decay keeps from overfitting
    by_updates: bool = False  # whether epochs are counted by the updates they make
    updates: int = UPDATES  # at least so many, then
    network: str = "mlp"  # that learns from such data where none is asked for
    most_updates: int | None = None  # that bounds the epochs
    arguments: dict[str, Any] = field(default_factory=dict)  # of its network, beside the settings
    reasons: dict[str, str] = field(default_factory=dict)  # of single settings, where there are others
    fit: Callable[["Recipe", Any], "Recipe"] | None = None  # to the draft of a plan, for its own network


EVER = float("inf")
BY_CONVOLUTION = "pictures, by convolution"
_COLUMNS = {"hidden": (128, 64), "dropout": 0.1, "epochs": 100, "patience": 40}
_SENTENCES = {"hidden": (128,), "dropout": 0.5, "input_dropout": 0.3, "clip_norm": 5.0}
RECIPES = (
    *(Recipe(f"tables of {size}", "columns", below, {**_COLUMNS, "batch_size": batch, **more},
             decay=0.1, network="ensemble", most_updates=8000)
      for size, below, batch, more in (
          ("fewer than 2,000 rows", 2000, 32, {"numbers": "combined", "members": 15}),
          ("2,000 to 4,000 rows", 4000, 64, {"numbers": "combined", "members": 15}),
          ("4,000 to 10,000 rows", 10_000, 128, {"numbers": "combined", "members": 10}),
          ("10,000 rows or more", EVER, 256, {"numbers": "combined", "members": 10}),
      )),
    Recipe("tables of fewer than 2,000 rows", "tables", 2000, {
        "hidden": (64,), "dropout": 0.25, "epochs": 200, "batch_size": 16,
    }, decay=2.0, keep="last"),
    Recipe("tables of 2,000 rows or more", "tables", EVER, {
        "hidden": (128, 64), "dropout": 0.1, "epochs": 60, "batch_size": 256, "patience": 10,
    }, lr={"adam": 1e-3, "adamw": 1e-3}, decay=0.3),
    Recipe("wide and deep", "tables, wide and deep", EVER, {  # decay would take what few rows teach a cross
        "hidden": (64, 32), "dropout": 0.3, "epochs": 40, "batch_size": 64, "patience": 5,
        "weight_decay": 0.0,
    }, lr={"adam": 5e-3, "ftrl": 0.1}, network="wide_deep"),
    Recipe("tables of several tasks", "tables of several tasks", EVER, {
        "hidden": (64, 32), "dropout": 0.1, "epochs": 60, "batch_size": 32, "patience": 10,
        "weight_decay": 0.0,
    }, lr={"adam": 1e-3, "adamw": 1e-3}, network="shared_trunk"),
    Recipe("teaching sets", "teaching sets", EVER, {
        "hidden": (64, 64), "dropout": 0.0, "epochs": 100, "batch_size": 16,
    }),
    Recipe("functions of one number", "functions of one number", EVER, {
        "hidden": (64, 64), "dropout": 0.0, "epochs": 300, "batch_size": 16,
    }, lr={"adam": 0.01, "adamw": 0.01}),
    Recipe("pictures", "pictures", 10_000, {"hidden": (512,), "dropout": 0.5}),
    Recipe("10,000 pictures or more", "pictures", EVER, {
        "hidden": (1024, 1024), "dropout": 0.5, "input_dropout": 0.2, "epochs": 20, "batch_size": 128,
    }, lr={"adam": 1e-3}),
    Recipe("texts", "texts", 500_000, {
        "window": 32, "hidden": (320,), "dropout": 0.0, "clip_norm": 5.0, "batch_size": 16,
    }, lr={"adam": 6e-3}, by_updates=True, network="char_lm"),
    Recipe("texts", "texts", 2_000_000, {
        "window": 32, "hidden": (320,), "dropout": 0.0, "clip_norm": 5.0, "batch_size": 32,
    }, lr={"adam": 6e-3}, by_updates=True, network="char_lm"),
    Recipe("long texts", "texts", EVER, {
        "window": 32, "hidden": (400,), "dropout": 0.1, "clip_norm": 5.0, "batch_size": 32,
    }, lr={"adam": 5e-3}, by_updates=True, updates=39_000, network="char_lm"),
    Recipe("texts of words", "texts of words", EVER, {
        "window": 32, "hidden": (256,), "dropout": 0.3, "clip_norm": 5.0, "batch_size": 16,
    }, lr={"adam": 3e-3}, by_updates=True, network="word_lm"),
    *(Recipe(f"word vectors of {size}", "texts for word vectors", below, {"window": 5, "epochs": epochs},
             network="skip_gram")
      for size, below, epochs in (
          ("fewer than 200,000 words", 200_000, 40), ("200,000 to 2 million words", 2_000_000, 20),
          ("2 million words or more", EVER, 5),
      )),
    Recipe("texts, read by attention", "texts, read by attention", EVER, {
        "window": 64, "clip_norm": 1.0, "batch_size": 8, "schedule": "cosine:warmup=0.05",
    }, lr={"adam": 2e-3, "adamw": 2e-3}, by_updates=True, updates=9500, network="transformer_lm"),
    Recipe("texts of words, read by attention", "texts of words, read by attention", EVER, {
        "window": 64, "clip_norm": 1.0, "batch_size": 16, "schedule": "cosine:warmup=0.05",
    }, lr={"adam": 1e-3, "adamw": 1e-3}, by_updates=True, network="transformer_lm"),
    Recipe("pictures, read by convolution", BY_CONVOLUTION, EVER, {
        "schedule": "one_cycle",
    }, decay=0.1, network="resnet9", fit=fit_to_pictures),
    Recipe("folders of pictures", "folders of pictures", EVER, {}),
    *(Recipe(name, "clips", below, {
        "hidden": (64,), "dropout": 0.5, "batch_size": batch, "clip_norm": 5.0,
    }, network="small_c3d") for name, below, batch in (
        ("fewer than 200 clips", 200, 4), ("200 clips or more", EVER, 16),
    )),
    Recipe("pictures with masks", "pictures with masks", EVER, {
        "epochs": 20, "batch_size": 2,
    }, network="small_fcn", fit=fit_to_masks),
    *(Recipe(f"{size} with {some}", f"pictures with {some}", below, {"epochs": epochs, "batch_size": batch},
             network=network)
      for some, network in (("boxes", "small_detector"), ("one box", "small_localiser"))
      for size, below, batch, epochs in (
          ("fewer than 500 pictures", 500, 8, 40), ("500 to 3,000 pictures", 3000, 16, 20),
          ("3,000 pictures or more", EVER, 16, 10),
      )),
    *(Recipe(name, "sentences", below, {**_SENTENCES, "epochs": epochs}, lr={"adam": 3e-3},
             network="word_tagger")
      for name, below, epochs in (
          ("fewer than 1,000 sentences", 1000, 40), ("1,000 to 5,000 sentences", 5000, 12),
          ("5,000 sentences or more", EVER, 5),
      )),
    Recipe("fewer than 2,000 texts", "labelled texts", 2000, {
        "epochs": 30, "batch_size": 16, "dropout": 0.5,
    }, lr={"adam": 5e-3, "adamw": 5e-3}, network="text_classifier"),
    Recipe("2,000 texts or more", "labelled texts", EVER, {
        "epochs": 6, "batch_size": 64, "dropout": 0.5,
    }, lr={"adam": 2e-3, "adamw": 2e-3}, network="text_classifier"),
    Recipe("fewer than 5,000 pairs of sentences", "sentence pairs", 5000, {
        "hidden": (128,), "dropout": 0.3, "clip_norm": 1.0, "epochs": 40, "batch_size": 32,
    }, lr={"adam": 3e-3, "adamw": 3e-3}, network="attention_encoder_decoder"),
    Recipe("5,000 pairs of sentences or more", "sentence pairs", EVER, {
        "hidden": (256,), "dropout": 0.3, "label_smoothing": 0.1, "clip_norm": 1.0, "epochs": 10,
        "batch_size": 64,
    }, lr={"adam": 2e-3, "adamw": 2e-3}, network="attention_encoder_decoder",
           arguments={"attention": "general"}),
    Recipe("fewer than 5,000 pairs, read by attention", "sentences, by attention", 5000,
           {"hidden": (128, 128), "dropout": 0.1, "clip_norm": 1.0, "epochs": 40, "batch_size": 32,
            "schedule": "cosine:warmup=0.1"},
           lr={"adam": 2e-3, "adamw": 2e-3}, network="transformer"),
    Recipe("5,000 pairs or more, read by attention", "sentences, by attention", EVER, {
        "hidden": (128, 128, 128, 128), "dropout": 0.3, "label_smoothing": 0.1, "clip_norm": 1.0,
        "epochs": 24, "batch_size": 64, "schedule": "cosine:warmup=0.1",
    }, lr={"adam": 2e-3, "adamw": 2e-3}, network="transformer"),
    Recipe("pictures with captions", "captioned pictures", EVER, {
        "hidden": (128,), "dropout": 0.0, "clip_norm": 5.0, "epochs": 16, "batch_size": 32,
        "label_smoothing": 0.2,
    }, lr={"adam": 2e-3, "adamw": 2e-3}, decay=0.3, network="show_attend_and_tell"),
    *(Recipe(name, "captioned clips", below, {
        "hidden": (128,), "dropout": 0.0, "batch_size": batch, "clip_norm": 5.0, "epochs": epochs,
        "label_smoothing": 0.2,
    }, lr={"adam": 2e-3, "adamw": 2e-3}, decay=0.3, network="clip_captioner")
      for name, below, batch, epochs in (
          ("fewer than 200 clips with captions", 200, 4, 80),
          ("200 clips with captions or more", EVER, 16, 40),
      )),
    Recipe("fewer than 60 pieces of music", "music", 60, {
        "hidden": (300,), "dropout": 0.5, "epochs": 120, "batch_size": 4, "clip_norm": 5.0, "ema": 0.99,
        "schedule": "constant",
    }, lr={"adam": 0.01}, network="music_rnn"),
    Recipe("music", "music", EVER, {
        "hidden": (300,), "dropout": 0.5, "epochs": 48, "batch_size": 8, "clip_norm": 5.0, "ema": 0.99,
        "schedule": "constant",
    }, lr={"adam": 0.01}, network="music_rnn"),
    Recipe("recordings with transcripts", "transcribed recordings", EVER, {
        "dropout": 0.2, "clip_norm": 1.0, "epochs": 30, "batch_size": 16,
    }, lr={"adam": 2e-3, "adamw": 2e-3}, network="ctc"),
    Recipe("recordings", "recordings", EVER, {
        "dropout": 0.3, "clip_norm": 5.0,
    }, network="sound_classifier"),
    Recipe("sequences", "sequences", EVER, {
        "hidden": (64,), "dropout": 0.25, "clip_norm": 5.0,
    }, network="sequence_classifier"),
    Recipe("series of several groups", "series of groups", EVER, {
        "hidden": (64,), "dropout": 0.5, "clip_norm": 5.0, "epochs": 15,
    }, network="conv_recurrent", arguments={"jitter": 0.4}),
    Recipe("series", "series", EVER, {
        "hidden": (64,), "dropout": 0.25, "clip_norm": 5.0,
    }, network="conv_recurrent"),
    Recipe("series", "series with an answer a step", EVER, {
        "hidden": (64,), "dropout": 0.25, "clip_norm": 5.0,
    }, network="tagger"),
    Recipe("sequences", "sequences with an answer a step", EVER, {
        "hidden": (64,), "dropout": 0.25, "clip_norm": 5.0,
    }, network="tagger"),
    Recipe("forecasts", "forecasts", EVER, {
        "hidden": (64, 64), "dropout": 0.5, "epochs": 30, "batch_size": 64, "patience": 8,
    }, lr={"adam": 1e-3, "adamw": 1e-3}, decay=1.0, network="forecaster"),
    Recipe("vectors", "", EVER, {"hidden": (64,), "dropout": 0.1}),  # and whatever has no recipe of its own
)  # fmt: skip


def recipe_for(form: str, examples: int) -> Recipe:
    """The first recipe for such data."""
    return next(one for one in RECIPES if one.form in (form, "") and examples < one.below)


def complete(
    settings: Settings,
    recipe: Recipe,
    examples: int,
    valid: bool = True,
    besides: Collection[str] = (),
    units: Sequence[int] = (),
) -> tuple[Settings, dict[str, str]]:
    """The settings with nothing left open, by a recipe, and the reason of each choice.

    `examples` is the number of those to train on, `valid` whether there are others to validate on; `besides`
    names what the network has of its own, `units` the sizes of hidden layers that are among it.
    """
    chosen = {**TRAINING, "lr": {**LR, **recipe.lr}.get(settings.method), **recipe.settings}
    if recipe.decay is not None and settings.method in ("adam", "adamw"):
        chosen["weight_decay"] = recipe.decay
        if recipe.keep and settings.weight_decay is None and settings.patience is None:
            chosen["keep"] = recipe.keep
    if not valid:
        chosen.pop("keep", None)
        chosen.pop("patience", None)
    reasons = dict.fromkeys(TRAINING, "the default recipe")
    reasons |= dict.fromkeys([*recipe.settings, "weight_decay"], f"the default recipe for {recipe.name}")
    if settings.searches:
        whole = {**SEARCH, "batch_size": examples}
        chosen, reasons = chosen | whole, reasons | dict.fromkeys(whole, "lbfgs searches the whole loss")
    narrowest = min(units or settings.hidden or chosen.get("hidden") or (FEW_UNITS,))
    if narrowest < FEW_UNITS and chosen.get("dropout"):
        some = "1 unit" if narrowest == 1 else f"{narrowest} units"
        chosen["dropout"], reasons["dropout"] = 0.0, f"a hidden layer of {some} has none to spare"
    reasons["keep"] = "few validation examples tell epochs apart by chance, and decay keeps from overfitting"
    reasons["lr"] = f"the default for {settings.method}"
    reasons |= recipe.reasons
    if recipe.most_updates is not None and not settings.searches:
        most = recipe.most_updates * (settings.batch_size or chosen["batch_size"]) // max(examples, 1)
        chosen["epochs"] = max(1, min(chosen["epochs"], most))
    if recipe.by_updates and not settings.searches:
        chosen["epochs"], reasons["epochs"] = _epochs(settings, chosen, examples, recipe.updates)
    said: dict[str, str] = {}
    if settings.precision == "auto":  # which is open as None is of the others
        settings = replace(settings, precision=chosen.get("precision", PRECISION))
        if "precision" in chosen:
            said["precision"] = f"{settings.precision}: {reasons['precision']}"
    for name, value in chosen.items():
        if getattr(settings, name) is None and value is not None and name not in besides:
            settings = replace(settings, **{name: value})
            said[name] = f"{setting_text(value)}: {reasons[name]}"
    return settings, said


def _epochs(settings: Settings, chosen: dict[str, Any], examples: int, updates: int) -> tuple[int, str]:
    """So many epochs that they make enough updates, and the reason."""
    streams = settings.batch_size or chosen["batch_size"]
    window = settings.window or chosen["window"]
    windows = max(examples // (streams * window), 1)
    epochs = min(max(-(-updates // windows), FEWEST), MOST)
    return epochs, f"about {epochs * windows:,} updates, {windows:,} an epoch"


def setting_text(value: Any) -> str:
    """A setting as a person reads it.

    >>> setting_text((128, 64)), setting_text(0.009000000000000001)
    ('128, 64', '0.009')
    """
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(float(f"{value:.6g}") if isinstance(value, float) else value)
