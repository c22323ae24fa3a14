"""The settings of a run: what can be asked for, what is chosen where nothing was, and why."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from gradatim import catalog, device
from gradatim.checks import GradatimError, UsageError, did_you_mean, known, one_of, real, whole
from gradatim.jobs.thresholds import MEASURES
from gradatim.training.choosing import ENGINES
from gradatim.training.scheduling import schedule_of
from gradatim.training.shaping import Shaping

MAY_CHANGE = ("epochs", "max_minutes")  # when a run is resumed
OF_NETWORK = ("hidden", "dropout", "input_dropout")  # arguments of a network, where it takes them
BOUNDS: dict[str, dict[str, float]] = {
    "dropout": {"at_least": 0, "below": 1}, "input_dropout": {"at_least": 0, "below": 1},
    "label_smoothing": {"at_least": 0, "below": 1}, "ema": {"above": 0, "below": 1},
    "lr": {"above": 0}, "max_minutes": {"above": 0},
}  # fmt: skip
CHOICES: dict[str, tuple[str, ...]] = {
    "engine": ENGINES, "precision": device.PRECISIONS, "class_weight": ("balanced",), "threshold": MEASURES,
    "keep": ("best", "last"),
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """Everything about a run but its data and its network; None means that the recipe chooses."""

    epochs: int | None = None
    batch_size: int | None = None
    window: int | None = None  # of a text: steps after which the gradient is cut
    lr: float | None = None
    optimizer: str = "adam"
    schedule: str | None = None
    hidden: tuple[int, ...] | None = None
    dropout: float | None = None
    input_dropout: float | None = None
    seed: int = 0
    engine: str = "auto"
    device: str = "auto"
    threads: int | None = None
    precision: str = "float32"
    patience: int | None = None
    keep: str | None = None  # the epoch whose parameters are kept; the best on validation when None
    class_weight: str | None = None
    threshold: str | None = None
    accumulate: int = 1
    l1: float | None = None
    l2: float | None = None
    weight_decay: float | None = None
    label_smoothing: float | None = None
    ema: float | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    max_minutes: float | None = None

    def check(self) -> "Settings":
        """These settings, or UsageError naming the first value that cannot be."""
        whole("seed", self.seed, 0, None)
        for name in ("epochs", "batch_size", "threads", "patience", "accumulate", "window"):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name), 1)
        for units in self.hidden or ():
            whole("hidden", units, 1)
        for name, bounds in BOUNDS.items():
            if getattr(self, name) is not None:
                real(name, getattr(self, name), **bounds)
        shaping = Shaping(self.l1, self.l2, self.weight_decay, self.clip_norm, self.clip_value).check()
        if self.optimizer == "lbfgs":
            shaping.refuse_for_search()
        if not isinstance(self.optimizer, str):
            raise UsageError("optimizer must be a name here; gradatim.Training takes a torch optimizer")
        known("optimizer", self.optimizer, catalog.names("optimizer"))
        if self.schedule is not None:
            schedule_of(self.schedule)
        one_of("device", self.device.split(":")[0], device.DEVICES)
        for name, choices in CHOICES.items():
            if getattr(self, name) is not None:
                one_of(name, getattr(self, name), choices)
        return self

    def as_dict(self) -> dict[str, Any]:
        """The settings for JSON."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }


NAMES = tuple(field.name for field in fields(Settings))


def settings_from(options: dict[str, Any]) -> Settings:
    """Settings from keyword options; an unknown one is answered with the nearest.

    >>> settings_from({"epoch": 3})
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: unknown option 'epoch': did you mean epochs?
    """
    for name in options:
        if name not in NAMES:
            raise UsageError(f"unknown option {name!r}: {did_you_mean(name, NAMES)}")
    options = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in options.items()}
    hidden = options.get("hidden")
    if hidden is not None:
        if not isinstance(hidden, int | list | tuple):
            raise UsageError(f"hidden must be whole numbers, such as [128, 64]; it is {hidden!r}")
        options["hidden"] = (hidden,) if isinstance(hidden, int) else tuple(hidden)
    return Settings(**options).check()


def read_config_file(path: str | Path) -> dict[str, Any]:
    """Options from a JSON file: {"epochs": 20, …}, or a run's config.json, whose settings are taken."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {path}") from error
    except (OSError, ValueError) as error:
        raise GradatimError(f"{path} is not a JSON file of settings: {error}") from error
    if not isinstance(content, dict):
        raise GradatimError(f'{path} must hold an object of settings, such as {{"epochs": 20}}')
    if isinstance(content.get("settings"), dict):
        content = {**content["settings"], "network": (content.get("network") or {}).get("asked") or {}}
        content = {name: value for name, value in content.items() if value is not None and value != {}}
    for name in content:
        if name not in (*NAMES, "network"):
            raise UsageError(f"{path}: unknown option {name!r}: {did_you_mean(name, NAMES)}")
    return content
