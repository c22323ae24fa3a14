"""Networks that say a sentence of a picture: how it enters, and decoding equal to teacher forcing."""

import pytest
import torch
from torch.nn import functional as F

from gradatim.checks import UsageError
from gradatim.models.attention_penalty import Attended
from gradatim.models.lrcn_captioner import LRCNCaptioner
from gradatim.models.show_and_tell import ShowAndTell
from gradatim.models.show_attend_and_tell import ShowAttendAndTell
from gradatim.nn.initialise import initialise

NETWORKS = (ShowAndTell, LRCNCaptioner, ShowAttendAndTell)
K = 7


def made(network, **arguments):
    return (
        initialise(network(3, K, hidden_size=6, embedding_size=5, stages=2, **arguments), 1).double().eval()
    )


@pytest.fixture
def batch():
    torch.manual_seed(0)
    x = torch.randn(3, 3, 12, 16, dtype=torch.float64)
    return x, torch.tensor([[2, 3, 1, 0], [4, 1, 0, 0], [5, 6, 2, 1]]), torch.tensor([3, 2, 4])


@pytest.mark.parametrize("network", NETWORKS)
def test_steps_of_decoding_give_the_scores_of_teacher_forcing(network, batch):
    x, y, lengths = batch
    net = made(network)
    at_once = net(x, None, y, lengths)
    assert at_once.shape == (9, K)
    memory, state = net.remember(x, None)
    said, each = torch.full((3,), K), []
    for t in range(y.shape[1]):
        scores, state = net.advance(said, memory, state)
        each.append(scores)
        said = y[:, t]
    stepwise = torch.stack(each, 1)[torch.arange(4) < lengths[:, None]]
    torch.testing.assert_close(at_once, stepwise, rtol=0, atol=1e-12)


@pytest.mark.parametrize("network", NETWORKS)
def test_neither_padding_nor_words_to_come_change_a_score(network, batch):
    x, y, lengths = batch
    net = made(network)
    scores = net(x, None, y, lengths)
    padded = torch.cat([y, torch.full((3, 2), 6)], 1)
    torch.testing.assert_close(net(x, None, padded, lengths), scores, rtol=0, atol=1e-12)
    later = y.clone()
    later[2, 2:] = 5
    torch.testing.assert_close(net(x, None, later, lengths)[:8], scores[:8], rtol=0, atol=1e-12)
    assert not torch.allclose(net(x.flip(0), None, y, lengths), scores)  # but the picture does


def test_the_picture_enters_once_or_at_every_step(batch):
    x, _, _ = batch
    once, always = made(ShowAndTell), made(LRCNCaptioner)
    assert once.remember(x)[0] == {} and once.recurrent.input_size == 5
    memory, state = always.remember(x)
    assert memory["v"].shape == (3, 5) and always.recurrent.input_size == 10
    assert all((one == 0).all() for one in state.values())
    maps = once.maps(x)
    grid = F.adaptive_avg_pool2d(maps, 3).flatten(1)
    v = F.linear(grid, once.vector.dense.weight, once.vector.dense.bias)
    reference = torch.nn.LSTM(5, 6, batch_first=True).double()
    with torch.no_grad():
        reference.weight_ih_l0.copy_(once.recurrent.weight_ih_l0)
        reference.weight_hh_l0.copy_(once.recurrent.weight_hh_l0)
        reference.bias_ih_l0.copy_(once.recurrent.bias_l0)
        reference.bias_hh_l0.zero_()
    _, (h, c) = reference(v[:, None])
    state = once.remember(x)[1]
    torch.testing.assert_close(state["h"], h[0], rtol=0, atol=1e-12)
    torch.testing.assert_close(state["c"], c[0], rtol=0, atol=1e-12)


def test_attention_is_that_of_the_equations(batch):
    x, _, _ = batch
    net = made(ShowAttendAndTell, attention_size=4)
    memory, state = net.remember(x)
    maps = net.maps(x)
    _, c, h, w = maps.shape
    assert (h, w) == (3, 4) and memory["a"].shape == (3, 12, c + 2)
    torch.testing.assert_close(memory["a"][1, 7, :c], maps[1, :, 1, 3])  # place 7 is row 1, column 3
    assert memory["a"][0, :, c].tolist() == [-1.0] * 4 + [0.0] * 4 + [1.0] * 4  # its row, and its column
    torch.testing.assert_close(memory["a"][0, :4, c + 1], torch.linspace(-1, 1, 4).double())
    scores, after = net.advance(torch.full((3,), K), memory, state)
    weights = after["attention"]
    p, a = dict(net.attention.named_parameters()), memory["a"]
    assert weights.shape == (3, 12)
    torch.testing.assert_close(weights.sum(1), torch.ones(3).double())
    z = torch.sigmoid(net.gate(state["h"])) * (weights[:, :, None] * a).sum(1)
    word = net.embedding.weight.t()[K].expand(3, -1)
    pre = (
        torch.cat([word, z], 1) @ net.recurrent.weight_ih_l0.t() + state["h"] @ net.recurrent.weight_hh_l0.t()
    )
    i, f, g, o = (pre + net.recurrent.bias_l0).chunk(4, 1)
    cell = torch.sigmoid(f) * state["c"] + torch.sigmoid(i) * torch.tanh(g)
    hidden = torch.sigmoid(o) * torch.tanh(cell)
    torch.testing.assert_close(after["h"], hidden, rtol=0, atol=1e-12)
    torch.testing.assert_close(scores, net.head(torch.cat([hidden, z], 1)), rtol=0, atol=1e-12)
    assert set(p) == {name for name, _ in net.attention.named_parameters()}


def test_the_doubly_stochastic_penalty_is_in_the_loss_while_training(batch):
    x, y, lengths = batch
    plain, asked = (
        made(ShowAttendAndTell, dropout=0.0),
        made(ShowAttendAndTell, dropout=0.0, doubly_stochastic=0.5),
    )
    a = asked.train()(x, None, y, lengths)
    assert isinstance(a, Attended) and not isinstance(plain.train()(x, None, y, lengths), Attended)
    torch.testing.assert_close(a.seen.sum(1), lengths.double())  # a word looks at one place in all

    class Loss:
        def mean(self, s, y, w=None):
            return F.cross_entropy(s, y)

    targets = y[torch.arange(4) < lengths[:, None]]
    whole = asked.full_loss(Loss()).mean(a, targets)
    expected = F.cross_entropy(a.outputs, targets) + 0.5 * ((1 - a.seen) ** 2).sum(1).mean()
    torch.testing.assert_close(whole, expected, rtol=0, atol=1e-12)
    assert asked.eval()(x, None, y, lengths).shape == (9, K)


@pytest.mark.parametrize("network", NETWORKS)
def test_other_pictures_are_refused(network):
    with pytest.raises(UsageError, match=r"reads pictures \(N, 3, height, width\)"):
        made(network).remember(torch.zeros(2, 1, 12, 12).double())


@pytest.mark.parametrize("network", NETWORKS)
def test_a_word_is_seen_as_it_is_or_not_at_all(network, batch):
    """Half of the words are gone while learning, and none is larger than in the end."""
    _, y, _ = batch
    net = made(network, word_dropout=0.5)
    whole = net.words(y)
    seen = net.train().words(y)
    is_gone = (seen == 0).all(2)
    assert torch.equal(seen, whole * ~is_gone[..., None]) and 0 < is_gone.sum() < is_gone.numel()
