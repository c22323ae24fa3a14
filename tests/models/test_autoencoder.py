"""F1–F3: against principal components, autograd, finite differences and naive formulas."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, kl_divergence

from gradatim.by_hand.losses.classes import MultiLabel as ByHandBernoulli
from gradatim.checks import Notice, UsageError
from gradatim.functional.number_losses import SquaredError
from gradatim.models.autoencoder import Autoencoder
from gradatim.models.building import build
from gradatim.models.code_penalties import SLOPES, contraction, divergence_of_activity
from gradatim.models.dense_stack import usual_units
from gradatim.unsupervised.autoencoders import AutoencoderTraining

RNG = np.random.default_rng(0)
X = torch.from_numpy(RNG.normal(size=(20, 6)))


def autoencoder(seed=0, **arguments):
    return build({"name": "autoencoder", "in_features": 6, **arguments}, seed, torch.float64)


def loss_of(net, x=X, w=None):
    return net.full_loss(SquaredError()).mean(net(x), x, w)


def numbers_like(shape, spread, seed=1):
    return np.random.default_rng(seed).normal(size=(shape, len(spread))) * spread


# ---- principal components


def trained_linear(x, k, tied=False):
    """A linear bottleneck of k, trained to convergence by L-BFGS on the whole loss."""
    entry = {"name": "autoencoder", "in_features": x.shape[1], "hidden": [k], "tied": tied}
    net = build(entry, 0, torch.float64)
    loop = AutoencoderTraining(
        net, x, optimizer="lbfgs", lr=1.0, batch_size=len(x), epochs=150, precision="float64"
    )
    record = [*loop][-1]
    return net, record.train_loss


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("tied", [False, True])
def test_a_linear_bottleneck_spans_the_first_principal_components(k, tied):
    """Baldi & Hornik 1989: principal angles below 1e-3, and the loss is what PCA leaves."""
    mixing = np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))[0]
    x = numbers_like(120, [3.0, 2.0, 1.4, 0.7, 0.4]) @ mixing + 1.0
    net, loss = trained_linear(x, k, tied)
    centred = x - x.mean(0)
    _, s, components = np.linalg.svd(centred, full_matrices=False)
    V = net.encoder[0].weight.detach().numpy().T if tied else net.decoder[0].weight.detach().numpy()
    Q = np.linalg.qr(V)[0]
    cosines = np.linalg.svd(components[:k] @ Q, compute_uv=False)
    sines = np.linalg.norm(Q - components[:k].T @ (components[:k] @ Q), 2)
    assert sines < 1e-3 and (cosines > 1 - 1e-6).all()
    assert loss == pytest.approx((s[k:] ** 2).sum() / len(x), rel=1e-5)


def test_independent_inputs_give_nothing_to_compress():
    """Of 5 white inputs a code of 2 keeps two directions at most: 3 of the 5 variances are lost."""
    x = np.linalg.qr(np.random.default_rng(3).normal(size=(200, 6)))[0][:, 1:]
    x = (x - x.mean(0)) @ np.linalg.inv(np.linalg.cholesky(np.cov((x - x.mean(0)).T, bias=True))).T
    _, loss = trained_linear(x, 2)
    assert loss == pytest.approx(3.0, rel=1e-6)


# ---- the penalties


def naive_divergence(h, rho, w=None):
    mean = (h * (torch.ones(len(h), dtype=h.dtype) if w is None else w)[:, None]).sum(0)
    mean = mean / (len(h) if w is None else w.sum())
    return sum(kl_divergence(Bernoulli(torch.tensor(rho, dtype=h.dtype)), Bernoulli(q)) for q in mean)


def jacobian_norms(net, x):
    """‖∂h/∂x‖² of each row by autograd's whole Jacobian."""
    rows = [
        torch.autograd.functional.jacobian(lambda r: net.encode(r[None])[0], row, create_graph=True)
        for row in x
    ]
    return torch.stack([J.square().sum() for J in rows])


PENALISED = {
    "sparse": ({"hidden": [4], "sparsity_target": 0.1, "sparsity_cost": 0.7},
               lambda net, h, x, w: 0.7 * naive_divergence(h, 0.1, w)),
    "l1": ({"hidden": [4, 3], "code_l1": 0.3},
           lambda net, h, x, w: 0.3 * mean_of(h.abs().sum(1), w)),
    **{f"contractive {g}": ({"hidden": [4], "contractive": 0.5, "code_activation": g},
                            lambda net, h, x, w: 0.5 * mean_of(jacobian_norms(net, x), w)) for g in SLOPES},
}  # fmt: skip


def mean_of(values, w):
    return values.mean() if w is None else (w * values).sum() / w.sum()


@pytest.mark.parametrize("name", PENALISED)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_penalty_and_its_gradient_are_those_of_the_naive_formula(name, weighted):
    arguments, formula = PENALISED[name]
    net = autoencoder(**arguments)
    w = torch.from_numpy(RNG.random(len(X))) if weighted else None
    found = torch.autograd.grad(loss_of(net, X, w), list(net.parameters()))
    a = net(X)
    expected = mean_of((a.outputs - X).square().sum(1), w) + formula(net, a.code, X, w)
    assert loss_of(net, X, w).item() == pytest.approx(expected.item(), rel=1e-12)
    for one, other in zip(found, torch.autograd.grad(expected, list(net.parameters())), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["sparse", "l1", "contractive tanh", "contractive sigmoid"])
def test_a_penalty_s_gradient_is_that_of_finite_differences(name):
    net = autoencoder(**PENALISED[name][0])
    names, values = zip(*net.named_parameters(), strict=True)

    def loss(*given):
        out = torch.func.functional_call(net, dict(zip(names, given, strict=True)), (X,))
        kept = dict(zip(names, given, strict=True))
        total = SquaredError().mean(out.outputs, X)
        if net.contractive:
            return (
                total
                + net.contractive
                * contraction(out.code, kept["encoder.0.weight"], net.code_activation).mean()
            )
        if net.sparsity_target:
            return total + net.sparsity_cost * divergence_of_activity(out.code, net.sparsity_target)
        return total + net.code_l1 * out.code.abs().sum(1).mean()

    assert torch.autograd.gradcheck(loss, tuple(v.detach().requires_grad_() for v in values), atol=1e-6)


def test_a_saturated_code_has_a_finite_divergence():
    h = torch.tensor([[0.0, 1.0]]).expand(5, 2).requires_grad_()
    found = divergence_of_activity(h, 0.1)
    found.backward()
    assert found.isfinite() and h.grad.isfinite().all()


def test_a_code_as_large_as_the_input_is_said():
    with pytest.raises(
        Notice, match="the code has 6 numbers and an input 6: nothing keeps the network from cop"
    ):
        AutoencoderTraining(autoencoder(hidden=[6]), X.numpy())


def test_sparsity_is_reached():
    """The mean activity of every unit comes near ρ."""
    x = numbers_like(200, np.ones(6))
    net = autoencoder(hidden=[12], sparsity_target=0.1, sparsity_cost=100.0)
    list(
        AutoencoderTraining(
            net, x, lr=0.1, epochs=150, batch_size=200, schedule="cosine", precision="float64"
        )
    )
    assert (net.encode(torch.from_numpy(x)).mean(0) - 0.1).abs().max() < 0.02


# ---- its parts


def test_tied_weights_gradient_is_the_sum_over_both_places():
    tied, free = autoencoder(hidden=[4, 2], tied=True), autoencoder(hidden=[4, 2])
    with torch.no_grad():
        for layer in (0, 2):
            free.encoder[layer].load_state_dict(tied.encoder[layer].state_dict())
        free.decoder[0].weight.copy_(tied.encoder[2].weight.t())
        free.decoder[2].weight.copy_(tied.encoder[0].weight.t())
    loss_of(tied).backward()
    loss_of(free).backward()
    torch.testing.assert_close(tied(X).outputs, free(X).outputs, rtol=0, atol=1e-6)
    for layer, back in ((0, 2), (2, 0)):
        expected = free.encoder[layer].weight.grad + free.decoder[back].weight.grad.t()
        torch.testing.assert_close(tied.encoder[layer].weight.grad, expected, rtol=1e-12, atol=1e-14)
    assert sum(p.numel() for p in tied.parameters()) == 6 * 4 + 4 * 2 + (4 + 2) + (4 + 6)


def test_noise_is_on_the_inputs_while_training_and_the_target_is_clean():
    net = autoencoder(hidden=[4], corruption="masking", amount=0.5)
    net.corruption.place(0, "corruption", 3)
    a = net(X)
    net.corruption.place(0, "corruption", 3)
    assert torch.equal(a.code, net.encode(net.corruption(X)))
    expected = (a.outputs - X).square().sum(1).mean()
    assert net.full_loss(SquaredError()).mean(a, X).item() == pytest.approx(expected.item(), rel=1e-14)
    net.eval()
    assert torch.equal(net(X).code, net.encode(X)) and torch.equal(net.answers(X), net.decode(net.encode(X)))


def test_it_is_layers_one_after_the_other():
    net = autoencoder(hidden=[5, 2], decoder=[7], activation="tanh", code_activation="sigmoid")
    E, D = net.encoder, net.decoder
    h = torch.sigmoid(E[2](torch.tanh(E[0](X))))
    assert torch.equal(net(X).outputs, D[2](torch.tanh(D[0](h)))) and D[0].out_features == 7
    mirrored = autoencoder(hidden=[5, 4, 2]).decoder
    assert [
        layer.out_features for layer in mirrored if isinstance(layer, nn.Module) and hasattr(layer, "weight")
    ] == [4, 5, 6]


def test_pictures_are_read_as_rows():
    net = autoencoder(hidden=[2])
    assert torch.equal(net(X.view(20, 1, 2, 3)).outputs, net(X).outputs)


def test_the_usual_code_is_short():
    assert [usual_units(n)[-1] for n in (1, 3, 16, 64, 784, 3072)] == [2, 2, 2, 8, 32, 32]


def test_bernoulli_outputs_are_the_loss_of_torch_distributions():
    p = torch.from_numpy(RNG.random((4, 3)))
    a = torch.from_numpy(RNG.normal(size=(4, 3)))
    expected = torch.nn.functional.binary_cross_entropy(torch.sigmoid(a), p, reduction="none").sum(1)
    np.testing.assert_allclose(ByHandBernoulli()(a.numpy(), p.numpy()), expected.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hidden": []}, "hidden must be a list of whole numbers"),
        ({"hidden": [0]}, "hidden must be a whole number of at least 1"),
        ({"hidden": "8"}, "hidden must be a list of whole numbers"),
        ({"tied": True, "decoder": [4]}, "give tied or decoder, not both"),
        ({"activation": "softmax"}, "unknown activation 'softmax'"),
        ({"sparsity_target": 0.1, "code_activation": "relu"}, "take code_activation=sigmoid, or code_l1"),
        ({"sparsity_target": 1.0}, "sparsity_target must be a number above 0 and below 1"),
        ({"contractive": 1.0, "hidden": [4, 2]}, "for an encoder of one layer; .* to stack them"),
        ({"contractive": 1.0, "hidden": [4], "code_activation": "gelu"}, "with contractive must be"),
        ({"code_l1": -1.0}, "code_l1 must be a number at least 0"),
        ({"corruption": "blur"}, "corruption must be none or gaussian or masking or salt_and_pepper"),
        ({"corruption": "masking", "amount": 2.0}, "at most 1; it is 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        Autoencoder(6, **given)


def test_other_inputs_and_codes_are_refused():
    net = autoencoder(hidden=[2])
    with pytest.raises(UsageError, match=r"reads 6 numbers an example; the inputs' shape is \(2, 5\)"):
        net.encode(torch.zeros(2, 5))
    with pytest.raises(UsageError, match=r"a code here has 2 numbers; its shape is \(2, 3\)"):
        net.decode(torch.zeros(2, 3))
