"""Descriptions: from entry to module and back, all of the catalogue, and every way to get them wrong."""

import json
import subprocess
import sys
from typing import Any

import pytest
import torch

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError
from gradatim.models.building import build, load_weights, make
from gradatim.models.description import describe, network_of
from gradatim.nn.initialise import initialise

MLP: dict[str, Any] = {"name": "mlp", "in_features": 4, "out_features": 2, "hidden": [3]}
ARGUMENTS: dict[str, dict[str, Any]] = {  # of those that cannot be made without any
    "transformer_lm": {"vocabulary_size": 3, "hidden_size": 4, "num_heads": 2, "num_layers": 1},
    "transformer": {
        "vocabulary_size": 2,
        "num_symbols": 3,
        "hidden_size": 4,
        "num_heads": 2,
        "num_layers": 1,
    },
    "word_lm": {"vocabulary_size": 3, "hidden_size": 4, "embedding_size": 2},
    "skip_gram": {"vocabulary_size": 4, "embedding_size": 2},
    "char_lm": {"vocabulary_size": 3, "hidden_size": 4, "embedding_size": 2},
    **{
        name: {"vocabulary_size": 2, "num_classes": 3, "embedding_size": 2, "hidden_size": 4}
        for name in ("tagger", "sequence_classifier")
    },
    "text_classifier": {
        "vocabulary_size": 4,
        "words": 1,
        "word_n_grams": 1,
        "num_classes": 3,
        "embedding_size": 2,
    },
    "word_tagger": {
        "vocabulary_size": 2,
        "alphabet_size": 2,
        "affix_count": 2,
        "affix_kinds": 2,
        "num_classes": 3,
        "embedding_size": 2,
        "hidden_size": 4,
    },
    "forecaster": {"in_features": 4, "out_features": 2, "lags": 4, "horizon": 1, "hidden": [3]},
    "music_rnn": {"in_features": 4, "out_features": 3, "hidden_size": 4},
    "sequence_decoder": {"in_features": 4, "num_symbols": 3, "hidden_size": 4},
    "attention_encoder_decoder": {
        "vocabulary_size": 2,
        "num_symbols": 3,
        "embedding_size": 2,
        "hidden_size": 4,
    },
    "show_and_tell": {"in_channels": 2, "num_symbols": 3, "stages": 1, "width": 0.2, "hidden_size": 4},
    "lrcn_captioner": {"in_channels": 2, "num_symbols": 3, "stages": 1, "width": 0.2, "hidden_size": 4},
    "clip_captioner": {
        "in_channels": 2,
        "num_symbols": 3,
        "width": 0.1,
        "hidden_size": 4,
        "motion_size": 3,
        "embedding_size": 2,
    },
    "show_attend_and_tell": {"in_channels": 2, "num_symbols": 3, "stages": 1, "hidden_size": 4},
    "attention": {"query_size": 4, "memory_size": 2, "attention_size": 3},
    "encoder_decoder": {"vocabulary_size": 2, "num_symbols": 3, "embedding_size": 2, "hidden_size": 4},
    "conv_recurrent": {"in_features": 4, "num_classes": 3, "channels": [3], "hidden_size": 4},
    "sound_classifier": {"in_features": 4, "num_classes": 3, "channels": [3], "hidden_size": 4},
    "listen_attend_spell": {"in_features": 4, "num_symbols": 3, "hidden_size": 4, "embedding_size": 2},
    "ctc": {"in_features": 4, "num_symbols": 3, "channels": [3], "hidden_size": 4},
    "autoencoder": {"in_features": 4, "hidden": [3, 2], "corruption": "masking"},
    "conv_autoencoder": {"in_channels": 2, "input_size": 4, "channels": [3, 2], "code": 3},
    "conv_vae": {"in_channels": 2, "input_size": 4, "channels": [3, 2], "latent": 2, "samples": 3},
    "vae": {"in_features": 4, "hidden": [3], "latent": 2, "samples": 3},
    "rbm": {"visible": 4, "hidden": 3},
    "som": {"input_len": 4, "rows": 2, "columns": 2},
    "gaussian_rbm": {"visible": 4, "hidden": 3},
    "dbn": {"visible": 4, "hidden": [3, 2]},
    "dense": {"in_features": 4, "out_features": 3},
    **{f"conv{axes}d": {"in_channels": 2, "out_channels": 3, "kernel_size": 2} for axes in (1, 2, 3)},
    **{
        f"conv_transpose{axes}d": {"in_channels": 2, "out_channels": 3, "kernel_size": 2}
        for axes in (1, 2, 3)
    },
    **{f"{kind}_pool{axes}d": {"kernel_size": 2} for kind in ("max", "avg", "sum") for axes in (1, 2, 3)},
    **{
        f"locally_connected{axes}d": {"in_channels": 2, "out_channels": 3, "in_size": 4, "kernel_size": 2}
        for axes in (1, 2)
    },
    **{f"adaptive_{kind}_pool{axes}d": {"output_size": 3} for kind in ("max", "avg") for axes in (1, 2, 3)},
    "batch_norm": {"num_features": 4},
    "layer_norm": {"normalized_shape": 4},
    "multi_head_attention": {"embed_dim": 4, "num_heads": 2},
    "transformer_block": {"embed_dim": 4, "num_heads": 2},
    "rms_norm": {"normalized_shape": 4},
    "group_norm": {"num_groups": 2, "num_channels": 4},
    "instance_norm": {"num_features": 2, "affine": True},
    "masked_dense": {"mask": [[1, 0, 1, 0], [0, 1, 1, 1]]},
    "embedding": {"in_features": 4, "columns": [[1, 3, 3]]},
    "lateral": {"features": 4},
    "ensemble": {"in_features": 4, "out_features": 2, "kinds": [{}, {"columns": [[1, 3]]}], "hidden": [3]},
    "mean_of_members": {
        "in_features": 4,
        "members": [
            {"layers": [{"name": "dense", "in_features": 4, "out_features": 2}]},
            {"columns": [[0, 1], [2, 4]], "layers": [{"name": "dense", "in_features": 3, "out_features": 2}]},
        ],
    },
    "mlp": {"in_features": 4, "out_features": 2, "hidden": [3, 3], "dropout": 0.2},
    "stack": {
        "layers": [
            {"name": "dense", "in_features": 4, "out_features": 2},
            {"name": "prelu"},
            MLP | {"in_features": 2},
        ]
    },
    **{
        name: {"input_size": 4, "hidden_size": 3}
        for name in (
            "rnn",
            "lstm",
            "coupled_lstm",
            "gru",
            "peephole_lstm",
            "layer_norm_lstm",
            "pyramid",
            "jordan",
            "input_to_every_layer",
        )
    },
}
BUILDABLE = [
    row
    for kind in ("layer", "activation", "network")
    for row in catalog.entries(kind)
    if "Network" not in {base.__name__ for base in getattr(row.load(), "__mro__", ())}  # see test_families.py
]
EACH = pytest.mark.parametrize("row", BUILDABLE, ids=lambda row: row.name)


def entry(row):
    return {"name": row.name, **ARGUMENTS.get(row.name, {})}


def values(net, x):
    """The outputs: a recurrent layer returns its last state, too; one of padded sequences takes lengths."""
    out = net(*x) if isinstance(x, tuple) else net(x)
    return out[0] if isinstance(out, tuple) else out


PICTURES = (  # how those begin that read them
    "global", "instance", "conv", "show_", "lrcn_captioner", "clip_captioner",
)  # fmt: skip


def example(row):
    """Five examples that the layer or network takes."""
    axes = int(row.name[-2]) if row.name[-2:] in ("1d", "2d", "3d") else 2
    pictures = row.name[-2:] in ("1d", "2d", "3d") or row.name.startswith(PICTURES)
    shape = (2, *(4,) * axes) if pictures else (4,)
    return torch.randn(5, *shape, generator=torch.Generator().manual_seed(0))


def stack(*layers):
    return {"name": "stack", "layers": list(layers)}


# ---- the catalogue's sweep


@EACH
def test_drawing_sets_every_parameter_and_buffer(row):
    """Made on meta, filled with NaN, drawn: nothing is left of them."""
    with torch.device("meta"):
        module = make(entry(row))
    assert all(tensor.is_meta for tensor in module.state_dict().values())
    module = module.to_empty(device="cpu").double()
    for tensor in module.state_dict().values():
        tensor.fill_(torch.nan if tensor.is_floating_point() else -1)
    initialise(module, 0)
    left = [
        tensor.isnan() if tensor.is_floating_point() else tensor < 0
        for tensor in module.state_dict().values()
    ]
    assert not any(one.any() for one in left)


def frames(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Recordings of up to eight frames of what a row of x holds, and their lengths."""
    return x[:, None].expand(5, 8, 4), torch.tensor([8, 4, 6, 8, 3])


@EACH
def test_everything_computes_repeats_and_comes_back(row):
    """Builds, trains a step, repeats with its seed, and its weights come back from a file's JSON."""
    x = example(row)
    if "vocabulary_size" in entry(row):  # it reads the numbers of characters or words
        x = (x > 0).long()
        texts = ("char_lm", "word_lm", "skip_gram", "transformer_lm")
        x = x if row.name in texts else (x, torch.tensor([4, 1, 3, 2, 4]))
    if row.name == "word_tagger":  # a word is its number, two affixes and the numbers of three characters
        x = (torch.randint(2, (5, 4, 6), generator=torch.Generator().manual_seed(0)), x[1])
    if row.name == "music_rnn":
        x = (torch.stack([x, -x], 1), torch.tensor([2, 1, 2, 2, 1]))
    if row.name == "attention":  # it reads queries and a memory
        x = (x[:, None], torch.stack([x[:, :2], x[:, 2:]], 1))
    if row.name.endswith("encoder_decoder") or row.name == "transformer":
        x = (*x, torch.tensor([[0, 2], [1, 1], [2, 0], [2, 2], [1, 0]]), torch.tensor([2, 1, 2, 2, 1]))
    if row.name in ("show_and_tell", "lrcn_captioner", "show_attend_and_tell"):
        y = torch.tensor([[0, 2], [1, 1], [2, 0], [2, 2], [1, 0]])
        x = (x, None, y, torch.tensor([2, 1, 2, 2, 1]))
    if row.name == "clip_captioner":
        x = (x[:, :, None].expand(-1, -1, 3, -1, -1), None, torch.tensor([[0, 2]] * 5), torch.tensor([2] * 5))
    if row.name == "sequence_decoder":
        x = (x, torch.tensor([[0, 2], [1, 1], [2, 0], [2, 2], [1, 0]]))
    if row.name in ("multi_head_attention", "transformer_block"):  # steps of sequences
        x = x.reshape(5, 1, 4)
    if row.name in ("listen_attend_spell", "ctc"):  # which read frames, and what is said in them
        y = torch.tensor([[0, 1], [2, 1], [1, 0], [0, 1], [1, 0]])
        x = (*frames(x), y, torch.tensor([2, 2, 1, 2, 1]))
    if row.name == "sound_classifier":
        x = frames(x)
    if row.name == "conv_recurrent":  # it reads series, each of a length of its own
        x = (x[:, :, 0], torch.tensor([2, 1, 2, 2, 1]))

    def trained() -> Any:
        net = build(entry(row), seed=7)
        parameters = list(net.parameters())
        out = net.free_energy(x) if row.name in ("rbm", "gaussian_rbm") else values(net, x)
        if row.name == "dbn":  # whose way up, way down and top machine have parameters of their own
            h = net.up(x)
            out = torch.cat([net.down_from(h).flatten(), net.top.free_energy(h)])
        if row.name == "text_classifier":  # each of whose parts has outputs of its own while training
            out = torch.cat(net(*x))
        if parameters:
            out.square().sum().backward()
            assert all(p.grad is not None for p in parameters)
            torch.optim.SGD(parameters, lr=0.1).step()
        if hasattr(net, "carried"):
            net.carried = None
        return net.eval()

    net = trained()
    out = values(net, x)
    assert out.isfinite().all()
    assert torch.equal(out, values(trained(), x))
    saved = describe(net.description) | {"weights": {n: t.tolist() for n, t in net.state_dict().items()}}
    again = build(json.loads(json.dumps(saved)), seed=8).eval()
    assert torch.equal(values(again, x), out)


@EACH
def test_a_description_builds_the_same_description(row):
    described = describe(entry(row))
    net: Any = build(json.loads(json.dumps(described)))
    assert describe(net.description) == described


# ---- building


def test_the_description_is_a_copy():
    """A loop that changes its description between two builds does not change what the first one says."""
    given = {**MLP, "hidden": [3]}
    net = build(given)
    given["hidden"].append(99)
    assert net.description == MLP


def test_a_description_may_stand_alone_or_in_a_file():
    assert network_of(MLP) == network_of({"format": 1, "network": MLP}) == MLP
    a, b = build(MLP, seed=3), build({"format": 1, "network": MLP}, seed=3)
    assert all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


def test_stacks_nest_and_name_their_parameters_by_place():
    net = build(
        stack(
            {"name": "flatten"},
            stack({"name": "dense", "in_features": 2, "out_features": 3}),
            MLP | {"in_features": 3},
        )
    )
    assert [name for name in net.state_dict() if name.endswith("weight")] == [
        "1.0.weight",
        "2.1.weight",
        "2.3.weight",
    ]


def test_the_precision_is_asked_for():
    assert {p.dtype for p in build(MLP, dtype=torch.float64).parameters()} == {torch.float64}
    assert {p.dtype for p in build(MLP).parameters()} == {torch.float32}


def test_describing_needs_no_torch():
    script = (
        "import sys\n"
        "from gradatim.models.description import expand\n"
        f"assert len(expand({MLP})) == 4\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def deep(levels):
    nested: object = {"name": "relu"}
    for _ in range(levels):
        nested = stack(nested)
    return nested


def test_a_forward_pass_that_stops_says_in_which_layer():
    layers = [{"name": "dense", "in_features": 3, "out_features": 2}, {"name": "relu"},
              {"name": "dense", "in_features": 3, "out_features": 2}]  # fmt: skip
    with pytest.raises(UsageError, match=r"^layer 2: a dense layer of 3 inputs got examples of shape"):
        build(stack(*layers))(torch.zeros(1, 3))
    nested = {"name": "stack", "layers": [{"name": "relu"}, {"name": "dropout", "p": 2}]}
    with pytest.raises(UsageError, match=r"^layer 1, stack: layer 1, dropout: p must be"):
        build(stack({"name": "relu"}, nested))


def endless():
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ({**MLP, "name": "mpl"}, "unknown layer or network 'mpl': did you mean mlp?"),
        (stack({"name": "rleu"}), "layer 0: unknown layer or network 'rleu': did you mean relu"),
        ({"name": "adam"}, "unknown layer or network 'adam'"),
        ({"name": "os.system"}, "unknown layer or network 'os.system'"),
        ({**MLP, "hiden": [3]}, "mlp takes no argument 'hiden': did you mean hidden?"),
        ({"name": "mlp", "out_features": 2}, "mlp needs the argument 'in_features'"),
        (stack({"name": "dense", "in_features": 2}), "layer 0: dense needs the argument 'out_features'"),
        (stack({"name": "relu", "z": 1}), "layer 0: relu takes no argument 'z'"),
        (
            stack({"name": "dense", "in_features": "2", "out_features": 1}),
            "layer 0, dense: in_features must be a whole number",
        ),
        (
            stack({"name": "dropout", "p": 2}),
            "layer 0, dropout: p must be a number at least 0 and below 1",
        ),
        ({**MLP, "init": "he"}, "layer 1, dense: unknown initialiser 'he'"),
        ({**MLP, "init": ["he_normal"]}, r"layer 1, dense: unknown initialiser \['he_normal'\]"),
        ({**MLP, "activation": {}}, "unknown activation {}"),
        ({"name": "stack", "layers": 5}, "stack needs a list of layers; this is 5"),
        ({"name": "stack", "layers": [5]}, 'layer 0: a layer is described as {"name": NAME, …}; this is 5'),
        (stack({"nam": "relu"}), 'layer 0: a layer is described as {"name": NAME, …}; this is '),
        (None, 'a network is described as {"name": NAME, …}; this is None'),
        ([MLP], 'a network is described as {"name": NAME, …}; this is '),
        ({}, 'a network is described as {"name": NAME, …}; this is {}'),
        ({"name": 3}, 'a network is described as {"name": NAME, …}; this is '),
        ({"format": 1}, 'a network is described as {"name": NAME, …}; this is None'),
        (
            {"format": 2, "network": MLP},
            "the description has format 2, and this version of Gradatim reads up to 1",
        ),
        ({"format": "1", "network": MLP}, "the description is not a description of Gradatim"),
        (deep(2_000), "the description is nested too deeply"),
        (endless(), 'a network is described as {"name": NAME, …}; this is '),
        (stack(endless()), 'layer 0: a layer is described as {"name": NAME, …}; this is '),
    ],
)
def test_a_description_that_is_wrong_is_answered_in_one_sentence(description, sentence):
    with pytest.raises(GradatimError, match=f"^{sentence}") as raised:
        build(description)
    assert len(str(raised.value)) < 300
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("hidden", [[10**9, 10**9], [2**40], [2**62], [10**30], [2**40] * 2])
def test_absurd_sizes_are_refused_not_run_out_of_memory(hidden):
    with pytest.raises(GradatimError) as raised:
        build({**MLP, "hidden": hidden})
    assert any(
        said in str(raised.value)
        for said in ("does not fit in memory", "a whole number of at most 2,147,483,647")
    )
    assert "\n" not in str(raised.value)


def test_a_memory_error_without_a_message_has_one_here(monkeypatch):
    def fail(*_arguments):
        raise MemoryError

    monkeypatch.setattr("gradatim.models.building.initialise", fail)
    with pytest.raises(GradatimError, match=r"^the network cannot be built: there is too little memory$"):
        build(MLP)


# ---- inline weights

WEIGHTS = {"0.weight": [[1.0, 2.0], [0, -1]], "0.bias": [0.5, 0.0]}
DENSE = stack({"name": "dense", "in_features": 2, "out_features": 2})


def with_weights(weights):
    return {"format": 1, "network": DENSE, "weights": weights}


def test_weights_may_stand_inline():
    net = build(with_weights(WEIGHTS), dtype=torch.float64)
    out = net(torch.tensor([[3.0, 4.0]], dtype=torch.float64))
    assert out.tolist() == [[3 + 8 + 0.5, -4.0]]
    assert build(with_weights(None)).state_dict().keys() == net.state_dict().keys()


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ([1, 2], r"inline weights are lists of numbers by parameter name; these are \[1, 2\]"),
        ({}, "the inline weights do not fit this network: missing 0.weight, 0.bias"),
        ({"0.weight": [[1.0, 2], [0, -1]]}, "the inline weights do not fit this network: missing 0.bias"),
        ({**WEIGHTS, "1.bias": [0]}, "the inline weights do not fit this network: unknown 1.bias"),
        (
            {"0.weight": WEIGHTS["0.weight"], "0.bais": [0, 0]},
            "the inline weights do not fit this network: missing 0.bias; unknown 0.bais",
        ),
        ({**WEIGHTS, "0.bias": [0.5]}, r"the inline .*: 0.bias has shape \(1,\), expected \(2,\)"),
        ({**WEIGHTS, "0.bias": 0.5}, r"the inline .*: 0.bias has shape \(\), expected \(2,\)"),
        ({**WEIGHTS, "0.bias": [[1], [1, 2]]}, "inline weights must be lists of numbers: "),
        ({**WEIGHTS, "0.bias": "ab"}, "inline weights must be lists of numbers: "),
        ({**WEIGHTS, "0.bias": None}, "inline weights must be lists of numbers: "),
        ({**WEIGHTS, "0.bias": {"a": 1}}, "inline weights must be lists of numbers: "),
        ({**WEIGHTS, "0.bias": [10**400, 0]}, "inline weights must be lists of numbers: "),
        ({**WEIGHTS, "0.bias": endless()}, "inline weights must be lists of numbers: "),
    ],
)
def test_weights_that_do_not_fit_are_named(weights, sentence):
    with pytest.raises(GradatimError, match=f"^{sentence}"):
        build(with_weights(weights))


def test_long_lists_of_missing_names_are_cut():
    net = build({**MLP, "hidden": [2] * 5})
    with pytest.raises(
        GradatimError, match=r"^the file's weights do not fit this network: missing (\S+, ){5}…$"
    ):
        load_weights(net, {}, "the file's weights")


def test_nothing_is_set_when_something_does_not_fit():
    net = build(DENSE, seed=1)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    with pytest.raises(GradatimError):
        load_weights(net, {"0.weight": torch.zeros(2, 2), "0.bias": torch.zeros(3)}, "the file")
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


def test_an_unknown_name_is_wrong_usage():
    with pytest.raises(UsageError):
        build({"name": "mpl"})
