"""E2, E3, E9, E11: a run on a text, on tagged words or on sequences traced, beside torch in float64."""

import json
from copy import deepcopy

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import gradatim
from gradatim.checks import UsageError
from gradatim.explain.traces.page import as_page
from gradatim.jobs.trace_sequence_twin import MAKERS, Row
from gradatim.runs.tensors import read_tensors

RNG = np.random.default_rng(3)
STEPS = [RNG.standard_normal((n, 2)) for n in RNG.integers(2, 7, 60).tolist()]
SYMBOLS = [RNG.integers(0, 5, len(one)) for one in STEPS]
SIGN = np.array([int(one.sum() > 0) for one in STEPS])
SUM = np.array([one.sum() for one in STEPS])
TEXT = "The cat sat on the mat. The dog ran home, and a bird sang in a tree.\n" * 20
TAGGED = "the DET\ncat NOUN\nsleeps VERB\n\na DET\ndog NOUN\nruns VERB\nhome ADV\n\n" * 20
CELLS = {"num_classes": 3, "hidden_size": 3, "embedding_size": 4}
RUNS = {  # data; what they are trained with
    "text": (TEXT, {"hidden": [5], "dropout": 0.0}),
    "text, embedded, two layers": (TEXT, {"model": {"name": "char_lm", "vocabulary_size": len(set(TEXT)), "hidden_size": 4,
                                                   "embedding_size": 3, "num_layers": 2}}),
    "tags": (TAGGED, {"hidden": [4], "task": "tagging", "dropout": 0.0}),
    "numbers, one class": ((STEPS, SIGN), {"hidden": [3], "dropout": 0.0}),
    "numbers, one number, two layers": ((STEPS, SUM), {"hidden": [3, 3], "dropout": 0.0}),
    "numbers, a class a step": ((STEPS, [one[:, 0] > 0 for one in STEPS]), {"hidden": [3], "dropout": 0.0}),
    "numbers, a number a step": ((STEPS, [one[:, 0] for one in STEPS]), {"hidden": [3], "dropout": 0.0}),
    "symbols, gru, mean": (
        (SYMBOLS, np.array([one.sum() % 3 for one in SYMBOLS])),
        {"model": {"name": "sequence_classifier", "vocabulary_size": 6, "cell": "gru", "pooling": "mean",
                   **CELLS}},
    ),
    "symbols, gru, a class a step": (
        (SYMBOLS, [one % 3 for one in SYMBOLS]),
        {"model": {"name": "tagger", "vocabulary_size": 6, "cell": "gru", "num_layers": 2, **CELLS}},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Any of RUNS by its name, trained once."""
    found = {}

    def run_of(name, **more):
        key = (name, *more.items())
        if key not in found:
            folder = tmp_path_factory.mktemp("runs")
            data, options = RUNS[name]
            if isinstance(data, str):
                (folder / "data.txt").write_text(data)
                data = folder / "data.txt"
            found[key] = gradatim.train(
                data, epochs=1, out=folder / "run", quiet=True, baselines=False, **{**options, **more}
            )
        return found[key]

    return run_of


def loss_of_torch(run, model, number):
    """The loss of example or window `number`, by the run's own network in float64."""
    trained = run.trained
    part = run.data.valid if run.data.judged_on == "valid" else run.data.test
    if part.layout == "streams":
        window, tokens = trained.encoder.window, torch.from_numpy(part.tokens)
        place = slice((number - 1) * window, number * window)
        x, y = tokens[:-1][place], tokens[1:][place]
        return F.cross_entropy(model.scores(x[:, None])[0][:, 0], y)
    one = trained.encoder.prepare(part.take(np.array([number - 1])), trained.problem, np.float64)
    values = torch.from_numpy(one.values)
    a = model(values[None], torch.tensor([len(values)]))
    y = torch.from_numpy(np.asarray(one.y))
    if run.config["loss"] == "cross_entropy":
        return F.cross_entropy(a, y.long())
    if run.config["loss"] == "binary_cross_entropy":
        return F.binary_cross_entropy_with_logits(a[:, 0], y.double())
    return F.mse_loss(a.reshape(-1), y.double().reshape(-1))


def steps_of(run):
    """The optimizer's steps at the last checkpoint."""
    return read_tensors(run.folder.checkpoint, "checkpoint", "np")[1]["training"]["step"]


def in_torch_s_order(run, arrays):
    """A trace's arrays beside the parameters of torch: both go through the layers in order."""
    order = [name for name, _ in run.model.named_parameters()]
    row = Row()
    MAKERS[type(run.model)](row, run.model)
    by_name = dict(zip(row.names.values(), arrays.values(), strict=True))
    return [np.array(by_name[name]) for name in order]


@pytest.mark.parametrize("name", RUNS)
def test_every_gradient_and_the_update_are_torch_s(trained, name):
    """Adam with what the checkpoint remembers, its gradient clipped as the run clips it; 1e-12."""
    run = trained(name)
    found = gradatim.trace(run, example=2).values
    model = deepcopy(run.model).double().eval()
    model.zero_grad()  # of training
    loss = loss_of_torch(run, model, 2)
    loss.backward()
    parameters = list(model.parameters())
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for p, g in zip(parameters, in_torch_s_order(run, found["gradients"]), strict=True):
        np.testing.assert_allclose(g, p.grad.numpy(), rtol=0, atol=1e-12)
    clip = run.config["settings"]["clip_norm"]
    if clip is not None:
        torch.nn.utils.clip_grad_norm_(parameters, clip)
    optimizer = torch.optim.Adam(parameters, lr=run.config["settings"]["lr"])
    steps = torch.tensor(float(steps_of(run)))
    state = {key: in_torch_s_order(run, of) for key, of in found["state"].items()}
    for k, p in enumerate(parameters):
        g = p.grad
        m = (torch.from_numpy(state["exp_avg"][k]) - 0.1 * g) / 0.9
        v = (torch.from_numpy(state["exp_avg_sq"][k]) - 0.001 * g * g) / 0.999
        optimizer.state[p] = {"step": steps.clone(), "exp_avg": m, "exp_avg_sq": v}
    assert max(float(s["exp_avg"].abs().max()) for s in optimizer.state.values()) > 0  # it remembers
    optimizer.step()
    for p, new in zip(parameters, in_torch_s_order(run, found["new_parameters"]), strict=True):
        np.testing.assert_allclose(new, p.detach().numpy(), rtol=0, atol=1e-12)
    assert found["next_loss"] == pytest.approx(loss_of_torch(run, model, 2).item(), rel=1e-11)
