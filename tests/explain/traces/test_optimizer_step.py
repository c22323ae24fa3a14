"""C1–C7: the steps of one parameter are torch's, and what is asked wrongly is said."""

import pytest
import torch

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.explain.traces.optimizer_step import SEARCHES, optimizer_step

TORCH = {
    "sgd": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "adam": (torch.optim.Adam, {}), "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "adamax": (torch.optim.Adamax, {}), "nadam": (torch.optim.NAdam, {}), "radam": (torch.optim.RAdam, {}),
    "rmsprop": (torch.optim.RMSprop, {}), "adadelta": (torch.optim.Adadelta, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH)
def test_the_steps_are_torch_s(name):
    gradients = [0.5, -0.25, 1, 0.125]
    table = optimizer_step(name, 1.5, gradients, lr=0.1).table("Steps")
    w = torch.nn.Parameter(torch.tensor(1.5, dtype=torch.float64))
    kind, settings = TORCH[name]
    step = kind([w], lr=0.1, **settings)
    right = []
    for g in gradients:
        w.grad = torch.tensor(g, dtype=torch.float64)
        step.step()
        right.append(w.item())
    assert table.column("new θ") == pytest.approx(right, abs=1e-6 if name in ("adamax", "nadam") else 1e-12)
    assert table.column("θ before")[1:] == table.column("new θ")[:-1]


def test_adam_s_first_step_is_the_learning_rate_and_without_correction_it_is_not():
    assert optimizer_step("adam", 1, [0.5], 0.1).table("Steps").column("new θ") == pytest.approx(
        [0.9], abs=1e-8
    )
    first = optimizer_step("adam_uncorrected", 1, [0.5], 0.1).table("Steps").column("new θ")
    assert first == pytest.approx([1 - 0.1 * 0.1 / 0.001**0.5], abs=1e-6)


@pytest.mark.parametrize("name", [one for one in catalog.names("optimizer") if one not in SEARCHES])
def test_every_other_optimizer_has_its_equations_above_its_steps(name):
    trace = optimizer_step(name)
    equations = [part.text for part in trace.parts if getattr(part, "text", "").startswith("  ")]
    assert any("θ" in line for line in equations) and any("←" in line for line in equations)
    assert len(trace.table("Steps").rows) == 3


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"optimizer": "adm"}, "did you mean adam"),
        ({"optimizer": "muon"}, "does not update number by number"),
        ({"lr": 0}, "lr must be a number above 0"),
        ({"optimizer": "sgd", "momentum": 0.9}, "number of sgd 'momentum'"),
        ({"gradients": []}, "gradients must be numbers"), ({"w": float("nan")}, "w must be a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(settings, says):
    with pytest.raises(UsageError, match=says):
        optimizer_step(**settings)
