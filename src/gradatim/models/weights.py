"""Weights from a file, in torchvision's names, into a network of the catalogue."""

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import torch
from torch import Tensor, nn

from gradatim.checks import GradatimError, UsageError
from gradatim.data.unpacking import check_size
from gradatim.files import exists
from gradatim.models.building import load_weights
from gradatim.models.heads import head_names
from gradatim.models.wrapped_names import unwrap_names

OLD = re.compile(r"(denselayer\d+\.(?:norm|relu|conv))\.([12]\.)")  # torchvision's DenseNets of 2017
COUNTER = "num_batches_tracked"  # batch norm has had it since 2018; older files have not
BESIDE = "aux_classifier."  # a head that torchvision's FCN has for training, and its files hold


def read_weights(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a .safetensors file, or of a torch .pth by torch's loader that runs no code.

    Raises UsageError for a file that is not there, GradatimError for one that holds anything but tensors.
    """
    path = Path(path)
    if not exists(path) or not path.is_file():
        raise UsageError(f"there is no file of weights {path}")
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            content: Any = load_file(path)
        else:
            _check_zip(path)
            content = torch.load(path, map_location="cpu", weights_only=True)
    except GradatimError:
        raise
    except Exception as error:  # unpickling, zip and header errors are of a dozen kinds
        kind = "safetensors" if path.suffix == ".safetensors" else "torch"
        raise GradatimError(
            f"{path} is no {kind} file, is damaged, or holds more than tensors, which are all that is read"
        ) from error
    for wrapped in ("state_dict", "model", "model_state_dict"):
        if isinstance(content, dict) and isinstance(content.get(wrapped), dict):
            content = content[wrapped]
    if not isinstance(content, dict) or not all(isinstance(t, Tensor) for t in content.values()):
        raise GradatimError(f"{path} holds no state dict, tensors by name")
    for name, tensor in content.items():
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_meta:
            raise GradatimError(
                f"{path}: {name} is a sparse, quantized or meta tensor; save plain ones (dense, with numbers)"
            )
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise GradatimError(f"{path}: {name} holds numbers that are not finite")
    return {OLD.sub(r"\1\2", str(name)): tensor for name, tensor in content.items()}


def _check_zip(path: Path) -> None:
    """GradatimError for a file that unpacks to more than fits in memory; it says itself how much that is."""
    if is_zipfile(path):
        with ZipFile(path) as archive:
            check_size(sum(info.file_size for info in archive.infolist()), f"{path}, unpacked,")


def set_weights(network: nn.Module, tensors: dict[str, Tensor], where: str) -> str:
    """Set a network's weights; a sentence on names without their wrapper, on what was kept as drawn, and on
    the network that they may be of, or nothing.

    A head for another number of classes stays as it was drawn. Anything else that is missing, unknown or of
    another shape raises GradatimError, which names it, and then nothing is set.
    """
    own = network.state_dict()
    tensors, taken = unwrap_names(tensors, own)
    heads = tuple(f"{head}." for head in head_names(network))
    found = {name: tensor for name, tensor in tensors.items() if not name.startswith(BESIDE)}
    found |= {name: own[name] for name in own if name.endswith(COUNTER) and name not in found}
    other = [
        name
        for name in own
        if name.startswith(heads) and name in found and found[name].shape != own[name].shape
    ] if heads else []  # fmt: skip
    given = {name: tuple(found[name].shape) for name in other}
    load_weights(network, {**found, **{name: own[name] for name in other}}, where)
    drawn = ""
    if other:
        last = other[-1]
        drawn = (
            f"{', '.join(other)} stay as drawn: the file's are for other classes ({last} has the shape "
            f"{given[last]} there, {tuple(own[last].shape)} here)"
        )
    return "; ".join(filter(None, (taken, drawn, twin_sentence(network))))


def twin_sentence(network: Any) -> str:
    """That torchvision's weights of these names and shapes are of another network, or nothing.

    >>> from gradatim.models.building import build
    >>> twin_sentence(build({"name": "resnet50", "width": 0.02})).partition(",")[0]
    'weights that torchvision made are of resnet50_tv'
    """
    twin = getattr(network, "twin", "")
    if not twin:
        return ""
    return (
        f"weights that torchvision made are of {twin}, whose names and shapes are the same but whose strides "
        f"stand in the 3×3 convolutions: take {twin} for them"
    )
