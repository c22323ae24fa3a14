"""E12: the decoder with attention against its equations, step by step, on a task that it learns."""

import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.decoding.attention import attention_weights
from gradatim.functional.attention_scores import SCORES
from gradatim.models.attention_decoder import before
from gradatim.models.building import build
from gradatim.models.cells import CELLS
from gradatim.models.scheduled_sampling import ScheduledSampling

K = 5
X, LENGTHS = torch.tensor([[3, 1, 4, 2], [1, 5, 0, 0], [6, 0, 0, 0]]), torch.tensor([4, 2, 1])
Y, Y_LENGTHS = torch.tensor([[2, 4, 1], [3, 1, 0], [1, 0, 0]]), torch.tensor([3, 2, 1])
REAL = torch.arange(3) < Y_LENGTHS[:, None]
NETWORKS = ("encoder_decoder", "attention_encoder_decoder")


def network(name="attention_encoder_decoder", **arguments):
    sizes = {"vocabulary_size": 7, "num_symbols": K, "embedding_size": 6, "hidden_size": 8}
    return build({"name": name, **sizes, **arguments}, 3, torch.float64)


def stepwise(net, x=X, lengths=LENGTHS, y=Y):
    """The scores (N, T, K) and weights (N, T, L) of one `advance` after the other, fed the symbols of y."""
    memory, state = net.remember(x, lengths)
    said, scores, weights = torch.full((len(y),), K), [], []
    for t in range(y.shape[1]):
        one, state = net.advance(said, memory, state)
        said = y[:, t]
        scores.append(one)
        weights.append(state.get("attention"))
    return torch.stack(scores, 1), weights if weights[0] is None else torch.stack(weights, 1)


def test_a_step_is_what_its_equations_say():
    """To 1e-12: torch's GRU cells, the scores of additive attention, one context after the other."""
    net = network()
    d, p = net.decoder, dict(net.decoder.named_parameters())
    m, real, v = net.encoder(X, LENGTHS)
    cells = {}
    for name in ("lower", "upper"):
        cells[name] = torch.nn.GRU(*p[f"{name}.weight_ih_l0"].shape[1:], 8).double()
        cells[name].load_state_dict(getattr(d, name).torch_state())
    h, s = torch.tanh(v @ p["start.weight"].t() + p["start.bias"]).chunk(2, 1)
    said, E = torch.full((3,), K), p["symbols.weight"]
    scores = net(X, LENGTHS, Y, Y_LENGTHS)
    wanted = []
    for t in range(3):
        e = E[said]
        h = cells["lower"](e[None], h[None].contiguous())[0][0]
        a = torch.tanh((h @ p["attention.W"].t())[:, None] + m @ p["attention.U"].t()) @ p["attention.v"][0]
        alpha = a.masked_fill(~real, -torch.inf).softmax(1)
        c = (alpha[..., None] * m).sum(1)
        s = cells["upper"](torch.cat([h, c], 1)[None], s[None].contiguous())[0][0]
        r = torch.tanh(torch.cat([s, c, e], 1) @ p["readout.weight"].t() + p["readout.bias"])
        wanted.append(r @ E[:K].t() + p["symbols.bias"])
        said = Y[:, t]
    torch.testing.assert_close(scores, torch.stack(wanted, 1)[REAL], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", NETWORKS)
def test_steps_one_by_one_are_all_steps_at_once(name, cell):
    net = network(name, cell=cell)
    scores, _ = stepwise(net)
    torch.testing.assert_close(scores[REAL], net(X, LENGTHS, Y, Y_LENGTHS), rtol=1e-12, atol=1e-13)


@torch.no_grad()
def at_once(net, x, lengths, y):
    """The weights (N, T, L) of all steps together: the lower layer reads no answer of the attention's."""
    memory, state = net.remember(x, lengths)
    h, _ = net.decoder._run(
        "lower", net.decoder.symbols.vectors(before(y, net.decoder.symbols.symbols)), state
    )
    return net.decoder.attention.weights(h, memory["keys"], memory["real"])


@pytest.mark.parametrize("attention", SCORES)
def test_every_score_does_in_the_network_and_its_weights_can_be_read(attention):
    net = network(attention=attention)
    scores, weights = stepwise(net)
    torch.testing.assert_close(scores[REAL], net(X, LENGTHS, Y, Y_LENGTHS), rtol=1e-12, atol=1e-13)
    found = at_once(net, X, LENGTHS, Y)
    torch.testing.assert_close(
        attention_weights(net, X, LENGTHS, Y, net.decoder.symbols.symbols), weights, rtol=0, atol=0
    )
    torch.testing.assert_close(found, weights, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(found.sum(2), torch.ones(3, 3).double(), rtol=1e-12, atol=0)
    assert not found[1, :, 2:].any()


@pytest.mark.parametrize("name", NETWORKS)
def test_what_stands_in_the_padding_changes_nothing(name):
    net = network(name)
    x = torch.where(torch.arange(4) < LENGTHS[:, None], X, 5)
    y = torch.where(REAL, Y, 4)
    wanted = net(X, LENGTHS, Y, Y_LENGTHS)
    torch.testing.assert_close(net(x, LENGTHS, y, Y_LENGTHS), wanted, rtol=1e-13, atol=1e-14)
    alone = net(X[1:2, :2], LENGTHS[1:2], Y[1:2, :2], Y_LENGTHS[1:2])
    torch.testing.assert_close(alone, wanted[3:5], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", NETWORKS)
def test_frames_are_read_where_in_features_says_so(name):
    net = network(name, vocabulary_size=None, in_features=2)
    x = torch.randn(3, 4, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    scores, _ = stepwise(net, x)
    torch.testing.assert_close(scores[REAL], net(x, LENGTHS, Y, Y_LENGTHS), rtol=1e-12, atol=1e-13)


@pytest.mark.slow
def test_it_learns_to_turn_sequences_around_and_looks_where_it_must():
    """Digits from behind: before it says one, it attends most to the place where that digit stands."""
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(3, 7, (256,), generator=generator)
    x = torch.randint(2, 8, (256, 6), generator=generator)
    y = torch.ones(256, 7, dtype=torch.long)  # 1 is the end
    for n, length in enumerate(lengths.tolist()):
        y[n, :length] = x[n, :length].flip(0)
    sizes = {"vocabulary_size": 8, "num_symbols": 8, "embedding_size": 16, "hidden_size": 32}
    net = build({"name": "attention_encoder_decoder", **sizes}, 0)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    real = torch.arange(7) <= lengths[:, None]
    for _ in range(80):
        optimizer.zero_grad()
        F.cross_entropy(net(x, lengths, y, lengths + 1), y[real]).backward()
        optimizer.step()
    net.eval()
    memory, state = net.remember(x, lengths)
    said, found = torch.full((256,), 8), []
    for _ in range(7):
        scores, state = net.advance(said, memory, state)
        said = scores.argmax(1)
        found.append(said)
    right = (torch.stack(found, 1) == y) | ~real
    assert right.all(1).float().mean() > 0.95
    place = attention_weights(net, x, lengths, y, 8).argmax(2)
    wanted = lengths[:, None] - 1 - torch.arange(7)
    words = torch.arange(7) < lengths[:, None]
    assert (place == wanted)[words].float().mean() > 0.75  # by chance 0.23


# ---- scheduled sampling


def test_the_share_of_right_symbols_falls_in_a_line_to_its_end():
    sampling, found = ScheduledSampling(0.6, 10), []
    for batch in (0, 5, 10, 50):
        sampling.place(0, "", batch)
        found.append(sampling.truth)
    assert found == pytest.approx([1, 0.7, 0.4, 0.4])


def test_symbols_are_drawn_as_their_probabilities_say():
    """Of 20,000 rows, within four standard deviations; half of them stay right."""
    sampling, rows = ScheduledSampling(0.5, 1), 20_000
    sampling.place(1, "sampling", 7)
    p = torch.tensor([0.1, 0.2, 0.3, 0.4])
    y = sampling(torch.full((rows,), 9), p.log().expand(rows, 4))
    shares = torch.stack([(y == k).float().mean() for k in (0, 1, 2, 3, 9)])
    wanted = torch.cat([p / 2, torch.tensor([0.5])])
    assert ((shares - wanted).abs() < 4 * (wanted * (1 - wanted) / rows).sqrt()).all()


def test_a_decoder_that_samples_reads_what_was_drawn_and_draws_it_again_when_resumed():
    """With no right symbol left: the scores are those of a run that is given the drawn symbols as right."""
    net = network(scheduled_sampling=1.0, sampling_batches=1).train()
    sampling = net.decoder.sampling
    y, y_lengths = Y.repeat(1, 2), torch.full((3,), 6)

    def scores(batch):
        sampling.place(5, "decoder.sampling", batch)
        return net(X, LENGTHS, y, y_lengths).view(3, 6, K)

    found = scores(9)
    assert torch.equal(found, scores(9)) and not torch.equal(found, scores(10))
    sampling.place(5, "decoder.sampling", 9)
    drawn = torch.stack([sampling(y[:, t], found[:, t]) for t in range(6)], 1)
    assert not torch.equal(drawn, y)
    wanted = net.eval()(X, LENGTHS, drawn, y_lengths).view(3, 6, K)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-13)
    net.train()
    sampling.place(5, "decoder.sampling", 0)  # the first batch reads the right ones
    torch.testing.assert_close(net(X, LENGTHS, y, y_lengths), net.eval()(X, LENGTHS, y, y_lengths))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"hidden_size": 7}, "each direction has half of hidden_size, which must be even; it is 7"),
        ({"attention": "additiv"}, "unknown attention score 'additiv': did you mean additive"),
        ({"cell": "gur"}, "unknown cell 'gur'"),
        ({"scheduled_sampling": 1.5}, "scheduled_sampling must be a number"),
        ({"scheduled_sampling": 0.5, "sampling_batches": 0}, "sampling_batches must be a whole number"),
        ({"num_symbols": 1}, "num_symbols must be a whole number of at least 2"),
        ({"vocabulary_size": None}, "the steps are symbols or numbers"),
    ],
)
def test_sizes_that_cannot_be_are_named(arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        network(**arguments)


def test_symbols_of_another_batch_are_refused():
    with pytest.raises(UsageError, match=r"y are symbols \(N, T\) of 3 sequences; it got"):
        network()(X, LENGTHS, Y[:2], Y_LENGTHS[:2])
