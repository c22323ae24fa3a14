"""What a run has learned, and how: curves, weights, gradients."""

from pathlib import Path
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import arguments_of
from gradatim.device import call
from gradatim.explain.charts.as_figure import MOST_RUNS, as_figure
from gradatim.explain.charts.learning_curves import Course, learning_curves, points
from gradatim.explain.figures.histograms import histograms_figure, layers_of
from gradatim.explain.figures.style import short
from gradatim.explain.number_format import count
from gradatim.jobs.plots.request import Drawing, PlotRequest, as_run, name_of
from gradatim.runs.asking import dtype_of
from gradatim.runs.epoch_records import kept_epoch
from gradatim.runs.trained import Trained
from gradatim.training.batches.layout import BatchSettings

EXAMPLES = 1000  # whose mean gradient is drawn


def curves(asked: PlotRequest) -> Drawing:
    """The learning curves of the runs."""
    if not asked.things:
        raise UsageError("name one run or several, such as runs/digits-1 runs/digits-2")
    runs = list({run.path.resolve(): run for run in map(as_run, asked.things)}.values())
    names = told_apart([run.path for run in runs])
    courses = [
        Course(name, run.records, kept_epoch(run.config, run.records))
        for name, run in zip(names, runs, strict=True)
    ]
    if len(runs) > MOST_RUNS:
        raise UsageError(f"{len(runs)} runs in one picture cannot be told apart: at most {MOST_RUNS}")
    for course in courses:
        if not course.records:
            raise UsageError(f"{course.name} has no record of an epoch yet")
        if not any(len(points(course.records, key)[0]) for key in ("train_loss", "valid_loss")):
            raise UsageError(
                f"{course.name} has no loss that is a finite number, so there is no curve to draw"
            )
    return Drawing(as_figure(learning_curves(courses)), {"runs": [str(run.path) for run in runs]})


def weights(asked: PlotRequest) -> Drawing:
    """The parameters of each layer as histograms; their standard deviations."""
    run = asked.run()
    arrays = parameters_of(run.trained.model)
    figure = histograms_figure(layers_of(arrays), f"Weights of {name_of(run)}", "weight")
    return Drawing(figure, {"std": {name: float(array.std()) for name, array in arrays.items()}})


def gradients(asked: PlotRequest) -> Drawing:
    """The mean gradient of the loss over the first training examples, by layer; its norms."""
    run = asked.run()
    examples = run.data.train
    if examples.layout != "rows":
        raise UsageError(
            "gradients are drawn of a run whose examples are in memory, not of a loader's or a text's"
        )
    arrays, used = mean_gradients(run.trained, examples.take(np.arange(min(EXAMPLES, len(examples)))))
    title = f"Mean gradient over {count(used)} training examples of {name_of(run)}"
    figure = histograms_figure(layers_of(arrays), title, "∂L/∂w")
    norms = {name: float(np.linalg.norm(array)) for name, array in arrays.items()}
    return Drawing(figure, {"examples": used, "norms": norms})


def told_apart(paths: list[Path]) -> list[str]:
    """As much of the end of each path as makes them differ.

    >>> told_apart([Path("x/one/digits"), Path("x/two/digits")])
    ['one/digits', 'two/digits']
    """
    depth = 1
    while len({path.parts[-depth:] for path in paths}) < len(paths):
        depth += 1
    return [short("/".join(path.parts[-depth:])) for path in paths]


def parameters_of(model: Any) -> dict[str, np.ndarray]:
    """Every parameter and buffer by name, as arrays."""
    state = model.state_dict()
    if isinstance(model, Network):
        return state
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in state.items()}


def mean_gradients(trained: Trained, examples: Dataset) -> tuple[dict[str, np.ndarray], int]:
    """∂L/∂θ by name, L the mean loss over the examples without dropout and penalties; and how many they are.

    The loss's slope is by hand; the network's own engine takes it back to the parameters.
    """
    model, loss = trained.model, trained.problem.reader
    prepared = trained.encoder.prepare(examples, trained.problem, dtype_of(trained))
    x, y = prepared.x, prepared.y
    if isinstance(model, Network):
        model.backward(loss.gradient(model.forward(x), y))
        return {name: gradient.copy() for name, gradient in model.gradients.items()}, len(x)
    import torch

    from gradatim.training.batches.torch_rows import place

    first = next(model.parameters())
    learned = {name: p for name, p in model.named_parameters() if p.requires_grad}
    inputs = place(x, BatchSettings(len(x), 0, first.device, first.dtype, network=model))
    a = call(model.eval(), arguments_of(inputs), "float32")
    slope = torch.from_numpy(loss.gradient(a.detach().cpu().numpy(), y)).to(a)
    found = torch.autograd.grad(a, list(learned.values()), slope, allow_unused=True)
    return {
        name: g.cpu().numpy() for name, g in zip(learned, found, strict=True) if g is not None
    }, len(x)  # fmt: skip
