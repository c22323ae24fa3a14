"""I8: the Transformer as a language model, against its definition, and with its cache against without."""

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.positions import POSITIONS, rotate, sinusoidal
from gradatim.training.carrying import Carrying

K, D = 7, 8


def made(**how):
    entry = {"name": "transformer_lm", "vocabulary_size": K, "hidden_size": D, "num_layers": 2,
             "num_heads": 2, "context": 6}  # fmt: skip
    return build({**entry, **how}, 3, torch.float64).eval()


def tokens(T, N=2, seed=0):
    return torch.randint(K, (T, N), generator=torch.Generator().manual_seed(seed))


def close(a, b):
    torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("norm", ["before", "after"])
@pytest.mark.parametrize("activation", ["gelu", "relu"])
@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
def test_scores_are_those_of_torch_s_encoder_with_a_causal_mask(norm, activation, positions):
    """torch.nn.TransformerEncoder with the same weights, over one stretch of the text, to 1e-12."""
    model = made(norm=norm, activation=activation, positions=positions)
    for p in model.parameters():
        p.data += 0.1 * torch.randn(p.shape, generator=torch.Generator().manual_seed(1)).double()
    layers = [
        nn.TransformerEncoderLayer(D, 2, 4 * D, 0.0, activation, batch_first=True,
                                   norm_first=norm == "before").double().eval()
        for _ in range(2)
    ]  # fmt: skip
    for layer, block in zip(layers, model.blocks, strict=True):
        copy_weights(layer, block)
    x = tokens(6)
    h = model.embedding.weight[x.t()]
    h = h + (model.positions.vectors.weight if positions == "learned" else sinusoidal(torch.arange(6), D))
    mask = nn.Transformer.generate_square_subsequent_mask(6, dtype=torch.float64)
    for layer in layers:
        h = layer(h, src_mask=mask)
    close(model(x).view(6, 2, K), model.head(model.norm(h)).transpose(0, 1))


def copy_weights(theirs, ours):
    """Of a torch.nn encoder layer."""
    attention = ours.attention
    three = (attention.query, attention.key, attention.value)
    with torch.no_grad():
        theirs.self_attn.in_proj_weight.copy_(torch.cat([part.weight for part in three]))
        theirs.self_attn.in_proj_bias.copy_(torch.cat([part.bias for part in three]))
    for name, part in (("self_attn.out_proj", attention.out), ("linear1", ours.up), ("linear2", ours.down),
                       ("norm1", ours.norm1), ("norm2", ours.norm2)):  # fmt: skip
        theirs.get_submodule(name).load_state_dict(part.state_dict())


def by_definition(model, x):
    """Every step's scores from the whole text, each score of attention written out."""
    T, C = len(x), model.context
    h, places = model.embedding.weight[x.t()], torch.arange(T) % C
    if model.positions.kind == "learned":
        h = h + model.positions.vectors.weight[places]
    if model.positions.kind == "sinusoidal":
        h = h + sinusoidal(places, D)
    for block in model.blocks:
        n, a, heads = block.norm1(h), block.attention, block.attention.num_heads
        q, k, v = a.query(n), a.key(n), a.value(n)
        if model.rotary:
            q, k = rotate(q, torch.arange(T), heads), rotate(k, torch.arange(T), heads)
        out = torch.zeros_like(n)
        d = D // heads
        for t in range(T):
            first = max(t - C + 1, 0) if model.rotary else t // C * C
            for head in range(heads):
                part = slice(head * d, (head + 1) * d)
                scores = torch.einsum("nd,nsd->ns", q[:, t, part], k[:, first : t + 1, part]) / d**0.5
                shares = scores.softmax(1)
                out[:, t, part] = torch.einsum("ns,nsd->nd", shares, v[:, first : t + 1, part])
        h = h + a.out(out)
        h = h + block.feed(block.norm2(h))
    return model.head(model.norm(h)).transpose(0, 1)


@pytest.mark.parametrize("positions", POSITIONS)
def test_the_cache_changes_nothing(positions):
    """A text that is longer than the context: at once, in windows, and token by token, to 1e-12."""
    model = made(positions=positions)
    x = tokens(20)
    expected = by_definition(model, x)
    close(model.scores(x)[0], expected)
    state, found = None, []
    for token in x:
        scores, state = model.scores(token[None], state)
        found.append(scores)
        assert len(state[2]) < model.context
    close(torch.cat(found), expected)
    for cuts in ((4, 1, 9, 6), (6, 6, 6, 2), (13, 7)):  # windows shorter and longer than the context
        model.carried = None
        found = torch.cat([model(part) for part in x.split(cuts)])
        close(found.view(20, 2, K), expected)


@pytest.mark.parametrize("positions", POSITIONS)
def test_a_stream_that_begins_anew_sees_nothing_before(positions):
    model = made(positions=positions, context=12)
    before, after = tokens(4), tokens(5, seed=1)
    model(before)
    kept = model.carried
    Carrying(model).restart(1)  # the second of two streams
    found = model(after).view(5, 2, K)
    close(found[:, 0], model.scores(torch.cat([before, after]))[0][4:, 0])
    if positions == "rotary":
        close(found[:, 1], model.scores(after)[0][:, 1])
    assert kept[0].abs().sum() > 0


def test_no_gradient_passes_from_window_to_window_and_every_parameter_gets_one():
    model = made().train()
    model(tokens(3))
    assert all(not part.requires_grad for part in model.carried)
    model.zero_grad()
    (model(tokens(3, seed=2)) ** 2).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for n, p in model.named_parameters()
               if "key.bias" not in n)  # fmt: skip


def test_rotary_scores_depend_on_distances():
    x = torch.randn(1, 4, D, generator=torch.Generator().manual_seed(0)).double()
    q, k = x, x.flip(2)
    near = rotate(q, torch.arange(4), 2) @ rotate(k, torch.arange(4), 2).transpose(1, 2)
    far = rotate(q, torch.arange(4) + 1000, 2) @ rotate(k, torch.arange(4) + 1000, 2).transpose(1, 2)
    torch.testing.assert_close(near, far, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(rotate(q, torch.arange(4)).norm(dim=2), q.norm(dim=2))


@pytest.mark.parametrize(
    ("how", "words"),
    [({"num_heads": 3}, "8 numbers a step cannot be shared by 3 heads equally; take 2 heads"),
     ({"context": 0}, "context"), ({"positions": "none"}, "positions"), ({"num_layers": 0}, "num_layers"),
     ({"norm": "none"}, "norm")],
)  # fmt: skip
def test_sizes_that_cannot_be_are_refused(how, words):
    with pytest.raises(UsageError, match=words):
        made(**how)


def test_fractions_and_rows_are_refused():
    for x in (torch.zeros(3, 2), torch.zeros(3, dtype=torch.long)):
        with pytest.raises(UsageError, match="whole numbers"):
            made().scores(x)
