"""The settings of a run: what can be asked for; None means that the recipe chooses."""

from dataclasses import asdict, dataclass, fields
from math import inf
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, known, one_of, plain_numbers
from gradatim.data.tables.encoding_names import NUMBERS
from gradatim.device import DEVICES, ENGINES, PRECISIONS
from gradatim.models.cells import CELLS
from gradatim.planning.data_options import DATA_NAMES
from gradatim.planning.option_checks import check_bounds, unknown_option
from gradatim.planning.options import option, options_of

PRECISION = "float32"  # where none is asked for and no recipe has another
OWN = "own"  # how an optimizer that is the caller's own is named: own:CLASS
UNITS = ("words", "characters", "both", "bpe")  # of texts
MAY_CHANGE = ("epochs", "max_minutes")  # when a run is resumed
OF_NETWORK = ("hidden", "dropout", "input_dropout", "cell")  # arguments of a network, where it takes them
NETWORK, WEIGHTS, MACHINE = "Network", "Penalties and limits", "Machine"
TUNING = "Fine-tuning"
OF_TUNING = ("freeze", "layer_decay", "unfreeze", "frozen_norm")


def _either(kind: str) -> str:
    """The names of a kind, as `--help` lists them."""
    *most, last = catalog.names(kind)
    return f"{', '.join(most)} or {last}"


@dataclass(frozen=True)
class Settings:
    """Everything about a run but its data and its network."""

    epochs: int | None = option("Epochs in all; with --resume, extends the run.", at_least=1)
    batch_size: int | None = option("Examples in a batch; streams of a text side by side.", at_least=1)
    window: int | None = option(
        "Characters or words after which the gradient is cut; of word vectors the words on each side.",
        forms=("texts", "texts of words", "texts for word vectors"), at_least=1,
    )  # fmt: skip
    lr: float | None = option("Learning rate.", above=0, trains=True)
    optimizer: str = option(
        f"{_either('optimizer')}; settings as NAME:key=value, such as momentum:momentum=0.99.", "adam"
    )
    schedule: str | None = option(f"{_either('schedule')}; arguments as NAME:key=value, and warmup=SHARE.")
    patience: int | None = option(
        "Epochs without a lower validation loss before stopping.", at_least=1, trains=True
    )
    keep: str | None = option(
        "Whose weights are kept: the epoch best on validation, or last.", choices=("best", "last")
    )
    accumulate: int = option("Batches whose gradients make one step.", 1, at_least=1, trains=True)
    max_minutes: float | None = option("Wall time; the state is saved when it is up.", above=0, trains=True)
    time_budget: float | None = option(
        "Minutes for the best that fits: settings are tried, then as many networks as there is time for.",
        above=0, forms=("tables",),
    )  # fmt: skip
    seed: int = option("Of initial weights, shuffling and dropout.", 0, at_least=0, at_most=inf, trains=True)
    hidden: tuple[int, ...] | None = option(
        "Units of the hidden layers, such as 128 or 256,64.", group=NETWORK, at_least=1, metavar="UNITS"
    )
    cell: str | None = option(
        f"Of a network of texts or sequences: {', '.join(CELLS)}.", group=NETWORK, choices=tuple(CELLS),
        metavar="NAME",
    )  # fmt: skip
    pretrain: str | None = option(
        "How each hidden layer learns first, alone: rbm, autoencoder, denoising or supervised; settings as "
        "NAME:key=value, such as denoising:noise=0.3 or rbm:k=5.", metavar="NAME",
    )  # fmt: skip
    pretrain_epochs: int | None = option("Epochs of each layer that is pretrained.", at_least=1)
    pretrain_lr: float | None = option("Learning rate of pretraining.", above=0)
    members: int | None = option(
        "Networks whose answers are averaged; 1 for a single one.", group=NETWORK, at_least=1, at_most=100,
        forms=("tables",),
    )  # fmt: skip
    numbers: str | None = option(
        f"How a table's numbers are encoded: {', '.join(NUMBERS)}.", group=NETWORK, choices=NUMBERS,
        forms=("tables",),
    )  # fmt: skip
    text_units: str | None = option(
        f"What texts are cut into: {', '.join(UNITS)}.", group=NETWORK, choices=UNITS,
        forms=(
            "labelled texts", "sentence pairs", "captioned pictures", "captioned clips",
            "transcribed recordings",
        ),
    )  # fmt: skip
    adaptation: str | None = option(
        "How the network adapts to --adapt-to: dann, cdan, coral, mmd, none, or auto, which compares; as "
        "NAME:weight=1,norms=apart.", metavar="NAME",
        forms=("tables", "pictures", "folders of pictures", "vectors"),
    )  # fmt: skip
    dropout: float | None = option(
        "Probability of dropping a hidden unit.", group=NETWORK, at_least=0, below=1
    )
    input_dropout: float | None = option(
        "Probability of dropping an input.", group=NETWORK, at_least=0, below=1,
        forms=("tables", "pictures", "clips", "vectors", "sentences"),
    )  # fmt: skip
    word_vectors: str | None = option(
        "A file of word vectors to begin with: GloVe's text, or word2vec's text or binary.", group=NETWORK,
        metavar="FILE", forms=("sentences",),
    )  # fmt: skip
    class_weight: str | None = option(
        "balanced: every class weighs the same in the loss.", choices=("balanced",),
        tasks=("classification",), trains=True,
    )  # fmt: skip
    pos_weight: tuple[float, ...] | None = option(
        "How often the answer yes counts in the loss: the second of two classes; of labels one number for "
        "all or one for each, such as 5 or 5,2,1.", tasks=("classification", "multilabel"), trains=True,
        metavar="WEIGHTS", above=0,
    )  # fmt: skip
    threshold: str | None = option(
        "The probability from which the second of two classes is predicted, chosen on validation for: "
        "accuracy, f1 or balanced.", choices=("accuracy", "f1", "balanced"), tasks=("classification",),
    )  # fmt: skip
    metrics: str | None = option(
        "scikit-learn's scorers, measured at the end: balanced_accuracy,f1_macro.", metavar="NAMES"
    )
    target_transform: str | None = option(
        "Of a target of numbers, undone in predictions, which are then medians: standard (none), log, log1p, "
        "yeo_johnson, or auto, which chooses by the training targets.",
        choices=("standard", "log", "log1p", "yeo_johnson", "auto"), tasks=("regression",),
    )  # fmt: skip
    augment: str | None = option(
        "How pictures and clips are changed while the network learns: none, flip, standard (flip+crop), "
        "strong, or NAME:key=value joined by +; `gradatim list augmentation` has the names.",
        metavar="POLICY",
        forms=(
            "pictures", "folders of pictures", "pictures with masks", "pictures with boxes",
            "pictures with one box", "clips",
        ),
        trains=True,
    )  # fmt: skip
    label_smoothing: float | None = option(
        "Share of the target given to all classes alike.", at_least=0, below=1, trains=True
    )
    l1: float | None = option("Penalty λ Σ|w| on weights, not on biases.", group=WEIGHTS, trains=True)
    l2: float | None = option("Penalty ½ λ Σw² on weights, not on biases.", group=WEIGHTS, trains=True)
    weight_decay: float | None = option("Decoupled: every step, w ← w − η λ w.", group=WEIGHTS, trains=True)
    ema: float | None = option(
        "Keep an average of the weights with this decay: 0.999.", group=WEIGHTS, above=0, below=1, trains=True
    )
    clip_norm: float | None = option("Limit of the gradient's global norm.", group=WEIGHTS, trains=True)
    clip_value: float | None = option("Limit of each element of the gradient.", group=WEIGHTS, trains=True)
    freeze: str | None = option(
        "Layers that stay as they are: how many, counted from the input, or the name of the last.",
        group=TUNING, metavar="LAYER|N",
    )  # fmt: skip
    layer_decay: float | None = option(
        "What each layer's learning rate is of the layer's above; the head learns at --lr.", group=TUNING,
        above=0, at_most=1,
    )  # fmt: skip
    unfreeze: int | None = option(
        "Gradual unfreezing: epochs with the head alone, then as many with each layer more, then --epochs.",
        group=TUNING, at_least=1, metavar="EPOCHS",
    )  # fmt: skip
    frozen_norm: str | None = option(
        "Means and variances of batch norms in frozen layers: kept, or adapted to the new examples.",
        group=TUNING, choices=("kept", "adapted"),
    )  # fmt: skip
    engine: str = option("auto, numpy or torch.", "auto", group=MACHINE, choices=ENGINES)
    device: str = option("auto, cpu, cuda or mps.", "auto", group=MACHINE, trains=True)
    threads: int | None = option("CPU threads.", group=MACHINE, at_least=1)
    precision: str = option(
        "auto, float32, float64, or bfloat16 (products only); auto is float32, and bfloat16 for pictures "
        "where a processor multiplies it faster.", "auto", group=MACHINE, choices=("auto", *PRECISIONS),
        trains=True,
    )  # fmt: skip

    def check(self) -> "Settings":
        """These settings, or UsageError naming the first value that cannot be."""
        from gradatim.data.augmentation.policies import operations_of
        from gradatim.planning.optimizer_settings import optimizer_settings
        from gradatim.planning.pretraining import pretraining_settings
        from gradatim.problems.own_metrics import own_metrics
        from gradatim.training.penalties_and_clipping import Shaping
        from gradatim.training.scheduling import schedule_of

        if not isinstance(self.optimizer, str):
            raise UsageError(f"optimizer must be a name in the settings; it is {self.optimizer!r}")
        check_bounds(self)
        own_metrics(self.metrics)
        if self.method != OWN:
            known("optimizer", self.method, catalog.names("optimizer"))
            optimizer_settings(self.optimizer)
        shaping = Shaping(self.l1, self.l2, self.weight_decay, self.clip_norm, self.clip_value).check()
        if self.searches:
            shaping.refuse_for_search()
        pretraining_settings(self.pretrain)
        if self.augment is not None:
            operations_of(self.augment)
        if self.schedule is not None:
            schedule_of(self.schedule)
        one_of("device", self.device.split(":")[0], DEVICES)
        return self

    @property
    def method(self) -> str:
        """The optimizer's name, without its settings."""
        return self.optimizer.partition(":")[0]

    @property
    def searches(self) -> bool:
        """Whether the optimizer searches along lines, each on the whole loss."""
        return self.method == "lbfgs"

    def of_training(self) -> dict[str, Any]:
        """What Training is given of them, by its own names."""
        from gradatim.planning.optimizer_settings import optimizer_settings

        settings = {} if self.method == OWN else optimizer_settings(self.optimizer)
        found = {one.name: getattr(self, one.name) for one, known, _ in options_of(Settings) if known.trains}
        return {
            **found, "epochs": self.epochs or 1, "batch_size": self.batch_size or 1,
            "schedule": self.schedule or "constant", "optimizer": self.method,
            "settings": settings, "precision": PRECISION if self.precision == "auto" else self.precision,
        }  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The settings for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }


def tuning_settings(settings: Settings) -> dict[str, Any]:
    """The settings of fine-tuning that were asked for."""
    return {name: getattr(settings, name) for name in OF_TUNING if getattr(settings, name) is not None}


NAMES = tuple(field.name for field in fields(Settings))
OF_A_WHOLE_TRAINING = (  # which the learning-rate finder has no use for
    "test", "epochs", "lr", "schedule", "patience", "keep", "max_minutes", "ema", "threshold",
    "metrics", "pretrain", "pretrain_epochs", "pretrain_lr", "adaptation",
)  # fmt: skip
OF_LR = tuple(name for name in (*DATA_NAMES, *NAMES) if name not in OF_A_WHOLE_TRAINING)


def settings_from(options: dict[str, Any]) -> Settings:
    """Settings from keyword options; an unknown one is answered with the nearest.

    >>> settings_from({"epoch": 3})
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: unknown option 'epoch': did you mean epochs?
    """
    for name in options:
        if name not in NAMES:
            raise unknown_option(name, NAMES)
    options = plain_numbers(options)
    hidden = options.get("hidden")
    if hidden is not None:
        if not isinstance(hidden, int | list | tuple):
            raise UsageError(f"hidden must be whole numbers, such as [128, 64]; it is {hidden!r}")
        options["hidden"] = (hidden,) if isinstance(hidden, int) else tuple(hidden)
    weights = options.get("pos_weight")
    if weights is not None:
        options["pos_weight"] = tuple(weights) if isinstance(weights, list | tuple) else (weights,)
    return Settings(**options).check()
