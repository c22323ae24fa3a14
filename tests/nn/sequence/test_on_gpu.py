"""E1, E5, E6 on a GPU: Triton's kernels equal the definition. Without a GPU they run interpreted."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.nn.lstm import LSTM
from gradatim.nn.recurrent import Recurrent
from gradatim.nn.sequence import scan
from gradatim.nn.sequence.fused import buffer_pool, on_gpu, replay
from gradatim.nn.sequence.fused.pass_program import Rows, buffer_name, leaves

from .cells import MinimalGatedUnit
from .test_cells import LAYERS, data, make

pytest.importorskip("triton")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SHAPES = [(1, 1, 2, 3), (3, 2, 4, 5), (2, 1, 1, 1)]
QUICK = ("rnn", "lstm", "projected", "gru after", "MinimalGatedUnit")
SLOW = pytest.mark.slow if DEVICE == "cpu" else ()  # where an interpreter stands in for the GPU


class Lists:
    """Stands for CUDA's graphs: launches in a list, with the tensors they were recorded with."""

    def __init__(self):
        self.replayed = 0

    def record(self, launches):
        self.launches = launches  # nothing runs while it is recorded

        def replay():
            self.replayed += 1
            for each in launches:
                each()

        return type("Graph", (), {"replay": staticmethod(replay)})()


@pytest.fixture(autouse=True)
def graphs(monkeypatch):
    """The CPU's tensors take the GPU's path."""
    lists = Lists()
    if DEVICE == "cpu":
        monkeypatch.setattr(scan, "FUSED", {"cpu": on_gpu.OnGPU})
        monkeypatch.setattr(replay, "record", lists.record)
        monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: False)
    for name in ("_PLANS", "_KNOWN"):
        monkeypatch.setattr(scan, name, {})
    monkeypatch.setattr(buffer_pool, "_FREE", {})
    with np.errstate(all="ignore"):  # the interpreter is NumPy
        yield lists


@pytest.mark.parametrize("name", [pytest.param(one, marks=() if one in QUICK else SLOW) for one in LAYERS])
def test_outputs_and_gradients_are_those_of_the_definition(name, both_paths):
    """To 1e-10 in float64, whatever the sizes, with and without padding on either side."""
    for (t, n, d, h), side in itertools.product(SHAPES, ("", "right", "left")):
        how = {"lengths": torch.arange(n) * 2 % (t + 1), "padding": side} if side else {}
        module, x = make(name, d, h).to(DEVICE), data(t, n, d).to(DEVICE)
        fused, defined = both_paths(module, x, **how)
        assert fused.keys() == defined.keys()
        torch.testing.assert_close(fused, defined, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", LAYERS)
def test_no_kernel_reads_what_it_writes(name):
    """Its programs run in any order, which the interpreter does not show; slots of one buffer lie apart."""
    make(name, 3, 4)(data(1, 1, 3))
    assert scan._PLANS
    for plan in scan._PLANS.values():
        for turn in (*plan.passes.forward, *plan.passes.backward):
            if isinstance(turn, Rows):
                read = {buffer_name(leaf) for leaf in leaves(turn.stores)}
                assert read.isdisjoint(store.target for store in turn.stores)
                columns = [(s.target, c) for s in turn.stores for c in range(s.offset, s.offset + s.width)]
                assert len(columns) == len(set(columns))


@pytest.mark.parametrize("name", ["lstm", "layer norm", "gru before", "Concatenated"])
def test_float32_is_near_the_definition(name, both_paths):
    """To 1e-4; rows longer than a tile."""
    module, x = make(name, 3, 300, torch.float32).to(DEVICE), data(2, 1, 3, torch.float32).to(DEVICE)
    torch.testing.assert_close(*both_paths(module, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda: LSTM(3, 4, 2), marks=SLOW, id="lstm"),
        pytest.param(lambda: Recurrent(MinimalGatedUnit(3, 4)), id="own"),
    ],
)
def test_a_pass_is_replayed_and_its_memory_is_its_own(build, graphs, monkeypatch):
    """Five steps of training, a second length between them, equal those on the definition's path."""

    def losses():
        torch.manual_seed(0)
        layer = build().double().to(DEVICE)
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
        found = []
        for step in range(5):
            for length in (3, 2):
                x = data(length, 2, 3).to(DEVICE) + step
                mask = {"lengths": torch.tensor([length, 1])} if step % 2 else {}
                outputs, last = layer(x, **mask)
                loss = outputs.square().sum() + sum(
                    s.sum() for s in (last if type(last) is tuple else [last])
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                found.append(float(loss.detach()))
        return layer, found

    layer, fused = losses()
    assert layer.path == "fused"
    assert "replayed as one CUDA graph" in layer.why
    if DEVICE == "cpu":
        assert graphs.replayed > 10
    monkeypatch.setattr(scan, "_unfit", lambda *_: "the test asks for it")
    np.testing.assert_allclose(fused, losses()[1], rtol=1e-9)


def test_passes_that_live_at_once_do_not_share_memory():
    """Each differentiated twice, in either order, as if it were alone; outputs stay as they are."""
    layer, rng = LSTM(3, 4).double().to(DEVICE), torch.Generator().manual_seed(0)
    a, b = (torch.randn(3, 2, 3, generator=rng).double().to(DEVICE).requires_grad_() for _ in range(2))

    def grads(x, y, keep):
        return torch.autograd.grad(y.square().sum(), [x, *layer.parameters()], retain_graph=keep)

    wanted = {x: grads(x, layer(x)[0], False) for x in (a, b)}
    outputs = {x: layer(x)[0] for x in (a, b)}
    copies = {x: y.detach().clone() for x, y in outputs.items()}
    for x, keep in ((b, True), (a, True), (b, False), (a, False)):
        torch.testing.assert_close(grads(x, outputs[x], keep), wanted[x], rtol=0, atol=0)
    layer(a + 1)
    for x, y in outputs.items():
        torch.testing.assert_close(y.detach(), copies[x], rtol=0, atol=0)


def test_the_same_memory_is_borrowed_by_the_next_pass_of_its_kind(graphs):
    """So that a graph is found again: one recording of each pass serves a whole training."""
    if DEVICE != "cpu":
        pytest.skip("counts recordings")
    layer, x = LSTM(4, 4, 2).to(DEVICE), torch.ones(2, 2, 4, device=DEVICE)
    for _ in range(6):
        layer(x)[0].sum().backward()
    known = [r.seen for plan in scan._PLANS.values() for r in plan.replays.values()]
    assert [len(k) for k in known] == [2, 2]  # of each pass, one a layer
    assert all(seen.graph is not None for k in known for seen in k.values())


@pytest.mark.parametrize(("limit", "value", "kept"), [("MOST", 3, 3), ("LONGEST", 7, 2)])
def test_graphs_that_were_not_used_for_long_are_forgotten(graphs, monkeypatch, limit, value, kept):
    """By their number and by their launches, three each here; what runs is the same."""
    monkeypatch.setattr(replay, "record", graphs.record)
    monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: False)
    monkeypatch.setattr(replay, limit, value)
    ran, replays = [], replay.Replays()
    for key in "aabbccddeeddee":
        replays.run(key, lambda key=key: [lambda: ran.append(key)] * 3)
    assert "".join(ran) == "".join(3 * key for key in "aabbccddeeddee")
    assert list(replays.seen)[-2:] == ["d", "e"]
    assert len(replays.seen) == kept


def test_if_cuda_records_nothing_it_says_so(graphs, monkeypatch):
    def refuse(launches):
        raise RuntimeError("operation not permitted\nwhen capturing")

    monkeypatch.setattr(replay, "record", refuse)
    layer, x = LSTM(3, 4).to(DEVICE), torch.ones(2, 2, 3, device=DEVICE)
    first = layer(x)[0]
    for _ in range(2):
        torch.testing.assert_close(layer(x)[0], first, rtol=0, atol=0)
    assert layer.path == "fused"
    assert layer.why.endswith("launched one by one, for CUDA records none: operation not permitted")


def test_without_triton_it_runs_in_torchs_operations_and_says_so(monkeypatch):
    layer, x = LSTM(3, 4).to(DEVICE), torch.ones(2, 2, 3, device=DEVICE)
    wanted = layer(x)[0]
    monkeypatch.setattr(scan, "_PLANS", {})
    monkeypatch.setattr(scan, "_KNOWN", {})
    monkeypatch.setattr(on_gpu, "find_spec", lambda name: None)
    torch.testing.assert_close(layer(x)[0], wanted)
    assert (layer.path, layer.why) == (
        "torch", "Triton, which comes with torch's builds for CUDA, is not installed",
    )  # fmt: skip


def test_where_triton_fails_it_runs_in_torchs_operations_and_says_so(monkeypatch):
    """As it does without a compiler, or for a GPU that it does not know."""

    def fail(self):
        raise RuntimeError("while compiling:\nFailed to find C compiler.\n")

    layer, x = LSTM(3, 4).to(DEVICE), torch.ones(2, 2, 3, device=DEVICE)
    monkeypatch.setattr(on_gpu.OnGPU, "_try", fail)
    wanted = LSTM.forward(layer.double(), x.double())[0].float()
    torch.testing.assert_close(layer.float()(x)[0], wanted)
    assert (layer.path, layer.why) == ("torch", "Triton does not run here: Failed to find C compiler.")


def test_a_row_that_is_too_long_to_sum_takes_the_other_path():
    class Mean(nn.Module):
        state_sizes = (2**15 + 1,)

        def forward(self, x, h):
            return h + x - h.mean(-1, keepdim=True)

    layer = Recurrent(Mean())
    layer(torch.ones(1, 1, 2**15 + 1, device=DEVICE))
    assert layer.why == "a row of 32769 columns is too long for one Triton program to sum"


def compiles(*names):
    """Every kernel of the named layers to machine code of two generations, in a process that has no GPU."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("compile_for_gpus.py"), *names],
        capture_output=True, text=True, check=False, env=os.environ | {"TRITON_INTERPRET": "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


@pytest.mark.slow
def test_the_kernels_of_an_lstm_compile_for_gpus():
    assert compiles("lstm") == 8  # forward and backward, float32 and float64, with a mask and without


@pytest.mark.slow
def test_the_kernels_of_every_layer_compile_for_gpus():
    assert compiles(*LAYERS) > 100
