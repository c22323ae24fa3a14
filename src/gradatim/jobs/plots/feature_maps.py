"""What every layer of a run gives for one example."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.data.inputs import Inputs
from gradatim.explain.figures.feature_maps import MOST_LAYERS, Output, feature_maps_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run
from gradatim.runs.asking import ask, dtype_of

QUIET = ("Dropout", "Dropout2012", "Flatten", "Identity")  # layers that give what they get


def feature_maps(asked: PlotRequest) -> Drawing:
    """The input and the outputs of the layers for a test example, number example=N, 0 when none is given."""
    for name in asked.arguments:
        if name != "example":
            raise UsageError(f"plot feature-maps takes no argument {name!r}: example=NUMBER does")
    run = asked.run()
    part = run.data.judged
    part = run.data.train if part is None else part
    if part.layout != "rows" or isinstance(part.x, Inputs):
        raise UsageError("feature maps are drawn of a run whose examples are arrays of numbers in memory")
    row = whole("example", asked.arguments.get("example", 0), at_least=0, at_most=len(part) - 1)
    example = part.take(np.array([row]))
    outputs = outputs_of_layers(run, run.trained.encoder.inputs(example, dtype_of(run.trained)))
    title = f"Feature maps of {name_of(run)}: example {row}{_answer(run, example)}"
    facts = {"example": row, "layers": {one.name: list(one.values.shape) for one in outputs}}
    return Drawing(feature_maps_figure(_some(outputs), title), facts)


def outputs_of_layers(run: Run, x: np.ndarray) -> list[Output]:
    """The encoded input x (1, …) and what every layer without parts gives for it, in the order they run."""
    import torch

    network = run.trained.module().eval()
    found: list[Output] = [Output("input", x[0])] if x.ndim in (2, 4) else []

    def keep(name: str, layer: Any, output: Any) -> None:
        if not isinstance(output, torch.Tensor):
            return
        values = output.detach().to("cpu", torch.float32, copy=True).numpy()  # a ReLU in place writes later
        values = values.reshape(len(values), -1) if values.shape[2:] == (1, 1) else values
        if values.ndim in (2, 4) and len(values) == 1 and type(layer).__name__ not in QUIET:
            found.append(Output(f"{name} {type(layer).__name__}", values[0]))

    handles = [
        layer.register_forward_hook(lambda layer, _, output, name=name: keep(name, layer, output))
        for name, layer in network.named_modules()
        if not list(layer.children())
    ]
    first = next(network.parameters())
    try:
        with torch.no_grad():
            network(torch.from_numpy(x).to(first.device, first.dtype))
    finally:
        for handle in handles:
            handle.remove()
    return found


def _some(outputs: list[Output]) -> list[Output]:
    """The input, and so many layers evenly spaced, the last among them."""
    if len(outputs) <= MOST_LAYERS:
        return outputs
    places = np.unique(np.linspace(0, len(outputs) - 1, MOST_LAYERS).round().astype(int))
    return [outputs[i] for i in places]


def _answer(run: Run, example: Any) -> str:
    """What is predicted, where one answer says it."""
    answer = run.trained.problem.columns(ask(run.trained, example).a).get("prediction", [])
    return f", predicted {answer[0]}" if answer and np.ndim(answer[0]) == 0 else ""
