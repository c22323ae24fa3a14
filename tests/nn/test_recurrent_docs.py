"""The documentation of own cells runs fused."""

import re
from pathlib import Path

import torch

PAGE = Path(__file__).parents[2] / "docs" / "recurrent-cells.md"


def test_the_example_runs_fused_and_is_its_equation(capsys):
    """And to 1e-6 in float32 what the equation gives, step by step."""
    page = PAGE.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict = {}
    exec(code, names)
    assert capsys.readouterr().out.startswith("fused ·")  # tests/docs compares what it says in full
    cell, x, h = names["layer"].cell, names["x"], torch.zeros(4, 32)
    a = cell.W - cell.W.T - 0.01 * torch.eye(32)
    for t in range(50):
        new = h + 0.1 * torch.tanh(x[t] @ cell.V.weight.T + cell.V.bias + h @ a.T)
        h = torch.where(torch.tensor([50, 20, 7, 0])[:, None] > t, new, h)
    torch.testing.assert_close(names["h"], h, rtol=1e-5, atol=1e-5)
    assert cell.W.grad is not None and cell.V.weight.grad is not None
