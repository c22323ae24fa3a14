"""Plot: a picture of something that is measured."""

from pathlib import Path
from typing import Any

from gradatim.checks import UsageError, one_of
from gradatim.device import threads
from gradatim.explain.figures.lr import lr_figure
from gradatim.explain.figures.style import FORMATS, write_figure
from gradatim.jobs.gathering import gather
from gradatim.jobs.plan import make_plan
from gradatim.jobs.settings import settings_from
from gradatim.jobs.train import training_of
from gradatim.training.finder import find_lr

PLOTS = ("lr",)


def plot(
    what: str, data: Any = None, *, target: str | None = None, model: Any = "mlp",
    network: dict[str, Any] | None = None, out: str | Path | None = None, theme: str = "light",
    **options: Any,
) -> dict[str, Any]:  # fmt: skip
    """Draw one of `PLOTS` and write it: {"plot": path, …}.

    `lr`, the learning-rate finder: the loss while the rate grows, on the training examples of `data`, for the
    network and the optimizer that `train` would use with these options. Its record also has `suggestion`,
    `lrs` and `losses`.
    """
    one_of("plot", what, PLOTS)
    path = Path(out if out is not None else f"{what}.png")
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"a figure is written to a {' or '.join(FORMATS)} file, not to {path}")
    if data is None:
        raise UsageError("name the data to learn: a name such as digits, a file, or arrays")
    plan = make_plan(gather(data, target, 0.1, None), settings_from(options), model, dict(network or {}))
    with threads(plan.settings.engine, plan.settings.threads or 1):
        sweep = find_lr(training_of(plan))
    name = plan.trained.network["name"] if plan.trained.network else plan.trained.own_class
    title = f"{plan.data.name}: {name}, {plan.settings.optimizer}, batches of {plan.settings.batch_size}"
    draw = lr_figure(sweep.lrs, sweep.losses, sweep.smoothed, sweep.suggestion, title)
    return {
        "plot": str(write_figure(draw, path, theme)), "suggestion": sweep.suggestion,
        "lrs": sweep.lrs, "losses": sweep.losses,
    }  # fmt: skip
