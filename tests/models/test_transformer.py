"""I8: encoder and decoder of attention, against torch.nn.Transformer, and step by step against at once."""

import math

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.decoding.attention import attention_weights
from gradatim.models.building import build
from gradatim.nn.positions import POSITIONS, sinusoidal

V, K, D, LAYERS = 9, 6, 8, 2


def made(**how):
    entry = {"name": "transformer", "vocabulary_size": V, "num_symbols": K, "hidden_size": D,
             "num_layers": LAYERS, "num_heads": 2, "dropout": 0.0}  # fmt: skip
    model = build({**entry, **how}, 3, torch.float64).eval()
    for p in model.parameters():
        p.data += 0.1 * torch.randn(p.shape, generator=torch.Generator().manual_seed(1)).double()
    return model


def pairs(seed=0):
    """Three pairs, their inputs 5, 3 and 1 steps long, what is said 4, 6 and 2."""
    random = torch.Generator().manual_seed(seed)
    values, y = torch.randint(V, (3, 5), generator=random), torch.randint(K, (3, 6), generator=random)
    return values, torch.tensor([5, 3, 1]), y, torch.tensor([4, 6, 2])


def close(a, b):
    torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def real(y, y_lengths):
    return torch.arange(y.shape[1]) < y_lengths[:, None]


def copy_attention(theirs, ours):
    three = (ours.query, ours.key, ours.value)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in three]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in three]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("tied", [True, False])
def test_scores_are_those_of_torch_s_transformer(norm, activation, tied):
    """The same weights, padded inputs and outputs, to 1e-12 in float64; and gradients, of what is sent in."""
    model = made(norm=norm, activation=activation, tied=tied)
    theirs = nn.Transformer(D, 2, LAYERS, LAYERS, 4 * D, 0.0, activation, batch_first=True,
                            norm_first=norm == "before").double().eval()  # fmt: skip
    for layer, block in zip(theirs.encoder.layers, model.encoder, strict=True):
        copy_attention(layer.self_attn, block.attention)
        copy_rest(layer, block, ("norm1", "norm2"))
    for layer, block in zip(theirs.decoder.layers, model.decoder, strict=True):
        copy_attention(layer.self_attn, block.attention)
        copy_attention(layer.multihead_attn, block.reading)
        copy_rest(layer, block, ("norm1", "norm2", "norm3"))
    if norm == "before":
        theirs.encoder.norm.load_state_dict(model.encoder_norm.state_dict())
        theirs.decoder.norm.load_state_dict(model.decoder_norm.state_dict())
    else:
        theirs.encoder.norm = theirs.decoder.norm = None
    values, lengths, y, y_lengths = pairs()
    place = sinusoidal(torch.arange(6), D)
    before = torch.cat([torch.full((3, 1), K), y[:, :-1]], 1)
    h = theirs(
        math.sqrt(D) * model.source.weight[values] + place[:5],
        math.sqrt(D) * model.target.weight[before] + place,
        tgt_mask=nn.Transformer.generate_square_subsequent_mask(6, dtype=torch.float64),
        src_key_padding_mask=~real(values, lengths), memory_key_padding_mask=~real(values, lengths),
    )[real(y, y_lengths)]  # fmt: skip
    expected = h @ model.target.weight[:K].T if tied else model.head(h)
    found = model(values, lengths, y, y_lengths)
    close(found, expected)
    slopes = [torch.autograd.grad(s.square().sum(), [model.source.weight, model.target.weight])
              for s in (found, expected)]  # fmt: skip
    for ours, other in zip(*slopes, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-9, atol=1e-9)


def copy_rest(layer, block, norms):
    for name, part in (("linear1", block.up), ("linear2", block.down),
                       *((name, getattr(block, name)) for name in norms)):  # fmt: skip
        layer.get_submodule(name).load_state_dict(part.state_dict())


@torch.no_grad()
def shares_at_once(model, values, lengths, y):
    """With which the last block reads the input at all steps of y together, the mean of its heads."""
    m, present = model._read(values, lengths)
    last, queries = model.decoder[-1].reading, []
    hook = last.query.register_forward_hook(lambda layer, read, said: queries.append(said))
    model._decode(m, present, y)
    hook.remove()
    return last.weights(queries[-1], last.key(m), present[:, None, None]).mean(1)


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_cache_changes_nothing(positions, norm):
    """Step by step with keys and values kept, and at once, to 1e-12; rows reordered on the way."""
    model = made(positions=positions, norm=norm)
    values, lengths, y, y_lengths = pairs()
    whole = torch.zeros(3, 6, K, dtype=torch.float64)
    whole[real(y, y_lengths)] = model(values, lengths, y, y_lengths)
    memory, state = model.remember(values, lengths)
    shares = shares_at_once(model, values, lengths, y)
    close(attention_weights(model, values, lengths, y, K), shares)
    said = torch.full((3,), K)
    for t in range(6):
        scores, state = model.advance(said, memory, state)
        some = t < y_lengths
        close(scores[some], whole[some, t])
        close(state["attention"].sum(1), torch.ones(3, dtype=torch.float64))
        close(state["attention"], shares[:, t])
        assert not state["attention"][~real(values, lengths)].any()
        said = y[:, t]
        if t == 1:  # as a beam search does
            order = torch.tensor([2, 0, 1])
            memory, state = (
                {name: part.index_select(0, order) for name, part in kept.items()} for kept in (memory, state)
            )
            whole, y, y_lengths, values, lengths, said, shares = (
                part[order] for part in (whole, y, y_lengths, values, lengths, said, shares)
            )


def test_what_attention_reads_is_the_mean_of_the_last_block_s_heads():
    model = made(norm="after", num_layers=1)
    values, lengths, _, _ = pairs()
    memory, state = model.remember(values, lengths)
    _, state = model.advance(torch.tensor([K, K, K]), memory, state)
    block = model.decoder[0]
    h = math.sqrt(D) * model.target.weight[[K] * 3][:, None] + sinusoidal(torch.arange(1), D)
    h = block.norm1(h + block.attention.out(block.attention.value(h)))  # one step reads itself
    m, _ = model._read(values, lengths)
    q, k = block.reading.query(h), block.reading.key(m)
    for n in range(3):
        L = int(lengths[n])
        heads = [
            (q[n, 0, part] @ k[n, :L, part].T / math.sqrt(D / 2)).softmax(0)
            for part in (slice(0, D // 2), slice(D // 2, D))
        ]
        close(state["attention"][n, :L], sum(heads) / 2)


def test_padding_changes_no_real_score():
    model = made()
    values, lengths, y, y_lengths = pairs()
    expected = model(values, lengths, y, y_lengths)
    wider = torch.cat([values, torch.full((3, 2), 4)], 1)
    later = torch.cat([y, torch.full((3, 3), 2)], 1)
    filled = wider.masked_fill(~real(wider, lengths), 7)
    close(model(filled, lengths, later.masked_fill(~real(later, y_lengths), 3), y_lengths), expected)


def test_an_empty_input_is_read_as_its_padding():
    model = made()
    scores = model(torch.zeros(1, 2, dtype=torch.long), torch.tensor([0]), torch.tensor([[1]]), torch.ones(1))
    assert scores.isfinite().all()


@pytest.mark.parametrize(
    ("how", "words"),
    [({"num_heads": 5}, "cannot be shared by 5 heads"), ({"positions": "none"}, "positions"),
     ({"num_layers": 0}, "num_layers"), ({"norm": "none"}, "norm"), ({"activation": "tanh"}, "activation")],
)  # fmt: skip
def test_sizes_that_cannot_be_are_refused(how, words):
    with pytest.raises(UsageError, match=words):
        made(**how)


def test_more_steps_than_learned_positions_are_refused_and_else_taken():
    values, lengths, y, y_lengths = pairs()
    for positions in ("sinusoidal", "rotary"):
        made(positions=positions, context=4)(values, lengths, y, y_lengths)
    model = made(positions="learned", context=4)
    with pytest.raises(UsageError, match="5 steps or more is longer than the 4 positions that are learned"):
        model(values, lengths, y, y_lengths)
    memory, state = model.remember(values[:, :4], lengths.clamp(max=4))
    for _ in range(4):
        _, state = model.advance(y[:, 0], memory, state)
    with pytest.raises(UsageError, match="longer than the 4 positions"):
        model.advance(y[:, 0], memory, state)


def test_other_inputs_are_refused():
    values, lengths, y, y_lengths = pairs()
    with pytest.raises(UsageError, match="reads symbols"):
        made()(values.double(), lengths, y, y_lengths)
    with pytest.raises(UsageError, match="of 3 sequences"):
        made()(values, lengths, y[:2], y_lengths)
