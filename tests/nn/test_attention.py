"""E12: attention against its equations written out step by step, in float64."""

import math

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.functional.attention_scores import SCORES
from gradatim.models.building import build
from gradatim.nn.attention import Attention
from gradatim.nn.tanh_scores import tanh_scores

N, T, L, Q, M, A = 3, 4, 5, 6, 6, 2
REAL = torch.arange(L) < torch.tensor([[5], [2], [1]])


def layer(score, query=Q, memory=M, size=A):
    entry = {"name": "attention", "query_size": query, "memory_size": memory, "score": score}
    return build(entry | {"attention_size": size}, 1, torch.float64)


def numbers(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator, requires_grad=True)


def written(score, p, s, h):
    """The score of one query and one step as its paper writes it."""
    if score == "additive":
        return p["v"][0] @ torch.tanh(p["W"] @ s + p["U"] @ h)
    if score == "concat":
        return p["v"][0] @ torch.tanh(p["W"] @ torch.cat([s, h]))
    if score == "scaled_dot":
        return (p["W"] @ s) @ (p["U"] @ h) / math.sqrt(A)
    return s @ (p["W"] @ h) if score == "general" else s @ h


@pytest.mark.parametrize("score", SCORES)
def test_weights_contexts_and_gradients_are_those_of_the_papers_equations(score):
    attention, s, h = layer(score), numbers(N, T, Q), numbers(N, L, M, seed=1)
    p = dict(attention.named_parameters())
    c, alpha = attention(s, h, REAL)
    wanted_c, wanted_alpha = torch.zeros(N, T, M).double(), torch.zeros(N, T, L).double()
    for n, length in enumerate(REAL.sum(1).tolist()):
        for t in range(T):
            e = torch.stack([written(score, p, s[n, t], h[n, l]) for l in range(length)])
            wanted_alpha[n, t, :length] = e.softmax(0)
            wanted_c[n, t] = sum(a * h[n, l] for l, a in enumerate(e.softmax(0)))
    torch.testing.assert_close(alpha, wanted_alpha, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(c, wanted_c, rtol=1e-12, atol=1e-14)
    weights, inputs = numbers(N, T, M, seed=2).detach(), [s, h, *p.values()]
    found = torch.autograd.grad((c * weights).sum() + alpha.square().sum(), inputs)
    wanted = torch.autograd.grad((wanted_c * weights).sum() + wanted_alpha.square().sum(), inputs)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("score", SCORES)
def test_gradients_are_those_of_finite_differences(score):
    attention = layer(score)
    inputs = (numbers(2, 2, Q), numbers(2, 3, M, seed=1), *attention.parameters())

    def contexts(s, h, *_parameters):
        return attention(s, h, REAL[1:, :3])[0]

    assert torch.autograd.gradcheck(contexts, inputs)


@pytest.mark.parametrize("score", SCORES)
def test_what_stands_in_the_padding_changes_nothing_and_gets_no_gradient(score):
    attention, s, h = layer(score), numbers(N, T, Q), numbers(N, L, M, seed=1)
    c, alpha = attention(s, h, REAL)
    (back,) = torch.autograd.grad(c.sum(), h)
    assert not back[~REAL].any() and not alpha[~REAL[:, None].expand_as(alpha)].any()
    other = torch.where(REAL[..., None], h, 1e3)
    torch.testing.assert_close(attention(s, other, REAL)[0], c, rtol=1e-14, atol=0)
    one = attention(s[1:2], h[1:2, :2])[0]  # alone, without padding
    torch.testing.assert_close(one[0], c[1], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("score", SCORES)
def test_a_memory_without_a_step_gives_zeros_and_no_nan(score):
    attention, s, h = layer(score), numbers(1, 2, Q), numbers(1, 3, M)
    c, alpha = attention(s, h, torch.zeros(1, 3, dtype=torch.bool))
    assert not c.any() and not alpha.any()
    assert all(g.isfinite().all() for g in torch.autograd.grad(c.sum(), [s, h]))


def test_keys_are_what_the_memory_gives_at_every_step():
    for score in SCORES:
        attention, s, h = layer(score), numbers(N, T, Q), numbers(N, L, M, seed=1)
        torch.testing.assert_close(attention(s, h, REAL, attention.keys(h))[0], attention(s, h, REAL)[0])


def test_concat_is_additive_with_its_weights_side_by_side():
    one, other = layer("concat"), layer("additive")
    other.load_state_dict({"W": one.W[:, :Q], "U": one.W[:, Q:], "v": one.v})
    s, h = numbers(N, T, Q), numbers(N, L, M)
    torch.testing.assert_close(one(s, h, REAL)[0], other(s, h, REAL)[0], rtol=1e-13, atol=1e-14)


def test_scaled_dot_with_the_identity_is_torchs():
    attention = layer("scaled_dot", size=Q)
    attention.load_state_dict({"W": torch.eye(Q), "U": torch.eye(Q)})
    s, h = numbers(N, T, Q), numbers(N, L, M)
    wanted = torch.nn.functional.scaled_dot_product_attention(s, h, h, attn_mask=REAL[:, None])
    torch.testing.assert_close(attention(s, h, REAL)[0], wanted, rtol=1e-12, atol=1e-13)


def test_additive_scores_are_computed_in_bfloat16_where_queries_are():
    q, k, v = numbers(1, 2, 3).float(), numbers(1, 4, 3).float(), numbers(1, 3).float()
    wanted = tanh_scores(q, k, v)
    torch.testing.assert_close(tanh_scores(q.bfloat16(), k, v).float(), wanted, rtol=0.05, atol=0.05)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Attention(3, 3, "addditive"), "unknown attention score 'addditive': did you mean additive"),
        (lambda: Attention(3, 4, "dot"), "dot multiplies .* they have 3 and 4: general maps"),
        (lambda: Attention(0, 4), "query_size must be a whole number of at least 1"),
        (lambda: Attention(3, 4, attention_size=0), "attention_size must be a whole number of at least 1"),
        (lambda: Attention(3, 4)(torch.zeros(1, 3), torch.zeros(1, 2, 4)), r"a query of .* it got \(1, 3\)"),
        (lambda: Attention(3, 4)(torch.zeros(1, 1, 3), torch.zeros(2, 2, 4)), r"a memory .*\(2, 2, 4\)"),
    ],
)
def test_wrong_sizes_are_named(make, sentence):
    with pytest.raises(UsageError, match=sentence):
        make()
