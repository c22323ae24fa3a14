"""I8: multi-head attention against its definition, written out, and against torch.nn.MultiheadAttention."""

import math

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.multi_head_attention import MultiHeadAttention
from gradatim.nn.transformer_block import TransformerBlock

D, H = 12, 3


def made(**how):
    entry = {"name": "multi_head_attention", "embed_dim": D, "num_heads": H, **how}
    return build({"name": "stack", "layers": [entry]}, 3, torch.float64)[0]


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def by_definition(layer, x, m, mask):
    """softmax(q kᵀ/√d) v, head by head and step by step."""
    q, k, v = layer.query(x), layer.key(m), layer.value(m)
    d, out = D // H, torch.zeros_like(q)
    shares = torch.zeros(len(x), H, x.shape[1], m.shape[1], dtype=x.dtype)
    for n in range(len(x)):
        for h in range(H):
            part = slice(h * d, (h + 1) * d)
            for t in range(x.shape[1]):
                seen = mask[n, t].nonzero()[:, 0]
                scores = torch.stack([q[n, t, part] @ k[n, s, part] / math.sqrt(d) for s in seen])
                p = scores.exp() / scores.exp().sum()
                shares[n, h, t, seen] = p
                out[n, t, part] = p @ v[n, seen, part]
    return layer.out(out), shares


@pytest.mark.parametrize("causal", [False, True])
def test_attention_to_itself_is_the_definition_s(causal):
    """The fused kernel and the weights, to 1e-12 in float64; gradients too."""
    layer, x = made(causal=causal), numbers(2, 5, D).requires_grad_()
    mask = torch.ones(2, 5, 5, dtype=torch.bool)
    expected, shares = by_definition(layer, x, x, mask.tril() if causal else mask)
    found = layer(x)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-13)
    weights = layer.weights(layer.query(x), layer.key(x))
    torch.testing.assert_close(weights, shares, rtol=1e-12, atol=1e-13)
    wanted = [x, layer.query.weight, layer.key.weight, layer.value.bias]
    slopes = [torch.autograd.grad((y * y).sum(), wanted, retain_graph=True) for y in (found, expected)]
    for ours, other in zip(*slopes, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-10, atol=1e-11)


def test_a_memory_and_a_mask_are_the_definition_s():
    layer, x, m = made(), numbers(2, 3, D), numbers(2, 6, D, seed=1)
    mask = torch.rand(2, 3, 6, generator=torch.Generator().manual_seed(2)) < 0.5
    mask[..., 0] = True
    expected, shares = by_definition(layer, x, m, mask)
    torch.testing.assert_close(layer(x, m, mask[:, None]), expected, rtol=1e-12, atol=1e-13)
    weights = layer.weights(layer.query(x), layer.key(m), mask[:, None])
    torch.testing.assert_close(weights, shares, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("bias", [True, False])
def test_it_is_torch_s_layer(bias):
    layer, theirs = made(bias=bias), nn.MultiheadAttention(D, H, bias=bias, batch_first=True).double()
    three = (layer.query, layer.key, layer.value)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in three]))
        if bias:
            theirs.in_proj_bias.copy_(torch.cat([part.bias for part in three]))
    theirs.out_proj.load_state_dict(layer.out.state_dict())
    x, m = numbers(2, 3, D), numbers(2, 6, D, seed=1)
    expected, shares = theirs(x, m, m, average_attn_weights=False)
    torch.testing.assert_close(layer(x, m), expected, rtol=1e-12, atol=1e-13)
    weights = layer.weights(layer.query(x), layer.key(m))
    torch.testing.assert_close(weights, shares, rtol=1e-12, atol=1e-13)


def test_the_block_drops_what_its_parts_add_and_nothing_in_evaluation():
    block, plain = (TransformerBlock(D, H, dropout=p).double() for p in (0.4, 0.0))
    plain.load_state_dict(block.state_dict())
    x = numbers(2, 5, D)
    for layer in (block, plain):
        layer.train()
    assert not torch.allclose(block(x), plain(x))
    torch.testing.assert_close(block.eval()(x), plain.eval()(x))


@pytest.mark.parametrize(
    ("heads", "words"),
    [(5, "12 numbers a step cannot be shared by 5 heads equally; take 4 heads"),
     (24, "take 12 heads"), (0, "num_heads must be a whole number of at least 1"), (1.5, "num_heads")],
)  # fmt: skip
def test_heads_that_do_not_divide_the_width_are_refused(heads, words):
    with pytest.raises(UsageError, match=words):
        MultiHeadAttention(D, heads)


def test_inputs_of_another_shape_are_refused():
    for x in (numbers(5, D), numbers(2, 5, D + 1)):
        with pytest.raises(UsageError, match="reads \\(sequences, steps, 12\\)"):
            made()(x)
