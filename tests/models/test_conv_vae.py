"""F5: the convolutional VAE against torch's convolutions and distributions, and a ConvAutoencoder."""

import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence

from gradatim.checks import UsageError
from gradatim.functional.label_losses import MultiLabel
from gradatim.functional.number_losses import GaussianNLL
from gradatim.models.building import build
from gradatim.models.conv_autoencoder import ConvAutoencoder
from gradatim.nn.row_numbers import row_normal
from gradatim.unsupervised.latent import interpolate, latent_map, sample
from gradatim.unsupervised.vae import VAETraining

LOSSES = {"bernoulli": MultiLabel(), "gaussian": GaussianNLL()}
X = torch.rand(6, 2, 9, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def conv(**arguments):
    entry = {"name": "conv_vae", "in_channels": 2, "input_size": [9, 6], "channels": [4, 5], "latent": 3}
    net = build({**entry, **arguments}, 1, torch.float64)
    if net.output_log_variance is not None:
        torch.nn.init.uniform_(net.output_log_variance, -1, 1)
    return net


def by_hand(net, v, z=None):
    """μ and s of rows v, or the outputs for codes z, by torch's functions: 9×6 → 5×3 → 3×2 and back."""
    E, D = net.encoder, net.decoder
    if z is None:
        h = F.relu(F.conv2d(v.view(-1, 2, 9, 6), E[1].weight, E[1].bias, stride=2, padding=1))
        h = F.relu(F.conv2d(h, E[3].weight, E[3].bias, stride=2, padding=1)).flatten(1)
        return F.linear(h, net.mean.weight, net.mean.bias), F.linear(h, net.spread.weight, net.spread.bias)
    h = F.relu(F.linear(z, D[0].weight, D[0].bias)).view(-1, 5, 3, 2)
    h = F.relu(F.conv_transpose2d(h, D[3].weight, D[3].bias, stride=2, padding=1, output_padding=(0, 0)))
    return F.conv_transpose2d(h, D[5].weight, D[5].bias, 2, 1, output_padding=(0, 1)).flatten(1)


@pytest.mark.parametrize("likelihood", LOSSES)
@pytest.mark.parametrize("more", [{}, {"beta": 0.3}, {"free_bits": 0.4, "variance": "each"}])
def test_the_loss_and_its_gradient_are_those_of_torch_s_parts(likelihood, more):
    net = conv(likelihood=likelihood, **more)
    net.draw.place(0, "draw", 3)
    a = net(X)
    net.draw.place(0, "draw", 3)
    epsilon = net.draw(torch.zeros_like(a.code), torch.zeros_like(a.code), a.v)
    mean, s = by_hand(net, a.v)
    q = Normal(mean, (s / 2).exp())
    outputs = by_hand(net, None, q.loc + q.scale * epsilon)
    p = (
        Bernoulli(logits=outputs)
        if likelihood == "bernoulli"
        else Normal(outputs, (net.output_log_variance / 2).exp())
    )
    divergence = kl_divergence(q, Normal(0.0, 1.0)).mean(0).clamp_min(net.free_bits).sum()
    expected = net.beta * divergence - p.log_prob(a.v).sum(1).mean()
    found = net.full_loss(LOSSES[likelihood]).mean(a, X.flatten(1))
    assert found.item() == pytest.approx(expected.item(), rel=1e-12)
    parameters = list(net.parameters())
    theirs = torch.autograd.grad(expected, parameters, retain_graph=True)
    for one, other in zip(torch.autograd.grad(found, parameters), theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_what_it_answers_is_the_mean_picture_and_the_bounds_of_the_densities():
    """Σ log p(v, z)/q(z | v) of the same codes by torch.distributions, to 1e-10."""
    net = conv(samples=4).eval()
    v = net.binarise(X.flatten(1))
    mean, s = by_hand(net, v)
    q = Normal(mean[:, None], (s / 2).exp()[:, None])
    z = q.loc + q.scale * row_normal(v, "codes", 12).view(6, 4, 3)
    log_p = Bernoulli(logits=by_hand(net, None, z.view(24, 3)).view(6, 4, -1)).log_prob(v[:, None]).sum(2)
    log_w = log_p + (Normal(0.0, 1.0).log_prob(z) - q.log_prob(z)).sum(2)
    found = net.answers(X)
    torch.testing.assert_close(found[:, :-3], torch.sigmoid(by_hand(net, None, mean)), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found[:, -3], log_w.mean(1), rtol=1e-10, atol=1e-10)
    bound = torch.logsumexp(log_w, 1) - torch.tensor(4.0).double().log()
    torch.testing.assert_close(found[:, -2], bound, rtol=1e-10, atol=1e-10)
    divergence = kl_divergence(Normal(mean, (s / 2).exp()), Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(found[:, -1], divergence, rtol=1e-10, atol=1e-10)


def test_its_way_up_and_down_is_the_convolutional_autoencoder_s():
    """With the same parameters μ is the code of a ConvAutoencoder, and the decoder its decoder."""
    net = conv(likelihood="gaussian").eval()
    other = ConvAutoencoder(2, [9, 6], [4, 5], code=3, activation="relu").double()
    for k in (0, 2):
        other.encoder[k].load_state_dict(net.encoder[k + 1].state_dict())
    other.encoder[5].load_state_dict(net.mean.state_dict())
    for k in (0, 3, 5):
        other.decoder[k].load_state_dict(net.decoder[k].state_dict())
    assert torch.equal(net.encode(X), other.encode(X))
    assert torch.equal(net.decode(net.encode(X)), other(X).outputs)


@pytest.mark.slow
def test_it_learns_bars_it_has_not_seen():
    """An ELBO of −18 nats where independent pixels, each as often 1 as in training, have −36."""
    g = torch.Generator().manual_seed(0)
    x = torch.zeros(300, 1, 8, 9)
    for picture, (row, column) in zip(x, torch.randint(1, 7, (300, 2), generator=g).tolist(), strict=True):
        picture[0, row] = picture[0, :, column] = 1.0
    p, new = x[:200].mean(0).flatten().clamp(1e-3, 1 - 1e-3), x[200:].flatten(1)
    apart = Bernoulli(p).log_prob(new).sum(1).mean()
    entry = {"in_channels": 1, "input_size": [8, 9], "channels": [16, 32], "latent": 4}
    net = build({"name": "conv_vae", **entry}, 0)
    list(VAETraining(net, x[:200].numpy(), epochs=30, batch_size=20, lr=0.01, schedule="cosine"))
    with torch.no_grad():
        assert net.eval().answers(x[200:])[:, -3].mean() > apart + 10


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (7, 10)])
@pytest.mark.parametrize("likelihood", LOSSES)
def test_samples_and_ways_between_have_the_size_of_the_pictures(size, likelihood):
    net = conv(input_size=list(size), latent=2, likelihood=likelihood).eval()
    x = torch.rand(2, 2, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    d = 2 * size[0] * size[1]
    assert sample(net, count=5).shape == (5, d) and interpolate(net, x[0], x[1], 4).shape == (4, d)
    assert latent_map(net, 3).shape == (3, 3, d)
    if likelihood == "bernoulli":
        assert sample(net, count=5).min() >= 0 and sample(net, count=5).max() <= 1


def test_pictures_of_another_size_and_other_losses_are_refused():
    with pytest.raises(UsageError, match=r"of 2 channels and 9×6; these have the shape \(1, 2, 6, 9\)"):
        conv().encode(torch.zeros(1, 2, 6, 9))
    with pytest.raises(UsageError, match="learns by the loss gaussian_nll"):
        conv(likelihood="gaussian").full_loss(MultiLabel())
    with pytest.raises(UsageError, match="a code here has 3 numbers"):
        conv().decode(torch.zeros(1, 2))
    with pytest.raises(UsageError, match="channels must be a list of whole numbers"):
        conv(channels=[])
    with pytest.raises(UsageError, match="latent must be a whole number of at least 1"):
        conv(latent=0)
