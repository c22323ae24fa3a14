"""What a run uses where nothing was asked for; each choice with its reason, for the run's config.

The figures behind the digits' recipe are in docs/log.md, "The recipe for digits": chosen on validation.
"""

from dataclasses import replace
from typing import Any

from gradatim.jobs.settings import Settings

# Hidden units and the probability of dropping behind them.
PICTURES = {"hidden": (512,), "dropout": 0.5}
VECTORS = {"hidden": (64,), "dropout": 0.1}
TRAINING: dict[str, Any] = {"epochs": 40, "batch_size": 32, "schedule": "cosine"}
# Chosen on validation, digits, 10 and 40 epochs, two seeds: the best of two or three rates, or a smaller one
# within 0.02 of its loss; the figures are in docs/log.md, "Learning rates of the other optimizers".
LR = {
    "sgd": 0.1, "momentum": 0.03, "nesterov": 0.03, "nesterov_torch": 0.03, "adagrad": 0.03, "rmsprop": 1e-3,
    "adam": 3e-3, "adam_uncorrected": 1e-3, "adamw": 3e-3, "adadelta": 3.0, "nadam": 3e-3, "lion": 3e-4,
    "muon": 0.01,
}  # fmt: skip


def complete(settings: Settings, *, pictures: bool, own_network: bool) -> tuple[Settings, dict[str, str]]:
    """The settings with nothing left open, and the reason of each choice."""
    chosen: dict[str, Any] = dict(TRAINING)
    reasons = {name: "the default recipe" for name in TRAINING}
    chosen["lr"] = LR[settings.optimizer]
    reasons["lr"] = f"the default for {settings.optimizer}"
    if not own_network:
        chosen |= PICTURES if pictures else VECTORS
        reasons |= dict.fromkeys(
            ("hidden", "dropout"), f"the default recipe for {'pictures' if pictures else 'vectors'}"
        )
    open_ones = {name: value for name, value in chosen.items() if getattr(settings, name) is None}
    said = {name: f"{_plain(value)}: {reasons[name]}" for name, value in open_ones.items()}
    return replace(settings, **open_ones), said


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
