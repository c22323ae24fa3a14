"""One safetensors file: tensors by name, with a JSON text in its metadata. No pickle is written or read."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError

if TYPE_CHECKING:
    import torch

KEY = "gradatim"  # of the metadata
DIGEST = "sha256"  # of its JSON: the digest of all the rest


def write_tensors(path: Path, tensors: Mapping[str, Any], numbers: dict[str, Any]) -> str:
    """Write tensors, of NumPy or of torch, and numbers as one file, whole or not at all; its digest."""
    numbers = {"format": files.FORMAT, **numbers}
    if all(isinstance(tensor, np.ndarray) for tensor in tensors.values()):
        from safetensors.numpy import save

        apart: dict[str, Any] = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    else:
        from safetensors.torch import save  # type: ignore[assignment]

        apart = _apart(tensors)
    digest = _digest(apart, numbers)
    files.write(path, save(apart, metadata={KEY: json.dumps({**numbers, DIGEST: digest})}))
    return digest


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
    """Tensors (`pt`, torch's; `np`, NumPy's) and numbers of a file, which are those that were written.

    Raises GradatimError for a missing, damaged, foreign or newer one.
    """
    with _open(path, what, framework) as file:
        numbers = _numbers(file, path, what)
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        known = numbers.pop(DIGEST, None)
        if known is not None and known != _digest(tensors, numbers):
            raise GradatimError(f"{path} is damaged: its content is not what was written (SHA-256)")
    return tensors, numbers


def read_digest(path: Path, what: str) -> str | None:
    """The digest that a file says it has, by which two are told apart; None for one of an older version.

    Its tensors are not read. Raises GradatimError as `read_tensors` does.
    """
    with _open(path, what, "np") as file:
        return _numbers(file, path, what).get(DIGEST)


def read_numbers(path: Path, what: str) -> dict[str, Any]:
    """The numbers of a file, whose tensors are not read. Raises GradatimError as `read_tensors` does."""
    with _open(path, what, "np") as file:
        return _numbers(file, path, what)


def _numbers(file: Any, path: Path, what: str) -> dict[str, Any]:
    return files.check_format(json.loads((file.metadata() or {}).get(KEY, "null")), path, what)


def _digest(tensors: Mapping[str, Any], numbers: dict[str, Any]) -> str:
    """SHA-256 of the numbers as JSON, and of every tensor's name, type, shape and bytes."""
    found = sha256(json.dumps(numbers).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        kind = str(tensor.dtype).removeprefix("torch.")
        found.update(f"\n{json.dumps(name)} {kind} {list(tensor.shape)}\n".encode())
        if isinstance(tensor, np.ndarray):
            found.update(tensor.reshape(-1).view(np.uint8).data)
        else:
            import torch

            found.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()


@contextmanager
def _open(path: Path, what: str, framework: str) -> Iterator[Any]:
    """A safetensors file; whatever is wrong with it as one sentence."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework=framework) as file:
            yield file
    except FileNotFoundError as error:
        raise GradatimError(f"there is no {what} at {path}") from error
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise GradatimError(f"{path} is not a {what}, or is damaged: {error}") from error
