"""The weights of a run: which file's count, and how new ones take the place of old ones."""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import DIGEST, read_digest, read_tensors, write_tensors


def replace_weights(folder: Folder, tensors: Mapping[str, Any], description: dict[str, Any]) -> None:
    """Put weights and their description in the place of those before; at any moment one pair is whole.

    The weights are written beside the old ones; then `model.json`, which names them by their digest: from
    here on they count; then they take the old ones' place. Only the lock's holder may call it.
    """
    settle(folder)
    digest = write_tensors(folder.staged, tensors, {})
    files.write_json(folder.model_json, {**description, DIGEST: digest})
    files.move(folder.staged, folder.model)


def settle(folder: Folder) -> None:
    """Finish what a killed `replace_weights` left: new weights count if `model.json` names them."""
    if not folder.staged.exists():
        return
    try:
        content = files.read_json(folder.model_json, "model")
        named = read_digest(folder.staged, "model") == content.get(DIGEST)
    except GradatimError:
        named = False
    if named:
        files.move(folder.staged, folder.model)
    else:
        with files.refusals(folder.staged):
            folder.staged.unlink()


def read_weights(
    folder: Folder, digest: str | None, framework: str
) -> tuple[dict[str, Any], Path, int | None]:
    """The weights that `model.json` names by their digest, or of a run that has never finished; their file;
    and in the second case how many epochs were done.

    Raises GradatimError for a file that is missing or damaged, and for other weights than those named.
    """
    path = _file(folder, digest)
    if path != folder.checkpoint:
        return read_tensors(path, "model", framework)[0], path, None
    tensors, numbers = read_tensors(path, "checkpoint", framework)
    counters = numbers.get("training")
    counters = counters if isinstance(counters, dict) else {}
    if counters.get("step") == 0:
        raise GradatimError(
            f"{folder} was stopped before its first step, so it has learned nothing yet: resume it, and then "
            "ask again"
        )
    part = "best." if any(name.startswith("best.") for name in tensors) else "model."
    found = {name.removeprefix(part): t for name, t in tensors.items() if name.startswith(part)}
    return found, path, counters.get("epoch", 0)


def _file(folder: Folder, digest: str | None) -> Path:
    """The file that holds these weights; without a digest, an older version's or a checkpoint."""
    if digest is not None:
        for path in (folder.model, folder.staged):
            if path.exists() and read_digest(path, "model") == digest:
                return path
        if folder.model.exists():
            raise GradatimError(
                f"{folder.model} does not hold the weights that {folder.model_json} describes: one of the "
                "two was changed; resuming the run makes both again"
            )
    return folder.checkpoint if folder.checkpoint.exists() and not folder.model.exists() else folder.model


def refuse_nonfinite(tensors: Mapping[str, Any], learned: Container[str], path: Path) -> None:
    """GradatimError naming a learned tensor that is not finite, or anything else that is NaN."""
    for name, tensor in tensors.items():
        if isinstance(tensor, np.ndarray):
            odd = ~np.isfinite(tensor) if name in learned else np.isnan(tensor)
        else:
            odd = ~tensor.isfinite() if name in learned else tensor.isnan()
        if odd.any():
            raise GradatimError(f"{path} is damaged: {name} holds {tensor[odd].reshape(-1)[0].item()}")
