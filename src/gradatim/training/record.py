"""What is known after an epoch."""

from dataclasses import dataclass, field
from typing import Any

SHARES = ("accuracy", "auc", "coverage", "f1", "iou", "r2")  # whose unit is 1: words of a measure's name
LARGE = 1e12  # from there on a power of ten is easier to read


def as_text(value: float, name: str = "") -> str:
    """A measure as a line of text says it: four decimals, of a small loss or error four digits, of a large
    one all digits before the point; of a share and of R², which are near 0 or not, never more than four
    decimals.

    >>> as_text(0.98142), as_text(2.5e-7), as_text(0.0), as_text(-0.00004)
    ('0.9814', '2.5e-07', '0.0000', '-4e-05')
    >>> as_text(-0.0001159, "r2"), as_text(-0.00004, "r2"), as_text(0.0003, "interval_coverage")
    ('-0.0001', '0.0000', '0.0003')
    >>> as_text(18668.2295, "rmse"), as_text(-1234567.8), as_text(2.5e15)
    ('18,668', '-1,234,568', '2.5e+15')
    """
    if any(word in name.split("_") for word in SHARES):
        return f"{round(value, 4) + 0.0:.4f}"  # no −0
    if 1e3 <= abs(value) < LARGE:
        return f"{value:,.0f}"
    return f"{value:.4f}" if value == 0 or 1e-3 <= abs(value) < 1e3 else f"{value:.4g}"


@dataclass(frozen=True)
class Record:
    """One epoch: mean training loss over its steps, validation measures after it, learning rate, seconds."""

    epoch: int  # 1 is the first
    step: int  # optimiser steps so far
    train_loss: float
    lr: float
    seconds: float  # of this epoch, validation included
    valid: dict[str, float] = field(default_factory=dict)  # loss, and accuracy where the loss is of classes
    train: dict[str, float] = field(default_factory=dict)  # further means over the steps, where there are any
    stage: str = ""  # of learning in stages, before the last
    waiting: float | None = None  # the share of the seconds in which streamed examples were waited for

    def as_dict(self) -> dict[str, Any]:
        """The line of `metrics.jsonl`."""
        train = {f"train_{name}": value for name, value in self.train.items()}
        valid = {f"valid_{name}": value for name, value in self.valid.items()}
        stage = {"stage": self.stage} if self.stage else {}
        waiting = {} if self.waiting is None else {"waiting": round(self.waiting, 4)}
        return stage | {
            "epoch": self.epoch, "step": self.step, "train_loss": self.train_loss, **train, **valid,
            "lr": self.lr, "seconds": self.seconds, **waiting,
        }  # fmt: skip

    def __str__(self) -> str:
        place = f"{self.stage}: epoch {self.epoch}" if self.stage else f"epoch {self.epoch}"
        parts = [place, f"train loss {as_text(self.train_loss)}"]
        parts += [f"train {name} {as_text(value, name)}" for name, value in self.train.items()]
        parts += [f"valid {name} {as_text(value, name)}" for name, value in self.valid.items()]
        return "  ".join([*parts, f"{self.seconds:.2f} s"])
