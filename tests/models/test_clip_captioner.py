"""The captioner of clips: its equations, decoding equal to teacher forcing, and windows."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.clip_captioner import ClipCaptioner
from gradatim.nn.initialise import initialise

K = 7
Y, Y_LENGTHS = torch.tensor([[2, 3, 1, 0], [4, 1, 0, 0], [5, 6, 2, 1]]), torch.tensor([3, 2, 4])


def made(**arguments):
    sizes = {"hidden_size": 6, "embedding_size": 5, "motion_size": 4, "width": 0.2}
    return initialise(ClipCaptioner(2, K, **(sizes | arguments)), 1).double().eval()


@pytest.fixture(scope="module")
def x():
    return torch.randn(3, 2, 5, 20, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_steps_of_decoding_give_the_scores_of_teacher_forcing(x):
    net = made()
    memory, state = net.remember(x, None)
    said, each = torch.full((3,), K), []
    for t in range(Y.shape[1]):
        scores, state = net.advance(said, memory, state)
        each.append(scores)
        said = Y[:, t]
    stepwise = torch.stack(each, 1)[torch.arange(4) < Y_LENGTHS[:, None]]
    torch.testing.assert_close(net(x, None, Y, Y_LENGTHS), stepwise, rtol=0, atol=1e-12)


def test_it_is_its_equations(x):
    """One window, written out frame by frame with torch's own LSTMs."""
    net = made()
    mean = x.mean(2)
    lstms = []
    for layer in (net.motion, net.recurrent):
        reference = torch.nn.LSTM(layer.input_size, layer.hidden_size, batch_first=True).double()
        with torch.no_grad():
            reference.weight_ih_l0.copy_(layer.weight_ih_l0)
            reference.weight_hh_l0.copy_(layer.weight_hh_l0)
            reference.bias_ih_l0.copy_(layer.bias_l0)
            reference.bias_hh_l0.zero_()
        lstms.append(reference)
    moves = torch.stack([torch.relu(net.moving_vector(net.maps(x[:, :, t] - mean))) for t in range(5)], 1)
    m, _ = lstms[0](moves)
    p = torch.stack([torch.relu(net.still_vector(net.still(x[:, :, t]))) for t in range(5)]).mean(0)
    v = torch.cat([m.mean(1), p], 1)
    torch.testing.assert_close(net.vector(x), v, rtol=0, atol=1e-12)
    words = net.embedding.weight.t()[torch.cat([torch.full((3, 1), K), Y[:, :-1]], 1)]
    h, _ = lstms[1](torch.cat([words, v[:, None].expand(-1, 4, -1)], 2))
    wanted = net.head(h)[torch.arange(4) < Y_LENGTHS[:, None]]
    torch.testing.assert_close(net(x, None, Y, Y_LENGTHS), wanted, rtol=0, atol=1e-12)


def test_a_still_clip_moves_nothing_and_a_brighter_one_moves_alike(x):
    net = made()
    brighter = net.vector(x + 3)
    torch.testing.assert_close(brighter[:, :4], net.vector(x)[:, :4], rtol=0, atol=1e-12)
    assert not torch.allclose(brighter[:, 4:], net.vector(x)[:, 4:])
    still = x[:, :, :1].expand(-1, -1, 5, -1, -1)
    of_zeros = net.vector(torch.zeros_like(x))[:, :4]
    torch.testing.assert_close(net.vector(still)[:, :4], of_zeros, rtol=0, atol=1e-12)


def test_of_a_long_clip_the_mean_over_windows_is_read(x):
    net = made(window=2)
    starts = [0, 1, 2, 3]  # V = 1 + ⌈2 (5 − 2)/2⌉
    whole = made()
    whole.load_state_dict(net.state_dict())
    wanted = torch.stack([whole.vector(x[:, :, s : s + 2]) for s in starts]).mean(0)
    torch.testing.assert_close(net.vector(x), wanted, rtol=0, atol=1e-12)


def test_the_clip_moves_every_parameter_and_other_shapes_are_refused(x):
    net = made().train()
    net(x, None, Y, Y_LENGTHS).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())
    with pytest.raises(UsageError, match=r"the network reads clips \(N, 2, T, height, width\)"):
        net.vector(x[:, :, 0])
    with pytest.raises(UsageError, match="window must be"):
        made(window=0)
