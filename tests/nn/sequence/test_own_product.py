"""The kernel's own matrix product, which float32 takes where BLAS leaves wide vectors unused."""

import pytest
import torch
from torch import nn

from gradatim.kernels.compile import NoCompiler, compiler
from gradatim.nn.gru import GRU
from gradatim.nn.lstm import LSTM
from gradatim.nn.recurrent import Recurrent
from gradatim.nn.sequence import scan
from gradatim.nn.sequence.fused import on_cpu

try:
    compiler()
except NoCompiler as error:
    pytest.skip(str(error), allow_module_level=True)


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(0)


class Unturned(nn.Module):
    """s = tanh(x + h W), W as it lies; torch's layers multiply by a transpose."""

    def __init__(self, size):
        super().__init__()
        self.state_sizes = (size,)
        self.w = nn.Parameter(torch.randn(size, size) / size**0.5)

    def forward(self, x, h):
        return torch.tanh(x + h @ self.w)


@pytest.fixture
def own(monkeypatch):
    monkeypatch.setattr(on_cpu, "own_is_quicker", lambda narrow: not narrow)
    monkeypatch.setattr(scan, "_PLANS", {})
    monkeypatch.setattr(scan, "_KNOWN", {})


LAYERS = {
    "lstm": lambda size: LSTM(size, size),
    "gru before": lambda size: GRU(size, size, reset="before"),
    "unturned": lambda size: Recurrent(Unturned(size)),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    ("steps", "batch", "size"), [(8, 20, 48), (3, 23, 64), (17, 4, 32), (6, 13, 20), (70, 1, 32)], ids=str
)
def test_it_gives_what_float64_gives_by_blas(own, layer, steps, batch, size, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        network = LAYERS[layer](size)
        x, weight = torch.randn(steps, batch, size), torch.randn(steps, batch, size)

        def run(dtype):
            net = LAYERS[layer](size).to(dtype)
            net.load_state_dict({name: value.to(dtype) for name, value in network.state_dict().items()})
            z = x.to(dtype).requires_grad_()
            out = net(z)[0]
            assert net.path == "fused", net.why
            return out, *torch.autograd.grad((out * weight.to(dtype)).sum(), [z, *net.parameters()]), net.why

        *ours, why = run(torch.float32)
        *exact, _ = run(torch.float64)
    finally:
        torch.set_num_threads(before)
    assert why.endswith("matrix products by a kernel, too")
    for one, other in zip(ours, exact, strict=True):
        torch.testing.assert_close(
            one.double(), other, rtol=1e-4, atol=2e-5 * max(1, other.abs().max().item())
        )
