"""Both paths of one module, side by side."""

import pytest
import torch

from gradatim.nn.sequence import scan


@pytest.fixture
def both_paths(monkeypatch):
    """Outputs, last state and gradients of a module by the fused path and by the definition, `loop`."""

    def run(module, x, state=None, **how):
        found = []
        for fused in (True, False):
            with monkeypatch.context() as patch:
                if not fused:
                    patch.setattr(scan, "_unfit", lambda *_: "the test asks for it")
                found.append(everything(module, x, state, **how))
            assert module.path == ("fused" if fused else "torch"), module.why
        return found

    return run


def everything(module, x, state=None, **how):
    """Outputs, states, and the gradients of a fixed random functional of both."""
    x = x.clone().requires_grad_()
    state = None if state is None else tuple(s.clone().requires_grad_() for s in state)
    module.zero_grad()
    given = state[0] if state is not None and len(state) == 1 else state
    outputs, last = module(x, given, **how)
    last = last if isinstance(last, tuple) else (last,)
    rng = torch.Generator().manual_seed(1)
    weights = [torch.randn(v.shape, dtype=torch.float64, generator=rng).to(v) for v in (outputs, *last)]
    loss = sum((v * w).sum() for v, w in zip((outputs, *last), weights, strict=True))
    loss.backward()
    grads = {name: p.grad.clone() for name, p in module.named_parameters() if p.grad is not None}
    return {
        "outputs": outputs, "last": last, "x": x.grad, "start": [s.grad for s in state or ()], **grads,
    }  # fmt: skip
