"""Doctor: what this machine has, and whether everything works on it."""

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradatim import device, files
from gradatim.data.digits import digits
from gradatim.planning.versions import versions
from gradatim.version import __version__


def doctor() -> dict[str, Any]:
    """Facts, and checks that each did what it says: {"facts": {…}, "checks": [{"name", "ok", "said"}]}."""
    machine = device.describe()
    facts = {
        "gradatim": __version__, **versions("torch"), "cores": machine["cores"],
        "GPUs": ", ".join(machine["gpus"]) or "none",
        "here": str(Path.cwd()), "GRADATIM_DATA": os.environ.get("GRADATIM_DATA") or "not set",
        "memory": _memory(),
    }  # fmt: skip
    checks = [
        _check("this folder can be written", _writes),
        _check("the embedded digits can be read", _reads_digits),
        _check("a network trains, and its gradient is right", _trains),
        _check("a recurrent cell runs, and is right", _recurs),
    ]
    if machine["gpus"]:
        checks.append(_check("a recurrent cell runs on the GPU, and is right", lambda: _recurs_on("cuda")))
    return {"facts": facts, "checks": checks}


def _check(name: str, run: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "said": run()}
    except Exception as error:
        return {"name": name, "ok": False, "said": str(error)}


def _writes() -> str:
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".gradatim-") as folder:
        files.write(Path(folder) / "file", b"1")
    return ""


def _reads_digits() -> str:
    return f"{len(digits()):,} examples"


def _trains() -> str:
    """The derivative along the gradient, by autograd and by a central difference in float64."""
    import torch

    from gradatim.models.building import build

    model = build(
        {"name": "mlp", "in_features": 4, "out_features": 3, "activation": "tanh"}, dtype=torch.float64
    )
    x, y = torch.linspace(-1, 1, 20, dtype=torch.float64).reshape(5, 4), torch.arange(5) % 3
    loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    slope = sum(float((p.grad * p.grad).sum()) for p in model.parameters() if p.grad is not None)

    def moved(h: float) -> float:
        with torch.no_grad():
            for p in model.parameters():
                p.add_(p.grad, alpha=h)  # type: ignore[arg-type]
            value = float(torch.nn.functional.cross_entropy(model(x), y))
            for p in model.parameters():
                p.sub_(p.grad, alpha=h)  # type: ignore[arg-type]
        return value

    measured = (moved(1e-5) - moved(-1e-5)) / 2e-5
    if abs(measured - slope) > 1e-6 * abs(slope):
        raise ValueError(f"the gradient says {slope:.8g}, a difference says {measured:.8g}")
    return ""


def _recurs() -> str:
    """One step of an LSTM beside its equations; which path it ran on. Without a compiler that is torch's."""
    import torch

    from gradatim.nn.lstm import LSTM

    layer = LSTM(3, 4).double()
    x = torch.linspace(-1, 1, 6, dtype=torch.float64).reshape(1, 2, 3)
    with torch.no_grad():
        found = layer(x)[0][0]
        w, b = (layer.get_parameter(name) for name in ("weight_ih_l0", "bias_l0"))
        i, _, g, o = (x[0] @ w.T + b).chunk(4, -1)
        wanted = torch.sigmoid(o) * torch.tanh(torch.sigmoid(i) * torch.tanh(g))
    if not torch.allclose(found, wanted, rtol=1e-10, atol=1e-12):
        raise ValueError(f"{layer.path}: a step is off by {(found - wanted).abs().max():.1g}")
    return f"{layer.path}: {layer.why}"


def _recurs_on(device: str) -> str:
    """Outputs and gradients beside the CPU's; thrice, for later calls replay what was recorded."""
    import torch

    from gradatim.nn.lstm import LSTM

    here, there = LSTM(3, 4).double(), LSTM(3, 4).double().to(device)
    there.load_state_dict(here.state_dict())
    for time in range(3):
        x = torch.linspace(-1, 1 + time, 30, dtype=torch.float64).reshape(5, 2, 3)
        found = []
        for layer, given in ((here, x), (there, x.to(device))):
            y = layer(given)[0]
            found.append([y, *torch.autograd.grad(y.sin().sum(), list(layer.parameters()))])
        for a, b in zip(*found, strict=True):
            if not torch.allclose(a, b.cpu(), rtol=1e-9, atol=1e-11):
                raise ValueError(f"{there.path}, call {time + 1}: off by {(a - b.cpu()).abs().max():.1g}")
    return f"{there.path}: {there.why}"


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return platform.machine()
    return f"{total / 2**30:.0f} GiB"
