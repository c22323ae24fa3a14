"""One safetensors file: tensors by name, with a JSON text in its metadata. No pickle is written or read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError

if TYPE_CHECKING:
    import torch

KEY = "gradatim"  # of the metadata


def write_tensors(path: Path, tensors: Mapping[str, Any], numbers: dict[str, Any]) -> None:
    """Write tensors, of NumPy or of torch, and numbers as one file, whole or not at all."""
    text = {KEY: json.dumps({"format": files.FORMAT, **numbers})}
    if all(isinstance(tensor, np.ndarray) for tensor in tensors.values()):
        from safetensors.numpy import save

        content = save({name: np.asarray(array, order="C") for name, array in tensors.items()}, metadata=text)
    else:
        from safetensors.torch import save as save_torch

        content = save_torch(_apart(tensors), metadata=text)
    files.write(path, content)


def _apart(tensors: Mapping[str, "torch.Tensor"]) -> dict[str, "torch.Tensor"]:
    """The tensors on the CPU, in order, with no memory in common: what is shared is written twice."""
    seen: set[int] = set()
    own = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        storage = tensor.untyped_storage().data_ptr()
        own[name] = tensor.clone() if storage in seen else tensor
        seen.add(storage)
    return own


def read_tensors(path: Path, what: str, framework: str = "pt") -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors (`pt`, torch's; `np`, NumPy's) and numbers of a file.

    Raises GradatimError for a missing, damaged, foreign or newer one.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework=framework) as file:
            metadata = file.metadata() or {}
            numbers = json.loads(metadata.get(KEY, "null"))
            files.check_format(numbers, path, what)
            return {name: file.get_tensor(name) for name in file.keys()}, numbers  # noqa: SIM118
    except FileNotFoundError as error:
        raise GradatimError(f"there is no {what} at {path}") from error
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise GradatimError(f"{path} is not a {what}, or is damaged: {error}") from error
