"""RNN, LSTM and GRU against torch's modules, the curriculum's numbers; bad input (E1, E5, E6, E7, E16)."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.nn.gru import GRU
from gradatim.nn.initialise import initialise
from gradatim.nn.layer_norm_lstm import LayerNormLSTM
from gradatim.nn.lstm import LSTM
from gradatim.nn.peephole_lstm import PeepholeLSTM
from gradatim.nn.rnn import RNN

PAIRS = {
    "rnn": (RNN, nn.RNN, {}),
    "rnn relu": (RNN, nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (LSTM, nn.LSTM, {}),
    "lstm projected": (LSTM, nn.LSTM, {"proj_size": 3}),
    "gru": (GRU, nn.GRU, {}),
}
KINDS = (RNN, LSTM, GRU, PeepholeLSTM, LayerNormLSTM)


def twins(name, *sizes, dtype=torch.float64, **more):
    ours, theirs, how = PAIRS[name]
    torch.manual_seed(0)
    theirs = theirs(*sizes, **how, **more).to(dtype)
    return ours.from_torch(theirs), theirs


def weighted(values, rng):
    return sum((v * torch.from_numpy(rng.standard_normal(v.shape)).to(v.dtype)).sum() for v in values)


def as_tuple(state):
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-4)], ids=str)
@pytest.mark.parametrize("name", PAIRS)
def test_torch_is_equalled(name, dtype, tolerance):
    """Outputs, states and all gradients; layers, directions, bias, batch sizes and initial states swept."""
    rng = np.random.default_rng(1)
    for layers, both, bias, (t, n) in itertools.product(
        (1, 2), (False, True), (False, True), ((1, 1), (7, 3))
    ):
        how = {"bidirectional": both, "bias": bias, "dtype": dtype}
        ours, theirs = twins(name, 4, 6, layers, **how)
        x = torch.from_numpy(rng.standard_normal((t, n, 4))).to(dtype)
        zeros = [s for s in as_tuple(theirs(x)[1])]
        start = [torch.from_numpy(rng.standard_normal(s.shape)).to(dtype) for s in zeros]
        found = []
        for module in (theirs, ours):
            inputs = [v.clone().requires_grad_() for v in (x, *start)]
            outputs, last = module(inputs[0], tuple(inputs[1:]) if len(start) > 1 else inputs[1])
            values = [outputs, *as_tuple(last)]
            weighted(values, np.random.default_rng(2)).backward()
            grads = {k: p.grad for k, p in module.named_parameters() if k.startswith("weight")}
            biases = [p.grad for k, p in module.named_parameters() if k.startswith(("bias_ih", "bias_l"))]
            found.append([values, [v.grad for v in inputs], grads, biases])
        assert ours.path == "fused"
        torch.testing.assert_close(found[1], found[0], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_packed_sequences_are_torchs(name):
    """Enforced order and not, both directions, two layers, to 1e-12; what comes back is packed alike."""
    ours, theirs = twins(name, 4, 6, 2, bidirectional=True)
    x = torch.randn(5, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for lengths, ordered in (([5, 3, 3], True), ([2, 5, 1], False)):
        packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=ordered)
        wanted, last = theirs(packed)
        found, ours_last = ours(packed)
        assert torch.equal(found.batch_sizes, wanted.batch_sizes)
        torch.testing.assert_close(found.data, wanted.data, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(ours_last, last, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(pad_packed_sequence(found), pad_packed_sequence(wanted))


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_batch_first_and_one_sequence_alone(name):
    ours, theirs = twins(name, 4, 6, batch_first=True, bidirectional=True)
    x = torch.randn(3, 5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(ours(x[1]), theirs(x[1]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_weights_come_and_go(name):
    """One bias is torch's two added; exported, all of it stands in bias_ih but the GRU's b_hn."""
    ours, theirs = twins(name, 4, 6, 2, bidirectional=True)
    back = PAIRS[name][1](4, 6, 2, bidirectional=True, **PAIRS[name][2]).double()
    back.load_state_dict(ours.torch_state())
    x = torch.randn(5, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(back(x), theirs(x), rtol=1e-12, atol=1e-12)
    again = PAIRS[name][0](4, 6, 2, bidirectional=True, **PAIRS[name][2]).double()
    again.load_state_dict(back.state_dict())
    torch.testing.assert_close(again.state_dict(), ours.state_dict())
    inside = nn.Sequential(again)
    inside.load_state_dict({f"0.{k}": v for k, v in theirs.state_dict().items()})
    torch.testing.assert_close(again.state_dict(), ours.state_dict())


def test_where_z_weighs_the_candidate_torchs_weights_are_refused():
    sentence = 'torch\'s GRU weights do not fit reset="before": there z weighs the candidate'
    with pytest.raises(UsageError, match=sentence):
        GRU(4, 6, reset="before").load_state_dict(nn.GRU(4, 6).state_dict())
    with pytest.raises(
        UsageError, match=r'^torch has no GRU with reset="before", where z weighs the candidate'
    ):
        GRU(4, 6, reset="before").torch_state()
    with pytest.raises(UsageError, match=r"^torch has no PeepholeLSTM$"):
        PeepholeLSTM(4, 6).torch_state()
    with pytest.raises(UsageError, match=r"^LSTM takes the weights of torch's; this is a GRU$"):
        LSTM.from_torch(nn.GRU(4, 6))


def test_the_course_gru_is_its_equations():
    """E6, in NumPy: z = σ(W_z[h,x]), r = σ(W_r[h,x]), h̃ = tanh(W[r⊙h,x]), h = (1−z)⊙h + z⊙h̃; to 1e-14."""
    layer = initialise(GRU(3, 4, reset="before").double(), 5)
    x = np.random.default_rng(0).standard_normal((6, 2, 3))
    w, u, b = (p.detach().numpy() for p in layer.parameters())
    sigma = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    h = np.zeros((2, 4))
    for t in range(6):
        r = sigma(x[t] @ w[:4].T + h @ u[:4].T + b[:4])
        z = sigma(x[t] @ w[4:8].T + h @ u[4:8].T + b[4:8])
        candidate = np.tanh(x[t] @ w[8:].T + (r * h) @ u[8:].T + b[8:])
        h = (1 - z) * h + z * candidate
    np.testing.assert_allclose(layer(torch.from_numpy(x))[1][0].detach().numpy(), h, rtol=1e-13, atol=1e-14)


def test_the_worked_example_of_the_lstm():
    """E5: every weight 1, no bias, x = 1 then 0: C 0.5568, h 0.3696; then C 0.5384, h 0.2908."""
    layer = LSTM(1, 1, bias=False).double().requires_grad_(False)
    for p in layer.parameters():
        p.fill_(1)
    one, (h, c) = layer(torch.ones(1, 1, 1, dtype=torch.float64))
    assert [round(float(v), 4) for v in (one, c)] == [0.3696, 0.5568]
    two, (_, c) = layer(torch.zeros(1, 1, 1, dtype=torch.float64), (h, c))
    assert [round(float(v), 4) for v in (two, c)] == [0.2908, 0.5384]


def test_write_keep_and_forget():
    """E5: f = 1 and i = 0 keep C exactly; f = 0 wipes it."""
    layer = LSTM(1, 2).double().requires_grad_(False)
    start = (torch.zeros(1, 1, 2, dtype=torch.float64), torch.tensor([[[0.3, -4.0]]], dtype=torch.float64))
    for p in layer.parameters():
        p.zero_()
    layer.bias_l0[:4] = torch.tensor([-800.0, -800.0, 800.0, 800.0])  # i, f
    assert torch.equal(layer(torch.ones(50, 1, 1, dtype=torch.float64), start)[1][1], start[1])
    layer.bias_l0[2:4] = -800.0
    assert layer(torch.ones(1, 1, 1, dtype=torch.float64), start)[1][1].abs().max() < 1e-300


def test_peepholes_of_zero_are_an_lstm_and_others_are_not():
    """And o sees the new memory: the equations in NumPy, to 1e-14."""
    peep, plain = initialise(PeepholeLSTM(3, 4).double(), 1), LSTM(3, 4).double()
    plain.load_state_dict({k: v for k, v in peep.state_dict().items() if not k.startswith("peep")})
    x = torch.randn(5, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(peep(x), plain(x), rtol=1e-13, atol=1e-14)
    torch.nn.init.normal_(peep.peep_l0, generator=torch.Generator().manual_seed(0))
    p = {name.removesuffix("_l0"): v.detach().numpy() for name, v in peep.named_parameters()}
    sigma = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    h, c = np.zeros((2, 4)), np.zeros((2, 4))
    for t in range(5):
        pre = x[t].numpy() @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias"]
        i, f, g, o = np.split(pre, 4, 1)
        peep_i, peep_f, peep_o = np.split(p["peep"], 3)
        c_new = sigma(f + peep_f * c) * c + sigma(i + peep_i * c) * np.tanh(g)
        h, c = sigma(o + peep_o * c_new) * np.tanh(c_new), c_new
    np.testing.assert_allclose(peep(x)[1][0][0].detach().numpy(), h, rtol=1e-13, atol=1e-14)


def test_layer_norm_does_not_see_the_scale_of_the_input_weights():
    """LN(a W x) = LN(W x) for a > 0, up to ε."""
    layer = LayerNormLSTM(3, 8).double().requires_grad_(False)
    x = 10 * torch.randn(5, 2, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    before = layer(x)[0]
    layer.weight_ih_l0 *= 100
    torch.testing.assert_close(layer(x)[0], before, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_initial_weights(kind):
    """By (seed, name): W_hh orthogonal, W_ih within Glorot's bound, b = 0, and 1 for forget gates."""
    layer = initialise(kind(6, 5, 2, bidirectional=True), 3)
    twin = initialise(kind(6, 5, 2, bidirectional=True), 3)
    torch.testing.assert_close(layer.state_dict(), twin.state_dict(), rtol=0, atol=0)
    assert not torch.equal(layer.weight_hh_l0, layer.weight_hh_l0_reverse)
    assert not torch.equal(initialise(twin, 4).weight_ih_l0, layer.weight_ih_l0)
    w = layer.weight_hh_l1.double()
    torch.testing.assert_close(w.T @ w, torch.eye(5, dtype=torch.float64), rtol=1e-6, atol=1e-6)
    rows, columns = layer.weight_ih_l0.shape
    assert layer.weight_ih_l0.abs().max() <= (6 / (rows + columns)) ** 0.5
    wanted = torch.zeros_like(layer.bias_l0)
    if issubclass(kind, LSTM):
        wanted[5:10] = 1
    for bias in (layer.bias_l0, layer.bias_l0_reverse, layer.bias_l1, layer.bias_l1_reverse):
        assert torch.equal(bias, wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_gets_one_sentence(kind):
    layer, name = kind(3, 5), kind.__name__
    x, reads = torch.zeros(4, 2, 3), f"{name} reads sequences (T, N, D) of D = 3 features; it got shape"
    number = "lengths must be one number for each of the 2 sequences; their shape is (1,)"
    for given, how, sentence in [
        (torch.zeros(4, 2, 7), {}, f"{reads} (4, 2, 7)"),
        (torch.zeros(3), {}, f"{reads} (3,)"),
        (x.double(), {}, f"{name} has weights of torch.float32; it got torch.float64"),
        ("text", {}, f"{name} reads a tensor or a packed sequence; it got str"),
        (x, {"lengths": torch.tensor([4, 5])}, "sequence 1 cannot have length 5: the tensor has 4 steps"),
        (x, {"lengths": torch.tensor([-1, 2])}, "sequence 0 cannot have length -1: the tensor has 4 steps"),
        (x, {"lengths": torch.tensor([4])}, number),
        (x, {"lengths": [1.0, 2.0]}, "lengths must be whole numbers; they are torch.float32"),
        (x, {"lengths": [1, 2], "padding": "top"}, "padding must be right or left; it is 'top'"),
    ]:  # fmt: skip
        with pytest.raises(UsageError) as raised:
            layer(given, **how)
        assert str(raised.value) == sentence
    with pytest.raises(UsageError, match=r"^the initial state \(h.*\) must have shapes \(1, 2, 5\)"):
        layer(x, torch.zeros(1, 3, 5))
    with pytest.raises(UsageError, match=r"^a packed sequence knows its lengths; give none$"):
        layer(pack_padded_sequence(x, torch.tensor([4, 2])), lengths=torch.tensor([4, 2]))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: LSTM(0, 5), "input_size must be a whole number of at least 1; it is 0"),
        (lambda: LSTM(3, 5, num_layers=0), "num_layers must be a whole number of at least 1; it is 0"),
        (lambda: LSTM(3, 5, proj_size=5), "proj_size must be below hidden_size, 5; it is 5"),
        (lambda: GRU(3, 5, reset="never"), "reset must be after or before; it is 'never'"),
        (lambda: RNN(3, 5, nonlinearity="tahn"), "unknown activation 'tahn': did you mean tanh"),
    ],
)
def test_what_cannot_be_made_is_refused(make, sentence):
    with pytest.raises(UsageError) as raised:
        make()
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "peephole_lstm", "layer_norm_lstm"])
def test_layers_are_in_the_catalogue_and_say_what_they_are(name):
    layer = catalog.find(name, "layer").load()(3, 5)
    count = sum(p.numel() for p in layer.parameters())
    assert repr(layer).endswith(f"(3, 5, num_layers=1, bias=True, bidirectional=False, parameters={count:,})")


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "peephole_lstm", "layer_norm_lstm"])
@pytest.mark.parametrize("kind", [np.int64, torch.tensor, lambda value: torch.tensor([value])])
def test_sizes_and_shares_may_be_anyone_s_numbers(name, kind):
    layer = catalog.find(name, "layer").load()
    share = np.float32(0.25) if kind is np.int64 else torch.tensor(0.25)
    one = layer(kind(3), kind(4), kind(2), dropout=share, variational_dropout=share, zoneout=share).eval()
    plain = layer(3, 4, 2, dropout=0.25, variational_dropout=0.25, zoneout=0.25).eval()
    x = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(0))
    assert repr(one) == repr(plain) and one.widths == plain.widths
    assert torch.equal(one(x)[0], plain(x)[0])
