"""From a layer's entry to its twin by hand."""

import inspect
from collections.abc import Callable
from typing import Any

from gradatim import catalog
from gradatim.by_hand.layers import activations as g
from gradatim.by_hand.layers import (
    adaptive_pooling,
    conv,
    conv_transpose,
    global_pooling,
    lenet,
    locally_connected,
    pooling,
)
from gradatim.by_hand.layers.batch_norm import BatchNorm
from gradatim.by_hand.layers.bidirectional import Bidirectional
from gradatim.by_hand.layers.corruption import Corruption
from gradatim.by_hand.layers.coupled_lstm import CoupledLSTM
from gradatim.by_hand.layers.dense import Dense
from gradatim.by_hand.layers.dropout import Dropout
from gradatim.by_hand.layers.dropout_2012 import Dropout2012
from gradatim.by_hand.layers.embedding import Embedding
from gradatim.by_hand.layers.flatten import Flatten
from gradatim.by_hand.layers.group_norm import GroupNorm, InstanceNorm
from gradatim.by_hand.layers.gru import gru
from gradatim.by_hand.layers.hard_activations import HardSigmoid, HardSwish
from gradatim.by_hand.layers.jordan import Jordan
from gradatim.by_hand.layers.lateral import Lateral
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.layer_norm import LayerNorm, RMSNorm
from gradatim.by_hand.layers.local_response_norm import LocalResponseNorm
from gradatim.by_hand.layers.lstm import LSTM
from gradatim.by_hand.layers.masked_dense import MaskedDense
from gradatim.by_hand.layers.maxout import Maxout
from gradatim.by_hand.layers.mean_of_members import MeanOfMembers
from gradatim.by_hand.layers.multi_head_attention import MultiHeadAttention
from gradatim.by_hand.layers.prelu import PReLU
from gradatim.by_hand.layers.rnn import RNN
from gradatim.by_hand.layers.softmax import LogSoftmax, Softmax
from gradatim.by_hand.layers.step_pooling import StepPooling
from gradatim.by_hand.layers.transformer_block import TransformerBlock
from gradatim.checks import UsageError, did_you_mean, in_layer

TWINS: dict[str, Callable[..., Layer]] = {
    "dense": Dense, "flatten": Flatten, "dropout": Dropout, "dropout_2012": Dropout2012,
    "corruption": Corruption, "prelu": PReLU,
    "identity": g.Identity, "step": g.Step, "sigmoid": g.Sigmoid, "tanh": g.Tanh, "relu": g.ReLU,
    "leaky_relu": g.LeakyReLU, "elu": g.ELU, "selu": g.SELU, "softplus": g.Softplus, "gelu": g.GELU,
    "silu": g.SiLU, "maxout": Maxout, "softmax": Softmax, "log_softmax": LogSoftmax,
    "celu": g.CELU, "softsign": g.Softsign, "mish": g.Mish, "hard_sigmoid": HardSigmoid,
    "hard_swish": HardSwish,
    "conv1d": conv.Conv1d, "conv2d": conv.Conv2d, "conv3d": conv.Conv3d,
    "conv_transpose1d": conv_transpose.ConvTranspose1d,
    "conv_transpose2d": conv_transpose.ConvTranspose2d,
    "conv_transpose3d": conv_transpose.ConvTranspose3d,
    "max_pool1d": pooling.MaxPool1d, "max_pool2d": pooling.MaxPool2d, "max_pool3d": pooling.MaxPool3d,
    "avg_pool1d": pooling.AvgPool1d, "avg_pool2d": pooling.AvgPool2d, "avg_pool3d": pooling.AvgPool3d,
    "sum_pool1d": pooling.SumPool1d, "sum_pool2d": pooling.SumPool2d,
    "adaptive_avg_pool1d": adaptive_pooling.AdaptiveAvgPool1d,
    "adaptive_avg_pool2d": adaptive_pooling.AdaptiveAvgPool2d,
    "adaptive_avg_pool3d": adaptive_pooling.AdaptiveAvgPool3d,
    "adaptive_max_pool1d": adaptive_pooling.AdaptiveMaxPool1d,
    "adaptive_max_pool2d": adaptive_pooling.AdaptiveMaxPool2d,
    "adaptive_max_pool3d": adaptive_pooling.AdaptiveMaxPool3d,
    "global_avg_pool": global_pooling.GlobalAvgPool, "global_max_pool": global_pooling.GlobalMaxPool,
    "global_sum_pool": global_pooling.GlobalSumPool,
    "batch_norm": BatchNorm, "local_response_norm": LocalResponseNorm, "layer_norm": LayerNorm,
    "rms_norm": RMSNorm, "group_norm": GroupNorm, "instance_norm": InstanceNorm,
    "locally_connected1d": locally_connected.LocallyConnected1d,
    "locally_connected2d": locally_connected.LocallyConnected2d,
    "embedding": Embedding, "masked_dense": MaskedDense, "lateral": Lateral,
    "true_conv1d": conv.TrueConv1d, "true_conv2d": conv.TrueConv2d, "jordan": Jordan,  # by hand only
    "scaled_tanh": lenet.ScaledTanh, "subsampling": lenet.Subsampling, "table_conv": lenet.TableConv,
    "rbf": lenet.RBF,  # of LeNet-5, by hand only
    "rnn": RNN, "lstm": LSTM, "coupled_lstm": CoupledLSTM, "gru": gru, "mean_of_members": MeanOfMembers,
    "multi_head_attention": MultiHeadAttention, "transformer_block": TransformerBlock,
    "bidirectional": Bidirectional, "step_pooling": StepPooling,  # of sequences, by hand only
}  # fmt: skip
KINDS = ("layer", "activation", "network")


def layers_of(entries: list[dict[str, Any]], prefix: str = "") -> list[tuple[str, Layer]]:
    """The layers of a stack with the names that a torch Sequential gives them, networks in it unfolded.

    Raises UsageError for a layer without a twin, by its name and place, and for arguments it does not take.

    >>> nested = {"name": "stack", "layers": [{"name": "relu"}]}
    >>> [name for name, _ in layers_of([{"name": "flatten"}, nested])]
    ['0', '1.0']
    """
    found: list[tuple[str, Layer]] = []
    for number, entry in enumerate(entries):
        place = f"{prefix}{number}"
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise UsageError(f'a layer is described as {{"name": NAME, …}}; layer {place} is {entry!r:.60}')
        name, arguments = entry["name"], {key: value for key, value in entry.items() if key != "name"}
        if name in TWINS:
            with in_layer(place, name):
                found.append((place, construct(TWINS[name], name, arguments)))
        else:
            parts = construct(_network(name, place), name, arguments)
            found += layers_of(parts, f"{place}.")
    return found


def construct(maker: Any, name: str, arguments: dict[str, Any]) -> Any:
    """What the maker makes of these arguments; UsageError for one that it does not take, or needs."""
    try:
        inspect.signature(maker).bind(**arguments)
    except TypeError as error:
        raise UsageError(f"{name} cannot be made with {arguments!r:.60}: {error}") from None
    return maker(**arguments)


def _network(name: str, place: str) -> Any:
    """The function that gives a network's layers, if it is a network that is a stack."""
    rows = {row.name: row for row in catalog.entries() if row.kind in KINDS}
    if name not in rows:
        raise UsageError(f"unknown layer {name!r}: {did_you_mean(name, {*rows, *TWINS})}")
    function = rows[name].load() if rows[name].kind == "network" else None
    if function is None or inspect.isclass(function):
        raise UsageError(f"{name} (layer {place}) has no twin by hand; the torch engine runs it")
    return function
