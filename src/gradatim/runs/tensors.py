"""One safetensors file: tensors by name, with a JSON text in its metadata. No pickle is written or read."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim import files
from gradatim.checks import GradatimError

if TYPE_CHECKING:
    import torch

KEY = "gradatim"  # of the metadata


def write_tensors(path: Path, tensors: dict[str, "torch.Tensor"], numbers: dict[str, Any]) -> None:
    """Write tensors and numbers as one file, whole or not at all; shared memory is written twice."""
    from safetensors.torch import save

    seen: set[int] = set()
    own = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        storage = tensor.untyped_storage().data_ptr()
        own[name] = tensor.clone() if storage in seen else tensor
        seen.add(storage)
    text = json.dumps({"format": files.FORMAT, **numbers})
    files.write(path, save(own, metadata={KEY: text}))


def read_tensors(path: Path, what: str) -> tuple[dict[str, "torch.Tensor"], dict[str, Any]]:
    """Tensors and numbers of a file; GradatimError for a missing, damaged, foreign or newer one."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            numbers = json.loads(metadata.get(KEY, "null"))
            files.check_format(numbers, path, what)
            return {name: file.get_tensor(name) for name in file.keys()}, numbers  # noqa: SIM118
    except FileNotFoundError as error:
        raise GradatimError(f"there is no {what} at {path}") from error
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise GradatimError(f"{path} is not a {what}, or is damaged: {error}") from error
