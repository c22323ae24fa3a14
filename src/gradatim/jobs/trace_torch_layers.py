"""Torch's layers as entries whose twins by hand compute the same."""

from collections.abc import Callable
from typing import Any

from torch import nn

from gradatim.models import lenet
from gradatim.models.residual import Padding
from gradatim.nn.activation import Activation
from gradatim.nn.corruption import Corruption
from gradatim.nn.dense import Dense
from gradatim.nn.local_response_norm import LocalResponseNorm

Entry = dict[str, Any]
PLAIN: dict[type, str] = {
    nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid", nn.GELU: "gelu", nn.SiLU: "silu", nn.ELU: "elu",
    nn.Softplus: "softplus", nn.Flatten: "flatten", nn.Identity: "identity", lenet.ScaledTanh: "scaled_tanh",
}  # fmt: skip
WINDOW = ("kernel_size", "stride", "padding")


def entry_of(module: nn.Module) -> Entry | None:
    """A torch layer as an entry; None for one that has no twin by hand."""
    if type(module) in PLAIN:
        return {"name": PLAIN[type(module)]}
    for kinds, make in MAKERS:
        if isinstance(module, kinds):
            return make(module)
    return {"name": "dropout", "p": module.p} if type(module).__name__ == "Dropout" else None


def _conv(module: Any) -> Entry | None:
    names = (*WINDOW, "dilation", "in_channels", "out_channels", "groups")
    sizes = {key: getattr(module, key) for key in names}
    if module.padding_mode != "zeros":
        return None
    return {"name": type(module).__name__.lower(), **sizes, "bias": module.bias is not None}


def _dense(module: Any) -> Entry:
    sizes = {"in_features": module.in_features, "out_features": module.out_features}
    return {"name": "dense", **sizes, "bias": module.bias is not None}


def _pool(module: Any) -> Entry:
    kind = type(module).__name__
    sizes = {key: getattr(module, key) for key in WINDOW}
    return {"name": f"{kind[:3].lower()}_pool{kind[-2]}d", **sizes, "ceil_mode": module.ceil_mode}


def _adaptive(module: Any) -> Entry:
    kind = type(module).__name__
    return {"name": f"adaptive_{kind[8:11].lower()}_pool{kind[-2]}d", "output_size": module.output_size}


def _batch_norm(module: Any) -> Entry:
    return {"name": "batch_norm", "num_features": module.num_features, "eps": module.eps}


def _conv_transpose(module: Any) -> Entry:
    names = (*WINDOW, "output_padding", "dilation", "in_channels", "out_channels", "groups")
    sizes = {key: getattr(module, key) for key in names}
    return {
        "name": type(module).__name__.lower().replace("conv", "conv_"),
        **sizes,
        "bias": module.bias is not None,
    }


def _group_norm(module: Any) -> Entry:
    sizes = {key: getattr(module, key) for key in ("num_groups", "num_channels", "eps", "affine")}
    return {"name": "group_norm", **sizes}


def _instance_norm(module: Any) -> Entry:
    names = ("num_features", "eps", "affine", "momentum", "track_running_stats")
    return {"name": "instance_norm", **{key: getattr(module, key) for key in names}}


def _response_norm(module: Any) -> Entry:
    sizes = {key: getattr(module, key) for key in ("size", "alpha", "beta", "k")}
    return {"name": "local_response_norm", **sizes, "divide": getattr(module, "divide", True)}


def _table_conv(module: Any) -> Entry:
    return {"name": "table_conv", "reads": [list(row) for row in module.reads], "channels": module.channels}


def _rbf(module: Any) -> Entry:
    classes, features = module.centres.shape
    return {"name": "rbf", "num_classes": classes, "in_features": features}


def _corruption(module: Any) -> Entry:
    return {"name": "corruption", **{key: getattr(module, key) for key in ("kind", "amount", "low", "high")}}


MAKERS: tuple[tuple[tuple[type, ...], Callable[[Any], Entry | None]], ...] = (
    ((nn.Conv1d, nn.Conv2d, nn.Conv3d), _conv),
    ((nn.Linear, Dense), _dense),
    ((Activation,), lambda module: {"name": module.name, **module.arguments}),
    ((Corruption,), _corruption),
    ((nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d), _pool),
    ((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d), _adaptive),
    ((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), _batch_norm),
    ((nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d), _conv_transpose),
    ((nn.GroupNorm,), _group_norm),
    ((nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d), _instance_norm),
    ((nn.LocalResponseNorm, LocalResponseNorm), _response_norm),
    ((Padding,), lambda module: {"name": "shortcut_padding", "more": module.more, "stride": module.stride}),
    ((lenet.Subsampling,), lambda module: {"name": "subsampling", "channels": len(module.weight)}),
    ((lenet.TableConv,), _table_conv),
    ((lenet.RBF,), _rbf),
)  # fmt: skip
